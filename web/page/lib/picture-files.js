/** Picture files that a user chooses: which files count as pictures, and the browser's own choosers for them. */

import { part } from "./dom.js";
import { hasPictureSuffix } from "./suffixes.js";

/**
 * @typedef {object} FileWithPath
 * @property {File} file
 * @property {string} path
 * @property {string} [drop] which folder it was dropped with: two folders may have one name
 */

/** Open the browser's chooser for files. The page listens for what is chosen. */
export function chooseFiles() {
  part(document, "files", HTMLInputElement).click();
}

/** Whether this device lets a person choose a whole folder. Phones have the attribute and no such chooser. */
export function canChooseFolder() {
  return "webkitdirectory" in HTMLInputElement.prototype && matchMedia("(any-pointer: fine)").matches;
}

/** @param {{name: string, type: string}} file */
export function isPicture({ name, type }) {
  return !name.startsWith(".") && (type.startsWith("image/") || hasPictureSuffix(name));
}
