/** The controls below the picture: how sure a tag has to be, and whether detection looks, too. */

import { button, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { settings } from "./settings.js";

/** Where the slider stands while Python chooses: what most tags have for a threshold. */
const AUTOMATIC_PERCENT = 35;

/** @param {HTMLElement} root that holds the controls */
export function setUpTuning(root) {
  const confidence = part(root, "tag-confidence", HTMLInputElement);
  const automatic = button(root, "automatic");
  const boxes = part(root, "with-boxes", HTMLInputElement);
  const write = () => {
    const { percent } = settings;
    const text = percent === null ? "Automatic" : formatPercent(percent / 100);
    confidence.value = String(percent ?? AUTOMATIC_PERCENT);
    confidence.setAttribute("aria-valuetext", text);
    // "Auto" beside it says the rest.
    ref(root, "tag-confidence-text").textContent = percent === null ? "" : text;
    automatic.setAttribute("aria-pressed", String(percent === null));
    boxes.checked = settings.boxes;
  };
  listen(confidence, "input", () => (settings.percent = confidence.valueAsNumber));
  listen(automatic, "click", () => (settings.percent = settings.percent === null ? AUTOMATIC_PERCENT : null));
  listen(boxes, "change", () => (settings.boxes = boxes.checked));
  write();
  return settings.on("change", write);
}
