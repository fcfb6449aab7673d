/** The size of the result: enlarged by a network, or reduced to a longest side. */

import { listen, part, ref } from "../../lib/dom.js";
import { formatDuration, formatFixed } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { sizeText } from "./wording.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Size } from "./transform.js" */

/**
 * @typedef {object} SizeActions
 * @property {(values: Partial<EnhanceSettings>, name: string) => void} set
 */

/** Milliseconds per megapixel of the result, by enlargement. The first estimates are cautious. */
const pace = new Map([
  [1, 1000],
  [2, 2000],
  [4, 2000],
]);

/**
 * Record how long a picture took.
 * @param {number} upscale
 * @param {number} pixels of the result
 * @param {number} milliseconds
 */
export function keepPace(upscale, pixels, milliseconds) {
  if (pixels > 100_000) pace.set(upscale, milliseconds / (pixels / 1e6));
}

/**
 * Estimate how long saving a picture takes, in milliseconds.
 * @param {number} upscale
 * @param {Size} size of the result
 */
function guess(upscale, { width, height }) {
  return ((width * height) / 1e6) * (pace.get(upscale) ?? 0);
}

export class SizePanel {
  #root;
  #side;

  /**
   * @param {HTMLElement} root contains the panel
   * @param {SizeActions} actions
   */
  constructor(root, { set }) {
    this.#root = root;
    this.#side = part(root, "max-side", HTMLInputElement);
    for (const input of this.#factors) {
      listen(input, "change", () => set({ upscale: Number(input.value) }, t("size")));
    }
    listen(this.#side, "change", () => {
      const side = Math.round(this.#side.valueAsNumber);
      set({ max_side: Number.isFinite(side) && side > 0 ? side : 0 }, t("size"));
    });
  }

  /**
   * @param {EnhanceSettings} settings
   * @param {Size | null} size of the result; null until it is known
   */
  show({ upscale, max_side: side }, size) {
    for (const input of this.#factors) input.checked = Number(input.value) === upscale;
    if (document.activeElement !== this.#side) this.#side.value = side ? String(side) : "";
    if (!size) return;
    const megapixels = (size.width * size.height) / 1e6;
    ref(this.#root, "result-size").textContent = t("{size}, {number} megapixels", {
      size: sizeText(size),
      number: formatFixed(megapixels, megapixels < 10 ? 1 : 0),
    });
    const duration = formatDuration(guess(upscale, size));
    ref(this.#root, "result-time").textContent = duration && t("Takes about {duration} to save.", { duration });
  }

  /** @returns {HTMLInputElement[]} */
  get #factors() {
    return [...this.#root.querySelectorAll('input[name="enhance-upscale"]')].filter((input) => input instanceof HTMLInputElement);
  }
}
