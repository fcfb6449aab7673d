/**
 * Carries a plan out: copies pictures to where it says, each with the file of tags beside it, and moves them where the
 * browser lets Onsight delete. An original goes only when its copy is there, whole.
 */

import { OnsightError } from "../../common/messenger.js";
import { mayUse } from "./pickers.js";
import { folderAt, listTaken, wordsOf, writeIntoFolder, writeNew } from "./writing.js";

/** @import { PlannedMove, SortingPlan } from "../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Original, Originals } from "./originals.js" */
/** @import { Sorting } from "./preferences.js" */
/** @import { Output, WriteOptions, WriteReport } from "./writing.js" */

const SIDECAR = ".xmp";

/**
 * Where pictures go into a folder that may have some of them already.
 * @param {Library} library
 * @param {readonly number[]} ids
 * @param {Sorting} sorting
 * @param {FileSystemDirectoryHandle} directory
 * @param {SortingPlan} plan the one for an empty folder
 * @returns {Promise<SortingPlan>}
 */
export async function planInto(library, ids, { by, rules, pattern }, directory, plan) {
  const sizes = new Set(plan.moves.map(({ size }) => size));
  const { taken, hashes } = await listTaken(directory, plan.folders.map(({ name }) => name), sizes);
  if (!taken.length) return plan;
  return library.ask("plan", { ids: [...ids], by, rules: by.includes("rule") ? rules.map(ruleText) : [], pattern, taken, hashes });
}

/** @param {{name: string, query: string}} rule */
export function ruleText({ name, query }) {
  return `${name}=${query}`;
}

/**
 * What is written for each picture.
 * @param {Originals} originals
 * @param {PlannedMove} move
 * @returns {Output}
 */
export function outputOf(originals, move) {
  return {
    path: move.target,
    modified: move.modified_ms,
    open: () => originals.open(move),
    beside: async () => {
      const sidecar = await originals.sidecar(move);
      if (!sidecar) return null;
      return { path: `${move.target}${SIDECAR}`, modified: sidecar.lastModified, open: async () => sidecar };
    },
  };
}

/**
 * @param {Originals} originals
 * @param {FileSystemDirectoryHandle} directory
 * @param {SortingPlan} plan
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export function copyInto(originals, directory, plan, options) {
  const moves = plan.moves.filter((move) => !move.is_there);
  return writeIntoFolder(directory, moves.map((move) => outputOf(originals, move)), options);
}

/**
 * @param {{library: Library, originals: Originals}} organiser
 * @param {FileSystemDirectoryHandle} directory
 * @param {SortingPlan} plan
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>} `written` counts those that were moved or lay there already
 */
export async function moveInto({ library, originals }, directory, plan, options) {
  const root = await originals.rememberRoot(directory.name, directory);
  /** @param {PlannedMove} move @param {File} file */
  const settle = async (move, file) => {
    const place = await deletable(originals, move);
    if (await isAt(directory, move.target, place)) return; // it lies where it belongs
    if (move.is_there && !(await isSame(await originals.open(move), file))) {
      throw stays("it has changed since it was taken in");
    }
    await relocate(library, move.id, `${root}/${move.target}`, file);
    await removeOriginal(place);
    await moveSidecar(place, directory, `${move.target}${SIDECAR}`);
  };
  const missing = plan.moves.filter((move) => !move.is_there);
  const outputs = missing.map((move) => ({
    ...outputOf(originals, move),
    placed: (/** @type {File} */ file) => settle(move, file),
  }));
  const there = plan.moves.filter((move) => move.is_there);
  const report = await writeIntoFolder(directory, outputs, options);
  for (const move of there) {
    if (options.signal.aborted || report.problem) break;
    try {
      await settle(move, await fileAt(directory, move.target));
      report.written += 1;
    } catch (error) {
      report.failures.push({ path: move.target, message: wordsOf(error) });
    }
  }
  return report;
}

/**
 * Ask leave to change the folders that pictures lie in; for where a person has just pressed something.
 * @param {Originals} originals
 * @param {readonly Original[]} wanted
 * @returns {Promise<number>} how many of the pictures lie in folders that may be changed
 */
export async function askToChange(originals, wanted) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { folder } of wanted) {
    const root = folder.split("/", 1)[0] ?? "";
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  let count = 0;
  for (const { name, handle } of await originals.roots()) {
    if (counts.has(name) && (await mayUse(handle, "readwrite"))) count += counts.get(name) ?? 0;
  }
  return count;
}

/**
 * @param {Originals} originals
 * @param {Original} original
 * @returns {Promise<{folder: FileSystemDirectoryHandle, name: string}>}
 * @throws {OnsightError} it cannot be deleted
 */
export async function deletable(originals, original) {
  const place = await originals.placeOf(original).catch(() => null);
  if (!place) throw stays("the browser does not let Onsight delete it");
  return place;
}

/**
 * Delete a picture's file.
 * @param {{folder: FileSystemDirectoryHandle, name: string}} place
 */
export async function removeOriginal({ folder, name }) {
  try {
    await folder.removeEntry(name);
  } catch (error) {
    throw stays("the browser does not let Onsight delete it", error);
  }
}

/**
 * Let the file of tags beside an original follow it, unless there is another at its target.
 * @param {{folder: FileSystemDirectoryHandle, name: string}} place
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} target
 */
async function moveSidecar({ folder, name }, directory, target) {
  const handle = await folder.getFileHandle(`${name}${SIDECAR}`).catch(() => null);
  if (!handle) return;
  const sidecar = await handle.getFile();
  const there =
    (await fileAt(directory, target).catch(() => null)) ??
    (await writeNew(directory, { path: target, open: async () => sidecar }));
  if (!(await isSame(sidecar, there))) {
    const message = `“${handle.name}” stays where it was: there is another beside the moved picture.`;
    throw new OnsightError({ code: "unwritable_file", message });
  }
  await folder.removeEntry(handle.name);
}

/**
 * Write down in the library that a picture's file lies elsewhere now.
 * @param {Library} library
 * @param {number} id
 * @param {string} path from the name of its root on
 * @param {File} file
 */
async function relocate(library, id, path, file) {
  const slash = path.lastIndexOf("/");
  await library.ask("relocate", {
    id,
    folder: path.slice(0, slash),
    name: path.slice(slash + 1),
    size: file.size,
    modified_ms: Math.trunc(file.lastModified),
  });
}

/**
 * Whether what lies at a place of a folder is the original itself.
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path
 * @param {{folder: FileSystemDirectoryHandle, name: string}} place
 */
async function isAt(directory, path, { folder, name }) {
  const original = await folder.getFileHandle(name);
  const inside = await directory.resolve(original);
  // Some disks take "A" and "a" for one name.
  if (inside && keyOf(inside.join("/")) === keyOf(path)) return true;
  return (await handleAt(directory, path)).isSameEntry(original);
}

/** @param {string} path */
function keyOf(path) {
  return path.normalize("NFC").toLowerCase().normalize("NFC");
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path
 */
async function handleAt(directory, path) {
  const slash = path.lastIndexOf("/");
  const folder = await folderAt(directory, path.slice(0, Math.max(0, slash)), false);
  return folder.getFileHandle(path.slice(slash + 1));
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path
 */
async function fileAt(directory, path) {
  return (await handleAt(directory, path)).getFile();
}

/**
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
 * @param {string} reason
 * @param {unknown} [detail]
 */
function stays(reason, detail) {
  const message = `The original stays where it was: ${reason}.`;
  return new OnsightError({ code: "unwritable_file", message, detail: detail ? String(detail) : null });
}
