/** Moves, resizes and shapes the crop rectangle, in fractions of the picture. */

/** @typedef {readonly [x1: number, y1: number, x2: number, y2: number]} Rectangle */
/** @typedef {{left?: boolean, top?: boolean, right?: boolean, bottom?: boolean}} Edges the ones that follow the pointer */

/** @type {Rectangle} */
export const WHOLE = [0, 0, 1, 1];
/** Minimum length of a side. */
const LEAST = 0.02;

/**
 * @param {Rectangle} from
 * @param {number} dx
 * @param {number} dy
 * @returns {Rectangle}
 */
export function moved([x1, y1, x2, y2], dx, dy) {
  const right = Math.max(-x1, Math.min(dx, 1 - x2));
  const down = Math.max(-y1, Math.min(dy, 1 - y2));
  return [x1 + right, y1 + down, x2 + right, y2 + down];
}

/**
 * Drag some edges; the opposite ones stay where they are.
 * @param {Rectangle} from
 * @param {Edges} edges
 * @param {number} dx
 * @param {number} dy
 * @param {number | null} ratio width to height, both as fractions; null for any
 * @returns {Rectangle}
 */
export function resized([x1, y1, x2, y2], { left, top, right, bottom }, dx, dy, ratio) {
  const width = bounded(x2 - x1 + (left ? -dx : right ? dx : 0), left ? x2 : 1 - x1);
  const height = bounded(y2 - y1 + (top ? -dy : bottom ? dy : 0), top ? y2 : 1 - y1);
  if (ratio === null) {
    return [left ? x2 - width : x1, top ? y2 - height : y1, left ? x2 : x1 + width, top ? y2 : y1 + height];
  }
  const isAcross = left || right;
  const isAlong = top || bottom;
  const anchorX = left ? x2 : isAcross ? x1 : (x1 + x2) / 2;
  const anchorY = top ? y2 : isAlong ? y1 : (y1 + y2) / 2;
  const roomX = left ? x2 : isAcross ? 1 - x1 : 2 * Math.min(anchorX, 1 - anchorX);
  const roomY = top ? y2 : isAlong ? 1 - y1 : 2 * Math.min(anchorY, 1 - anchorY);
  // Follow the axis along which the pointer moved further, then limit the result to the available space.
  const wanted = !isAlong ? width : !isAcross ? height * ratio : Math.max(width, height * ratio);
  const least = Math.max(LEAST, LEAST * ratio);
  const across = Math.min(Math.max(wanted, least), roomX, roomY * ratio);
  const along = across / ratio;
  const newX = left ? anchorX - across : isAcross ? anchorX : anchorX - across / 2;
  const newY = top ? anchorY - along : isAlong ? anchorY : anchorY - along / 2;
  return within([newX, newY, newX + across, newY + along]);
}

/**
 * The largest rectangle with an aspect ratio, centred on another rectangle where it fits.
 * @param {Rectangle} from
 * @param {number} ratio width to height, both as fractions
 * @returns {Rectangle}
 */
export function shaped([x1, y1, x2, y2], ratio) {
  const width = Math.min(1, ratio);
  const height = width / ratio;
  const x = Math.max(0, Math.min((x1 + x2 - width) / 2, 1 - width));
  const y = Math.max(0, Math.min((y1 + y2 - height) / 2, 1 - height));
  return within([x, y, x + width, y + height]);
}

/** @param {Rectangle} rectangle */
export function isWhole(rectangle) {
  return rectangle.every((value, index) => Math.abs(value - /** @type {number} */ (WHOLE[index])) < 1e-4);
}

/**
 * @param {number} length
 * @param {number} room
 */
function bounded(length, room) {
  return Math.max(Math.min(LEAST, room), Math.min(length, room));
}

/**
 * Keep a rectangle within the picture despite rounding errors.
 * @param {Rectangle} rectangle
 * @returns {Rectangle}
 */
function within([x1, y1, x2, y2]) {
  return [Math.max(0, x1), Math.max(0, y1), Math.min(1, x2), Math.min(1, y2)];
}
