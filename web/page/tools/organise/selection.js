/** Which pictures are chosen, in the order of what is shown. */

import { Emitter } from "../../lib/emitter.js";

/** @extends {Emitter<{change: null}>} */
export class Selection extends Emitter {
  /** @type {Set<number>} */
  #ids = new Set();
  /** @type {readonly number[]} */
  #shown = [];
  /** Where a range begins. */
  #anchor = 0;
  /** What was chosen before the range. @type {Set<number>} */
  #before = new Set();

  get size() {
    return this.#ids.size;
  }

  /** In the order of what is shown. */
  get ids() {
    return this.#ids.size ? this.#shown.filter((id) => this.#ids.has(id)) : [];
  }

  /** @param {number} id */
  has(id) {
    return this.#ids.has(id);
  }

  /**
   * Keep of the choice what is still shown.
   * @param {readonly number[]} shown
   */
  setShown(shown) {
    this.#shown = shown;
    const kept = new Set(shown.filter((id) => this.#ids.has(id)));
    const isSame = kept.size === this.#ids.size;
    this.#ids = kept;
    if (!isSame) this.emit("change", null);
  }

  /** @param {number} index of what is shown */
  toggle(index) {
    const id = this.#shown[index];
    if (id === undefined) return;
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.startAt(index);
    this.emit("change", null);
  }

  /**
   * Let ranges begin here.
   * @param {number} index
   */
  startAt(index) {
    this.#anchor = index;
    this.#before = new Set(this.#ids);
  }

  /**
   * Choose all from where ranges begin to here, beside what was chosen before.
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
