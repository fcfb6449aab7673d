/** Divides the canvas into one pane, or two for before and after, side by side or stacked: whichever shows them larger. */

import { fit } from "./transform.js";

/** @import { Size } from "./transform.js" */

/** @typedef {{x: number, y: number}} Point */

/**
 * @typedef {object} Panes in device pixels
 * @property {Size} pane size of each
 * @property {[Point] | [Point, Point]} corners
 */

/**
 * @param {Size} canvas
 * @returns {Panes}
 */
export function onePane({ width, height }) {
  return { pane: { width: Math.max(1, width), height: Math.max(1, height) }, corners: [{ x: 0, y: 0 }] };
}

/**
 * @param {Size} canvas
 * @param {Size} picture
 * @param {number} gap between the two
 * @returns {Panes}
 */
export function twoPanes({ width, height }, picture, gap) {
  const beside = { width: half(width, gap), height: Math.max(1, height) };
  const stacked = { width: Math.max(1, width), height: half(height, gap) };
  if (fit(stacked, picture).scale > fit(beside, picture).scale) {
    return { pane: stacked, corners: [{ x: 0, y: 0 }, { x: 0, y: stacked.height + gap }] };
  }
  return { pane: beside, corners: [{ x: 0, y: 0 }, { x: beside.width + gap, y: 0 }] };
}

/**
 * @param {number} length
 * @param {number} gap
 */
function half(length, gap) {
  return Math.max(1, Math.floor((length - gap) / 2));
}
