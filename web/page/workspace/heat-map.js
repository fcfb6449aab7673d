/** Paints heat maps. Python computes the values; this module turns them into colours. */

/** @import { HeatMap, ImageInfo } from "../../protocol.d.ts" */

/** The longer side of the painted map in pixels; the browser scales it up smoothly. */
const MAX_SIDE = 192;
const ALPHA = 0.62;

/** Ten even steps of "inferno" (matplotlib, CC0). Its lightness rises evenly, so it works for colour-blind people, too. */
const INFERNO = [
  [0, 0, 4],
  [27, 12, 66],
  [75, 12, 107],
  [120, 28, 109],
  [165, 44, 96],
  [207, 68, 70],
  [237, 105, 37],
  [251, 154, 6],
  [247, 208, 60],
  [252, 255, 164],
];

/** 256 colours, `[r, g, b]` one after the other. */
const COLOURS = new Uint8ClampedArray(256 * 3);
for (let index = 0; index < 256; index += 1) {
  const place = (index / 255) * (INFERNO.length - 1);
  const low = /** @type {number[]} */ (INFERNO[Math.floor(place)]);
  const high = /** @type {number[]} */ (INFERNO[Math.ceil(place)]);
  for (let channel = 0; channel < 3; channel += 1) {
    COLOURS[index * 3 + channel] = mix(low[channel] ?? 0, high[channel] ?? 0, place % 1);
  }
}

/**
 * Paint a heat map on a canvas that covers its box.
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} heatMap
 */
function paintHeatMap(canvas, heatMap) {
  const [x1, y1, x2, y2] = heatMap.box;
  const scale = MAX_SIDE / Math.max(x2 - x1, y2 - y1, 1);
  canvas.width = Math.max(1, Math.round((x2 - x1) * scale));
  canvas.height = Math.max(1, Math.round((y2 - y1) * scale));
  paint(canvas, ALPHA, (x, y) => valueAt(heatMap, x, y));
}

/**
 * Paint a heat map over a picture.
 * @param {HTMLElement} frame of the map, inside the picture's frame
 * @param {HTMLCanvasElement} canvas fills the map's frame
 * @param {HeatMap} heatMap
 * @param {ImageInfo} image
 */
export function placeHeatMap({ style }, canvas, heatMap, { width, height }) {
  const [x1, y1, x2, y2] = heatMap.box;
  style.insetInlineStart = `${(100 * x1) / width}%`;
  style.insetBlockStart = `${(100 * y1) / height}%`;
  style.inlineSize = `${(100 * (x2 - x1)) / width}%`;
  style.blockSize = `${(100 * (y2 - y1)) / height}%`;
  paintHeatMap(canvas, heatMap);
}

/**
 * Paint the scale of colours from left to right.
 * @param {HTMLCanvasElement} canvas
 */
export function paintScale(canvas) {
  paint(canvas, 1, (x) => x);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} alpha
 * @param {(x: number, y: number) => number} value in [0, 1], at coordinates in [0, 1]
 */
function paint(canvas, alpha, value) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  if (!context) return;
  const pixels = context.createImageData(width, height);
  let offset = 0;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const colour = Math.round(value((column + 0.5) / width, (row + 0.5) / height) * 255) * 3;
      pixels.data[offset] = COLOURS[colour] ?? 0;
      pixels.data[offset + 1] = COLOURS[colour + 1] ?? 0;
      pixels.data[offset + 2] = COLOURS[colour + 2] ?? 0;
      pixels.data[offset + 3] = alpha * 255;
      offset += 4;
    }
  }
  context.putImageData(pixels, 0, 0);
}

/**
 * Interpolate the map between the centres of its cells. Catmull-Rom splines pass through every value and are smooth;
 * bilinear interpolation of so few cells would show crosses.
 * @param {HeatMap} heatMap
 * @param {number} x across the map, in [0, 1]
 * @param {number} y down the map, in [0, 1]
 * @returns {number} in [0, 1]
 */
function valueAt({ width, height, values }, x, y) {
  const column = x * width - 0.5;
  const row = y * height - 0.5;
  const left = Math.floor(column);
  const top = Math.floor(row);
  const at = (/** @type {number} */ r, /** @type {number} */ c) =>
    values[clamp(r, height - 1) * width + clamp(c, width - 1)] ?? 0;
  const along = (/** @type {number} */ r) =>
    spline(at(r, left - 1), at(r, left), at(r, left + 1), at(r, left + 2), column - left);
  return clamp(spline(along(top - 1), along(top), along(top + 1), along(top + 2), row - top), 1);
}

/**
 * Interpolate between `b` and `c` with a spline that also depends on their neighbours.
 * @param {number} a @param {number} b @param {number} c @param {number} d
 * @param {number} t how far from `b` to `c`
 */
function spline(a, b, c, d, t) {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** @param {number} a @param {number} b @param {number} share of b */
function mix(a, b, share) {
  return a + (b - a) * share;
}

/** @param {number} value @param {number} high */
function clamp(value, high) {
  return Math.min(Math.max(value, 0), high);
}
