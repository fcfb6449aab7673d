/**
 * Writes files: into a folder that the user chose, or as a ZIP archive that is created while it is saved. It never
 * overwrites a file and never leaves a partial one. A file that fails does not stop the others.
 */

import { makeZip } from "client-zip";
import { download } from "./download.js";
import { OnsightError, isAbort } from "../../common/messenger.js";
import { t } from "./texts.js";

/**
 * A file to write.
 * @typedef {object} Output
 * @property {string} path relative, with `/`
 * @property {number} modified milliseconds since 1970
 * @property {() => Promise<Blob>} open
 * @property {() => Promise<Output[]>} [instead] files to write in its place
 * @property {() => Promise<Output[]>} [beside] files to write next to it, such as its sidecar
 * @property {(file: File) => Promise<void>} [placed] called when the file is in its folder. If it throws, the file is
 *   reported as failed, but is not removed.
 */

/** @typedef {{path: string, message: string}} WriteFailure */

/**
 * @typedef {object} WriteReport
 * @property {number} written
 * @property {WriteFailure[]} failures
 * @property {string | null} problem why writing stopped early
 * @property {boolean} isCancelled
 */

/**
 * @typedef {object} WriteOptions
 * @property {AbortSignal} signal
 * @property {(done: number, total: number, path: string) => void} onProgress
 */

/** Files that are written at the same time: the browser scans each file when it is closed. */
const CONCURRENCY = 3;

/** Larger files, in bytes, are streamed into an archive. If the disk fails halfway through one, the whole archive fails. */
const WHOLE_BYTES = 256_000_000;

/** The range of dates that a ZIP archive can store. */
const [FIRST_MOMENT, LAST_MOMENT] = [new Date(1980, 0, 2), new Date(2107, 11, 30)];

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {readonly Output[]} outputs
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export async function writeIntoFolder(directory, outputs, { signal, onProgress }) {
  const report = emptyReport();
  let next = 0;
  let done = 0;
  const writeNext = async () => {
    for (let output = outputs[next++]; output; output = outputs[next++]) {
      if (signal.aborted || report.problem) return;
      try {
        const file = await writeNew(directory, output);
        report.written += 1;
        for (const beside of (await output.beside?.()) ?? []) await writeNew(directory, beside);
        await output.placed?.(file);
      } catch (error) {
        if (isAbort(error)) return;
        await completeBeside(directory, output).catch(() => {}); // the file's own error is reported below
        report.problem ??= endOf(error);
        report.failures.push({ path: output.path, message: wordsOf(error) });
      }
      done += 1;
      onProgress(done, outputs.length, output.path);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, writeNext));
  report.isCancelled = signal.aborted && done < outputs.length;
  return report;
}

/**
 * Write the files that belong next to an output that already exists: an earlier run may have stopped between the two.
 * @param {FileSystemDirectoryHandle} directory
 * @param {Output} output
 */
async function completeBeside(directory, { path, open, beside }) {
  const folder = beside && (await folderAt(directory, path.slice(0, Math.max(0, path.lastIndexOf("/"))), false));
  const there = folder && (await folder.getFileHandle(path.slice(path.lastIndexOf("/") + 1)));
  if (!beside || !there || !(await isSame(await there.getFile(), await open()))) return;
  for (const one of await beside()) await writeNew(directory, one).catch(() => {}); // it may exist too
}

