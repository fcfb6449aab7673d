/** The user's settings for detection. They apply to all pictures until the page is closed. */

import { Emitter } from "../../lib/emitter.js";
import { DEFAULT_OVERLAP } from "./class-data.js";

/** @import { Box } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */

/** The lowest minimum confidence that the user can choose, in [0, 1]. Boxes below it are not requested. */
export const LEAST = 0.1;


/** @extends {Emitter<{change: "filter" | "ask" | "look"}>} what has to be done again: filtering boxes, choosing boxes or running the networks */
class Settings extends Emitter {
  /** Minimum confidence in per cent; null for each kind's own. @type {number | null} */
  #percent = null;
  /** In per cent. */
  #overlap = DEFAULT_OVERLAP;
  #thorough = false;
  #tiled = false;
  /** Kinds that are not shown. @type {ReadonlySet<string>} */
  #denied = new Set();
  /** Each kind's own minimum confidence. @type {Map<string, number>} */
  #thresholds = new Map();
  /** @type {Promise<void> | undefined} */
  #learning;

  get percent() {
    return this.#percent;
  }

  set percent(value) {
    this.#percent = value;
    this.emit("change", "filter");
  }

  get overlap() {
    return this.#overlap;
  }

  set overlap(value) {
    if (value === this.#overlap) return;
    this.#overlap = value;
    this.emit("change", "ask");
  }

  get denied() {
    return this.#denied;
  }

  set denied(value) {
    this.#denied = value;
    this.emit("change", "ask");
  }

  get thorough() {
    return this.#thorough;
  }

  set thorough(value) {
    this.#thorough = value;
    this.emit("change", "look");
  }

  get tiled() {
    return this.#tiled;
  }

  set tiled(value) {
    this.#tiled = value;
    this.emit("change", "look");
  }

  /** Identifies the settings that need a new request, but no run of the networks. */
  get key() {
    return JSON.stringify([this.#overlap, [...this.#denied].sort()]);
  }

  /**
   * Whether a box has the minimum confidence. Python's option `score` has the same effect.
   * @param {Box} box
   */
  passes({ label, score }) {
    return score >= (this.#percent === null ? (this.#thresholds.get(label) ?? 0) : this.#percent / 100);
  }

  /**
   * Ask the engine, once, for each kind's own minimum confidence.
   * @param {Onsight} onsight
   * @returns {Promise<void>}
   */
  learn(onsight) {
    this.#learning ??= onsight.detectionClasses({ urgent: true }).then(
      ({ classes }) => {
        this.#thresholds = new Map(classes.map(({ label, threshold }) => [label, threshold]));
      },
      (error) => {
        this.#learning = undefined;
        throw error;
      },
    );
    return this.#learning;
  }
}

export const settings = new Settings();
