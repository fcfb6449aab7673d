/** How many pixels have each level, in red, green and blue; where detail is lost at either end is told in words, too. */

import { part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";

const LEVELS = 256;
/** Levels on each side that a level is averaged with. */
const SMOOTHING = 2;
const INKS = ["#ff3b30", "#22b04b", "#2f6bff"];
/** Share of the pixels at one end from which on it is worth a word. */
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
    // The ends are left out: a black border would flatten all the rest.
    const inner = counts.filter((_, index) => index % LEVELS > 0 && index % LEVELS < LEVELS - 1);
    const top = Math.max(1, ...inner);
    context.globalCompositeOperation = "lighter";
    INKS.forEach((ink, channel) => {
      context.fillStyle = ink;
      context.beginPath();
      context.moveTo(0, height);
      for (let level = 0; level < LEVELS; level += 1) {
        // Smoothed: a picture that was brightened has levels that no pixel has.
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
    this.#tell(counts);
  }

  /** @param {readonly number[]} counts */
  #tell(counts) {
    const total = counts.slice(0, LEVELS).reduce((sum, count) => sum + count, 0) || 1;
    const at = (/** @type {number} */ level) =>
      Math.max(...[0, 1, 2].map((channel) => (counts[channel * LEVELS + level] ?? 0) / total));
    const words = [
      [at(0), "fully dark"],
      [at(LEVELS - 1), "fully bright"],
    ].flatMap(([share, word]) => (Number(share) >= WORTH_SAYING ? [`${formatPercent(Number(share))} ${word}`] : []));
    ref(this.#root, "histogram-text").textContent = words.join(", ");
    this.#canvas.setAttribute("aria-label", ["Brightness of the pixels", ...words].join(", "));
  }
}
