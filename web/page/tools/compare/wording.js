/** Describes a comparison in one line, for the list, the clipboard and screen readers. */

import { shortAnswer } from "../../workspace/short-label.js";
import { formatPercent } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";

/** @import { Comparison, Tag } from "../../../protocol.d.ts" */

/** @param {Comparison} result @returns {Tag[]} */
function shownTags({ tagging }) {
  return tagging.tags.filter((tag) => tag.level !== "unlikely");
}

/**
 * "Cat · 97%, 12 tags".
 * @param {Comparison} result
 */
export function shortComparison(result) {
  const label = shortAnswer(result.classification);
  return plural(shownTags(result).length, "{label}, {count} tag", "{label}, {count} tags", { label });
}

/**
 * "chelsea.png: one label: Cat · 97%; 12 tags: Cat 99%, Animal 99%".
 * @param {string} name
 * @param {Comparison} result
 */
export function comparisonText(name, result) {
  const tags = shownTags(result);
  const label = shortAnswer(result.classification);
  if (!tags.length) return t("{name}: one label: {label}; no tags", { name, label });
  const each = tags.map((tag) => `${tag.name} ${formatPercent(tag.score)}`).join(", ");
  return plural(
    tags.length,
    "{name}: one label: {label}; {count} tag: {each}",
    "{name}: one label: {label}; {count} tags: {each}",
    { name, label, each },
  );
}
