/** Shows how many pixels have each level in red, green and blue, and says in words how much is clipped at either end. */

import { part, ref } from "../../lib/dom.js";
import { formatList, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";

const LEVELS = 256;
/** Each level is averaged with this many levels on either side. */
const SMOOTHING = 2;
const INKS = ["#ff3b30", "#22b04b", "#2f6bff"];
/** Clipping is mentioned from this share of the pixels. */
const WORTH_SAYING = 0.005;

export class Histogram {
  #root;
  #canvas;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#canvas = part(root, "histogram-canvas", HTMLCanvasElement);
  }

  /** @param {readonly number[]} counts red, then green, then blue */
  show(counts) {
    const context = this.#canvas.getContext("2d");
    if (!context || counts.length !== 3 * LEVELS) return;
    const { width, height } = this.#canvas;
    context.clearRect(0, 0, width, height);
    // Ignore both ends: a black border would flatten everything else.
    const inner = counts.filter((_, index) => index % LEVELS > 0 && index % LEVELS < LEVELS - 1);
    const top = Math.max(1, ...inner);
    context.globalCompositeOperation = "lighter";
    INKS.forEach((ink, channel) => {
      context.fillStyle = ink;
      context.beginPath();
      context.moveTo(0, height);
      for (let level = 0; level < LEVELS; level += 1) {
        // Smooth the curve: brightening leaves levels without pixels.
        let count = 0;
        for (let near = -SMOOTHING; near <= SMOOTHING; near += 1) {
          const other = Math.max(0, Math.min(level + near, LEVELS - 1));
          count += (counts[channel * LEVELS + other] ?? 0) / (2 * SMOOTHING + 1);
        }
        const y = height * (1 - Math.min(1, Math.sqrt(count / top)));
        context.lineTo((level / (LEVELS - 1)) * width, y);
      }
      context.lineTo(width, height);
      context.fill();
    });
    context.globalCompositeOperation = "source-over";
    this.#describe(counts);
  }

  /** @param {readonly number[]} counts */
  #describe(counts) {
    const total = counts.slice(0, LEVELS).reduce((sum, count) => sum + count, 0) || 1;
    const at = (/** @type {number} */ level) =>
      Math.max(...[0, 1, 2].map((channel) => (counts[channel * LEVELS + level] ?? 0) / total));
    const [dark, bright] = [at(0), at(LEVELS - 1)];
    const texts = [
      ...(dark >= WORTH_SAYING ? [t("{share} fully dark", { share: formatPercent(dark) })] : []),
      ...(bright >= WORTH_SAYING ? [t("{share} fully bright", { share: formatPercent(bright) })] : []),
    ];
    ref(this.#root, "histogram-text").textContent = formatList(texts);
    this.#canvas.setAttribute("aria-label", formatList([t("Brightness of the pixels"), ...texts]));
  }
}
