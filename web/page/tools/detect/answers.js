/**
 * The boxes of a picture as they are chosen now. The engine keeps what it saw: asked with another overlap or other
 * kinds, it answers without looking again. Confidence alone is a matter of leaving boxes out, which happens here.
 */

import { LEAST, settings } from "./settings.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */

/**
 * @typedef {object} Answer
 * @property {string} key of the settings
 * @property {Detection} all kinds
 * @property {Detection} chosen without the kinds that are denied
 */

/** By the result of the look. @type {WeakMap<Detection, Answer>} */
const answers = new WeakMap();

/**
 * Look at a picture.
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
 * Whether the boxes of a look are those of the settings.
 * @param {Detection} result of the look
 */
export function isCurrent(result) {
  return answers.get(result)?.key === settings.key;
}

/**
 * Ask for the boxes of a look with the settings of now, if need be. A box that was there before stays the same object:
 * what is pointed at stays pointed at.
 * @param {Onsight} onsight
 * @param {Blob} file
 * @param {Detection} result of the look
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
 * The boxes of every kind that are sure enough.
 * @param {Detection} result of the look
 * @returns {Box[]}
 */
export function boxesOfAllKinds(result) {
  return (answers.get(result)?.all ?? result).boxes.filter((box) => settings.passes(box));
}

/**
 * The boxes that are shown. Until the engine has been asked they are those of the look.
 * @param {Detection} result of the look
 * @returns {Box[]}
 */
export function shownBoxes(result) {
  const boxes = (isCurrent(result) ? answers.get(result)?.chosen : undefined)?.boxes ?? boxesOfAllKinds(result);
  return boxes.filter((box) => settings.passes(box) && !settings.denied.has(box.label));
}

/**
 * How many boxes are left out for want of confidence.
 * @param {Detection} result of the look
 */
export function countWeaker(result) {
  const { boxes } = answers.get(result)?.all ?? result;
  return boxes.filter((box) => !settings.passes(box) && !settings.denied.has(box.label)).length;
}

/**
 * How many boxes are left out because their kind is not chosen.
 * @param {Detection} result of the look
 */
export function countDenied(result) {
  return boxesOfAllKinds(result).filter(({ label }) => settings.denied.has(label)).length;
}

/**
 * What is copied and saved: the look's result with the boxes that are shown.
 * @param {Detection} result of the look
 * @returns {Detection}
 */
export function shownDetection(result) {
  return { ...result, boxes: shownBoxes(result) };
}

/**
 * The box of before if the box of now is the same, else that of now: another overlap may move an object's box.
 * @param {Box | undefined} before
 * @param {Box} now of the same id
 */
function unlessMoved(before, now) {
  const isSame = before && /** @type {const} */ (["score", "x1", "y1", "x2", "y2"]).every((key) => before[key] === now[key]);
  return isSame ? before : now;
}
