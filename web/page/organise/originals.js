/**
 * Where the files of the library's pictures are: those of this visit are at hand; of earlier ones, folders that were
 * chosen through the browser's own chooser are remembered and can be asked for again.
 */

import { OnsightError } from "../messenger.js";
import { pathOf } from "./entries.js";

/** @import { Entry } from "./entries.js" */

const DATABASE = "onsight-folders";
const FOLDERS = "folders";

/** @typedef {{folder: string, name: string, size: number}} Original a picture's file, as the library knows it */
/** @typedef {{name: string, handle: FileSystemDirectoryHandle}} Root */

export class Originals {
  /** @type {Map<string, () => Promise<File>>} */
  #known = new Map();
  /** @type {Promise<IDBDatabase | null> | undefined} */
  #database;

  /** @param {readonly Entry[]} entries that were listed just now */
  rememberAll(entries) {
    for (const entry of entries) this.remember(pathOf(entry), entry.open);
  }

  /**
   * @param {string} path
   * @param {() => Promise<File>} open
   */
  remember(path, open) {
    this.#known.set(path, open);
  }

  /**
   * Remember a folder over visits.
   * @param {string} name
   * @param {FileSystemDirectoryHandle} handle
   * @returns {Promise<string>} what it is called in the library: two folders of one name are told apart
   */
  async rememberRoot(name, handle) {
    const roots = await this.roots();
    for (const root of roots) if (await root.handle.isSameEntry(handle)) return root.name;
    const taken = new Set(roots.map((root) => root.name));
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name} (${number})`;
    const database = await this.#open();
    if (database) await settled(store(database, "readwrite").put(handle, free)).catch(() => {}); // for this visit alone
    return free;
  }

  /**
   * Ask the person, if need be, whether a folder may be read.
   * @param {FileSystemDirectoryHandle} handle
   * @throws {OnsightError} it may not
   */
  async ask(handle) {
    if ((await permission(handle)) === "granted") return;
    throw unreadable(`Onsight may not read the folder “${handle.name}” any more. Add it again.`);
  }

  /** @returns {Promise<Root[]>} */
  async roots() {
    const database = await this.#open();
    if (!database) return [];
    const folders = store(database, "readonly");
    const [names, handles] = await Promise.all([settled(folders.getAllKeys()), settled(folders.getAll())]);
    return handles.map((handle, index) => ({ name: String(names[index]), handle }));
  }

  /**
   * Get at a picture's file.
   * @param {Original} original
   * @returns {Promise<File>}
   * @throws {OnsightError} it cannot be reached, or is another by now
   */
  async open(original) {
    const path = pathOf(original);
    const file = await (this.#known.get(path)?.() ?? this.#fromRoot(path));
    if (file.size !== original.size) {
      throw unreadable(`“${original.name}” has changed since it was taken in. Add its folder again.`);
    }
    return file;
  }

  /**
   * @param {string} path
   * @returns {Promise<File>}
   */
  async #fromRoot(path) {
    const [name = "", ...parts] = path.split("/");
    const root = parts.length ? (await this.roots()).find((one) => one.name === name) : undefined;
    const last = parts.pop();
    if (!root || last === undefined) {
      throw unreadable(parts.length ? `Add the folder “${name}” again to reach its files.` : "Add the file again to reach it.");
    }
    await this.ask(root.handle);
    try {
      let folder = root.handle;
      for (const part of parts) folder = await folder.getDirectoryHandle(part);
      const handle = await folder.getFileHandle(last);
      return await handle.getFile();
    } catch (error) {
      throw unreadable(`“${last}” is no longer where it was.`, error);
    }
  }

  #open() {
    this.#database ??= new Promise((resolve) => {
      try {
        const opening = indexedDB.open(DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(FOLDERS); // name → handle
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
    return this.#database;
  }
}

/**
 * @param {FileSystemDirectoryHandle} handle
 * @returns {Promise<string>}
 */
async function permission(handle) {
  const { queryPermission, requestPermission } = /** @type {{queryPermission?: () => Promise<string>, requestPermission?: () => Promise<string>}} */ (
    /** @type {unknown} */ (handle)
  );
  const state = (await queryPermission?.call(handle)) ?? "granted";
  // Asked for only where a person has just pressed something.
  if (state !== "prompt" || !navigator.userActivation?.isActive) return state;
  return (await requestPermission?.call(handle).catch(() => state)) ?? state;
}

/**
 * @param {IDBDatabase} database
 * @param {IDBTransactionMode} mode
 */
function store(database, mode) {
  return database.transaction(FOLDERS, mode).objectStore(FOLDERS);
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
 * @param {string} message
 * @param {unknown} [detail]
 */
function unreadable(message, detail) {
  return new OnsightError({ code: "unreadable_file", message, detail: detail ? String(detail) : null });
}
