import assert from "node:assert/strict";
import test from "node:test";

import "./fake-worker.js";
import { OnsightError, abortError } from "../../web/common/messenger.js";
import { SINGLE_FILES } from "../../web/page/tools/organise/entries.js";
import { Importer } from "../../web/page/tools/organise/importing.js";
import { LibraryMethods } from "../../web/page/tools/organise/methods.js";

const failure = (code) => new OnsightError({ code, message: `It is ${code}.` });

/** An engine and a library whose failures a test chooses. */
class World {
  /** Called before the engine looks at a picture. @type {(name: string) => void} */
  look = () => {};
  /** Called before the library answers. @type {(name: string, params: any) => void} */
  ask = () => {};
  recorded = new Map();
  refused = [];
  begun = 0;

  constructor() {
    const listeners = new Map();
    this.onsight = {
      concurrency: 2,
      engine: { state: "ready" },
      ready: Promise.resolve(),
      expect() {},
      addEventListener: (name, listener) => listeners.set(name, listener),
      restart: async () => {},
      index: async (file) => {
        await new Promise((resolve) => setImmediate(resolve));
        this.look(file.name);
        return `look at ${file.name}`;
      },
    };
    this.library = {
      session: 1,
      state: { state: "open", name: "Mine" },
      on: () => () => {},
      opened: async () => {},
      refresh: async () => {},
      start: async () => {},
      ask: async (name, params) => {
        await new Promise((resolve) => setImmediate(resolve));
        this.ask(name, params);
        if (name === "begin") this.begun += 1;
        if (name !== "begin" && this.begunIn !== this.library.session && name !== "begin") throw failure("library_failed");
        if (name === "check") return { outcomes: params.files.map(() => ({ kind: "new", folder: null, message: null })) };
        if (name === "record") this.recorded.set(params.name, (this.recorded.get(params.name) ?? 0) + 1);
        if (name === "refuse") this.refused.push([params.name, params.code]);
        return { kind: name === "refuse" ? "failed" : "seen", id: 1, folder: params.folder, code: params.code ?? null, message: params.message ?? null };
      },
    };
    const { ask } = this.library;
    this.library.ask = async (name, params) => {
      if (name === "begin") this.begunIn = this.library.session;
      return ask(name, params);
    };
    this.library.methods = new LibraryMethods((method, params) => this.library.ask(method.replace("library_", ""), params));
    this.importer = new Importer(this.onsight, this.library);
  }

  entries(count) {
    return Array.from({ length: count }, (_, index) => {
      const name = `${index}.jpg`;
      return { folder: "", name, size: 1, modified_ms: 0, arrival: SINGLE_FILES, open: async () => ({ name }) };
    });
  }

