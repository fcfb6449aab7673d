/** How sure the network has to be of a box for it to be shown. Chosen once for all pictures, as long as the page lives. */

/** @import { Box, Detection } from "../../protocol.d.ts" */

/** The least that can be chosen, as a share of one: nothing below it is asked for. */
export const LEAST = 0.1;

let percent = 40;

/** In per cent. */
export function minimumPercent() {
  return percent;
}

/** @param {number} value in per cent */
export function setMinimumPercent(value) {
  percent = value;
}

/**
 * The boxes that are shown. What is compared is what is read: 39.6 % reads 40 %, and is.
 * @param {Detection} result
 * @returns {Box[]}
 */
export function shownBoxes({ boxes }) {
  return boxes.filter(({ score }) => Math.round(score * 100) >= percent);
}
