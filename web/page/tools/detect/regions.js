/** The areas to blur in each picture: detected boxes and the user's own rectangles. */

import { Emitter } from "../../lib/emitter.js";

/** @import { Box, ImageInfo } from "../../../protocol.d.ts" */
/** @import { Picture } from "../../workspace/pictures.js" */

/**
 * @typedef {object} Region in pixels of the upright picture
 * @property {string} name shown to the user
 * @property {number} x1
 * @property {number} y1
 * @property {number} x2
 * @property {number} y2
 */

/** @extends {Emitter<{change: void}>} */
class Regions extends Emitter {
  /** They are kept when the user switches to another picture or tool. @type {WeakMap<Picture, Region[]>} */
  #byPicture = new WeakMap();

  /**
   * @param {Picture} picture
   * @returns {readonly Region[]}
   */
  of(picture) {
    return this.#byPicture.get(picture) ?? [];
  }

  /**
   * @param {Picture} picture
   * @param {Region} region
   */
  add(picture, region) {
    this.#byPicture.set(picture, [...this.of(picture), region]);
    this.emit("change", undefined);
  }

  /**
   * @param {Picture} picture
   * @param {Region} region
   */
  remove(picture, region) {
    this.#byPicture.set(picture, this.of(picture).filter((other) => other !== region));
    this.emit("change", undefined);
  }

  /**
   * Move or resize a region within the picture.
   * @param {Region} region
   * @param {{x1: number, y1: number, x2: number, y2: number}} place
   * @param {ImageInfo} size
   */
  place(region, place, size) {
    Object.assign(region, within(place, size));
    this.emit("change", undefined);
  }

  /**
   * The region that was made from a box, unless it was moved or resized since.
   * @param {Picture} picture
   * @param {Box} box
   */
  find(picture, { x1, y1, x2, y2 }) {
    return this.of(picture).find((one) => one.x1 === x1 && one.y1 === y1 && one.x2 === x2 && one.y2 === y2);
  }
}

export const regions = new Regions();

/**
 * Clip a rectangle to the picture and make it at least a pixel large. Its corners may be in any order.
 * @param {{x1: number, y1: number, x2: number, y2: number}} place
 * @param {ImageInfo} size
 */
export function within({ x1, y1, x2, y2 }, { width, height }) {
  const [left, right] = span(x1, x2, width);
  const [top, bottom] = span(y1, y2, height);
  return { x1: left, y1: top, x2: right, y2: bottom };
}

/**
 * @param {number} one
 * @param {number} other
 * @param {number} length
 * @returns {[number, number]}
 */
function span(one, other, length) {
  const low = Math.max(0, Math.min(Math.min(one, other), length - 1));
  const high = Math.min(length, Math.max(Math.max(one, other), low + 1));
  return [low, high];
}
