/** Draws before and after: a checkerboard behind transparent areas, a region in full detail, captions in the corners. */

import { ref } from "../../lib/dom.js";

/** @import { Panes, Point } from "./panes.js" */
/** @import { Size } from "./transform.js" */

/** @typedef {CanvasImageSource & {width: number}} Source */

/**
 * @typedef {object} Detail a region in full resolution, drawn over the rest
 * @property {Source} source
 * @property {readonly [x1: number, y1: number, x2: number, y2: number]} region as fractions of the picture
 */

/**
 * @typedef {object} Scene what is drawn
 * @property {Size} size of the result in pixels
 * @property {Source | null} before null until it is available
 * @property {Source | null} after
 * @property {Detail | null} beforeDetail
 * @property {Detail | null} afterDetail
 */

/**
 * @typedef {object} Room in device pixels
 * @property {Size} pane
 * @property {Point} corner of the pane
 * @property {Frame} at position of the whole picture in the pane
 * @property {number} ratio device pixels per CSS pixel
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Frame in device pixels */

/** In CSS pixels. */
const CHECK_SIDE = 8;

/**
 * Draw before or after; if it is not available yet, draw the other in its place.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {"before" | "after"} side
 * @param {Room} room
 * @param {number} [from] left and right edge of the drawn area, within the pane
 * @param {number} [to]
 */
export function paintSide(context, scene, side, { pane, corner, at, ratio }, from = 0, to = pane.width) {
  const isBefore = scene.before !== null && (side === "before" || scene.after === null);
  const whole = isBefore ? scene.before : scene.after;
  if (!whole) return;
  context.save();
  context.beginPath();
  context.rect(corner.x + from, corner.y, to - from, pane.height);
  context.clip();
  const detail = isBefore ? scene.beforeDetail : scene.afterDetail;
  paint(context, whole, detail, { ...at, x: at.x + corner.x, y: at.y + corner.y }, ratio);
  context.restore();
}

/**
 * Place the captions "Before" and "After" in the corners of the pictures.
 * @param {HTMLElement} root contains the captions
 * @param {Frame} at position of the whole picture in its pane
 * @param {Panes} panes
 * @param {number} ratio device pixels per CSS pixel
 */
export function placeCaptions(root, at, { pane, corners: [, second] }, ratio) {
  const left = Math.max(0, at.x) / ratio;
  const top = Math.max(0, at.y) / ratio;
  const right = Math.min(pane.width, at.x + at.width) / ratio;
  const x = second ? `${left + second.x / ratio}px` : `calc(${right}px - 100%)`;
  ref(root, "tag-before").style.translate = `${left}px ${top}px`;
  ref(root, "tag-after").style.translate = `${x} ${top + (second?.y ?? 0) / ratio}px`;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Source} whole
 * @param {Detail | null} detail
 * @param {Frame} at
 * @param {number} ratio
 */
function paint(context, whole, detail, at, ratio) {
  context.fillStyle = checks(context, ratio);
  context.fillRect(at.x, at.y, at.width, at.height);
  draw(context, whole, at);
  if (!detail) return;
  const [x1, y1, x2, y2] = detail.region;
  const x = at.x + Math.round(x1 * at.width);
  const y = at.y + Math.round(y1 * at.height);
  const width = Math.round(x2 * at.width) - Math.round(x1 * at.width);
  const height = Math.round(y2 * at.height) - Math.round(y1 * at.height);
  context.fillRect(x, y, width, height);
  draw(context, detail.source, { x, y, width, height });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Source} source
 * @param {Frame} at
 */
function draw(context, source, { x, y, width, height }) {
  // When zoomed in far enough to see single pixels, do not smooth them.
  const isDraft = source instanceof HTMLCanvasElement && source.hasAttribute("data-draft");
  context.imageSmoothingEnabled = isDraft || width < 2 * source.width;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, x, y, width, height);
}

/** @type {{pattern: CanvasPattern | string, ratio: number} | undefined} */
let checkerboard;

/**
 * The checkerboard behind transparent areas.
 * @param {CanvasRenderingContext2D} context
 * @param {number} ratio
 */
function checks(context, ratio) {
  if (checkerboard?.ratio === ratio) return checkerboard.pattern;
  const side = Math.round(CHECK_SIDE * ratio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = 2 * side;
  const ink = tile.getContext("2d");
  if (ink) {
    ink.fillStyle = "#ffffff";
    ink.fillRect(0, 0, 2 * side, 2 * side);
    ink.fillStyle = "#d4d8d6";
    ink.fillRect(0, 0, side, side);
    ink.fillRect(side, side, side, side);
  }
  checkerboard = { pattern: context.createPattern(tile, "repeat") ?? "#ffffff", ratio };
  return checkerboard.pattern;
}
