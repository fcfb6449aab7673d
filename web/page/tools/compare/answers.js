/** The comparison of a picture as it is chosen now. The engine keeps what it saw: no network runs for another choice. */

import { choices } from "./choices.js";

/** @import { Comparison } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */

/** By the result of the look: the answer to the latest choice. @type {WeakMap<Comparison, {key: string, now: Comparison}>} */
const answers = new WeakMap();

/**
 * Look at a picture.
 * @param {Onsight} onsight
 * @param {Blob} file
 * @param {CallOptions} call
 * @returns {Promise<Comparison>}
 */
export async function look(onsight, file, call) {
  const options = choices.options(file);
  const result = await onsight.compare(file, { ...call, ...options });
  answers.set(result, { key: JSON.stringify(options), now: result });
  return result;
}

/**
 * Whether the answer is that to the choices of now.
 * @param {Blob} file
 * @param {Comparison} result of the look
 */
export function isCurrent(file, result) {
  return answers.get(result)?.key === JSON.stringify(choices.options(file));
}

/**
 * Ask again, from memory, until the answer is that to the choices of now.
 * @param {Onsight} onsight
 * @param {Blob} file
 * @param {Comparison} result of the look
 */
export async function refresh(onsight, file, result) {
  while (!isCurrent(file, result)) {
    const options = choices.options(file);
    const now = await onsight.compare(file, { ...options, urgent: true });
    answers.set(result, { key: JSON.stringify(options), now });
  }
}

/**
 * The latest answer.
 * @param {Comparison} result of the look
 * @returns {Comparison}
 */
export function current(result) {
  return answers.get(result)?.now ?? result;
}