/**
 * @param {string} name of the archive
 * @param {FileSystemFileHandle | undefined} target where to write it; if undefined, the browser downloads it
 * @param {readonly Output[]} outputs
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export async function writeZip(name, target, outputs, options) {
  const report = emptyReport();
  const stream = makeZip(entriesOf(outputs, report, options));
  /** @type {FileSystemWritableFileStream | undefined} */
  let writable;
  try {
    if (target) {
      writable = await target.createWritable();
      await stream.pipeTo(writable, { signal: options.signal, preventAbort: true });
    } else {
      const headers = { "Content-Type": "application/zip" };
      const archive = await new Response(stream, { headers }).blob();
      options.signal.throwIfAborted();
      download(archive, name);
    }
  } catch (error) {
    // `pipeTo` does not always wait until the browser has released the file, and before that it cannot be removed.
    await writable?.abort().catch(() => {});
    await /** @type {{remove?: () => Promise<void>} | undefined} */ (target)?.remove?.().catch(() => {});
    report.isCancelled = options.signal.aborted;
    report.written = 0;
    if (!report.isCancelled) report.problem = wordsOf(error);
  }
  return report;
}

/**
 * Create or replace a file in one step, so that it is never incomplete.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 * @param {Blob} data
 */
export async function replaceFile(folder, name, data) {
  const isNew = !(await entryNamed(folder, name));
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    await fill(handle, data);
  } catch (error) {
    if (isNew) await folder.removeEntry(name).catch(() => {});
    throw error;
  }
}

/**
 * List what exists in some folders inside the chosen directory.
 * @param {FileSystemDirectoryHandle} directory
 * @param {Iterable<string>} folders relative, with `/`; empty for the directory itself
 * @param {ReadonlySet<number>} sizes in bytes; a file with one of these sizes may be identical, so it is hashed
 * @returns {Promise<{taken: string[], hashes: string[]}>} paths, and for each its SHA-256 in hex or an empty string
 */
export async function listTaken(directory, folders, sizes) {
  /** @type {string[]} */
  const taken = [];
  /** @type {string[]} */
  const hashes = [];
  for (const path of folders) {
    const folder = await folderAt(directory, path, false).catch(() => null);
    if (!folder) continue;
    for await (const handle of folder.values()) {
      const found = handle.kind === "file" ? /** @type {FileSystemFileHandle} */ (handle) : null;
      if (found && (await isEmpty(found))) continue; // `writeNew` replaces it
      taken.push(path ? `${path}/${handle.name}` : handle.name);
      hashes.push(found ? await hashOf(found, sizes) : "");
    }
  }
  return { taken, hashes };
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path relative, with `/`; empty for the folder itself
 * @param {boolean} create
 */
export async function folderAt(directory, path, create) {
  let folder = directory;
  for (const part of path ? path.split("/") : []) folder = await folder.getDirectoryHandle(part, { create });
  return folder;
}

/**
 * Write a new file, completely or not at all. The browser creates an empty file before it writes, and leaves it behind if
 * the page is closed then. So an empty file is replaced; no data is lost.
 * @param {FileSystemDirectoryHandle} directory
 * @param {Pick<Output, "path" | "open">} output
 * @returns {Promise<File>} the written file
 * @throws {OnsightError} something with that name exists, or the file was not written completely
 */
export async function writeNew(directory, { path, open }) {
  const data = await open(); // first, so that an unreadable file leaves no empty folder
  const name = path.slice(path.lastIndexOf("/") + 1);
  const folder = await folderAt(directory, path.slice(0, Math.max(0, path.lastIndexOf("/"))), true);
  const known = await entryNamed(folder, name);
  if (known && !(known.kind === "file" && (await isEmpty(/** @type {FileSystemFileHandle} */ (known))))) {
    throw unwritable(t("“{path}” already exists. It was not changed.", { path }));
  }
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    await fill(handle, data);
    const file = await handle.getFile();
    if (file.size !== data.size) {
      throw unwritable(t("The file was not written completely. Check the disk and try again."));
    }
    return file;
  } catch (error) {
    await folder.removeEntry(name).catch(() => {});
    throw error;
  }
}

/**
 * @param {FileSystemFileHandle} handle
 * @param {Blob} data
 */
async function fill(handle, data) {
  const writable = await handle.createWritable(); // writes to a temporary file, which replaces the file on closing
  try {
    await writable.write(data);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => {});
    throw error;
  }
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 * @returns {Promise<FileSystemHandle | null>}
 */
