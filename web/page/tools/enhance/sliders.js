/** A slider with its number, its reset button, and a bar that shows the distance from the neutral value. */

import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatFixed } from "../../lib/format.js";
import { t } from "../../lib/texts.js";

/** @import { EnhanceControl, EnhanceSettings } from "../../../protocol.d.ts" */

/**
 * @typedef {object} SliderActions
 * @property {(control: EnhanceControl, value: number) => void} set
 * @property {() => void} pause a gesture has ended
 */

/** Controls whose tracks show their effect in colour. */
const COLOURED = new Set(["temperature", "tint", "saturation", "vibrance"]);

/** @typedef {Exclude<keyof EnhanceSettings, "crop" | "black_and_white">} NumberKey */

export class Slider {
  /** The root element. */
  root = elementFromTemplate("enhance-slider");
  #range = part(this.root, "range", HTMLInputElement);
  #number = part(this.root, "number", HTMLInputElement);
  #control;
  #value;

  /**
   * @param {EnhanceControl} control
   * @param {SliderActions} actions
   */
  constructor(control, { set, pause }) {
    const { id, name, low, high, step } = control;
    this.#control = control;
    this.#value = control.neutral;
    const label = part(this.root, "name", HTMLLabelElement);
    label.textContent = name;
    this.#range.id = label.htmlFor = `enhance-${id}`;
    this.#number.setAttribute("aria-label", t("{control}, as a number", { control: name }));
    for (const input of [this.#range, this.#number]) {
      input.min = String(low);
      input.max = String(high);
      input.step = String(step);
    }
    this.#range.style.setProperty("--neutral", String(this.#share(control.neutral)));
    if (COLOURED.has(id)) this.root.dataset.track = id;
    const reset = button(this.root, "reset");
    reset.setAttribute("aria-label", t("Reset {control}", { control: name.toLowerCase() }));
    const back = () => {
      set(control, control.neutral);
      pause();
    };
    listen(this.#range, "input", () => set(control, this.#range.valueAsNumber));
    listen(this.#range, "change", pause);
    listen(this.#range, "dblclick", back);
    listen(label, "dblclick", back);
    listen(this.#number, "change", () => {
      const value = this.#number.valueAsNumber;
      if (Number.isFinite(value)) set(control, Math.max(low, Math.min(value, high)));
      else this.#number.value = String(this.#value);
      pause();
    });
    listen(reset, "click", () => {
      back();
      this.#range.focus();
    });
  }

  /** The control's group. */
  get group() {
    return this.#control.group;
  }

  /** Whether its value is not the neutral one. */
  get isMoved() {
    return this.#value !== this.#control.neutral;
  }

  /** @param {EnhanceSettings} settings */
  show(settings) {
    const { id, neutral, step } = this.#control;
    const value = settings[/** @type {NumberKey} */ (id)];
    this.#value = value;
    const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
    this.#range.value = String(value);
    this.#range.style.setProperty("--value", String(this.#share(value)));
    if (document.activeElement !== this.#number || this.#number.valueAsNumber !== value) {
      this.#number.value = String(Number(value.toFixed(digits)));
    }
    const text = `${value > 0 && this.#control.low < 0 ? "+" : value < 0 ? "−" : ""}${formatFixed(Math.abs(value), digits)}`;
    this.#range.setAttribute("aria-valuetext", value === neutral ? t("{value}, neutral", { value: text }) : text);
    button(this.root, "reset").hidden = value === neutral;
    ref(this.root, "name").toggleAttribute("data-moved", value !== neutral);
  }

  /** @param {number} value */
  #share(value) {
    const { low, high } = this.#control;
    return (value - low) / (high - low);
  }
}
