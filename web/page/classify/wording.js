/** A classification in one line, for the list, the clipboard and the screen reader. The words themselves are Python's. */

import { formatPercent, withPlainSpaces } from "../format.js";

/** @import { Classification } from "../../protocol.d.ts" */

/**
 * "Cat · 97 %".
 * @param {Classification} result
 */
export function shortAnswer({ label, score, certain }) {
  return certain ? `${label} · ${formatPercent(score)}` : label;
}

/**
 * "chelsea.png: Cat · 97 % (Animal › Cat; Pets)".
 * @param {string} name
 * @param {Classification} result
 */
export function answerText(name, result) {
  const { certain, candidates, path, category } = result;
  const guesses = candidates.map(({ label, score }) => `${label} ${formatPercent(score)}`).join(", ");
  const more = certain ? [path.join(" › "), category].filter(Boolean).join("; ") : `best guesses: ${guesses}`;
  return withPlainSpaces(`${name}: ${shortAnswer(result)}${more && ` (${more})`}`);
}