async function entryNamed(folder, name) {
  try {
    return await folder.getFileHandle(name);
  } catch (error) {
    if (error instanceof DOMException && error.name === "TypeMismatchError") return folder.getDirectoryHandle(name);
    return nullIfMissing(error);
  }
}

/**
 * @param {readonly Output[]} outputs
 * @param {WriteReport} report
 * @param {WriteOptions} options
 */
async function* entriesOf(outputs, report, { signal, onProgress }) {
  for (const [index, output] of outputs.entries()) {
    const { path } = output;
    signal.throwIfAborted();
    try {
      for (const one of (await output.instead?.()) ?? [output]) yield await entryOf(one);
      report.written += 1;
      for (const beside of (await output.beside?.()) ?? []) yield await entryOf(beside);
    } catch (error) {
      if (isAbort(error)) throw error;
      report.failures.push({ path, message: wordsOf(error) });
    }
    onProgress(index + 1, outputs.length, path);
  }
}

/** @param {Output} output */
async function entryOf({ path, modified, open }) {
  const blob = await open();
  // Read it before its entry begins: an unreadable file is left out of the archive.
  const input = blob.size > WHOLE_BYTES ? blob.stream() : await blob.arrayBuffer();
  const moment = new Date(modified);
  const lastModified = moment < FIRST_MOMENT ? FIRST_MOMENT : moment > LAST_MOMENT ? LAST_MOMENT : moment;
  return { name: path, lastModified, input, size: blob.size };
}

/** @param {FileSystemFileHandle} handle */
async function isEmpty(handle) {
  const file = await handle.getFile().catch(() => null); // an unreadable file is not empty
  return file?.size === 0;
}

/**
 * @param {FileSystemFileHandle} handle
 * @param {ReadonlySet<number>} sizes
 */
async function hashOf(handle, sizes) {
  if (!globalThis.crypto?.subtle) return "";
  try {
    const file = await handle.getFile();
    if (!sizes.has(file.size)) return "";
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return ""; // an unreadable file counts as different
  }
}

/**
 * Whether two files have the same content.
 * @param {Blob} one
 * @param {Blob} other
 */
export async function isSame(one, other) {
  if (one.size !== other.size) return false;
  const [bytes, others] = await Promise.all([one.arrayBuffer(), other.arrayBuffer()]);
  const [left, right] = [new Uint8Array(bytes), new Uint8Array(others)];
  return left.every((byte, index) => byte === right[index]);
}

/**
 * For the `catch` of a request for a handle: return null if nothing has that name, and throw any other error again.
 * @param {unknown} error
 * @returns {null}
 */
export function nullIfMissing(error) {
  if (error instanceof DOMException && error.name === "NotFoundError") return null;
  throw error;
}

/** @returns {WriteReport} */
export function emptyReport() {
  return { written: 0, failures: [], problem: null, isCancelled: false };
}

/** @param {string} message */
function unwritable(message) {
  return new OnsightError({ code: "unwritable_file", message });
}

/**
 * The sentence for an error after which no other file can be written either.
 * @param {unknown} error
 * @returns {string | null} null for other errors
 */
function endOf(error) {
  if (!(error instanceof DOMException)) return null;
  if (error.name === "QuotaExceededError") return t("The disk is full. Free some space and try again.");
  if (error.name === "NotAllowedError") {
    return t("The browser no longer allows Onsight to write to this folder. Choose the folder again.");
  }
  return null;
}

/**
 * The sentence for an error with a file.
 * @param {unknown} error
 */
export function wordsOf(error) {
  const end = endOf(error);
  if (end) return end;
  if (error instanceof DOMException && error.name === "TypeMismatchError") {
    return t("A file is in the way of a folder with the same name.");
  }
  if (error instanceof DOMException && ["NotFoundError", "NotReadableError"].includes(error.name)) {
    return t("The file could not be read: it was moved, deleted or locked.");
  }
  return error instanceof Error ? error.message : String(error);
}
