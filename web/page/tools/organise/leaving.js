/**
 * Completes moves that were interrupted. The library records a picture's new place before the original is deleted, so
 * that it always points to a file. If the page is closed in between, the original is left as a second copy. So each
 * move is noted first, and completed at the next visit.
 */

import { pathOf } from "./entries.js";
import { permissionFor } from "./pickers.js";
import { preferences } from "./preferences.js";
import { isSame, nullIfMissing } from "../../lib/writing.js";

/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */
/** @import { Leaving } from "./preferences.js" */

/** @typedef {{library: Library, originals: Originals}} Organiser */

/** How many moves are in progress; these complete what they have noted themselves. */
let moving = 0;
/** @type {Promise<void>} */
let completing = Promise.resolve();

/**
 * Note that an original is about to be deleted.
 * @param {Leaving} leaving
 */
export function noteLeaving(leaving) {
  preferences.leaving = [...others(leaving), leaving];
}

/**
 * Remove the note, because the original has been deleted or stays.
 * @param {Leaving} leaving
 */
export function forgetLeaving(leaving) {
  preferences.leaving = others(leaving);
}

/**
 * Complete earlier moves, then move pictures.
 * @template T
 * @param {Organiser} organiser
 * @param {() => Promise<T>} move
 * @returns {Promise<T>}
 */
export async function whileMoving(organiser, move) {
  await completeMoves(organiser);
  moving += 1;
  try {
    return await move();
  } finally {
    moving -= 1;
  }
}

/**
 * Delete the originals of interrupted moves whose copies the library has. Does not ask the user for permission.
 * @param {Organiser} organiser
 * @returns {Promise<void>}
 */
export function completeMoves(organiser) {
  completing = completing.then(() => (moving ? undefined : completeAll(organiser)));
  return completing;
}

/** @param {Organiser} organiser */
async function completeAll(organiser) {
  const { state } = organiser.library;
  const name = state.state === "open" ? state.name : null;
  for (const leaving of preferences.leaving.filter(({ library }) => library === name)) {
    try {
      if (await complete(organiser, leaving)) forgetLeaving(leaving);
    } catch {
      // The folder is not available now, or may not be read: try again at the next visit.
    }
  }
}

/**
 * @param {Organiser} organiser
 * @param {Leaving} leaving
 * @returns {Promise<boolean>} whether nothing is left to do
 */
async function complete({ library, originals }, leaving) {
  const { moves } = await library.retrying.plan({ ids: [leaving.id], by: [] });
  const [picture] = moves;
  // Either the library was not updated, and moving the picture again will do that, or it was moved elsewhere since.
  if (!picture || pathOf(picture) !== leaving.target) return true;
  const [place, target] = await Promise.all([originals.placeOf(leaving), originals.placeOf(picture)]);
  if (!place || !target || (await permissionFor(place.folder, "readwrite")) !== "granted") return false;
  const original = await place.folder.getFileHandle(place.name).catch(nullIfMissing);
  const copy = await target.folder.getFileHandle(target.name).catch(nullIfMissing);
  if (!original || !copy || (await original.isSameEntry(copy))) return true;
  if (await isSame(await original.getFile(), await copy.getFile())) await place.folder.removeEntry(place.name);
  return true;
}

/**
 * The notes about other originals.
 * @param {Leaving} leaving
 */
function others({ library, folder, name }) {
  const isOther = (/** @type {Leaving} */ one) => one.library !== library || one.folder !== folder || one.name !== name;
  return preferences.leaving.filter(isOther);
}
