import assert from "node:assert/strict";
import test from "node:test";

import { isFirstLabel } from "../../web/worker/first-label.js";

const JPEG = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16])]);
const PNG = new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10])]);

test("labels of JPEG and PNG files need only the first part of Python", async () => {
  assert.equal(await isFirstLabel("classify", { image: JPEG }), true);
  assert.equal(await isFirstLabel("classify", { image: PNG }), true);
});

test("everything else needs all of it", async () => {
  assert.equal(await isFirstLabel("tag", { image: JPEG }), false);
  assert.equal(await isFirstLabel("tag_names", {}), false);
  assert.equal(await isFirstLabel("classify", {}), false);
  for (const image of [new Blob(["RIFF....WEBP"]), new Blob([]), new Blob([new Uint8Array([0xff, 0xd8])])]) {
    assert.equal(await isFirstLabel("classify", { image }), false);
  }
});
