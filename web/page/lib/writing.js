/**
 * Writes files out: into a folder that the person chose, or as one ZIP that is made while it is saved. Nothing is ever
 * overwritten, no half file is left, and one bad file never stops the rest.
 */

import { makeZip } from "../../runtime/client-zip/client-zip.mjs";
import { download } from "./download.js";
import { OnsightError, isAbort } from "../../common/messenger.js";

/**
 * A file that is to be written.
 * @typedef {object} Output
 * @property {string} path relative, with `/`
 * @property {number} modified milliseconds since 1970
 * @property {() => Promise<Blob>} open
 * @property {() => Promise<Output[]>} [instead] the files that are written in its place
 * @property {() => Promise<Output[]>} [beside] the files that go along with it
 * @property {(file: File) => Promise<void>} [placed] told the file when it lies in its folder; if that fails it is
 *   listed with the failures, though the file stays
 */

/** @typedef {{path: string, message: string}} WriteFailure */

/**
 * @typedef {object} WriteReport
 * @property {number} written
 * @property {WriteFailure[]} failures
 * @property {string | null} problem why it ended early
 * @property {boolean} isCancelled
 */

/**
 * @typedef {object} WriteOptions
 * @property {AbortSignal} signal
 * @property {(done: number, total: number, path: string) => void} onProgress
 */

/** Files that are written at a time: the browser looks through each when it is closed. */
const CONCURRENCY = 3;

/** Bytes; a larger file goes into an archive in pieces, so that a disk that fails in its middle fails the archive. */
const WHOLE_BYTES = 256_000_000;

/** What a ZIP can date. */
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
        await completeBeside(directory, output).catch(() => {}); // the failure below is about the file itself
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
 * Write what goes along with a file that is there already: an interrupted run may have ended between the two.
 * @param {FileSystemDirectoryHandle} directory
 * @param {Output} output
 */
async function completeBeside(directory, { path, open, beside }) {
  const folder = beside && (await folderAt(directory, path.slice(0, Math.max(0, path.lastIndexOf("/"))), false));
  const there = folder && (await folder.getFileHandle(path.slice(path.lastIndexOf("/") + 1)));
  if (!beside || !there || !(await isSame(await there.getFile(), await open()))) return;
  for (const one of await beside()) await writeNew(directory, one).catch(() => {}); // it is there, too
}

/**
 * @param {string} name of the archive
 * @param {FileSystemFileHandle | undefined} target where it is written; without one the browser downloads it
 * @param {readonly Output[]} outputs
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export async function writeZip(name, target, outputs, options) {
  const report = emptyReport();
  const stream = makeZip(entriesOf(outputs, report, options));
  try {
    if (target) {
      await stream.pipeTo(await target.createWritable(), { signal: options.signal });
    } else {
      const headers = { "Content-Type": "application/zip" };
      const archive = await new Response(stream, { headers }).blob();
      options.signal.throwIfAborted();
      download(archive, name);
    }
  } catch (error) {
    await /** @type {{remove?: () => Promise<void>} | undefined} */ (target)?.remove?.().catch(() => {});
    report.isCancelled = options.signal.aborted;
    report.written = 0;
    if (!report.isCancelled) report.problem = wordsOf(error);
  }
  return report;
}

/**
 * Put a file in the place of another, or where none is, in one step.
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
 * What lies in folders of a chosen one already.
 * @param {FileSystemDirectoryHandle} directory
 * @param {Iterable<string>} folders relative, with `/`; empty for the chosen one itself
 * @param {ReadonlySet<number>} sizes in bytes; files that have one of them may be the same, and are hashed
 * @returns {Promise<{taken: string[], hashes: string[]}>} paths, and SHA-256 in hex or nothing
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
      if (found && (await isEmpty(found))) continue; // see `writeNew`
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
 * Write a file where none is, whole or not at all. The browser makes an empty file before it writes: a page that was
 * closed meanwhile leaves that behind. So an empty file, in which nothing can be lost, counts as none.
 * @param {FileSystemDirectoryHandle} directory
 * @param {Pick<Output, "path" | "open">} output
 * @returns {Promise<File>} the file as it lies there
 */
export async function writeNew(directory, { path, open }) {
  const data = await open(); // first, so that a file that cannot be read leaves no empty folder
  const name = path.slice(path.lastIndexOf("/") + 1);
  const folder = await folderAt(directory, path.slice(0, Math.max(0, path.lastIndexOf("/"))), true);
  const known = await entryNamed(folder, name);
  if (known && !(known.kind === "file" && (await isEmpty(/** @type {FileSystemFileHandle} */ (known))))) {
    throw unwritable(`There is something at “${path}” already. It was left as it is.`);
  }
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    await fill(handle, data);
    const file = await handle.getFile();
    if (file.size !== data.size) throw unwritable("It did not arrive whole. Check the disk, and try again.");
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
  const writable = await handle.createWritable(); // to a file beside it, which takes its place when it is closed
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
  // A file that cannot be read is left out before anything of it is written.
  const input = blob.size > WHOLE_BYTES ? blob.stream() : await blob.arrayBuffer();
  const moment = new Date(modified);
  const lastModified = moment < FIRST_MOMENT ? FIRST_MOMENT : moment > LAST_MOMENT ? LAST_MOMENT : moment;
  return { name: path, lastModified, input, size: blob.size };
}

/** @param {FileSystemFileHandle} handle */
async function isEmpty(handle) {
  const file = await handle.getFile().catch(() => null); // what cannot be read is something else
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
    return ""; // it cannot be read: it is something else
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
 * For the `catch` of a handle that is asked for: null where nothing has that name. Any other error says nothing about
 * that, so it is thrown on.
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
 * Why nothing more can be written, if so.
 * @param {unknown} error
 */
function endOf(error) {
  if (!(error instanceof DOMException)) return null;
  if (error.name === "QuotaExceededError") return "There is no room left in this place.";
  if (error.name === "NotAllowedError") return "The browser does not allow to write into this folder any more.";
  return null;
}

/**
 * What went wrong with a file, for people.
 * @param {unknown} error
 */
export function wordsOf(error) {
  const end = endOf(error);
  if (end) return end;
  if (error instanceof DOMException && error.name === "TypeMismatchError") {
    return "There is a file where a folder must be.";
  }
  if (error instanceof DOMException && ["NotFoundError", "NotReadableError"].includes(error.name)) {
    return "The file could not be read: it was moved, deleted or locked.";
  }
  return error instanceof Error ? error.message : String(error);
}
