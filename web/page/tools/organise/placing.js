/**
 * Carries out a plan: copies or moves pictures and the files that belong to them. To move, the browser must allow Onsight
 * to delete. An original is deleted only after its copy is complete.
 */

import { OnsightError } from "../../../common/messenger.js";
import { forgetLeaving, noteLeaving, whileMoving } from "./leaving.js";
import { mayUse } from "./pickers.js";
import { t } from "../../lib/texts.js";
import { folderAt, isSame, listTaken, nullIfMissing, wordsOf, writeIntoFolder, writeNew } from "../../lib/writing.js";

/** @import { PlannedCompanion, PlannedMove, SortingPlan } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Original, Originals } from "./originals.js" */
/** @import { Sorting } from "./preferences.js" */
/** @import { Output, WriteOptions, WriteReport } from "../../lib/writing.js" */

/**
 * Plan where pictures go, with the files that belong to them.
 * @param {{library: Library, originals: Originals}} organiser
 * @param {readonly number[]} ids
 * @param {Sorting} sorting
 * @param {SortingPlan} plan without the files that belong to pictures
 * @param {FileSystemDirectoryHandle} [directory] the target, if the user has chosen it: it may contain some files already
 * @returns {Promise<SortingPlan>}
 */
export async function planWhole({ library, originals }, ids, { by, rules, pattern }, plan, directory) {
  const beside = await originals.listBeside(plan.moves);
  const sizes = new Set(plan.moves.map(({ size }) => size));
  const folders = plan.folders.map(({ name }) => name);
  const there = directory ? await listTaken(directory, folders, sizes) : { taken: [], hashes: [] };
  const known = by.includes("rule") ? rules.map(ruleText) : [];
  return library.retrying.plan({ ids: [...ids], by, rules: known, pattern, beside, ...there });
}

/** @param {{name: string, query: string}} rule */
export function ruleText({ name, query }) {
  return `${name}=${query}`;
}

/**
 * Return the file to write for each picture.
 * @param {Originals} originals
 * @param {readonly PlannedMove[]} moves
 * @returns {Output[]}
 */
export function outputsOf(originals, moves) {
  /** Pictures with the same name may share a file, which is written once. @type {Set<string>} */
  const claimed = new Set();
  return moves.map((move) => {
    const along = move.companions.filter(({ target }) => !claimed.has(target) && claimed.add(target));
    return {
      path: move.target,
      modified: move.modified_ms,
      open: () => originals.open(move),
      beside: async () => {
        const files = await Promise.all(along.map(({ name }) => originals.openBeside(move, name)));
        return files.flatMap((file, index) => {
          const path = along[index]?.target;
          return file && path ? [{ path, modified: file.lastModified, open: async () => file }] : [];
        });
      },
    };
  });
}

/**
 * @param {Originals} originals
 * @param {FileSystemDirectoryHandle} directory
 * @param {SortingPlan} plan
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export async function copyInto(originals, directory, plan, options) {
  const outputs = outputsOf(originals, plan.moves);
  const isThere = (/** @type {number} */ index) => plan.moves[index]?.is_there === true;
  const report = await writeIntoFolder(directory, outputs.filter((_, index) => !isThere(index)), options);
  // An earlier copy may have been interrupted between a picture and the files that belong to it.
  for (const { path, beside } of outputs.filter((_, index) => isThere(index))) {
    if (options.signal.aborted || report.problem) break;
    try {
      for (const one of (await beside?.()) ?? []) {
        const known = await fileAt(directory, one.path).catch(() => null);
        if (!known?.size) await writeNew(directory, one);
      }
    } catch (error) {
      report.failures.push({ path, message: wordsOf(error) });
    }
  }
  return report;
}

/**
 * @param {{library: Library, originals: Originals}} organiser
 * @param {FileSystemDirectoryHandle} directory
 * @param {SortingPlan} plan
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>} `written` includes pictures that were at their target already
 */
export function moveInto(organiser, directory, plan, options) {
  return whileMoving(organiser, () => moveAll(organiser, directory, plan, options));
}

