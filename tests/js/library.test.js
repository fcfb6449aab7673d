import assert from "node:assert/strict";
import test from "node:test";

import { FakeWorker } from "./fake-worker.js";
import { Library } from "../../web/page/tools/organise/library.js";

/** All channels of the test, each of which may be that of another tab. */
const channels = new Set();
globalThis.BroadcastChannel = class {
  constructor() {
    channels.add(this);
  }

  postMessage(data) {
    for (const other of channels) if (other !== this) other.onmessage?.({ data });
  }
};

/** A worker that keeps libraries; what a test names fails once. */
class Keeper {
  names = new Set(["Mine", "Other"]);
  /** Whether Python has a library open. */
  isOpen = false;
  /** Methods that fail the next time, by a code. @type {Map<string, string>} */
  failing = new Map();

  constructor() {
    FakeWorker.answer = (worker, message) => {
      const { method, params } = message;
      const code = this.failing.get(params.name ? `${method} ${params.name}` : method) ?? this.failing.get(method);
      if (code) {
        this.failing.clear();
        return code === "death" ? worker.die() : worker.error(message, code);
      }
      return worker.result(message, this.answer(method, params));
    };
  }

  answer(method, { name }) {
    if (method === "storage_list") return [...this.names].map((one) => ({ name: one, bytes: 1 }));
    if (method === "storage_open") this.names.add((this.opened = name));
    if (method === "storage_remove") this.names.delete(name);
    if (method === "storage_place") this.names.add(name);
    if (method === "storage_copy") return new Blob([this.opened]);
    if (method === "library_open") this.isOpen = true;
    if (method === "library_close") this.isOpen = false;
    return method === "storage_open" ? `/library/${name}.sqlite` : { pictures: 1, searches: [] };
  }
}

async function opened() {
  const keeper = new Keeper();
  const library = new Library({ ready: Promise.resolve() }, new URL("file:///"));
  await library.start();
  assert.deepEqual(library.state, { state: "open", name: "Mine" });
  return { keeper, library };
}

/** Whether what the page believes is so. */
function isTrue({ keeper, library }) {
  if (library.state.state !== "open") return false;
  return keeper.isOpen && keeper.opened === library.state.name;
}

const ACTIONS = {
  copy: [(library) => library.copy(), ["library_close", "storage_copy", "storage_open", "library_open"]],
  switchTo: [(library) => library.switchTo("Other"), ["library_close", "storage_open Other", "library_open"]],
  addFile: [
    (library) => library.addFile(new File(["x"], "Trip.sqlite")),
    ["storage_place", "library_close", "storage_open Trip", "library_open"],
  ],
  remove: [
    (library) => library.remove(),
    ["library_close", "storage_close", "storage_remove", "storage_list", "storage_open Other", "library_open"],
  ],
};

for (const [name, [act, steps]] of Object.entries(ACTIONS)) {
  for (const step of steps) {
    test(`${name} that fails at ${step} leaves a library that is open and says so`, async () => {
      const { keeper, library } = await opened();
      keeper.failing.set(step, "library_failed");
      await assert.rejects(act(library), { code: "library_failed" });
      assert.ok(isTrue({ keeper, library }), JSON.stringify([library.state, keeper.isOpen, keeper.opened]));
      if (name === "addFile") assert.ok(!keeper.names.has("Trip"));
    });

    test(`${name} during which the worker dies at ${step} leaves a library that is open`, async () => {
      const { keeper, library } = await opened();
      keeper.failing.set(step, "death");
      await assert.rejects(act(library));
      await library.opened(new AbortController().signal);
      assert.ok(isTrue({ keeper, library }), JSON.stringify([library.state, keeper.isOpen, keeper.opened]));
    });
  }
}

test("a library that can no longer be opened is shown as failed", async () => {
  const { keeper, library } = await opened();
  const { answer } = keeper;
  keeper.answer = answer;
  FakeWorker.answer = (worker, message) =>
    /open$/.test(message.method) ? worker.error(message, "library_failed") : worker.result(message, answer.call(keeper, message.method, message.params));
  await assert.rejects(library.copy());
  assert.equal(library.state.state, "failed");
});

test("what does no harm if it is done twice is asked again when the worker has failed", async () => {
  const { keeper, library } = await opened();
  keeper.failing.set("library_plan", "death");
  assert.equal((await library.retrying.plan({ ids: [], by: [] })).pictures, 1);
  assert.ok(isTrue({ keeper, library }));
  keeper.failing.set("library_plan", "invalid_option");
  await assert.rejects(library.retrying.plan({ ids: [], by: [] }), { code: "invalid_option" });
  keeper.failing.set("library_plan", "death");
  await assert.rejects(library.methods.plan({ ids: [], by: [] }), { code: "worker_failed" });
});

test("every tab hears which library was deleted", async () => {
  const { library } = await opened();
  const inOtherTab = new Library({ ready: Promise.resolve() }, new URL("file:///"));
  const removed = [];
  library.on("removed", (name) => removed.push(["here", name]));
  inOtherTab.on("removed", (name) => removed.push(["there", name]));
  assert.equal(library.name, "Mine");
  await library.remove();
  assert.equal(library.name, "Other");
  assert.deepEqual(removed, [["here", "Mine"], ["there", "Mine"]]);
});

test("a library that could not be deleted is not reported as deleted", async () => {
  const { keeper, library } = await opened();
  const removed = [];
  library.on("removed", (name) => removed.push(name));
  keeper.failing.set("storage_remove", "library_failed");
  await assert.rejects(library.remove());
  assert.deepEqual(removed, []);
});
