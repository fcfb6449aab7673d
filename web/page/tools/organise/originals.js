/**
 * Gives access to the files of the library's pictures. Files from this visit can be opened directly. For earlier ones,
 * the browser remembers the folders that were chosen in its folder picker, and can ask for permission again.
 */

import { OnsightError } from "../../../common/messenger.js";
import { pathOf } from "./entries.js";
import { KnownFiles, listingOf, plainName, stemOf } from "./known-files.js";
import { permissionFor, mayUse } from "./pickers.js";
import { t } from "../../lib/texts.js";

/** @import { Arrival, Entry } from "./entries.js" */
/** @import { Listing, Opener } from "./known-files.js" */
/** @import { Library } from "./library.js" */

const DATABASE = "onsight-folders";
const FOLDERS = "folders";
const SIDECAR = ".xmp";

/**
 * A picture's file, as the library knows it.
 * @typedef {object} Original
 * @property {number} id of the picture
 * @property {string} folder
 * @property {string} name
 * @property {number} size
 * @property {number} modified_ms
 */

/** Milliseconds by which file systems that date files coarsely may be off. */
const COARSE_MS = 2000;

/** Listings of folders, kept while many pictures are processed; null for folders that have no handle. @typedef {Map<string, Listing | null>} Listings */

/**
 * A folder whose files cannot be read yet.
 * @typedef {object} Barrier
 * @property {string} root the library's name for the folder or archive; empty for files that were added individually
 * @property {FileSystemDirectoryHandle | null} handle if there is one, the user only has to give permission
 * @property {Original[]} originals the pictures in it whose files are needed
 */

export class Originals {
  /** By the name of the library: another one may use the same path for another file. @type {Map<string, KnownFiles>} */
  #knownIn = new Map();
  /** @type {Promise<IDBDatabase | null> | undefined} */
  #database;
  #library;

  /** @param {Library} library */
  constructor(library) {
    this.#library = library;
    library.on("removed", (name) => this.#knownIn.delete(name)); // a new library may get its name
  }

  /** The files of this visit for the open library. */
  get #known() {
    const { name } = this.#library;
    const known = this.#knownIn.get(name) ?? new KnownFiles();
    this.#knownIn.set(name, known);
    return known;
  }

  /**
   * Remember all files of an archive.
   * @param {{pictures: readonly Entry[], beside: readonly Entry[]}} content that was listed just now
   */
  rememberArchive({ pictures, beside }) {
    this.#known.addComplete([...pictures, ...beside].map((entry) => ({ path: pathOf(entry), open: entry.open })));
  }

  /**
   * @param {string} path in the library
   * @param {Opener} open
   * @param {Arrival} [arrival] what the file was added with; without one, it was added alone
   */
  remember(path, open, arrival) {
    this.#known.add(path, open, arrival?.key || arrival);
  }

  /**
   * Remember a folder for later visits.
   * @param {FileSystemDirectoryHandle} handle
   * @returns {Promise<string>} the key by which it is remembered
   */
  async rememberHandle(handle) {
    for (const [key, known] of await this.handles()) if (await known.isSameEntry(handle)) return key;
    const key = `${handle.name} ${crypto.randomUUID()}`;
    const database = await this.#open();
    if (database) await settled(store(database, "readwrite").put(handle, key)).catch(() => {}); // then only for this visit
    return key;
  }

  /**
   * Make sure that a folder may be read, and ask the user if necessary.
   * @param {FileSystemDirectoryHandle} handle
   * @throws {OnsightError} the permission was denied
   */
  async ask(handle) {
    if (await mayUse(handle, "read")) return;
    throw unreadable(
      t("Onsight is no longer allowed to read the folder “{folder}”. Add it again.", { folder: handle.name }),
    );
  }

  /** @returns {Promise<Map<string, FileSystemDirectoryHandle>>} the remembered folders by key */
  async handles() {
    const database = await this.#open();
    if (!database) return new Map();
    const folders = store(database, "readonly");
    const [keys, handles] = await Promise.all([settled(folders.getAllKeys()), settled(folders.getAll())]);
    return new Map(handles.map((handle, index) => [String(keys[index]), handle]));
  }

