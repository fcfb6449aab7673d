/** Describes boxes for the heading, the list, the clipboard and screen readers. */

import { formatCount, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { shownBoxes } from "./answers.js";
import { nounOf } from "./classes.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */

/**
 * "3 people, 2 dogs", the most numerous first. Empty if there are no boxes.
 * @param {readonly Box[]} boxes
 */
export function countsOf(boxes) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { label } of boxes) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([label, count]) => t("{count} {things}", { count: formatCount(count), things: nounOf(label, count) }))
    .join(", ");
}

/** @param {Detection} result */
export function shortFinding(result) {
  return countsOf(shownBoxes(result)) || t("Nothing found");
}

/**
 * "street.jpg: 2 people, 1 dog (person 91%, person 84%, dog 77%)".
 * @param {string} name
 * @param {Detection} result
 */
export function findingText(name, result) {
  const finding = shortFinding(result);
  const each = shownBoxes(result).map(({ label, score }) => `${label} ${formatPercent(score)}`);
  if (!each.length) return t("{name}: {finding}", { name, finding });
  return t("{name}: {finding} ({boxes})", { name, finding, boxes: each.join(", ") });
}
