/** Which of some things, such as boxes, is looked at: the one under the pointer, else the one with the focus, else the one that was pressed. */

import { Emitter } from "../emitter.js";

/**
 * @template Thing
 * @extends {Emitter<{change: Thing | null}>}
 */
export class Spotlight extends Emitter {
  /** @type {Thing | null} */
  #pointed = null;
  /** @type {Thing | null} */
  #focused = null;
  /** @type {Thing | null} */
  #pinned = null;

  get active() {
    return this.#pointed ?? this.#focused ?? this.#pinned;
  }

  /** The one that stays in the light when nothing is pointed at. */
  get pinned() {
    return this.#pinned;
  }

  /** @param {Thing | null} thing */
  point(thing) {
    this.#pointed = thing;
    this.emit("change", this.active);
  }

  /** @param {Thing | null} thing */
  focus(thing) {
    this.#focused = thing;
    this.emit("change", this.active);
  }

  /**
   * Keep a thing in the light, or let go of it if it is kept.
   * @param {Thing} thing
   */
  pin(thing) {
    this.#pinned = thing === this.#pinned ? null : thing;
    this.emit("change", this.active);
  }

  /**
   * Forget things that are not shown any more.
   * @param {readonly Thing[]} shown
   */
  keep(shown) {
    const kept = (/** @type {Thing | null} */ thing) => (thing !== null && shown.includes(thing) ? thing : null);
    this.#pointed = kept(this.#pointed);
    this.#focused = kept(this.#focused);
    this.#pinned = kept(this.#pinned);
    this.emit("change", this.active);
  }
}
