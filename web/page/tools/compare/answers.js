/** The current comparison of a picture. The engine caches the networks' outputs, so another choice runs no network. */

import { choices } from "./choices.js";

/** @import { Comparison } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */

/** The result for the latest choices, by the engine's first result. @type {WeakMap<Comparison, {key: string, now: Comparison}>} */
const answers = new WeakMap();

/**
 * Compare classification and tagging of a picture.
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
 * Whether the result matches the current choices.
 * @param {Blob} file
 * @param {Comparison} result of the engine
 */
export function isCurrent(file, result) {
  return answers.get(result)?.key === JSON.stringify(choices.options(file));
}

/**
 * Request the result for the current choices, and request it again if they have changed in the meantime.
 * @param {Onsight} onsight
 * @param {Blob} file
 * @param {Comparison} result of the engine
 */
export async function refresh(onsight, file, result) {
  while (!isCurrent(file, result)) {
    const options = choices.options(file);
    const now = await onsight.compare(file, { ...options, urgent: true });
    answers.set(result, { key: JSON.stringify(options), now });
  }
}

/**
 * The latest result.
 * @param {Comparison} result of the engine
 * @returns {Comparison}
 */
export function current(result) {
  return answers.get(result)?.now ?? result;
}
