import assert from "node:assert/strict";
import test from "node:test";

import { FakeWorker } from "./fake-worker.js";
import { Onsight } from "../../web/page/client.js";

FakeWorker.answer = (worker, message) => worker.result(message, { data: new Uint8Array(1) });

const blob = new Blob(["picture"]);
const METHODS = {
  classify: [blob],
  tag: [blob],
  compare: [blob],
  detect: [blob],
  preview: [blob],
  detectionClasses: [],
  crop: [blob, [0, 0, 1, 1]],
  redact: [blob, []],
  enhanceControls: [],
  enhanceAnalysis: [blob],
  enhancePreview: [blob, {}],
  enhance: [blob, {}],
  annotate: [blob, []],
  beginSidecar: [blob],
  exportDetections: ["coco", []],
  dataSet: ["yolo", []],
  tagNames: [],
  editTags: [[], {}],
  tagText: ["list", []],
  exportTags: ["csv", []],
  archive: [[]],
  index: [blob],
};

test("all methods that take options are tried", () => {
  const others = ["constructor", "expect", "restart", "setDevice", "cacheAll", "whenIdle", "close"];
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(Onsight.prototype));
  const methods = descriptors.flatMap(([name, { value }]) => (value && !others.includes(name) ? [name] : []));
  assert.deepEqual(Object.keys(METHODS).sort(), methods.sort());
});

for (const [name, given] of Object.entries(METHODS)) {
  test(`${name} says what is wrong with options that are not an object`, async () => {
    const onsight = Onsight.create({ base: "file:///", workers: 1 });
    for (const [options, kind] of [[null, "null"], [5, "a number"], ["urgent", "a string"], [[], "an array"]]) {
      await assert.rejects(onsight[name](...given, options), {
        name: "OnsightError",
        code: "invalid_option",
        message: `The options must be an object, got ${kind}. Leave them out, or give { … }.`,
      });
    }
    await onsight[name](...given, undefined);
    onsight.close();
  });
}

test("changes of tags and the options of a start are checked, too", async () => {
  const onsight = Onsight.create({ base: "file:///", workers: 1 });
  await assert.rejects(onsight.editTags([], null), { code: "invalid_option", message: /^The changes must be an object/ });
  await assert.rejects(Onsight.start(null), { code: "invalid_option" });
  assert.throws(() => Onsight.create(null), { code: "invalid_option" });
  onsight.close();
});

test("an engine is idle when it has started and has answered everything", async () => {
  const onsight = Onsight.create({ base: "file:///", workers: 1 });
  const events = [];
  const answers = ["first", "second"].map((name) => onsight.classify(blob, { onTimings: () => events.push(name) }));
  await onsight.whenIdle();
  assert.deepEqual(events, ["first", "second"]);
  await Promise.all(answers);
  await onsight.whenIdle(); // at once
  onsight.close();
});

test("an engine that cannot start is idle", async () => {
  const onsight = Onsight.create({ base: "file:///", workers: 1, after: Promise.reject(new Error("never")) });
  await onsight.whenIdle();
  await assert.rejects(onsight.ready);
});
