/**
 * Files as blocks in IndexedDB, for browsers without better. A file is in memory while it is open; the blocks that were
 * written are put away together, in one transaction of the database, so that a crash leaves all of them or none.
 */

/** @import { MountedFile } from "./mounted-files.js" */

const DATABASE = "onsight-libraries";
const BLOCKS = "blocks";
const SIZES = "sizes";
const BLOCK = 64 << 10;

export class BlockFiles {
  #database;
  /** @type {Map<string, BlockFile>} */
  #open = new Map();

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  static async create() {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(BLOCKS); // [name, number] → bytes
      opening.result.createObjectStore(SIZES); // name → bytes
    };
    return new BlockFiles(await settled(opening));
  }

  get isDirty() {
    return [...this.#open.values()].some((file) => file.isDirty);
  }

  async list() {
    const store = this.#database.transaction(SIZES).objectStore(SIZES);
    const [names, sizes] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    return names.map((name, index) => ({ name: String(name), bytes: Number(sizes[index]) }));
  }

  /**
   * @param {string} name
   * @returns {Promise<MountedFile>}
   */
  async open(name) {
    const transaction = this.#database.transaction([BLOCKS, SIZES]);
    const [size, blocks] = await Promise.all([
      settled(transaction.objectStore(SIZES).get(name)),
      settled(transaction.objectStore(BLOCKS).getAll(blocksOf(name))),
    ]);
    const file = new BlockFile(size ?? 0, blocks, () => this.#open.delete(name));
    this.#open.set(name, file);
    return file;
  }

  /** @param {string} name */
  async remove(name) {
    const transaction = this.#database.transaction([BLOCKS, SIZES], "readwrite");
    transaction.objectStore(BLOCKS).delete(blocksOf(name));
    transaction.objectStore(SIZES).delete(name);
    await completed(transaction);
  }

  async keep() {
    const transaction = this.#database.transaction([BLOCKS, SIZES], "readwrite", { durability: "strict" });
    for (const [name, file] of this.#open) {
      if (!file.isDirty) continue;
      const { size, blocks } = file.takeDirty();
      for (const [number, data] of blocks) transaction.objectStore(BLOCKS).put(data, [name, number]);
      transaction.objectStore(BLOCKS).delete(IDBKeyRange.bound([name, Math.ceil(size / BLOCK)], [name, Infinity]));
      transaction.objectStore(SIZES).put(size, name);
    }
    await completed(transaction);
  }
}

class BlockFile {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #blocks;
  #onClose;
  /** @type {Set<number>} */
  #dirty = new Set();
  #isResized = false;

  /**
   * @param {number} size
   * @param {Uint8Array<ArrayBuffer>[]} blocks
   * @param {() => void} onClose
   */
  constructor(size, blocks, onClose) {
    this.size = size;
    this.#blocks = blocks;
    this.#onClose = onClose;
  }

  get isDirty() {
    return this.#isResized || this.#dirty.size > 0;
  }

  takeDirty() {
    const blocks = [...this.#dirty].flatMap((number) => {
      const block = this.#blocks[number];
      return block ? [/** @type {const} */ ([number, block.slice()])] : [];
    });
    this.#dirty.clear();
    this.#isResized = false;
    return { size: this.size, blocks };
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} into
   * @param {number} at
   */
  read(into, at) {
    const length = Math.max(0, Math.min(into.length, this.size - at));
    this.#each(at, length, (block, from, start, count) => into.set(block.subarray(from, from + count), start));
    return length;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} from
   * @param {number} at
   */
  write(from, at) {
    if (at + from.length > this.size) this.truncate(at + from.length);
    this.#each(at, from.length, (block, to, start, count, number) => {
      block.set(from.subarray(start, start + count), to);
      this.#dirty.add(number);
    });
    return from.length;
  }

  /** @param {number} size */
  truncate(size) {
    if (size === this.size) return;
    this.#isResized = true;
    const count = Math.ceil(size / BLOCK);
    if (size < this.size) {
      this.#blocks.length = Math.min(this.#blocks.length, count);
      const rest = size % BLOCK;
      // What grows again is empty.
      if (rest) {
        this.#blocks[count - 1]?.fill(0, rest);
        this.#dirty.add(count - 1);
      }
      for (const number of this.#dirty) if (number >= count) this.#dirty.delete(number);
    }
    while (this.#blocks.length < count) {
      this.#dirty.add(this.#blocks.length);
      this.#blocks.push(new Uint8Array(BLOCK));
    }
    this.size = size;
  }

  flush() {} // see BlockFiles.keep

  close() {
    this.#onClose();
  }

  /**
   * @param {number} at
   * @param {number} length
   * @param {(block: Uint8Array<ArrayBuffer>, offset: number, start: number, count: number, number: number) => void} use
   */
  #each(at, length, use) {
    for (let done = 0; done < length; ) {
      const number = Math.floor((at + done) / BLOCK);
      const offset = (at + done) % BLOCK;
      const count = Math.min(BLOCK - offset, length - done);
      const block = this.#blocks[number];
      if (!block) throw new RangeError(`There is no block ${number}.`);
      use(block, offset, done, count, number);
      done += count;
    }
  }
}

/** @param {string} name */
function blocksOf(name) {
  return IDBKeyRange.bound([name, 0], [name, Infinity]);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
