/**
 * A folder in Emscripten's file system whose files are not in memory: SQLite reads and writes them where they are stored.
 * The set of files is fixed. Deleting one truncates it, and an empty file does not exist for SQLite.
 */

/**
 * @typedef {object} MountedFile
 * @property {number} size in bytes
 * @property {(into: Uint8Array<ArrayBuffer>, at: number) => number} read returns the number of bytes that were read
 * @property {(from: Uint8Array<ArrayBuffer>, at: number) => number} write returns the number of bytes that were written
 * @property {(size: number) => void} truncate
 * @property {() => void} flush returns when everything written would survive a crash
 * @property {() => void} close
 */

/** @typedef {any} FileSystem Emscripten's `FS`, which has no types for custom file systems */

const FOLDER_MODE = 0o40777;
const FILE_MODE = 0o100666;

/** Emscripten's error numbers. */
const NO_SPACE = 51;
const NOT_FOUND = 44;
const NOT_PERMITTED = 63;
const INVALID = 28;
const READ_WRITE_FAILED = 29;

/**
 * @param {FileSystem} fs
 * @param {string} path of the folder
 * @param {Map<string, MountedFile>} files by name
 * @returns {() => void} unmounts the folder
 */
export function mountFiles(fs, path, files) {
  /** @type {Set<string>} files that exist for SQLite; empty ones do not */
  const present = new Set([...files].flatMap(([name, { size }]) => (size ? [name] : [])));
  const refuse = () => {
    throw new fs.ErrnoError(NOT_PERMITTED);
  };
  const fileOf = (/** @type {any} */ node) => /** @type {MountedFile} */ (files.get(node.name));

  /** @param {any} node */
  const attributes = (node) => {
    const isFolder = fs.isDir(node.mode);
    const size = isFolder ? 4096 : fileOf(node).size;
    const now = new Date();
    return {
      dev: 1,
      ino: node.id,
      mode: node.mode,
      nlink: 1,
      uid: 0,
      gid: 0,
      rdev: 0,
      size,
      atime: now,
      mtime: now,
      ctime: now,
      blksize: 4096,
      blocks: Math.ceil(size / 4096),
    };
  };

  /** @param {any} parent @param {string} name @param {number} mode */
  const createNode = (parent, name, mode) => {
    const node = fs.createNode(parent, name, mode, 0);
    node.node_ops = fs.isDir(mode) ? folderOps : fileOps;
    node.stream_ops = fs.isDir(mode) ? {} : streamOps;
    return node;
  };

  const folderOps = {
    getattr: attributes,
    setattr() {},
    /** @param {any} parent @param {string} name */
    lookup(parent, name) {
      if (!present.has(name)) throw new fs.ErrnoError(NOT_FOUND);
      return createNode(parent, name, FILE_MODE);
    },
    /** @param {any} parent @param {string} name */
    mknod(parent, name) {
      if (!files.has(name)) return refuse();
      present.add(name);
      return createNode(parent, name, FILE_MODE);
    },
    rename: refuse,
    /** @param {any} _parent @param {string} name */
    unlink(_parent, name) {
      present.delete(name);
      guarded(() => files.get(name)?.truncate(0));
    },
    rmdir: refuse,
    readdir: () => [".", "..", ...present],
    symlink: refuse,
  };

  const fileOps = {
    getattr: attributes,
    /** @param {any} node @param {{size?: number}} change */
    setattr(node, { size }) {
      if (size !== undefined) guarded(() => fileOf(node).truncate(size));
    },
  };

  const streamOps = {
    open() {},
    close() {},
    /** @param {any} stream @param {Int8Array<ArrayBuffer>} buffer @param {number} offset @param {number} length @param {number} position */
    read(stream, buffer, offset, length, position) {
      return guarded(() => fileOf(stream.node).read(bytesOf(buffer, offset, length), position));
    },
    /** @param {any} stream @param {Int8Array<ArrayBuffer>} buffer @param {number} offset @param {number} length @param {number} position */
    write(stream, buffer, offset, length, position) {
      return guarded(() => fileOf(stream.node).write(bytesOf(buffer, offset, length), position));
    },
    /** @param {any} stream @param {number} offset @param {number} whence */
    llseek(stream, offset, whence) {
      const base = [0, stream.position, fileOf(stream.node).size][whence] ?? 0;
      if (base + offset < 0) throw new fs.ErrnoError(INVALID);
      return base + offset;
    },
    /** @param {any} stream */
    fsync(stream) {
      guarded(() => fileOf(stream.node).flush());
      return 0;
    },
  };

  /**
   * Read or write, and convert errors to those that SQLite knows. Any other error would end the interpreter.
   * @template T
   * @param {() => T} use
   * @returns {T}
   */
  function guarded(use) {
    try {
      return use();
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      throw new fs.ErrnoError(isFull ? NO_SPACE : READ_WRITE_FAILED);
    }
  }

  if (!fs.analyzePath(path).exists) fs.mkdir(path);
  fs.mount({ mount: () => createNode(null, "/", FOLDER_MODE) }, {}, path);
  return () => fs.unmount(path);
}

/**
 * @param {Int8Array<ArrayBuffer>} buffer the interpreter's memory
 * @param {number} offset
 * @param {number} length
 */
function bytesOf(buffer, offset, length) {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}
