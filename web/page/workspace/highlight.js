/** Which of several things, such as boxes or tags, is highlighted: the one under the pointer, focused or pinned. */

import { Emitter } from "../lib/emitter.js";

/**
 * @template Thing
 * @extends {Emitter<{change: Thing | null}>}
 */
export class Highlight extends Emitter {
  /** @type {Thing | null} */
  #pointed = null;
  /** @type {Thing | null} */
  #focused = null;
  /** @type {Thing | null} */
  #pinned = null;
  #isSame;

  /** @param {(a: Thing, b: Thing) => boolean} [isSame] for things that are created again each time */
  constructor(isSame = Object.is) {
    super();
    this.#isSame = isSame;
  }

  get active() {
    return this.#pointed ?? this.#focused ?? this.#pinned;
  }

  /** The one that stays highlighted when nothing is under the pointer. */
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
   * Pin a thing, or unpin it if it is pinned.
   * @param {Thing} thing
   */
  pin(thing) {
    this.#pinned = this.#pinned !== null && this.#isSame(thing, this.#pinned) ? null : thing;
    this.emit("change", this.active);
  }

  /**
   * Highlight a thing while an element that represents it has the pointer or the focus.
   * @param {HTMLElement} element
   * @param {() => Thing | null} thing called each time
   */
  follow(element, thing) {
    element.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") this.point(thing());
    });
    element.addEventListener("pointerleave", () => this.point(null));
    element.addEventListener("focusin", () => {
      // A click also moves the focus here, but a click pins.
      if (element.matches(":focus-visible") || element.querySelector(":focus-visible")) this.focus(thing());
    });
    element.addEventListener("focusout", () => this.focus(null));
  }

  /**
   * Drop things that are no longer shown.
   * @param {readonly Thing[]} shown
   */
  keep(shown) {
    const kept = (/** @type {Thing | null} */ thing) => (thing !== null && shown.includes(thing) ? thing : null);
    this.#pointed = kept(this.#pointed);
    this.#focused = kept(this.#focused);
    this.#pinned = kept(this.#pinned);
    this.emit("change", this.active);
  }

  /** Drop everything. */
  clear() {
    this.keep([]);
  }
}
