/** Which views of a picture are wanted, and how large, by what is seen of it. */

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Region, Slot, View, PreviewRequest } from "./previews.js" */

/** Longest side of a view of the whole picture, in pixels: one of these. */
const SIDES = [800, 1200, 1600];
/** The same of a part of it. There are few, as the engine keeps the picture in the size that each of them needs. */
const PART_SIDES = [1024, 1536, 2048, 3072, 4096];
/**
 * @param {EnhanceSettings} settings
 * @param {EnhanceSettings | null} original what is compared with; null for nothing
 * @param {number} side longest side that the whole picture is shown with, in pixels of the screen
 * @param {{region: Region, maxSide: number} | null} detail a part that is seen nearer
 * @returns {[Slot, PreviewRequest][]} the most urgent first
 */
export function previewRequestsFor(settings, original, side, detail) {
  const whole = { region: null, maxSide: atLeast(side, SIDES) };
  /** @type {[Slot, PreviewRequest][]} */
  const requests = [["after", { settings, ...whole }]];
  if (original) requests.push(["before", { settings: original, ...whole }]);
  if (detail) requests.unshift(["afterDetail", { settings, ...detail }]); // what is looked at comes first
  if (detail && original) requests.push(["beforeDetail", { settings: original, ...detail }]);
  return requests;
}

/**
 * @param {View} view of the whole
 * @param {Region} region
 * @param {number} scale pixels of the screen for one of the picture
 */
export function detailOf({ preview }, region, scale) {
  const side = Math.max((region[2] - region[0]) * preview.full_width, (region[3] - region[1]) * preview.full_height);
  return { region, maxSide: atLeast(side * Math.min(1, scale), PART_SIDES) };
}

/**
 * Whether the picture has more pixels to show than a view of it.
 * @param {View} view
 * @param {number} scale pixels of the screen for one of the picture
 */
export function isTooSmall({ isDraft, preview: { width: own, full_width: full } }, scale) {
  const width = isDraft ? 2 * own : own;
  return full > width && scale * full > width * 1.02;
}

/**
 * @param {number} wanted
 * @param {readonly number[]} sides rising
 */
function atLeast(wanted, sides) {
  return sides.find((side) => side >= wanted) ?? /** @type {number} */ (sides.at(-1));
}
