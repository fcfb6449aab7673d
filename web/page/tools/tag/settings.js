/** What a person chose of how to look and which tags to see. Chosen once for all pictures, as long as the page lives. */

import { Emitter } from "../../lib/emitter.js";

/** @import { Tag } from "../../../protocol.d.ts" */

/** @extends {Emitter<{change: "filter" | "look"}>} what has to be done anew: filtering, looking */
class Settings extends Emitter {
  /** Confidence in per cent; null for Python's own choice. @type {number | null} */
  #percent = null;
  #boxes = false;

  get percent() {
    return this.#percent;
  }

  set percent(value) {
    if (value === this.#percent) return;
    this.#percent = value;
    this.emit("change", "filter");
  }

  /** Whether detection looks too. */
  get boxes() {
    return this.#boxes;
  }

  set boxes(value) {
    if (value === this.#boxes) return;
    this.#boxes = value;
    this.emit("change", "look");
  }

  /**
   * Whether a tag is shown. Python would say the same of a `threshold`; what a person wrote stays, whatever it is.
   * @param {Tag} tag
   */
  passes({ source, shown, score }) {
    if (source === "user") return true;
    return this.#percent === null ? shown : score >= this.#percent / 100;
  }
}

export const settings = new Settings();
