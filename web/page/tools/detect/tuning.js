/** The controls below the picture: minimum confidence, maximum overlap, and how thoroughly to search. */

import { button, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { DEFAULT_OVERLAP } from "./class-data.js";
import { settings } from "./settings.js";

/** The slider's value while each kind has its own threshold: the threshold that most kinds have. */
const AUTOMATIC_PERCENT = 35;

/** @param {HTMLElement} root contains the controls */
export function setUpTuning(root) {
  const confidence = part(root, "confidence", HTMLInputElement);
  const overlap = part(root, "overlap", HTMLInputElement);
  const thorough = part(root, "thorough", HTMLInputElement);
  const tiled = part(root, "tiled", HTMLInputElement);
  const reset = button(root, "reset");
  const write = () => {
    const { percent } = settings;
    confidence.value = String(percent ?? AUTOMATIC_PERCENT);
    showValue(confidence, ref(root, "confidence-text"), percent === null ? t("Automatic") : formatPercent(percent / 100));
    overlap.value = String(settings.overlap);
    showValue(overlap, ref(root, "overlap-text"), formatPercent(settings.overlap / 100));
    thorough.checked = settings.thorough;
    tiled.checked = settings.tiled;
    reset.disabled = percent === null && settings.overlap === DEFAULT_OVERLAP;
  };
  listen(confidence, "input", () => (settings.percent = confidence.valueAsNumber));
  listen(overlap, "input", () => (settings.overlap = overlap.valueAsNumber));
  listen(thorough, "change", () => (settings.thorough = thorough.checked));
  listen(tiled, "change", () => (settings.tiled = tiled.checked));
  listen(reset, "click", () => {
    settings.percent = null;
    settings.overlap = DEFAULT_OVERLAP;
    confidence.focus();
  });
  write();
  return settings.on("change", write);
}

/**
 * @param {HTMLInputElement} slider
 * @param {HTMLElement} output
 * @param {string} text
 */
function showValue(slider, output, text) {
  output.textContent = text;
  slider.setAttribute("aria-valuetext", text);
}
