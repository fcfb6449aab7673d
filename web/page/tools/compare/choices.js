/** What the user tries out: another threshold for tags, which applies to all pictures, and labels that are left out. */

import { Emitter } from "../../lib/emitter.js";

/** @extends {Emitter<{change: undefined}>} */
class Choices extends Emitter {
  /** Threshold of the tags in per cent; null for each tag's own. @type {number | null} */
  #percent = null;
  /** Labels that are left out, by file. @type {WeakMap<Blob, readonly string[]>} */
  #without = new WeakMap();

  get percent() {
    return this.#percent;
  }

  set percent(value) {
    if (value === this.#percent) return;
    this.#percent = value;
    this.emit("change", undefined);
  }

  /**
   * @param {Blob} file
   * @returns {readonly string[]}
   */
  without(file) {
    return this.#without.get(file) ?? [];
  }

  /**
   * @param {Blob} file
   * @param {string} label
   */
  leaveOut(file, label) {
    if (!this.without(file).includes(label)) this.#set(file, [...this.without(file), label]);
  }

  /**
   * @param {Blob} file
   * @param {string} label
   */
  putBack(file, label) {
    this.#set(
      file,
      this.without(file).filter((other) => other !== label),
    );
  }

  /**
   * The options for the engine.
   * @param {Blob} file
   */
  options(file) {
    const without = this.without(file);
    return {
      heatMaps: true,
      ...(this.#percent !== null && { threshold: this.#percent / 100 }),
      ...(without.length > 0 && { without: [...without] }),
    };
  }

  /** @param {Blob} file @param {readonly string[]} labels */
  #set(file, labels) {
    this.#without.set(file, labels);
    this.emit("change", undefined);
  }
}

export const choices = new Choices();
