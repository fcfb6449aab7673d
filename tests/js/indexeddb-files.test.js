import assert from "node:assert/strict";
import test from "node:test";

import { FakeDatabase } from "./fake-indexeddb.js";
import { IndexedDBFiles } from "../../web/worker/indexeddb-files.js";

const BLOCK = 64 << 10;
const filled = (length, value) => new Uint8Array(length).fill(value);

/** What another visit reads. */
async function stored(database, name, length) {
  const file = await new IndexedDBFiles(database).open(name);
  const into = new Uint8Array(length ?? file.size);
  file.read(into, 0);
  return into;
}

test("a transaction that is aborted stores nothing, and the next one stores all of it", async () => {
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  file.write(filled(BLOCK * 3, 1), 0);
  await files.keep();

  file.write(filled(BLOCK, 2), 0);
  file.write(filled(BLOCK, 2), BLOCK * 2);
  database.failures = 1;
  await assert.rejects(files.keep());
  assert.deepEqual(await stored(database, "a"), filled(BLOCK * 3, 1));

  file.write(filled(10, 3), BLOCK);
  await files.keep();
  const expected = filled(BLOCK * 3, 2);
  expected.fill(1, BLOCK, BLOCK * 2).fill(3, BLOCK, BLOCK + 10);
  assert.deepEqual(await stored(database, "a"), expected);
});

test("a transaction that follows an aborted one at once does not store a part", async () => {
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  file.write(filled(BLOCK * 2, 1), 0);
  database.failures = 1;
  const first = files.keep();
  file.write(filled(5, 2), 0);
  const second = files.keep();
  await assert.rejects(first);
  await second;
  const expected = filled(BLOCK * 2, 1);
  expected.fill(2, 0, 5);
  assert.deepEqual(await stored(database, "a"), expected);
});

test("what is written while blocks are being stored is stored with the next", async () => {
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  file.write(filled(10, 1), 0);
  const first = files.keep();
  await Promise.resolve(); // it has taken its blocks
  await Promise.resolve();
  file.write(filled(10, 2), 0);
  await first;
  assert.equal(files.isDirty, true);
  await files.keep();
  assert.equal(files.isDirty, false);
  assert.deepEqual(await stored(database, "a"), filled(10, 2));
});

test("a file that could not be made smaller is made smaller later, and does not grow old bytes again", async () => {
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  file.write(filled(BLOCK * 3, 1), 0);
  await files.keep();
  file.truncate(BLOCK + 5);
  database.failures = 1;
  await assert.rejects(files.keep());
  assert.equal((await stored(database, "a")).length, BLOCK * 3);
  file.truncate(BLOCK * 2);
  await files.keep();
  const expected = new Uint8Array(BLOCK * 2);
  expected.fill(1, 0, BLOCK + 5);
  assert.deepEqual(await stored(database, "a"), expected);
  assert.equal(database.stores.blocks.size, 2);
});

test("a read after a failure is answered, and is no reason to try again", async () => {
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  file.write(filled(10, 1), 0);
  database.failures = 1;
  await assert.rejects(files.keep());
  assert.equal(files.isDirty, false);
  const into = new Uint8Array(10);
  assert.equal(file.read(into, 0), 10);
  assert.deepEqual(into, filled(10, 1));
});

test("a database that is gone keeps what was written for a later try", async () => {
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  file.write(filled(10, 1), 0);
  database.closed = true;
  await assert.rejects(files.keep());
  database.closed = false;
  await files.keep();
  assert.deepEqual(await stored(database, "a"), filled(10, 1));
});

test("random writes, sizes and failures leave what some moment had", async () => {
  let seed = 7;
  const random = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  const database = new FakeDatabase();
  const files = new IndexedDBFiles(database);
  const file = await files.open("a");
  let last = new Uint8Array();
  for (let round = 0; round < 200; round += 1) {
    for (let step = random(4); step >= 0; step -= 1) {
      if (random(5) === 0) file.truncate(random(BLOCK * 4));
      else file.write(filled(1 + random(BLOCK), random(256)), random(BLOCK * 3));
    }
    database.failures = random(3) === 0 ? 1 : 0;
    const now = new Uint8Array(file.size);
    file.read(now, 0);
    await files.keep().then(() => (last = now), () => {});
    assert.deepEqual(await stored(database, "a"), last);
  }
});
