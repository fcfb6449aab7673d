/** A classification in one line, for the list, the clipboard and the screen reader. The words themselves are Python's. */

import { formatPercent, withPlainSpaces } from "../format.js";

/** @import { Classification } from "../../protocol.d.ts" */
/** @import { Job } from "../batch.js" */

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

/**
 * What the list says of a picture.
 * @param {Job<Classification>} job
 */
export function jobText(job) {
  if (job.state === "done") return shortAnswer(job.result);
  if (job.state === "failed") return job.error.message;
  return { waiting: "Waiting", working: "Looking…", cancelled: "Cancelled" }[job.state];
}
