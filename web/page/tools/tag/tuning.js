/** The controls: the minimum confidence of tags, whether detection runs as well, and what is copied and saved. */

import { button, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { settings } from "./settings.js";

/** @import { Level } from "./settings.js" */

/** The slider's value while Python chooses: the threshold that most tags have. */
const AUTOMATIC_PERCENT = 35;

/** @param {HTMLElement} root contains the controls */
export function setUpTuning(root) {
  const confidence = part(root, "tag-confidence", HTMLInputElement);
  const automatic = button(root, "automatic");
  const boxes = part(root, "with-boxes", HTMLInputElement);
  const write = () => {
    const { percent } = settings;
    const text = percent === null ? t("Automatic") : formatPercent(percent / 100);
    confidence.value = String(percent ?? AUTOMATIC_PERCENT);
    confidence.setAttribute("aria-valuetext", text);
    // The button "Auto" next to it is pressed, so no text is needed.
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

/**
 * Which tags are copied and saved, and whether the sentence is.
 * @param {HTMLElement} root contains the choices
 */
export function setUpLeaving(root) {
  const level = part(root, "keyword-level", HTMLSelectElement);
  const altText = part(root, "alt-text", HTMLInputElement);
  level.value = settings.keywords;
  altText.checked = settings.altText;
  listen(level, "change", () => (settings.keywords = /** @type {Level} */ (level.value)));
  listen(altText, "change", () => (settings.altText = altText.checked));
}
