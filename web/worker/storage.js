/**
 * Stores libraries in files of the origin private file system. SQLite writes them as it would on a disk, so that a tab
 * that is killed keeps its last completed transaction. If the browser has no such files, their blocks are stored in
 * IndexedDB, after each request.
 */

import { IndexedDBFiles } from "./indexeddb-files.js";
import { mountFiles } from "./mounted-files.js";
import { OpfsFiles } from "./opfs-files.js";
import { t } from "../common/texts.js";

/** @import { FileSystem, MountedFile } from "./mounted-files.js" */

export const FOLDER = "/library";
const SUFFIX = ".sqlite";

/** The database file and the files that SQLite may create next to it, by what follows the suffix. */
const BESIDE = ["", "-journal", "-wal"];

/** Bytes that are copied in one step. */
const CHUNK = 4 << 20;

/**
 * @typedef {object} Files
 * @property {() => Promise<{name: string, bytes: number}[]>} list
 * @property {(name: string) => Promise<MountedFile>} open creates the file if it does not exist
 * @property {(name: string) => Promise<void>} remove
 * @property {() => Promise<void>} keep stores changes that are only in memory
 * @property {boolean} isDirty whether there are such changes
 */

export class Storage {
  #fs;
  /** @type {Files} */
  #files;
  /** @type {{name: string, files: MountedFile[], unmount: () => void} | undefined} */
  #open;

  /** @param {FileSystem} fs Emscripten's */
  static async create(fs) {
    return new Storage(fs, (await OpfsFiles.create()) ?? (await IndexedDBFiles.create()));
  }

  /**
   * @param {FileSystem} fs
   * @param {Files} files
   */
  constructor(fs, files) {
    this.#fs = fs;
    this.#files = files;
  }

  /** @returns {Promise<{name: string, bytes: number}[]>} by name, without the suffix */
  async list() {
    const files = await this.#files.list();
    return files
      .filter(({ name }) => name.endsWith(SUFFIX))
      .map(({ name, bytes }) => ({ name: name.slice(0, -SUFFIX.length), bytes }))
      .sort((one, other) => one.name.localeCompare(other.name, "en"));
  }

  /**
   * Mount a library's files, so that Python can open them.
   * @param {string} name without the suffix
   * @returns {Promise<string>} the path of its file
   */
  async open(name) {
    await this.close();
    /** @type {Map<string, MountedFile>} */
    const files = new Map();
    try {
      for (const end of BESIDE) files.set(`${name}${SUFFIX}${end}`, await this.#files.open(`${name}${SUFFIX}${end}`));
    } catch (error) {
      for (const file of files.values()) file.close();
      throw error;
    }
    const unmount = mountFiles(this.#fs, FOLDER, files);
    this.#open = { name, files: [...files.values()], unmount };
    return `${FOLDER}/${name}${SUFFIX}`;
  }

  /** Unmount and close the files; Python must have closed them before. */
  async close() {
    if (!this.#open) return;
    const { files, unmount } = this.#open;
    this.#open = undefined;
    unmount();
    try {
      await this.#files.keep();
    } finally {
      for (const file of files) file.close();
    }
  }

  /** @param {string} name of a library that is not open */
  async remove(name) {
    for (const end of BESIDE) await this.#files.remove(`${name}${SUFFIX}${end}`);
  }

  /**
   * Copy the open library's file; no transaction may be in progress.
   * @returns {Promise<Blob>}
   */
  async copy() {
    const file = this.#open?.files[0];
    if (!file) throw new Error("No library is open.");
    /** @type {BlobPart[]} */
    const parts = [];
    for (let at = 0; at < file.size; at += CHUNK) {
      const chunk = new Uint8Array(Math.min(CHUNK, file.size - at));
      file.read(chunk, at);
      parts.push(new Blob([chunk])); // blobs are not in this worker's memory
    }
    return new Blob(parts, { type: "application/vnd.sqlite3" });
  }

  /**
   * Create a library's file from a copy. Python checks its content later.
   * @param {string} name not used by another library
   * @param {Blob} blob
   */
  async place(name, blob) {
    // The journal of a deleted library with the same name must not be applied to this one.
    for (const end of BESIDE.slice(1)) await this.#files.remove(`${name}${SUFFIX}${end}`);
    const file = await this.#files.open(`${name}${SUFFIX}`);
    try {
      file.truncate(0);
      for (let at = 0; at < blob.size; at += CHUNK) {
        file.write(new Uint8Array(await blob.slice(at, at + CHUNK).arrayBuffer()), at);
      }
      file.flush();
      await this.keep();
    } finally {
      file.close();
    }
  }

  /** Whether there are changes that are only in memory. */
  get isDirty() {
    return this.#files.isDirty;
  }

  /** Wait until all changes are stored. */
  async keep() {
    if (this.#files.isDirty) await this.#files.keep();
  }
}

/**
 * The requests of the page about storage, with plain params and results.
 * @type {Record<string, (storage: Storage, params: any) => Promise<unknown>>}
 */
export const STORAGE_METHODS = {
  storage_list: (storage) => storage.list(),
  storage_open: (storage, { name }) => storage.open(name),
  storage_close: (storage) => storage.close(),
  storage_remove: (storage, { name }) => storage.remove(name),
  storage_copy: (storage) => storage.copy(),
  storage_place: (storage, { name, file }) => storage.place(name, file),
};

/**
 * @param {unknown} error from a file system
 * @returns {import("../protocol.d.ts").ErrorPayload}
 */
export function storageError(error) {
  const name = error instanceof DOMException ? error.name : "";
  const message =
    name === "QuotaExceededError"
      ? t("There is no room left for the library on this device. Free some space, then continue.")
      : name === "NoModificationAllowedError"
        ? t("The library is open in another tab or window. Close it there, then try again.")
        : t("The library's file could not be read or written.");
  return { code: "library_failed", message, detail: String(error) };
}
