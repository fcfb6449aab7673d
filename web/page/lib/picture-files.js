/** The files that a user chooses: the browser's file picker, and which files count as pictures. */

import { part } from "./dom.js";
import { hasPictureSuffix } from "./suffixes.js";

/**
 * @typedef {object} FileWithPath
 * @property {File} file
 * @property {string} path
 * @property {string} [drop] identifies the folder that it was dropped with: two folders may have the same name
 */

/** Open the browser's file picker. The page listens for the chosen files. */
export function chooseFiles() {
  part(document, "files", HTMLInputElement).click();
}

/** Whether this device has a folder picker. Phones have the attribute, but no such picker. */
export function canChooseFolder() {
  return "webkitdirectory" in HTMLInputElement.prototype && matchMedia("(any-pointer: fine)").matches;
}

/** @param {{name: string, type: string}} file */
export function isPicture({ name, type }) {
  return !name.startsWith(".") && (type.startsWith("image/") || hasPictureSuffix(name));
}
