/** Which of some things, such as boxes or tags, is highlighted: under the pointer, else with the focus, else pressed. */

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

  /** @param {(a: Thing, b: Thing) => boolean} [isSame] for things that are recreated each time */
  constructor(isSame = Object.is) {
    super();
    this.#isSame = isSame;
  }

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
    this.#pinned = this.#pinned !== null && this.#isSame(thing, this.#pinned) ? null : thing;
    this.emit("change", this.active);
  }

  /**
   * Have an element light up what it stands for.
   * @param {HTMLElement} element
   * @param {() => Thing | null} thing of now
   */
  follow(element, thing) {
    element.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") this.point(thing());
    });
    element.addEventListener("pointerleave", () => this.point(null));
    element.addEventListener("focusin", () => {
      // A click gives the focus, too, but there the press decides.
      if (element.matches(":focus-visible") || element.querySelector(":focus-visible")) this.focus(thing());
    });
    element.addEventListener("focusout", () => this.focus(null));
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

  /** Forget all. */
  clear() {
    this.keep([]);
  }
}
