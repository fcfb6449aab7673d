/** Paints where the network looked. The values are Python's; here is only colour. */

/** @import { HeatMap } from "../../protocol.d.ts" */

/** Longest side of the painting in pixels; the browser enlarges it smoothly from there. */
const MAX_SIDE = 256;
const ALPHA = 0.62;

/** Ten even steps of "inferno" (matplotlib, CC0): lightness rises evenly, and it survives colour blindness. */
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
export function paintHeatMap(canvas, heatMap) {
  const [x1, y1, x2, y2] = heatMap.box;
  const scale = MAX_SIDE / Math.max(x2 - x1, y2 - y1, 1);
  canvas.width = Math.max(1, Math.round((x2 - x1) * scale));
  canvas.height = Math.max(1, Math.round((y2 - y1) * scale));
  paint(canvas, ALPHA, (x, y) => valueAt(heatMap, x, y));
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
 * @param {(x: number, y: number) => number} value in [0, 1], at a place given in [0, 1]
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
 * Read the map between its cells' centres (bilinear), and at the nearest centre beyond them.
 * @param {HeatMap} heatMap
 * @param {number} x across the map, in [0, 1]
 * @param {number} y down the map, in [0, 1]
 */
function valueAt({ width, height, values }, x, y) {
  const column = clamp(x * width - 0.5, width - 1);
  const row = clamp(y * height - 0.5, height - 1);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + 1, height - 1);
  const upper = mix(values[top * width + left] ?? 0, values[top * width + right] ?? 0, column - left);
  const lower = mix(values[bottom * width + left] ?? 0, values[bottom * width + right] ?? 0, column - left);
  return mix(upper, lower, row - top);
}

/** @param {number} a @param {number} b @param {number} share of b */
function mix(a, b, share) {
  return a + (b - a) * share;
}

/** @param {number} value @param {number} high */
function clamp(value, high) {
  return Math.min(Math.max(value, 0), high);
}
