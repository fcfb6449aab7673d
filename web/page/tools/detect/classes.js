/** The names and colours of classes. The data come from Python. */

import { CLASSES, OTHER_COLOUR } from "./class-data.js";

/**
 * The colour of a class. It is the same in every picture.
 * @param {string} label
 */
export function colourOf(label) {
  return CLASSES[label]?.colour ?? OTHER_COLOUR;
}

/**
 * "Person", for the start of a line.
 * @param {string} label
 */
export function titleOf(label) {
  return CLASSES[label]?.title ?? label;
}

/**
 * "person", "people", "pair of skis", "buses".
 * @param {string} label
 * @param {number} count
 */
export function nounOf(label, count) {
  return CLASSES[label]?.[count === 1 ? "one" : "many"] ?? label;
}
