/** A comparison in one line, for the list, the clipboard and the screen reader. */

import { shortAnswer } from "../../workspace/short-label.js";
import { formatPercent, formatPlural } from "../../lib/format.js";

/** @import { Comparison, Tag } from "../../../protocol.d.ts" */

/** @param {Comparison} result @returns {Tag[]} */
function shownTags({ tagging }) {
  return tagging.tags.filter((tag) => tag.shown);
}

/**
 * "Cat · 97%, 12 tags".
 * @param {Comparison} result
 */
export function shortComparison(result) {
  return `${shortAnswer(result.classification)}, ${formatPlural(shownTags(result).length, "tag")}`;
}

/**
 * "chelsea.png: one label: Cat · 97%; 12 tags: Cat 99%, Animal 99%".
 * @param {string} name
 * @param {Comparison} result
 */
export function comparisonText(name, result) {
  const tags = shownTags(result);
  const each = tags.map((tag) => `${tag.name} ${formatPercent(tag.score)}`).join(", ");
  const many = `${formatPlural(tags.length, "tag")}${each && `: ${each}`}`;
  return `${name}: one label: ${shortAnswer(result.classification)}; ${many}`;
}
