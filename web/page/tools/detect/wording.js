/** Boxes in words, for the heading, the list, the clipboard and the screen reader. */

import { formatCount, formatPercent } from "../../lib/format.js";
import { shownBoxes } from "./answers.js";
import { nounOf } from "./classes.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */

/**
 * "3 people, 2 dogs": what there is most of comes first. Empty where there is nothing.
 * @param {readonly Box[]} boxes
 */
export function countsOf(boxes) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { label } of boxes) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => `${formatCount(count)} ${nounOf(label, count)}`)
    .join(", ");
}

/** @param {Detection} result */
export function shortFinding(result) {
  return countsOf(shownBoxes(result)) || "Nothing found";
}

/**
 * "street.jpg: 2 people, 1 dog (person 91%, person 84%, dog 77%)".
 * @param {string} name
 * @param {Detection} result
 */
export function findingText(name, result) {
  const each = shownBoxes(result).map(({ label, score }) => `${label} ${formatPercent(score)}`);
  return `${name}: ${shortFinding(result)}${each.length ? ` (${each.join(", ")})` : ""}`;
}
