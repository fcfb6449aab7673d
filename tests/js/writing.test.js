import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";

import { Disk } from "./fake-folders.js";

const { isSame, listTaken, replaceFile, writeIntoFolder, writeNew } = await import("../../web/page/lib/writing.js");

const OUTPUTS = { "a.jpg": "one", "2020/b.jpg": "two", "2020/05/c.jpg": "three", "2021/d.jpg": "four" };
const hash = (text) => createHash("sha256").update(text).digest("hex");

function createOutput(path, content) {
  return { path, modified: 0, open: async () => new Blob([content]) };
}

function createOutputs() {
  return Object.entries(OUTPUTS).map(([path, content]) => createOutput(path, content));
}

async function write(disk, outputs, { signal = new AbortController().signal, onProgress = () => {} } = {}) {
  return writeIntoFolder(disk.root, outputs, { signal, onProgress });
}

test("files are written where they belong, and progress is told for each", async () => {
  const disk = new Disk();
  const told = [];
  const report = await write(disk, createOutputs(), { onProgress: (done, total, path) => told.push([done, total, path]) });
  assert.deepEqual(disk.files(), OUTPUTS);
  assert.deepEqual(report, { written: 4, failures: [], problem: null, isCancelled: false });
  assert.deepEqual(told.map(([done, total]) => `${done}/${total}`), ["1/4", "2/4", "3/4", "4/4"]);
  assert.deepEqual(told.map(([, , path]) => path).sort(), Object.keys(OUTPUTS).sort());
});

test("nothing is overwritten but an empty file, and one bad file does not stop the rest", async () => {
  const disk = new Disk();
  disk.put("a.jpg", "mine");
  disk.put("2020/b.jpg", "");
  disk.put("2021", "a file where a folder must be");
  const unreadable = { ...createOutput("e.jpg", ""), open: () => Promise.reject(new DOMException("", "NotReadableError")) };
  const report = await write(disk, [unreadable, ...createOutputs()]);
  assert.equal(report.written, 2);
  assert.deepEqual(Object.fromEntries(report.failures.map(({ path, message }) => [path, message])), {
    "e.jpg": "The file could not be read: it was moved, deleted or locked.",
    "a.jpg": "“a.jpg” already exists. It was not changed.",
    "2021/d.jpg": "A file is in the way of a folder with the same name.",
  });
  const { "2020/b.jpg": b, "2020/05/c.jpg": c } = OUTPUTS;
  assert.deepEqual(disk.files(), { "a.jpg": "mine", "2020/b.jpg": b, "2020/05/c.jpg": c, 2021: "a file where a folder must be" });
});

test("an error of the disk at any moment leaves each file whole or not there, and is told", async () => {
  for (let step = 0; ; step += 1) {
    const disk = new Disk();
    disk.failAfter(step, { isLasting: false });
    const report = await write(disk, createOutputs());
    if (disk.left > 0 && Number.isFinite(disk.left)) return assert.ok(step > 20, "it hardly began");
    for (const [path, content] of Object.entries(disk.files())) assert.equal(content, OUTPUTS[path], `step ${step}`);
    const missing = Object.keys(OUTPUTS).filter((path) => !(path in disk.files()));
    assert.deepEqual(report.failures.map(({ path }) => path), missing, `step ${step}`);
    assert.equal(report.written, 4 - missing.length, `step ${step}`);
  }
});

test("a full disk and a permission that is gone end the rest, in one sentence", async () => {
  for (const [name, words] of [["QuotaExceededError", /disk is full/], ["NotAllowedError", /no longer allows/]]) {
    const disk = new Disk();
    const bad = { ...createOutput("0.jpg", ""), open: () => Promise.reject(new DOMException("", name)) };
    const many = Array.from({ length: 50 }, (_, index) => createOutput(`${index + 1}.jpg`, "x"));
    const report = await write(disk, [bad, ...many]);
    assert.match(report.problem, words);
    assert.ok(report.written < 5, "the others were tried, too");
    assert.equal(report.isCancelled, false);
  }
});

test("what is cancelled stops soon, with the files whole that it has written", async () => {
  const disk = new Disk();
  const abort = new AbortController();
  const many = Array.from({ length: 50 }, (_, index) => createOutput(`${index}.jpg`, "x"));
  const report = await write(disk, many, { signal: abort.signal, onProgress: (done) => done === 5 && abort.abort() });
  assert.equal(report.isCancelled, true);
  assert.ok(report.written >= 5 && report.written < 10);
  assert.deepEqual(Object.values(disk.files()), Array(report.written).fill("x"));
});

test("files that go along are written with theirs, also where theirs is there already", async () => {
  const disk = new Disk();
  const output = { ...createOutput("a.jpg", "one"), beside: async () => [createOutput("a.xmp", "said")] };
  disk.put("a.jpg", "one"); // an earlier run ended between the two
  const report = await write(disk, [output]);
  assert.equal(report.failures.length, 1);
  assert.deepEqual(disk.files(), { "a.jpg": "one", "a.xmp": "said" });
  const other = new Disk();
  other.put("a.jpg", "another picture");
  await write(other, [output]);
  assert.deepEqual(other.files(), { "a.jpg": "another picture" });
});

test("a disk that loses bytes is found out", async () => {
  const disk = new Disk();
  const shortened = { size: 10, text: async () => "short" };
  await assert.rejects(writeNew(disk.root, { path: "a.jpg", open: async () => shortened }), /not written completely/);
  assert.deepEqual(disk.files(), {});
});

test("a file that is replaced has the former content or the new one, and a new one is whole or not there", async () => {
  for (const former of ["before", null]) {
    for (let step = 0; ; step += 1) {
      const disk = new Disk();
      if (former !== null) disk.put("a.xmp", former);
      disk.failAfter(step, { isLasting: false });
      const isDone = await replaceFile(disk.root, "a.xmp", new Blob(["after"])).then(() => true, () => false);
      assert.equal(disk.files()["a.xmp"] ?? null, isDone ? "after" : former, `step ${step}`);
      if (isDone) break;
    }
  }
});

test("what is there is listed with its folder, and hashed only where it may be the same", async () => {
  const disk = new Disk();
  disk.put("a.jpg", "four");
  disk.put("2020/b.jpg", "longer");
  disk.put("2020/empty.jpg", "");
  disk.put("2021/c.jpg", "five");
  const { taken, hashes } = await listTaken(disk.root, ["", "2020", "missing"], new Set([4]));
  const found = Object.fromEntries(taken.map((path, index) => [path, hashes[index]]));
  assert.deepEqual(found, { "a.jpg": hash("four"), "2020": "", "2021": "", "2020/b.jpg": "" });
});

test("files are the same when each byte is", async () => {
  assert.equal(await isSame(new Blob(["abc"]), new Blob(["abc"])), true);
  assert.equal(await isSame(new Blob(["abc"]), new Blob(["abd"])), false);
  assert.equal(await isSame(new Blob(["abc"]), new Blob(["ab"])), false);
  assert.equal(await isSame(new Blob([]), new Blob([])), true);
});
