/** What a person chose in Organise; kept on this device. */

import { recall, remember } from "../../lib/local-storage.js";

const LIBRARY = "onsight-library";
const DETECT = "onsight.organise.detect";
const ORDER = "onsight.organise.order";
const UNFINISHED = "onsight.organise.unfinished";
const LEAVING = "onsight.organise.leaving";
const EXPORT_FORMAT = "onsight.organise.export";
const SORTING = "onsight.organise.sorting";

/**
 * How pictures are put into folders.
 * @typedef {object} Sorting
 * @property {string[]} by
 * @property {{name: string, query: string}[]} rules
 * @property {string} pattern
 */

/**
 * An import that did not end.
 * @typedef {object} Unfinished
 * @property {string} root name of its folder, if it was one
 * @property {string} [key] by which the folder's handle is remembered, if it is
 * @property {number} files
 */

/**
 * An original that is about to be deleted, because its copy is in its new place.
 * @typedef {object} Leaving
 * @property {string} library name of the library that the picture is in
 * @property {number} id of the picture
 * @property {string} folder where the original is
 * @property {string} name of the original
 * @property {string} target path of the copy, as the library writes it
 */

export const preferences = {
  /** Name of the library that was open last. @returns {string | null} */
  get library() {
    return recall(LIBRARY);
  },
  set library(name) {
    if (name !== null) remember(LIBRARY, name);
  },

  /** Whether objects are looked for when pictures are taken in. */
  get detect() {
    return recall(DETECT) === "on";
  },
  set detect(isOn) {
    remember(DETECT, isOn ? "on" : "off");
  },

  /** In what order pictures are listed. */
  get order() {
    return recall(ORDER) ?? "date";
  },
  set order(order) {
    remember(ORDER, order);
  },

  /** How pictures were put into folders last. @returns {Sorting} */
  get sorting() {
    const first = { by: ["category"], rules: [], pattern: "{name}" };
    try {
      return { ...first, ...JSON.parse(recall(SORTING) ?? "{}") };
    } catch {
      return first;
    }
  },
  set sorting(sorting) {
    remember(SORTING, JSON.stringify(sorting));
  },

  /** In what format pictures were exported last. */
  get exportFormat() {
    return recall(EXPORT_FORMAT) ?? "csv";
  },
  set exportFormat(format) {
    remember(EXPORT_FORMAT, format);
  },

  /** The import that the page did not see the end of. @returns {Unfinished | null} */
  get unfinished() {
    try {
      return JSON.parse(recall(UNFINISHED) ?? "null");
    } catch {
      return null;
    }
  },
  set unfinished(unfinished) {
    remember(UNFINISHED, JSON.stringify(unfinished));
  },

  /** Originals of a move that the page did not see the end of. @returns {Leaving[]} */
  get leaving() {
    try {
      return JSON.parse(recall(LEAVING) ?? "[]");
    } catch {
      return [];
    }
  },
  set leaving(leaving) {
    remember(LEAVING, leaving.length ? JSON.stringify(leaving) : null);
  },
};