  /** @returns {Promise<Map<string, FileSystemDirectoryHandle>>} the remembered folders by their names in the open library */
  async roots() {
    const handles = await this.handles();
    /** @type {Map<string, FileSystemDirectoryHandle>} */
    const found = new Map();
    for (const { path, keys } of this.#library.status?.roots ?? []) {
      const handle = keys.map((key) => handles.get(key)).find((one) => one !== undefined);
      if (handle) found.set(path, handle);
    }
    return found;
  }

  /** @returns {Promise<string[]>} keys of the folders that no longer exist, as far as Onsight may check */
  async gone() {
    const gone = [];
    for (const [key, handle] of await this.handles()) {
      if ((await permissionFor(handle, "read")) !== "granted") continue;
      try {
        await handle.values().next();
      } catch (error) {
        if (error instanceof DOMException && error.name === "NotFoundError") gone.push(key);
      }
    }
    return gone;
  }

  /**
   * Open a picture's file.
   * @param {Original} original
   * @returns {Promise<File>}
   * @throws {OnsightError} it cannot be reached, or has changed
   */
  async open(original) {
    const path = pathOf(original);
    const file = await (this.#known.openerOf(original)?.() ?? this.#fromRoot(path));
    if (await this.isOwn(original, file)) return file;
    throw unreadable(
      t("“{name}” has changed since it was imported, or another file has replaced it. Add its folder again.", {
        name: original.name,
      }),
    );
  }

  /**
   * Whether a file belongs to a picture: it has the same size and date or, if it was rewritten, the same content.
   * @param {Original} original
   * @param {File} file
   */
  async isOwn({ id, size, modified_ms }, file) {
    if (file.size !== size) return false;
    if (Math.abs(file.lastModified - modified_ms) < COARSE_MS) return true;
    return (await this.#library.retrying.own({ image: file, id })).is_own;
  }

  /**
   * List all files in the folders of pictures, as far as they can be read.
   * @param {readonly Pick<Original, "folder" | "name">[]} originals
   * @returns {Promise<string[]>} paths
   */
  async listBeside(originals) {
    /** @type {Set<string>} */
    const paths = new Set();
    const known = new Map(originals.map((original) => [this.#known.around(original), original.folder]));
    for (const [files, folder] of known) for (const name of files?.keys() ?? []) paths.add(pathOf({ folder, name }));
    const folders = new Set(originals.map(({ folder }) => folder));
    for (const folder of folders) {
      try {
        const place = await this.placeOf({ folder, name: "" });
        if (!place) continue;
        for await (const { kind, name } of place.folder.values()) if (kind === "file") paths.add(`${folder}/${name}`);
      } catch {
        // An archive, or a folder that is gone or may not be read: only the known files in it can be listed.
      }
    }
    return [...paths];
  }

  /**
   * A file beside a picture, if it can be seen.
   * @param {Pick<Original, "folder" | "name">} original
   * @param {string} name
   * @returns {Promise<File | null>}
   */
  async openBeside(original, name) {
    const place = await this.placeOf(original).catch(() => null);
    const handle = await place?.folder.getFileHandle(name).catch(() => null);
    if (handle) return handle.getFile();
    return (await this.#known.around(original)?.get(name)?.()) ?? null;
  }

  /**
   * The sidecars beside a picture, in both spellings and any case, and the other pictures of its stem.
   * @param {Pick<Original, "folder" | "name">} original
   * @param {Listings} listings
   * @returns {Promise<{sidecars: {name: string, open: Opener}[], sameStem: string[]}>}
   */
  async sidecars(original, listings) {
    const stem = stemOf(original.name);
    const wanted = [`${original.name}${SIDECAR}`, `${stem}${SIDECAR}`].map(plainName);
    if (!listings.has(original.folder)) listings.set(original.folder, await this.#list(original));
    const files = listings.get(original.folder) ?? this.#known.listing(original);
    const byStem = files.get(plainName(stem)) ?? [];
    const sidecars = [...byStem, ...(files.get(plainName(original.name)) ?? [])];
    return {
      sidecars: sidecars.filter(({ name }) => wanted.includes(plainName(name))),
      sameStem: byStem.flatMap(({ name }) => (name === original.name ? [] : [name])),
    };
  }

  /**
   * @param {Pick<Original, "folder" | "name">} original
   * @returns {Promise<Listing | null>} the files in a picture's folder; null if the browser gives no handle for it
   */
  async #list(original) {
    const place = await this.placeOf(original).catch(() => null);
    if (!place) return null;
    /** @type {[string, Opener][]} */
    const files = [];
    for await (const handle of place.folder.values()) {
      if (handle.kind === "file") files.push([handle.name, () => /** @type {FileSystemFileHandle} */ (handle).getFile()]);
    }
    return listingOf(files);
  }

  /**
   * Find the folder of a picture's file.
   * @param {Pick<Original, "folder" | "name">} original
   * @returns {Promise<{folder: FileSystemDirectoryHandle, name: string} | null>} null if Onsight has no access to the folder
   */
  async placeOf({ folder: path, name }) {
    const [root = "", ...parts] = path.split("/");
    let folder = (await this.roots()).get(root);
    if (!folder) return null;
    for (const part of parts) folder = await folder.getDirectoryHandle(part);
    return { folder, name };
  }

  /**
   * List the imported folders that have to be opened before the files of pictures can be read.
   * @param {readonly Original[]} originals
   * @param {{sidecars?: boolean}} [wanted] whether the sidecars next to them are needed too
   * @returns {Promise<Barrier[]>}
   */
  async barriers(originals, { sidecars = false } = {}) {
    /** @type {Map<string, Original[]>} */
    const missing = new Map();
    for (const original of originals) {
      const root = this.#rootOf(original);
      const isOutOfSight = sidecars && root !== "" && !this.#known.isComplete(original);
      if (this.#known.openerOf(original) && !isOutOfSight) continue;
      const behind = missing.get(root);
      if (behind) behind.push(original);
      else missing.set(root, [original]);
    }
    const roots = await this.roots();
    /** @type {Barrier[]} */
    const barriers = [];
    for (const [root, behind] of missing) {
      const handle = roots.get(root) ?? null;
      if (handle && (await permissionFor(handle, "read")) === "granted") continue;
      barriers.push({ root, handle, originals: behind });
    }
    return barriers;
  }

  /**
   * Use a folder that the user has chosen again as the one that the library knows by a path.
   * @param {string} path
   * @param {FileSystemDirectoryHandle} handle
   */
  async rejoin(path, handle) {
    await this.#library.methods.root({ key: await this.rememberHandle(handle), name: handle.name, path });
    await this.#library.refresh();
  }

  /**
   * Use all files of a folder that the user has chosen again, including those that are not pictures.
   * @param {string} name
   * @param {Iterable<{file: File, path: string}>} files with paths relative to the folder
   */
  rejoinFiles(name, files) {
    this.#known.addComplete([...files].map(({ file, path }) => ({ path: `${name}/${path}`, open: async () => file })));
  }

  /**
   * @param {string} path
   * @returns {Promise<File>}
   */
  async #fromRoot(path) {
    const [name = "", ...parts] = path.split("/");
    const root = parts.length ? (await this.roots()).get(name) : undefined;
    const last = parts.pop();
    if (!root || last === undefined) {
      const isInFolder = last !== undefined && this.#rootOf({ folder: name }) !== "";
      throw unreadable(
        isInFolder
          ? t("Add the folder “{folder}” again so that Onsight can open its files.", { folder: name })
          : t("Add the file again so that Onsight can open it."),
      );
    }
    await this.ask(root);
    try {
      let folder = root;
      for (const part of parts) folder = await folder.getDirectoryHandle(part);
      const handle = await folder.getFileHandle(last);
      return await handle.getFile();
    } catch (error) {
      throw unreadable(t("“{name}” was moved or deleted.", { name: last }), error);
    }
  }

  /** Close the database of folders, so that it can be deleted. */
  async close() {
    (await this.#database)?.close();
  }

  /**
   * @param {Pick<Original, "folder">} original
   * @returns {string} empty for files that were added individually
   */
  #rootOf({ folder }) {
    const root = folder.split("/", 1)[0] ?? "";
    const known = this.#library.status?.roots.find(({ path }) => path === root);
    return known && !known.is_folder ? "" : root;
  }

  #open() {
    this.#database ??= new Promise((resolve) => {
      try {
        const opening = indexedDB.open(DATABASE, 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore(FOLDERS); // key → handle
        opening.onsuccess = () => {
          opening.result.onversionchange = () => opening.result.close(); // it is about to be deleted
          resolve(opening.result);
        };
        opening.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
    return this.#database;
  }
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
