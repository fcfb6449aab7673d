import assert from "node:assert/strict";
import test from "node:test";

import { FakeWorker } from "./fake-worker.js";
import { Onsight } from "../../web/page/client.js";
import { EngineMethods } from "../../web/page/engine/methods.js";

FakeWorker.answer = (worker, message) => worker.result(message, { data: new Uint8Array(1) });

const blob = new Blob(["picture"]);
const METHODS = {
  classify: [blob],
  tag: [blob],
  compare: [blob],
  details: [blob],
  clean: [blob],
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
  editTags: [[]],
  tagText: ["list", []],
  exportTags: ["csv", []],
  archive: [[]],
  index: [blob],
};

test("all methods that take options are tried", () => {
  const names = Object.getOwnPropertyNames(EngineMethods.prototype).filter((name) => !["constructor", "request"].includes(name));
  assert.deepEqual(Object.keys(METHODS).sort(), names.sort());
});

test("options go to Python by its names, with the picture's name and number where they are of use", async () => {
  const onsight = Onsight.create({ base: "file:///", workers: 1 });
  const asked = [];
  FakeWorker.answer = (worker, message) => {
    if (message.method !== "initialize") asked.push([message.method, message.params]);
    worker.result(message, { data: new Uint8Array(1), name: "a", media_type: "b", notes: ["c"] });
  };
  const file = new File(["picture"], "cat.jpg");
  await onsight.detect(file, { maxResults: 3, score: undefined, treshold: 1 });
  await onsight.detect(file);
  const made = await onsight.crop(file, [0, 0, 1, 1]);
  await onsight.crop(file, [0, 0, 1, 1], { name: "dog.jpg" });
  await onsight.tagText("list", [{ id: "cat", heat_map: {} }]);
  await onsight.archive([new File(["x"], "x.txt", { type: "text/plain" })]);
  assert.deepEqual(asked, [
    ["detect", { image: file, picture: 1, max_results: 3, treshold: 1 }],
    ["detect", { image: file, picture: 1 }],
    ["crop", { image: file, box: [0, 0, 1, 1], name: "cat.jpg" }],
    ["crop", { image: file, box: [0, 0, 1, 1], name: "dog.jpg" }],
    ["tag_text", { format: "list", tags: [{ id: "cat", heat_map: null }] }],
    ["archive", { files: [{ data: new Uint8Array([120]), name: "x.txt", media_type: "text/plain" }] }],
  ]);
  assert.deepEqual([made.name, made.type, made.notes], ["a", "b", ["c"]]);
  onsight.close();
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
  await assert.rejects(onsight.editTags([], null), { code: "invalid_option", message: /^The options must be an object/ });
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
