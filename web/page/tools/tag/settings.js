/** The user's settings for tagging. They apply to all pictures; which of them last is said in `stored-data.js`. */

import { Emitter } from "../../lib/emitter.js";
import { recall, remember } from "../../lib/local-storage.js";

/** @import { Tag } from "../../../protocol.d.ts" */

/** @typedef {"main" | "broader" | "all"} Level which tags become keywords */

const BOXES = "onsight.tag.boxes";
const KEYWORDS = "onsight.tag.keywords";
const ALT_TEXT = "onsight.tag.alt-text";

/** @extends {Emitter<{change: "filter" | "look"}>} what has to be done again: filtering or tagging */
class Settings extends Emitter {
  /** Minimum confidence in per cent; null lets Python choose. @type {number | null} */
  #percent = null;
  #boxes = recall(BOXES) !== "off";

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
    remember(BOXES, value ? null : "off");
    this.emit("change", "look");
  }

  /** Which tags are copied and saved. @returns {Level} */
  get keywords() {
    const stored = recall(KEYWORDS);
    return stored === "broader" || stored === "all" ? stored : "main";
  }

  set keywords(value) {
    remember(KEYWORDS, value === "main" ? null : value);
  }

  /** Whether the sentence is saved with the tags. */
  get altText() {
    return recall(ALT_TEXT) === "on";
  }

  set altText(value) {
    remember(ALT_TEXT, value ? "on" : null);
  }

  /**
   * Whether a tag is one of those that describe the picture. Python's option `threshold` has the same effect as the
   * user's minimum. The user's own tags always are.
   * @param {Tag} tag
   */
  passes({ source, shown, score }) {
    if (source === "user") return true;
    return this.#percent === null ? shown : score >= this.#percent / 100;
  }

  /**
   * Whether a tag applies: it describes the picture, or says less about it.
   * @param {Tag} tag
   */
  applies(tag) {
    return this.passes(tag) || (this.#percent === null && tag.level !== "unlikely");
  }
}

export const settings = new Settings();
