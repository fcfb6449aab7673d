/** Tags of one picture or of many: added, removed, renamed, accepted, in one step that can be undone. */

import { announce, notice, tryTo } from "../../lib/announce.js";
import { formatPlural } from "../../lib/format.js";

/** @import { EditLibraryOptions } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/**
 * Change tags, and say what was done.
 * @param {Library} library
 * @param {Required<EditLibraryOptions> | (Omit<EditLibraryOptions, "name"> & {name?: string})} change
 * @returns {Promise<boolean>} whether it was done
 */
export function editTags(library, change) {
  return tryTo(
    library.methods.edit(change).then(async ({ action, pictures }) => {
      notice(pictures ? `${action}: ${formatPlural(pictures, "picture")}.` : "Nothing to change: it is so already.");
      await library.refresh();
    }),
  );
}

/**
 * @param {Library} library
 * @param {"undo" | "redo"} direction
 * @returns {Promise<boolean>}
 */
export function turn(library, direction) {
  return tryTo(
    library.methods[direction]().then(async ({ action, pictures }) => {
      if (action === null) return announce(`There is nothing to ${direction}.`);
      notice(`${direction === "undo" ? "Undone" : "Done again"}: ${action}, ${formatPlural(pictures, "picture")}.`);
      await library.refresh();
    }),
  );
}

/**
 * Names as a person types them, with commas between.
 * @param {string} text
 */
export function namesIn(text) {
  return text
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter(Boolean);
}