  async until(phase) {
    for (let turn = 0; this.importer.state.phase !== phase; turn += 1) {
      assert.ok(turn < 500, `it is ${this.importer.state.phase}, not ${phase}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

for (const code of ["model_failed", "model_missing", "download_failed", "library_failed"]) {
  test(`an import stops on ${code}, records nothing and goes on`, async () => {
    const world = new World();
    let isBroken = true;
    world.look = (name) => {
      if (isBroken && name !== "0.jpg") throw failure(code);
    };
    const done = world.importer.add(world.entries(10));
    await world.until("halted");
    assert.equal(world.importer.state.problem, `It is ${code}.`);
    assert.equal(world.importer.state.done, world.recorded.size);
    isBroken = false;
    world.importer.resume();
    await done;
    assert.equal(world.importer.state.phase, "done");
    assert.equal(world.importer.state.problem, null);
    assert.deepEqual(world.importer.state.counts, { seen: 10 });
    assert.deepEqual(world.refused, []);
    assert.ok([...world.recorded.values()].every((count) => count === 1));
  });
}

test("only what is wrong with a file is written down as its failure", async () => {
  const world = new World();
  const codes = { "1.jpg": "corrupt_image", "2.jpg": "internal", "3.jpg": "out_of_memory", "4.jpg": "crashed", "5.jpg": "unreadable_file" };
  world.look = (name) => {
    if (codes[name]) throw failure(codes[name]);
  };
  await world.importer.add(world.entries(8));
  assert.deepEqual(world.importer.state.counts, { seen: 3, failed: 5 });
  assert.deepEqual(world.refused, [["1.jpg", "corrupt_image"]]);
});

test("a network that fails for one picture alone does not hold up the rest for ever", async () => {
  const world = new World();
  world.look = (name) => {
    if (name === "1.jpg") throw failure("model_failed");
  };
  const done = world.importer.add(world.entries(6));
  await world.until("halted");
  world.importer.resume();
  for (let turn = 0; turn < 5 && world.importer.state.phase !== "done"; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.importer.resume();
  }
  await done;
  assert.deepEqual(world.importer.state.counts, { seen: 5, failed: 1 });
  assert.deepEqual(world.refused, []);
});

test("a library whose worker was restarted hears of the run again", async () => {
  const world = new World();
  let asked = 0;
  world.ask = (name) => {
    asked += name === "record" ? 1 : 0;
    if (name === "record" && asked === 3) {
      world.library.session += 1;
      throw failure("worker_failed");
    }
  };
  await world.importer.add(world.entries(10));
  assert.deepEqual(world.importer.state.counts, { seen: 10 });
  assert.equal(world.begun, 2);
});

test("a library that another tab took over stops the import, which can go on", async () => {
  const world = new World();
  let isTaken = true;
  world.ask = (name) => {
    if (name === "record" && isTaken) throw abortError();
  };
  world.library.opened = async () => {
    if (isTaken) throw failure("library_failed");
  };
  world.ask = () => {};
  const done = world.importer.add(world.entries(4));
  await world.until("halted");
  isTaken = false;
  world.importer.resume();
  await done;
  assert.deepEqual(world.importer.state.counts, { seen: 4 });
});

test("an import that is cancelled while it has stopped ends", async () => {
  const world = new World();
  world.look = () => {
    throw failure("download_failed");
  };
  const done = world.importer.add(world.entries(4));
  await world.until("halted");
  world.importer.cancel();
  await done;
  assert.equal(world.importer.state.phase, "done");
  assert.equal(world.recorded.size, 0);
  assert.deepEqual(world.refused, []);
});

test("failures at random moments change nothing of what is recorded in the end", async () => {
  let seed = 11;
  const random = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  for (let round = 0; round < 20; round += 1) {
    const world = new World();
    const fail = (...codes) => {
      if (random(8) === 0) throw failure(codes[random(codes.length)]);
    };
    world.look = () => fail("worker_failed", "download_failed");
    world.ask = (name) => {
      if (random(10) === 0) {
        world.library.session += 1;
        throw failure("worker_failed");
      }
      if (name === "record") fail("library_failed");
    };
    const timer = setInterval(() => world.importer.state.phase === "halted" && world.importer.resume(), 1);
    await world.importer.add(world.entries(30));
    clearInterval(timer);
    assert.deepEqual(world.importer.state.counts, { seen: 30 });
    assert.equal(world.recorded.size, 30);
    assert.deepEqual(world.refused, []);
  }
});

test("pictures are told where the library has them, and so are the files beside them", async () => {
  const world = new World();
  const { ask } = world.library;
  world.library.ask = async (name, params) => {
    if (name === "beside") return { files: params.pictures.map(() => []) };
    const answer = await ask(name, params);
    return name === "record" ? { ...answer, folder: params.folder.replace("Card", `Card ${params.arrival}`) } : answer;
  };
  const [one, other] = [0, 1].map(() => ({ ...SINGLE_FILES, whole: true }));
  const entry = (name, arrival) => ({ ...world.entries(1)[0], folder: "Card", name, arrival });
  const placed = [];
  world.importer.on("placed", ({ folder, entry: { name, arrival } }) => placed.push([folder, name, arrival === one ? 0 : 1]));
  const beside = [entry("1.xmp", one), entry("1.xmp", other)];
  await world.importer.add([entry("1.jpg", one), entry("1.jpg", other)], { beside });
  assert.deepEqual(placed.sort(), [
    ["Card 0", "1.jpg", 0],
    ["Card 0", "1.xmp", 0],
    ["Card 1", "1.jpg", 1],
    ["Card 1", "1.xmp", 1],
  ]);
});

test("an import does not go on in another library than it began in", async () => {
  const world = new World();
  let asked = 0;
  world.ask = (name) => {
    if (name === "record" && (asked += 1) === 2) world.library.state = { state: "open", name: "Other" };
  };
  const done = world.importer.add(world.entries(8));
  await world.until("halted");
  assert.match(world.importer.state.problem, /“Mine”/);
  const before = world.recorded.size;
  assert.ok(before < 8);
  world.importer.resume();
  await world.until("halted");
  assert.equal(world.recorded.size, before);
  world.library.state = { state: "open", name: "Mine" };
  world.importer.resume();
  await done;
  assert.deepEqual(world.importer.state.counts, { seen: 8 });
});

test("an import says that the library is in another tab", async () => {
  const world = new World();
  world.library.state = { state: "elsewhere" };
  const done = world.importer.add(world.entries(2));
  await world.until("halted");
  assert.match(world.importer.state.problem, /another tab/);
  world.library.state = { state: "open", name: "Mine" };
  world.importer.resume();
  await done;
  assert.deepEqual(world.importer.state.counts, { seen: 2 });
});

test("a failure does not end the pause that a person made", async () => {
  const world = new World();
  const pause = () => {
    world.importer.pause();
    throw failure("download_failed");
  };
  world.look = pause;
  const done = world.importer.add(world.entries(4));
  await world.until("paused");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(world.importer.state.phase, "paused");
  world.look = () => {};
  world.importer.resume();
  await done;
  assert.deepEqual(world.importer.state.counts, { seen: 4 });
});

test("a folder whose pictures are in two folders of the library has its sidecars in both", async () => {
  const world = new World();
  const { ask } = world.library;
  world.library.ask = async (name, params) => {
    if (name === "beside") return { files: params.pictures.map(() => []) };
    const answer = await ask(name, params);
    return name === "record" && params.name === "1.jpg" ? { ...answer, folder: "Card (2)" } : answer;
  };
  const placed = [];
  world.importer.on("placed", ({ folder, entry }) => placed.push(`${folder}/${entry.name}`));
  const arrival = { key: "drop 1", lasting: false, whole: true };
  const entries = world.entries(4).map((entry) => ({ ...entry, folder: "Card", arrival }));
  const sidecar = { ...entries[0], name: "1.jpg.xmp" };
  await world.importer.add(entries, { beside: [sidecar] });
  const pictures = ["Card/0.jpg", "Card (2)/1.jpg", "Card/2.jpg", "Card/3.jpg"];
  assert.deepEqual(placed.sort(), [...pictures, "Card/1.jpg.xmp", "Card (2)/1.jpg.xmp"].sort());
});
