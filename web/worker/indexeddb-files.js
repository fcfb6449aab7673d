/**
 * Files stored as blocks in IndexedDB, for browsers without an origin private file system: private windows of Firefox and
 * Safari, and versions before 2023. An open file is in memory. Changed blocks are stored together, in one transaction, so
 * that a crash or a full disk cannot store only some of them. They count as stored when the transaction has completed.
 * IndexedDB therefore always holds a state that SQLite had written at some point.
 */

/** @import { MountedFile } from "./mounted-files.js" */

const DATABASE = "onsight-libraries";
const BLOCKS = "blocks";
const SIZES = "sizes";
const BLOCK = 64 << 10;

export class IndexedDBFiles {
  #database;
  /** @type {Map<string, BlockFile>} */
  #open = new Map();
  /** Whether there are changes that are not stored. */
  #isChanged = false;
  /** Transactions run one after another: a later one must include what an earlier one failed to store. */
  #storing = Promise.resolve();

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
    const database = await settled(opening);
    database.onversionchange = () => database.close(); // it is about to be deleted
    return new IndexedDBFiles(database);
  }

  get isDirty() {
    return this.#isChanged;
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
    if (blocks.length !== Math.ceil((size ?? 0) / BLOCK)) throw new Error(`Blocks of ${name} are missing.`);
    const onChange = () => (this.#isChanged = true);
    const file = new BlockFile(size ?? 0, blocks, onChange, () => this.#open.delete(name));
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

  /** Store all changes, including those that could not be stored before. */
  keep() {
    const stored = this.#storing.then(() => this.#store());
    this.#storing = stored.catch(() => {}); // the caller handles the error
    return stored;
  }

  async #store() {
    this.#isChanged = false;
    const dirty = [...this.#open].filter(([, file]) => file.isDirty);
    if (!dirty.length) return;
    const taken = dirty.map(([name, file]) => ({ name, file, ...file.takeDirty() }));
    try {
      const transaction = this.#database.transaction([BLOCKS, SIZES], "readwrite", { durability: "strict" });
      const done = completed(transaction);
      done.catch(() => {}); // awaited below
      for (const { name, size, blocks } of taken) {
        for (const [number, data] of blocks) transaction.objectStore(BLOCKS).put(data, [name, number]);
        transaction.objectStore(BLOCKS).delete(IDBKeyRange.bound([name, Math.ceil(size / BLOCK)], [name, Infinity]));
        transaction.objectStore(SIZES).put(size, name);
      }
      await done;
    } catch (error) {
      for (const { file, blocks } of taken) file.giveBack(blocks.map(([number]) => number));
      throw error;
    }
  }
}

class BlockFile {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #blocks;
  #onChange;
  #onClose;
  /** @type {Set<number>} */
  #dirty = new Set();
  #isResized = false;

  /**
   * @param {number} size
   * @param {Uint8Array<ArrayBuffer>[]} blocks
   * @param {() => void} onChange
   * @param {() => void} onClose
   */
  constructor(size, blocks, onChange, onClose) {
    this.size = size;
    this.#blocks = blocks;
    this.#onChange = onChange;
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
   * Mark blocks and the size as changed again, because they could not be stored.
   * @param {readonly number[]} numbers
   */
  giveBack(numbers) {
    this.#isResized = true;
    for (const number of numbers) if (number < this.#blocks.length) this.#dirty.add(number);
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
    this.#onChange();
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
    this.#onChange();
    this.#isResized = true;
    const count = Math.ceil(size / BLOCK);
    if (size < this.size) {
      this.#blocks.length = Math.min(this.#blocks.length, count);
      const rest = size % BLOCK;
      // If the file grows again, the new part must be zero.
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

  flush() {} // see IndexedDBFiles.keep

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
    transaction.onabort = () => reject(transaction.error ?? new DOMException("The transaction was aborted.", "AbortError"));
  });
}
