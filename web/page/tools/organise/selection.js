/** The selected pictures, in the order in which they are shown. */

import { Emitter } from "../../lib/emitter.js";

/** @extends {Emitter<{change: null}>} */
export class Selection extends Emitter {
  /** @type {Set<number>} */
  #ids = new Set();
  /** @type {readonly number[]} */
  #shown = [];
  /** Index where a range begins. */
  #anchor = 0;
  /** What was selected before the range. @type {Set<number>} */
  #before = new Set();

  get size() {
    return this.#ids.size;
  }

  /** In the order in which they are shown. */
  get ids() {
    return this.#ids.size ? this.#shown.filter((id) => this.#ids.has(id)) : [];
  }

  /** @param {number} id */
  has(id) {
    return this.#ids.has(id);
  }

  /**
   * Set the pictures that are shown, and deselect all others.
   * @param {readonly number[]} shown
   */
  setShown(shown) {
    this.#shown = shown;
    const kept = new Set(shown.filter((id) => this.#ids.has(id)));
    const isSame = kept.size === this.#ids.size;
    this.#ids = kept;
    if (!isSame) this.emit("change", null);
  }

  /** @param {number} index among the shown pictures */
  toggle(index) {
    const id = this.#shown[index];
    if (id === undefined) return;
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.startAt(index);
    this.emit("change", null);
  }

  /**
   * Begin a range here.
   * @param {number} index
   */
  startAt(index) {
    this.#anchor = index;
    this.#before = new Set(this.#ids);
  }

  /**
   * Select the range from its beginning to here, in addition to what was selected before the range.
   * @param {number} index
   */
  extendTo(index) {
    const [first, last] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)];
    this.#ids = new Set([...this.#before, ...this.#shown.slice(first, last + 1)]);
    this.emit("change", null);
  }

  /** @param {readonly number[]} ids */
  set(ids) {
    const wanted = new Set(ids);
    this.#ids = new Set(this.#shown.filter((id) => wanted.has(id)));
    this.emit("change", null);
  }

  all() {
    this.set(this.#shown);
  }

  clear() {
    if (this.#ids.size) this.set([]);
  }
}
