/** Which box is looked at: the one under the pointer, else the one with the focus, else the one that was pressed. */

import { Emitter } from "../emitter.js";

/** @import { Box } from "../../protocol.d.ts" */

/** @extends {Emitter<{change: Box | null}>} */
export class Spotlight extends Emitter {
  /** @type {Box | null} */
  #pointed = null;
  /** @type {Box | null} */
  #focused = null;
  /** @type {Box | null} */
  #pinned = null;

  get active() {
    return this.#pointed ?? this.#focused ?? this.#pinned;
  }

  /** The one that stays in the light when nothing is pointed at. */
  get pinned() {
    return this.#pinned;
  }

  /** @param {Box | null} box */
  point(box) {
    this.#pointed = box;
    this.emit("change", this.active);
  }

  /** @param {Box | null} box */
  focus(box) {
    this.#focused = box;
    this.emit("change", this.active);
  }

  /**
   * Keep a box in the light, or let go of it if it is kept.
   * @param {Box} box
   */
  pin(box) {
    this.#pinned = box === this.#pinned ? null : box;
    this.emit("change", this.active);
  }

  /**
   * Forget boxes that are not shown any more.
   * @param {readonly Box[]} shown
   */
  keep(shown) {
    const kept = (/** @type {Box | null} */ box) => (box && shown.includes(box) ? box : null);
    this.#pointed = kept(this.#pointed);
    this.#focused = kept(this.#focused);
    this.#pinned = kept(this.#pinned);
    this.emit("change", this.active);
  }
}
