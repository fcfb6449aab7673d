/** Reads ZIP archives whose files are stored without compression, as the build makes them. */

/** Python's folder for its standard library, which also contains the folder for packages. */
export const LIBRARY = "/lib/python3.14";

const END = 0x06054b50;
const END_BYTES = 22;

/**
 * @param {Uint8Array<ArrayBuffer>} archive
 * @returns {Map<string, Uint8Array<ArrayBuffer>>} views into the archive, by name
 */
export function filesOf(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) throw new Error("This is not a ZIP archive.");
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const files = new Map();
  const decoder = new TextDecoder();
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, size] = [view.getUint16(entry + 10, true), view.getUint32(entry + 24, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((at) => view.getUint16(entry + at, true));
    const local = view.getUint32(entry + 42, true);
    const nameEnd = entry + 46 + /** @type {number} */ (nameBytes);
    const name = decoder.decode(archive.subarray(entry + 46, nameEnd));
    if (method !== 0) throw new Error(`${name} is compressed inside its archive.`);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    files.set(name, archive.subarray(start, start + size));
    entry = nameEnd + /** @type {number} */ (extraBytes) + /** @type {number} */ (commentBytes);
  }
  return files;
}

/**
 * Add the files in archives to a folder in Python's file system, without copying them.
 * @param {any} fs Emscripten's
 * @param {string} folder
 * @param {Map<string, Uint8Array<ArrayBuffer>>[]} archives
 */
export function install(fs, folder, archives) {
  const made = new Set();
  for (const files of archives) {
    for (const [name, bytes] of files) {
      const path = `${folder}/${name}`;
      const parent = path.slice(0, path.lastIndexOf("/"));
      if (!made.has(parent)) fs.mkdirTree(parent);
      made.add(parent);
      fs.writeFile(path, bytes, { canOwn: true });
    }
  }
}

/**
 * Make Python notice files that were added to its folders while it runs.
 * @param {{runPython: (code: string) => unknown}} pyodide
 */
export function refresh(pyodide) {
  pyodide.runPython("import importlib; importlib.invalidate_caches()");
}
