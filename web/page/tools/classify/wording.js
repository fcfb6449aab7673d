/** A classification in one line, for the list, the clipboard and the screen reader. The words themselves are Python's. */

import { formatPercent } from "../../lib/format.js";
import { shortAnswer } from "../../workspace/short-label.js";

/** @import { Classification } from "../../../protocol.d.ts" */

/**
 * "chelsea.png: Cat · 97% (Animal › Cat; Pets)".
 * @param {string} name
 * @param {Classification} result
 */
export function answerText(name, result) {
  const { certain, candidates, path, category } = result;
  const guesses = candidates.map(({ label, score }) => `${label} ${formatPercent(score)}`).join(", ");
  const more = certain ? [path.join(" › "), category].filter(Boolean).join("; ") : `best guesses: ${guesses}`;
  return `${name}: ${shortAnswer(result)}${more && ` (${more})`}`;
}