/**
 * @param {{library: Library, originals: Originals}} organiser
 * @param {FileSystemDirectoryHandle} directory
 * @param {SortingPlan} plan
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
async function moveAll({ library, originals }, directory, plan, options) {
  const name = library.state.state === "open" ? library.state.name : "";
  const key = await originals.rememberHandle(directory);
  const { path: root } = await library.retrying.root({ key, name: directory.name }, { signal: options.signal });
  /** @param {PlannedMove} move @param {File} file */
  const settle = async (move, file) => {
    const place = await deletable(originals, move);
    if (await isAt(directory, move.target, place)) return;
    if (!(await isSame(await originals.open(move), file))) {
      throw stays(t("The original was not deleted, because its copy differs from it."));
    }
    // A file that other pictures need too is moved after all of them.
    for (const one of move.companions.filter(({ sharers }) => !sharers.length)) await moveBeside(place, directory, one);
    const leaving = { library: name, id: move.id, folder: move.folder, name: move.name, target: `${root}/${move.target}` };
    noteLeaving(leaving);
    const { id } = await relocate(library, move.id, leaving.target, file);
    if (id !== null && id !== move.id) noteLeaving({ ...leaving, id }); // the library knew the file at its target already
    await removeOriginal(place).finally(() => forgetLeaving(leaving));
    const shared = move.companions.filter(({ sharers }) => sharers.length);
    if (shared.length) left.push({ place, shared, path: move.target });
  };
  /** @type {{place: {folder: FileSystemDirectoryHandle, name: string}, shared: PlannedCompanion[], path: string}[]} */
  const left = [];
  const missing = plan.moves.filter((move) => !move.is_there);
  const outputs = outputsOf(originals, missing).map((output, index) => ({
    ...output,
    placed: async (/** @type {File} */ file) => {
      const move = missing[index];
      if (move) await settle(move, file);
    },
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
  for (const { place, shared, path } of left) {
    for (const one of shared) {
      try {
        if (!(await isNeeded(place, one))) await moveBeside(place, directory, one);
      } catch (error) {
        report.failures.push({ path, message: wordsOf(error) });
      }
    }
  }
  return report;
}

/**
 * Whether a file also belongs to a picture that was not moved.
 * @param {{folder: FileSystemDirectoryHandle}} place
 * @param {PlannedCompanion} companion
 */
async function isNeeded({ folder }, { sharers }) {
  for (const name of sharers) if (await folder.getFileHandle(name).catch(nullIfMissing)) return true;
  return false;
}

/**
 * Ask for permission to change the folders of pictures. Call this right after a click or key press.
 * @param {Originals} originals
 * @param {readonly Original[]} wanted
 * @returns {Promise<number>} how many of the pictures are in folders that may be changed
 */
export async function askToChange(originals, wanted) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { folder } of wanted) {
    const root = folder.split("/", 1)[0] ?? "";
    counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  let count = 0;
  for (const [name, handle] of await originals.roots()) {
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
  if (!place) throw stays(t("The original was not deleted, because the browser does not allow it."));
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
    throw stays(t("The original was not deleted, because the browser does not allow it."), error);
  }
}

/**
 * Move a file that belongs to an original after it, unless a different file is at its target.
 * @param {{folder: FileSystemDirectoryHandle}} place
 * @param {FileSystemDirectoryHandle} directory
 * @param {PlannedCompanion} companion
 */
export async function moveBeside({ folder }, directory, { name, target }) {
  const handle = await folder.getFileHandle(name).catch(nullIfMissing);
  if (!handle) return;
  const sidecar = await handle.getFile();
  // An empty file is left over from an interrupted move; `writeNew` replaces it.
  const known = await fileAt(directory, target).catch(() => null);
  const there = known?.size ? known : await writeNew(directory, { path: target, open: async () => sidecar });
  if (!(await isSame(sidecar, there))) {
    const message = t("“{name}” and its picture were not moved, because “{target}” exists and is different.", {
      name: handle.name,
      target,
    });
    throw new OnsightError({ code: "unwritable_file", message });
  }
  await folder.removeEntry(handle.name);
}

/**
 * Record in the library where a picture's file is now.
 * @param {Library} library
 * @param {number} id
 * @param {string} path starting with the name of its root folder
 * @param {File} file
 */
async function relocate(library, id, path, file) {
  const slash = path.lastIndexOf("/");
  return library.retrying.relocate({
    id,
    folder: path.slice(0, slash),
    name: path.slice(slash + 1),
    size: file.size,
    modified_ms: Math.trunc(file.lastModified),
  });
}

/**
 * Whether the file at a path is the original itself.
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path
 * @param {{folder: FileSystemDirectoryHandle, name: string}} place
 */
async function isAt(directory, path, { folder, name }) {
  const original = await folder.getFileHandle(name);
  const inside = await directory.resolve(original);
  // Some disks ignore case in names.
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
 * @param {string} message
 * @param {unknown} [detail]
 */
function stays(message, detail) {
  return new OnsightError({ code: "unwritable_file", message, detail: detail ? String(detail) : null });
}
