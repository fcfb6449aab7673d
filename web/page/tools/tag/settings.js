/** The user's settings for tagging. They apply to all pictures until the page is closed. */

import { Emitter } from "../../lib/emitter.js";

/** @import { Tag } from "../../../protocol.d.ts" */

/** @extends {Emitter<{change: "filter" | "look"}>} what has to be done again: filtering or tagging */
class Settings extends Emitter {
  /** Minimum confidence in per cent; null lets Python choose. @type {number | null} */
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

  /** Whether detection runs as well. */
  get boxes() {
    return this.#boxes;
  }

  set boxes(value) {
    if (value === this.#boxes) return;
    this.#boxes = value;
    this.emit("change", "look");
  }

  /**
   * Whether a tag is shown. Python's option `threshold` has the same effect. The user's own tags are always shown.
   * @param {Tag} tag
   */
  passes({ source, shown, score }) {
    if (source === "user") return true;
    return this.#percent === null ? shown : score >= this.#percent / 100;
  }
}

export const settings = new Settings();
