import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test from "node:test";

import { FakeWorker } from "./fake-worker.js";
import { Messenger } from "../../web/common/messenger.js";
import { Pool } from "../../web/page/engine/pool.js";

const URL_ = new URL("file:///worker.js");
const listeners = (signal) => getEventListeners(signal, "abort").length;

function createPool(onLoss = () => {}) {
  return new Pool({ url: URL_, params: () => ({}), atMost: 1, heapLimitBytes: 1e9, onLoss, onChange: () => {} });
}

test("a request leaves no listener on its signal, however it ends", async () => {
  const { signal } = new AbortController();
  FakeWorker.answer = (worker, message) => {
    if (message.method === "good") worker.result(message);
    if (message.method === "bad") worker.error(message, "corrupt_image");
    if (message.method === "deadly") worker.die();
  };
  const messenger = new Messenger(URL_, () => {});
  const waiting = messenger.request("good", {}, { signal });
  assert.equal(listeners(signal), 1);
  await waiting;
  assert.equal(listeners(signal), 0);
  await assert.rejects(messenger.request("bad", {}, { signal }), { code: "corrupt_image", fault: "file" });
  assert.equal(listeners(signal), 0);
  await assert.rejects(messenger.request("deadly", {}, { signal }), { code: "worker_failed", fault: "engine" });
  assert.equal(listeners(signal), 0);
});

test("a run over many files keeps none that is done", async () => {
  const { signal } = new AbortController();
  FakeWorker.answer = (worker, message) => worker.result(message);
  const pool = createPool();
  await pool.start(() => {});
  for (let number = 0; number < 50; number += 1) {
    await pool.ask({ method: "index", params: {}, picture: undefined, urgent: false, signal, onProgress: undefined });
  }
  assert.equal(listeners(signal), 0);
  pool.close();
});

test("a picture that is done can be collected while its run goes on", async () => {
  const { signal } = new AbortController();
  FakeWorker.answer = (worker, message) => worker.result(message);
  const pool = createPool();
  await pool.start(() => {});
  const ask = async () => {
    const picture = new Blob(["x".repeat(1e6)]);
    const reference = new WeakRef(picture);
    await pool.ask({ method: "index", params: { image: picture }, picture, urgent: false, signal, onProgress: undefined });
    return reference;
  };
  const reference = await ask();
  for (let turn = 0; turn < 20 && reference.deref(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
  }
  assert.equal(reference.deref(), undefined);
  pool.close();
});

/** @param {string[]} deadly names of pictures that end their worker */
async function lookAt(names, deadly) {
  let starts = 0;
  FakeWorker.answer = (worker, message) => {
    if (message.method === "initialize") return worker.result(message, { version: "1" });
    worker.progress(message, "infer");
    if (deadly.includes(message.params.name)) worker.die();
    else setTimeout(() => !worker.isTerminated && worker.result(message, message.params.name), 5);
  };
  const pool = createPool(() => {
    starts += 1;
    void pool.start(() => {});
  });
  const call = (name) =>
    pool.ask({ method: "index", params: { name }, picture: undefined, urgent: false, signal: undefined, onProgress: undefined });
  const asked = names.map((name) => call(name).then(({ result }) => result, ({ code }) => code));
  await pool.start(() => {});
  const answers = await Promise.all(asked);
  pool.close();
  return { answers, starts };
}

test("a worker that dies takes no picture with it but the one that kills it again and again", async () => {
  const { answers, starts } = await lookAt(["a", "b", "deadly", "c", "d"], ["deadly"]);
  assert.deepEqual(answers, ["a", "b", "crashed", "c", "d"]);
  assert.ok(starts <= 3, `${starts} starts`);
});

test("a worker that is ended from outside costs no picture", async () => {
  let isEnded = false;
  FakeWorker.answer = (worker, message) => {
    if (message.method === "initialize") return worker.result(message, { version: "1" });
    if (message.params.name === "b" && !isEnded) {
      isEnded = true;
      return worker.die();
    }
    return worker.result(message, message.params.name);
  };
  const pool = createPool(() => void pool.start(() => {}));
  await pool.start(() => {});
  const call = (name) =>
    pool.ask({ method: "index", params: { name }, picture: undefined, urgent: false, signal: undefined, onProgress: undefined });
  const answers = await Promise.all(["a", "b", "c"].map((name) => call(name).then(({ result }) => result)));
  assert.deepEqual(answers, ["a", "b", "c"]);
  pool.close();
});
