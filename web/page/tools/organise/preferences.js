/** The user's settings in Organise, and notes about unfinished work. They are stored on this device. */

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
 * An unfinished import.
 * @typedef {object} Unfinished
 * @property {string} root name of its folder; empty for single files
 * @property {string} [key] of the folder's handle, if that is stored
 * @property {number} files
 */

/**
 * An original that is about to be deleted after it was copied to its new place.
 * @typedef {object} Leaving
 * @property {string} library name of the picture's library
 * @property {number} id of the picture
 * @property {string} folder where the original is
 * @property {string} name of the original
 * @property {string} target path of the copy in the library
 */

export const preferences = {
  /** Name of the library that was open last. @returns {string | null} */
  get library() {
    return recall(LIBRARY);
  },
  set library(name) {
    if (name !== null) remember(LIBRARY, name);
  },

  /** Whether imports detect objects. */
  get detect() {
    return recall(DETECT) === "on";
  },
  set detect(isOn) {
    remember(DETECT, isOn ? "on" : "off");
  },

  /** The order of the pictures, by its id. */
  get order() {
    return recall(ORDER) ?? "relevance";
  },
  set order(order) {
    remember(ORDER, order);
  },

  /** How pictures were last sorted into folders. @returns {Sorting} */
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

  /** The format of the last export, by its id. */
  get exportFormat() {
    return recall(EXPORT_FORMAT) ?? "csv";
  },
  set exportFormat(format) {
    remember(EXPORT_FORMAT, format);
  },

  /** The import that is not finished, if there is one. @returns {Unfinished | null} */
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

  /** The originals of moves that are not finished. @returns {Leaving[]} */
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
