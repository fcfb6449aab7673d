/** What a person chose of how to look and which boxes to see. Chosen once for all pictures, as long as the page lives. */

import { Emitter } from "../../lib/emitter.js";

/** @import { Box } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */

/** The least confidence that can be chosen, as a share of one: nothing below it is asked for. */
export const LEAST = 0.1;

/** Python's default, which "Reset" goes back to. */
export const DEFAULT_OVERLAP = 45;

/** @extends {Emitter<{change: "filter" | "ask" | "look"}>} what has to be done anew: filtering, choosing, looking */
class Settings extends Emitter {
  /** Confidence in per cent; null for each kind's own. @type {number | null} */
  #percent = null;
  /** In per cent. */
  #overlap = DEFAULT_OVERLAP;
  #thorough = false;
  #tiled = false;
  /** Kinds that are not shown. @type {ReadonlySet<string>} */
  #denied = new Set();
  /** Score from which on each kind is shown by default. @type {Map<string, number>} */
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

  /** What the boxes depend on besides the look and the confidence. */
  get key() {
    return JSON.stringify([this.#overlap, [...this.#denied].sort()]);
  }

  /**
   * Whether a box is sure enough. Python would answer the same for a `score`: it drops what is below.
   * @param {Box} box
   */
  passes({ label, score }) {
    return score >= (this.#percent === null ? (this.#thresholds.get(label) ?? 0) : this.#percent / 100);
  }

  /**
   * Ask the engine, once, from which score on it shows each kind.
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
