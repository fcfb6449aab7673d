import assert from "node:assert/strict";
import test from "node:test";

import { FakeDatabase } from "./fake-indexeddb.js";
import { random } from "./random.js";
import { IndexedDBFiles } from "../../web/worker/indexeddb-files.js";
import { Storage, storageError, STORAGE_METHODS } from "../../web/worker/storage.js";

const FOLDER_BIT = 0o40000;

/** As much of Emscripten's file system as a mounted folder needs, with files read and written as Python does. */
class FakeFileSystem {
  ErrnoError = class extends Error {
    constructor(errno) {
      super(`errno ${errno}`);
      this.errno = errno;
    }
  };
  #root;
  #nextId = 1;

  isDir(mode) {
    return (mode & FOLDER_BIT) !== 0;
  }

  createNode(parent, name, mode) {
    return { parent, name, mode, id: this.#nextId++ };
  }

  analyzePath() {
    return { exists: true };
  }

  mount(type) {
    assert.equal(this.#root, undefined, "a folder is mounted already");
    this.#root = type.mount();
  }

  unmount() {
    assert.ok(this.#root, "no folder is mounted");
    this.#root = undefined;
  }

  names() {
    return this.#root.node_ops.readdir().filter((name) => !name.startsWith(".")).sort();
  }

  #node(path, isNew = false) {
    const name = path.split("/").at(-1);
    const { lookup, mknod } = this.#root.node_ops;
    return isNew && !this.names().includes(name) ? mknod(this.#root, name) : lookup(this.#root, name);
  }

  write(path, bytes, at = 0) {
    const node = this.#node(path, true);
    return node.stream_ops.write({ node, position: 0 }, new Int8Array(bytes), 0, bytes.length, at);
  }

  read(path) {
    const node = this.#node(path);
    const { size } = node.node_ops.getattr(node);
    const into = new Int8Array(size);
    node.stream_ops.read({ node, position: 0 }, into, 0, size, 0);
    return [...new Uint8Array(into.buffer)];
  }

  unlink(path) {
    this.#root.node_ops.unlink(this.#root, path.split("/").at(-1));
  }
}

function createStorage(database = new FakeDatabase()) {
  const fs = new FakeFileSystem();
  return { fs, database, storage: new Storage(fs, new IndexedDBFiles(database)) };
}

const bytes = (...values) => Uint8Array.from(values);

test("a library that is closed has what was written when it is opened on another visit", async () => {
  const { fs, database, storage } = createStorage();
  const path = await storage.open("Mine");
  assert.equal(path, "/library/Mine.sqlite");
  assert.deepEqual(fs.names(), [], "an empty file is none");
  fs.write(path, bytes(1, 2, 3));
  fs.write(`${path}-journal`, bytes(9));
  fs.unlink(`${path}-journal`);
  await storage.close();
  const later = createStorage(database);
  assert.deepEqual(await later.storage.list(), [{ name: "Mine", bytes: 3 }]);
  await later.storage.open("Mine");
  assert.deepEqual(later.fs.names(), ["Mine.sqlite"]);
  assert.deepEqual(later.fs.read(path), [1, 2, 3]);
});

test("a journal that a visit left is there on the next, for SQLite to roll back", async () => {
  const { fs, database, storage } = createStorage();
  const path = await storage.open("Mine");
  fs.write(path, bytes(1));
  fs.write(`${path}-journal`, bytes(7, 7));
  await storage.keep();
  const later = createStorage(database);
  await later.storage.open("Mine");
  assert.deepEqual(later.fs.names(), ["Mine.sqlite", "Mine.sqlite-journal"]);
  assert.deepEqual(later.fs.read(`${path}-journal`), [7, 7]);
});

test("opening a library closes the one that was open", async () => {
  const { fs, storage } = createStorage();
  fs.write(await storage.open("One"), bytes(1));
  fs.write(await storage.open("Two"), bytes(2, 2));
  await storage.close();
  await storage.close();
  assert.deepEqual(await storage.list(), [{ name: "One", bytes: 1 }, { name: "Two", bytes: 2 }]);
});

test("SQLite learns in its own words that there is no other file and nothing to look up", async () => {
  const { fs, storage } = createStorage();
  await storage.open("Mine");
  assert.throws(() => fs.write("/library/stranger", bytes(1)), { errno: 63 });
  assert.throws(() => fs.read("/library/Mine.sqlite"), { errno: 44 });
});

test("what could not be stored is stored when the library is closed", async () => {
  const { fs, database, storage } = createStorage();
  const path = await storage.open("Mine");
  assert.equal(storage.isDirty, false);
  fs.write(path, bytes(4, 5));
  assert.equal(storage.isDirty, true);
  database.failures = 1;
  await assert.rejects(storage.keep());
  await storage.close();
  assert.equal(storage.isDirty, false);
  const later = createStorage(database);
  await later.storage.open("Mine");
  assert.deepEqual(later.fs.read(path), [4, 5]);
});

test("a library that cannot be stored is closed all the same, and the failure is told", async () => {
  const { fs, database, storage } = createStorage();
  fs.write(await storage.open("Mine"), bytes(4, 5));
  database.failures = 1;
  await assert.rejects(storage.close());
  await storage.open("Other");
  assert.deepEqual(fs.names(), []);
});

test("a copy of a library, placed under another name, is the library, whatever its size", async () => {
  const draw = random(1);
  for (const size of [0, 1, 65_535, 65_536, (4 << 20) - 1, 4 << 20, (9 << 20) + 3]) {
    const { fs, storage } = createStorage();
    const path = await storage.open("Mine");
    const content = new Uint8Array(size);
    for (let at = 0; at < size; at += 4093) content[at] = draw(0, 256);
    if (size) fs.write(path, content);
    const copy = await storage.copy();
    assert.equal(copy.size, size);
    await storage.place("Copy", copy);
    await storage.open("Copy");
    if (size) assert.deepEqual(Buffer.from(fs.read("/library/Copy.sqlite")), Buffer.from(content));
  }
});

test("a library that is placed takes over nothing of one that had its name", async () => {
  const { fs, storage } = createStorage();
  const path = await storage.open("Mine");
  fs.write(path, new Uint8Array(200_000).fill(1));
  fs.write(`${path}-journal`, bytes(9, 9));
  await storage.close();
  await storage.place("Mine", new Blob([bytes(5, 6)]));
  await storage.open("Mine");
  assert.deepEqual(fs.names(), ["Mine.sqlite"]);
  assert.deepEqual(fs.read(path), [5, 6]);
});

test("a library that is removed is not listed, and one of its name begins empty", async () => {
  const { fs, storage } = createStorage();
  fs.write(await storage.open("Mine"), bytes(1));
  await storage.close();
  await STORAGE_METHODS.storage_remove(storage, { name: "Mine" });
  assert.deepEqual(await storage.list(), []);
  await storage.open("Mine");
  assert.deepEqual(fs.names(), []);
});

test("a file that cannot be opened leaves none of the others open", async () => {
  const opened = [];
  const files = {
    isDirty: false,
    keep: async () => {},
    open: async (name) => {
      if (name.endsWith("-wal")) throw new DOMException("It is open elsewhere.", "NoModificationAllowedError");
      opened.push(name);
      return { size: 0, close: () => opened.splice(opened.indexOf(name), 1) };
    },
  };
  const storage = new Storage(new FakeFileSystem(), files);
  await assert.rejects(storage.open("Mine"), { name: "NoModificationAllowedError" });
  assert.deepEqual(opened, []);
  await assert.rejects(storage.copy(), /No library is open/);
});

test("each failure is told in a sentence that says what to do", () => {
  const words = (name) => storageError(new DOMException("", name)).message;
  assert.match(words("QuotaExceededError"), /room.*Free some space/);
  assert.match(words("NoModificationAllowedError"), /another tab.*Close it there/);
  assert.match(storageError(new Error("odd")).message, /could not be read or written\.$/);
  assert.equal(storageError(new Error("odd")).code, "library_failed");
});
