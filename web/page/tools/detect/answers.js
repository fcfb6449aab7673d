/**
 * The current boxes of a picture. The engine caches the network's outputs, so a request with another overlap or other
 * kinds of objects runs no network. A change of the minimum confidence only hides or shows boxes, so it needs no request.
 */

import { LEAST, settings } from "./settings.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */

/**
 * @typedef {object} Answer
 * @property {string} key of the settings
 * @property {Detection} all kinds
 * @property {Detection} chosen without the kinds that the user turned off
 */

/** By the engine's first result. @type {WeakMap<Detection, Answer>} */
const answers = new WeakMap();

/**
 * Find the objects in a picture.
 * @param {Onsight} onsight
 * @param {Blob} file
 * @param {CallOptions} options
 * @returns {Promise<Detection>}
 */
export async function look(onsight, file, options) {
  const { key, overlap, denied, thorough, tiled } = settings;
  await settings.learn(onsight);
  const result = await onsight.detect(file, { ...options, score: LEAST, iou: overlap / 100, thorough, tiled });
  if (!denied.size) answers.set(result, { key, all: result, chosen: result });
  return result;
}

/**
 * Whether the boxes match the settings.
 * @param {Detection} result of the engine
 */
export function isCurrent(result) {
  return answers.get(result)?.key === settings.key;
}

/**
 * Request the boxes for the current settings, if they have changed. A box that has not changed stays the same object, so
 * that it stays highlighted.
 * @param {Onsight} onsight
 * @param {Blob} file
 * @param {Detection} result of the engine
 * @param {CallOptions} [options]
 */
export async function choose(onsight, file, result, options = {}) {
  if (isCurrent(result)) return;
  const { key, overlap, denied, thorough, tiled } = settings;
  const asked = { ...options, score: LEAST, iou: overlap / 100, thorough, tiled };
  const all = await onsight.detect(file, asked);
  const chosen = denied.size ? await onsight.detect(file, { ...asked, deny: [...denied] }) : all;
  const known = new Map((answers.get(result)?.all ?? result).boxes.map((box) => [box.id, box]));
  const same = (/** @type {Box} */ box) => unlessMoved(known.get(box.id), box);
  all.boxes = all.boxes.map(same);
  for (const box of all.boxes) known.set(box.id, box);
  answers.set(result, { key, all, chosen: { ...chosen, boxes: chosen.boxes.map(same) } });
}

/**
 * The boxes of all kinds with at least the minimum confidence.
 * @param {Detection} result of the engine
 * @returns {Box[]}
 */
export function boxesOfAllKinds(result) {
  return (answers.get(result)?.all ?? result).boxes.filter((box) => settings.passes(box));
}

/**
 * The boxes that are shown. Until the engine has answered, they are those of its first result.
 * @param {Detection} result of the engine
 * @returns {Box[]}
 */
export function shownBoxes(result) {
  const boxes = (isCurrent(result) ? answers.get(result)?.chosen : undefined)?.boxes ?? boxesOfAllKinds(result);
  return boxes.filter((box) => settings.passes(box) && !settings.denied.has(box.label));
}

/**
 * How many boxes are hidden because their confidence is too low.
 * @param {Detection} result of the engine
 */
export function countWeaker(result) {
  const { boxes } = answers.get(result)?.all ?? result;
  return boxes.filter((box) => !settings.passes(box) && !settings.denied.has(box.label)).length;
}

/**
 * How many boxes are hidden because the user turned off their kind.
 * @param {Detection} result of the engine
 */
export function countDenied(result) {
  return boxesOfAllKinds(result).filter(({ label }) => settings.denied.has(label)).length;
}

/**
 * What is copied and saved: the engine's result with the boxes that are shown.
 * @param {Detection} result of the engine
 * @returns {Detection}
 */
export function shownDetection(result) {
  return { ...result, boxes: shownBoxes(result) };
}

/**
 * Return the old box if the new one equals it. Another overlap may move the box of an object.
 * @param {Box | undefined} before
 * @param {Box} now has the same id
 */
function unlessMoved(before, now) {
  const isSame = before && /** @type {const} */ (["score", "x1", "y1", "x2", "y2"]).every((key) => before[key] === now[key]);
  return isSame ? before : now;
}
