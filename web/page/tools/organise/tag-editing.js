/** Edits the tags of one or many pictures: each edit is one step that can be undone. */

import { announce, notice, tryTo } from "../../lib/announce.js";
import { plural, t } from "../../lib/texts.js";

/** @import { EditLibraryOptions } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/**
 * Edit tags, and show a notice about the outcome.
 * @param {Library} library
 * @param {Required<EditLibraryOptions> | (Omit<EditLibraryOptions, "name"> & {name?: string})} change
 * @returns {Promise<boolean>} whether it was done
 */
export function editTags(library, change) {
  return tryTo(
    library.methods.edit(change).then(async ({ action, pictures }) => {
      notice(
        pictures
          ? plural(pictures, "{action}: {count} picture.", "{action}: {count} pictures.", { action: action ?? "" })
          : t("Nothing to change."),
      );
      await library.refresh();
    }),
  );
}

/**
 * Undo or redo an edit, and show a notice about the outcome.
 * @param {Library} library
 * @param {"undo" | "redo"} direction
 * @returns {Promise<boolean>} whether it was done
 */
export function turn(library, direction) {
  return tryTo(
    library.methods[direction]().then(async ({ action, pictures }) => {
      const isUndo = direction === "undo";
      if (action === null) return announce(isUndo ? t("There is nothing to undo.") : t("There is nothing to redo."));
      notice(
        isUndo
          ? plural(pictures, "Undone: {action}, {count} picture.", "Undone: {action}, {count} pictures.", { action })
          : plural(pictures, "Redone: {action}, {count} picture.", "Redone: {action}, {count} pictures.", { action }),
      );
      await library.refresh();
    }),
  );
}

/**
 * Split names that are separated by commas, semicolons or line breaks.
 * @param {string} text
 */
export function namesIn(text) {
  return text
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter(Boolean);
}
