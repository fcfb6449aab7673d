import assert from "node:assert/strict";
import test from "node:test";

import { Disk } from "./fake-folders.js";
import { LibraryMethods } from "../../web/page/tools/organise/methods.js";

const stored = new Map();
globalThis.localStorage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value),
  removeItem: (key) => stored.delete(key),
};
const { copyInto, moveInto } = await import("../../web/page/tools/organise/placing.js");
const { completeMoves } = await import("../../web/page/tools/organise/leaving.js");

const PICTURES = { 1: "Card/a.jpg", 2: "Card/b.jpg", 3: "Card/day 2/c.jpg", 4: "Card/d.jpg" };
const TARGETS = { 1: "2020/a.jpg", 2: "2020/b.jpg", 3: "2021/c.jpg", 4: "2021/d.jpg" };
/** By the picture they belong to. The second is of a RAW and a JPEG of one name. */
const SIDECARS = { 1: "a.jpg.xmp", 3: "c.xmp" };
const OF_SIDECARS = { 1: "2020/a.jpg.xmp", 3: "2021/c.xmp" };

/** A library of four pictures on a card, two with sidecars, and a folder that they go into. */
class World {
  disk = new Disk();
  /** Where the library says that each picture is. */
  places = new Map(Object.entries(PICTURES).map(([id, path]) => [Number(id), path]));
  library = {
    state: { state: "open", name: "Mine" },
    retrying: new LibraryMethods((method, params) => this.#ask(method.replace("library_", ""), params)),
  };
  originals = {
    rememberHandle: async () => "key",
    open: async ({ folder, name }) => (await this.#folder(folder).getFileHandle(name)).getFile(),
    openBeside: async ({ folder }, name) => {
      const handle = await this.#folder(folder).getFileHandle(name).catch(() => null);
      return handle && handle.getFile();
    },
    placeOf: async ({ folder, name }) => ({ folder: this.#folder(folder), name }),
  };

  constructor() {
    stored.clear();
    for (const [id, path] of Object.entries(PICTURES)) this.disk.put(path, `picture ${id}`);
    for (const [id, name] of Object.entries(SIDECARS)) this.disk.put(`${folderOf(PICTURES[id])}/${name}`, `sidecar ${id}`);
    this.disk.put("Sorted/notes.txt", "mine");
  }

  get target() {
    return this.disk.folder("Sorted");
  }

  #folder(path) {
    return this.disk.folder(path);
  }

  async #ask(name, params) {
    await this.disk.step(); // a page that is closed asks nothing either
    if (name === "root") return { path: params.name };
    if (name === "plan") return { moves: params.ids.map((id) => this.#move(id)) };
    assert.equal(name, "relocate");
    this.places.set(params.id, `${params.folder}/${params.name}`);
    return { id: params.id };
  }

  #move(id) {
    const path = this.places.get(id);
    const files = this.disk.files();
    const sidecar = SIDECARS[id];
    const isBeside = sidecar && `${folderOf(path)}/${sidecar}` in files;
    return {
      id,
      folder: folderOf(path),
      name: path.split("/").at(-1),
      size: 9,
      modified_ms: 1_600_000_000_000,
      target: TARGETS[id],
      is_there: files[`Sorted/${TARGETS[id]}`] === `picture ${id}`,
      companions: isBeside ? [{ name: sidecar, target: OF_SIDECARS[id], sharers: [] }] : [],
    };
  }

  /** What Python plans of pictures that are not where they go. */
  plan() {
    const ids = [...this.places.keys()].filter((id) => this.places.get(id) !== `Sorted/${TARGETS[id]}`);
    return { moves: ids.map((id) => this.#move(id)), folders: [] };
  }

  async run(place) {
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    return place(this, this.target, this.plan(), options);
  }
}

const folderOf = (path) => path.slice(0, path.lastIndexOf("/"));
const move = (world, directory, plan, options) => moveInto(world, directory, plan, options);
const copy = (world, directory, plan, options) => copyInto(world.originals, directory, plan, options);
const WHOLE = Object.fromEntries([
  ...Object.keys(PICTURES).map((id) => [`Sorted/${TARGETS[id]}`, `picture ${id}`]),
  ...Object.keys(SIDECARS).map((id) => [`Sorted/${OF_SIDECARS[id]}`, `sidecar ${id}`]),
  ["Sorted/notes.txt", "mine"],
]);

/** Calls `check` after a failure at each step in turn, until a run needs fewer steps. */
async function failingAtEachStep(place, isLasting, check) {
  for (let step = 0; ; step += 1) {
    const world = new World();
    world.disk.failAfter(step, { isLasting });
    const report = await world.run(place).catch(() => null);
    if (world.disk.left > 0 && Number.isFinite(world.disk.left)) return assert.ok(step > 40, "it hardly began");
    world.disk.heal();
    await check(world, report, `step ${step}`);
  }
}

test("pictures are moved with what belongs to them, and the library knows where", async () => {
  const world = new World();
  const report = await world.run(move);
  assert.deepEqual(report, { written: 4, failures: [], problem: null, isCancelled: false });
  assert.deepEqual(world.disk.files(), WHOLE);
  for (const [id, path] of world.places) assert.equal(path, `Sorted/${TARGETS[id]}`);
  assert.equal(stored.size, 0, "nothing is left to complete");
});

test("copies leave the originals, and are made once", async () => {
  const world = new World();
  const before = world.disk.files();
  assert.equal((await world.run(copy)).written, 4);
  assert.deepEqual(world.disk.files(), { ...before, ...WHOLE });
  assert.equal((await world.run(copy)).written, 0);
  assert.deepEqual(world.disk.files(), { ...before, ...WHOLE });
});

test("what is at a target already stays, and so does the original", async () => {
  for (const place of [move, copy]) {
    const world = new World();
    world.disk.put(`Sorted/${TARGETS[2]}`, "another");
    const report = await world.run(place);
    assert.equal(report.written, 3);
    assert.deepEqual(report.failures.map(({ path }) => path), [TARGETS[2]]);
    assert.equal(world.disk.files()[`Sorted/${TARGETS[2]}`], "another");
    assert.equal(world.disk.files()[PICTURES[2]], "picture 2");
    assert.equal(world.places.get(2), PICTURES[2]);
  }
});

test("a sidecar whose place is taken by another keeps its picture where it is", async () => {
  const world = new World();
  world.disk.put(`Sorted/${OF_SIDECARS[1]}`, "another");
  const report = await world.run(move);
  assert.deepEqual(report.failures.map(({ path }) => path), [TARGETS[1]]);
  assert.equal(world.disk.files()[PICTURES[1]], "picture 1");
  assert.equal(world.disk.files()["Card/a.jpg.xmp"], "sidecar 1");
});

/** The plan of two pictures that share a sidecar. @param {World} world */
function planOfSharers(world) {
  const plan = world.plan();
  const [first, second] = plan.moves;
  const shared = { name: "a.jpg.xmp", target: "2020/a.jpg.xmp" };
  first.companions = [{ ...shared, sharers: ["b.jpg"] }];
  second.companions = [{ ...shared, sharers: ["a.jpg"] }];
  return { ...plan, moves: [first, second] };
}

test("a sidecar of several pictures leaves with the last of them", async () => {
  for (const isBlocked of [false, true]) {
    const world = new World();
    if (isBlocked) world.disk.put(`Sorted/${TARGETS[2]}`, "another");
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    const report = await moveInto(world, world.target, planOfSharers(world), options);
    assert.equal(report.failures.length, isBlocked ? 1 : 0);
    assert.equal(world.disk.files()["Sorted/2020/a.jpg.xmp"], "sidecar 1");
    assert.equal(world.disk.files()["Card/a.jpg.xmp"], isBlocked ? "sidecar 1" : undefined, "a picture that stays needs it");
  }
});

test("a sidecar stays while a picture that needs it does, whatever the disk fails at", async () => {
  for (let step = 0; step < 60; step += 1) {
    const world = new World();
    world.disk.put(`Sorted/${TARGETS[2]}`, "another");
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    world.disk.failAfter(step, { isLasting: false });
    await moveInto(world, world.target, planOfSharers(world), options).catch(() => {});
    assert.equal(world.disk.files()[PICTURES[2]], "picture 2");
    assert.equal(world.disk.files()["Card/a.jpg.xmp"], "sidecar 1", `step ${step}`);
  }
});

for (const isLasting of [false, true]) {
  const what = isLasting ? "a page that is closed at any moment" : "an error of the disk at any moment";

  test(`${what} of a move loses no picture and no sidecar, and is completed by moving again`, async () => {
    await failingAtEachStep(move, isLasting, async (world, report, message) => {
      const contents = Object.values(world.disk.files());
      for (const wanted of Object.values(WHOLE)) assert.ok(contents.includes(wanted), `${message}: ${wanted} is lost`);
      for (const [id, path] of world.places) assert.equal(world.disk.files()[path], `picture ${id}`, message);
      for (const [path, content] of Object.entries(world.disk.files())) {
        assert.ok(content === "" || Object.values(WHOLE).includes(content), `${message}: ${path} is not whole`);
      }
      await completeMoves(world);
      const again = await world.run(move);
      assert.deepEqual(again.failures, [], message);
      const files = world.disk.files();
      for (const { path, message: told } of report?.failures ?? []) {
        // The library had the copy, and the original could not be deleted: that has been told.
        const id = Object.keys(TARGETS).find((one) => TARGETS[one] === path);
        if (/The original was not deleted/.test(told) && files[PICTURES[id]] === `picture ${id}`) delete files[PICTURES[id]];
      }
      assert.deepEqual(files, WHOLE, message);
    });
  });

  test(`${what} of a copy leaves the originals, and is completed by copying again`, async () => {
    await failingAtEachStep(copy, isLasting, async (world, report, message) => {
      const again = await world.run(copy);
      assert.deepEqual(again.failures, [], message);
      const originals = new World().disk.files();
      assert.deepEqual(world.disk.files(), { ...originals, ...WHOLE }, message);
    });
  });
}
