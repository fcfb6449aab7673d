/** Files in the origin private file system, read and written synchronously, as a program reads and writes a disk. */

/** @import { MountedFile } from "./mounted-files.js" */

const FOLDER = "onsight-libraries";

export class OpfsFiles {
  /** @param {FileSystemDirectoryHandle} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /** @returns {Promise<OpfsFiles | null>} null if the browser does not support such files */
  static async create() {
    try {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(FOLDER, { create: true });
      return "createSyncAccessHandle" in FileSystemFileHandle.prototype ? new OpfsFiles(folder) : null;
    } catch {
      return null;
    }
  }

  isDirty = false;

  async keep() {}

  async list() {
    const files = [];
    for await (const [name, handle] of this.folder.entries()) {
      if (!(handle instanceof FileSystemFileHandle)) continue;
      // `getFile` works even while the file is open in another worker.
      files.push({ name, bytes: (await handle.getFile()).size });
    }
    return files;
  }

  /**
   * @param {string} name
   * @returns {Promise<MountedFile>}
   */
  async open(name) {
    const handle = await this.folder.getFileHandle(name, { create: true });
    return new OpfsFile(await handle.createSyncAccessHandle());
  }

  /** @param {string} name */
  async remove(name) {
    await this.folder.removeEntry(name).catch((error) => {
      if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
    });
  }
}

class OpfsFile {
  #handle;

  /** @param {FileSystemSyncAccessHandle} handle */
  constructor(handle) {
    this.#handle = handle;
  }

  get size() {
    return this.#handle.getSize();
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} into
   * @param {number} at
   */
  read(into, at) {
    return this.#handle.read(into, { at });
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} from
   * @param {number} at
   */
  write(from, at) {
    return this.#handle.write(from, { at });
  }

  /** @param {number} size */
  truncate(size) {
    this.#handle.truncate(size);
  }

  flush() {
    this.#handle.flush();
  }

  close() {
    this.#handle.close();
  }
}
