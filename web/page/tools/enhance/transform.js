/**
 * Positions a picture in a pane by its scale and the point in the middle. Lengths in the pane are device pixels, so a scale
 * of 1 shows each pixel of the picture as one device pixel.
 */

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{scale: number, x: number, y: number}} View the point (x, y) of the picture is in the middle of the pane */

const MAX_SCALE = 16;
/** Small pictures are enlarged to fit by at most this factor. */
const MAX_FIT = 4;
/** Margin around the visible part, in pixels of the picture: filters are less accurate at the edges of a region. */
const AROUND = 24;

/**
 * The whole picture, as large as the pane allows.
 * @param {Size} pane
 * @param {Size} picture
 * @returns {View}
 */
export function fit(pane, picture) {
  const scale = Math.min(pane.width / picture.width, pane.height / picture.height, MAX_FIT);
  return { scale, x: picture.width / 2, y: picture.height / 2 };
}

/**
 * Zoom around a point of the pane.
 * @param {View} view
 * @param {number} scale
 * @param {{x: number, y: number}} at in the pane
 * @param {Size} pane
 * @param {Size} picture
 * @returns {View}
 */
export function zoom(view, scale, at, pane, picture) {
  const least = Math.min(fit(pane, picture).scale, 1);
  const bounded = Math.max(least, Math.min(scale, MAX_SCALE));
  const dx = at.x - pane.width / 2;
  const dy = at.y - pane.height / 2;
  const moved = {
    scale: bounded,
    x: view.x + dx / view.scale - dx / bounded,
    y: view.y + dy / view.scale - dy / bounded,
  };
  return inside(moved, pane, picture);
}

/**
 * Move the picture by a distance in the pane.
 * @param {View} view
 * @param {number} dx
 * @param {number} dy
 * @param {Size} pane
 * @param {Size} picture
 * @returns {View}
 */
export function pan({ scale, x, y }, dx, dy, pane, picture) {
  return inside({ scale, x: x - dx / scale, y: y - dy / scale }, pane, picture);
}

/**
 * The picture's rectangle in the pane, on whole pixels, so that nothing is blurred at a scale of 1.
 * @param {View} view
 * @param {Size} pane
 * @param {Size} picture
 */
export function place({ scale, x, y }, pane, picture) {
  return {
    x: Math.round(pane.width / 2 - x * scale),
    y: Math.round(pane.height / 2 - y * scale),
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
}

/**
 * The visible part of the picture with a small margin, as fractions of the picture.
 * @param {View} view
 * @param {Size} pane
 * @param {Size} picture
 * @returns {readonly [x1: number, y1: number, x2: number, y2: number]}
 */
export function seenOf({ scale, x, y }, pane, { width, height }) {
  const [halfWidth, halfHeight] = [pane.width / scale / 2 + AROUND, pane.height / scale / 2 + AROUND];
  // On whole pixels of the picture, so that the region is aligned with the rest.
  return [
    Math.max(0, Math.floor(x - halfWidth)) / width,
    Math.max(0, Math.floor(y - halfHeight)) / height,
    Math.min(width, Math.ceil(x + halfWidth)) / width,
    Math.min(height, Math.ceil(y + halfHeight)) / height,
  ];
}

/**
 * Leave no gap at the edges if the picture is larger than the pane; centre it if it is smaller.
 * @param {View} view
 * @param {Size} pane
 * @param {Size} picture
 * @returns {View}
 */
export function inside({ scale, x, y }, pane, picture) {
  return { scale, x: along(x, pane.width / scale, picture.width), y: along(y, pane.height / scale, picture.height) };
}

/**
 * @param {number} middle
 * @param {number} seen
 * @param {number} length
 */
function along(middle, seen, length) {
  if (seen >= length) return length / 2;
  return Math.max(seen / 2, Math.min(middle, length - seen / 2));
}
