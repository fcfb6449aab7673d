/** Decides which previews of a picture to request, and in which size, from the visible part. */

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Region, Slot, View, PreviewRequest } from "./previews.js" */

/** Sizes for previews of the whole picture: the longest side in pixels. */
const SIDES = [800, 1200, 1600];
/** Sizes for previews of a region. There are few, as the engine caches the picture in the size that each of them needs. */
const PART_SIDES = [1024, 1536, 2048, 3072, 4096];
/**
 * @param {EnhanceSettings} settings
 * @param {EnhanceSettings | null} original settings of the picture to compare with; null for no comparison
 * @param {number} side longest side of the whole picture on the screen, in device pixels
 * @param {{region: Region, maxSide: number} | null} detail the region to show in more detail
 * @returns {[Slot, PreviewRequest][]} the most urgent first
 */
export function previewRequestsFor(settings, original, side, detail) {
  const whole = { region: null, maxSide: atLeast(side, SIDES) };
  /** @type {[Slot, PreviewRequest][]} */
  const requests = [["after", { settings, ...whole }]];
  if (original) requests.push(["before", { settings: original, ...whole }]);
  if (detail) requests.unshift(["afterDetail", { settings, ...detail }]); // the visible region comes first
  if (detail && original) requests.push(["beforeDetail", { settings: original, ...detail }]);
  return requests;
}

/**
 * @param {View} view of the whole
 * @param {Region} region
 * @param {number} scale device pixels per pixel of the picture
 */
export function detailOf({ preview }, region, scale) {
  const side = Math.max((region[2] - region[0]) * preview.full_width, (region[3] - region[1]) * preview.full_height);
  return { region, maxSide: atLeast(side * Math.min(1, scale), PART_SIDES) };
}

/**
 * Whether the screen could show more pixels of the picture than a preview has.
 * @param {View} view
 * @param {number} scale device pixels per pixel of the picture
 */
export function isTooSmall({ isDraft, preview: { width: own, full_width: full } }, scale) {
  const width = isDraft ? 2 * own : own;
  return full > width && scale * full > width * 1.02;
}

/**
 * @param {number} wanted
 * @param {readonly number[]} sides in ascending order
 */
function atLeast(wanted, sides) {
  return sides.find((side) => side >= wanted) ?? /** @type {number} */ (sides.at(-1));
}
