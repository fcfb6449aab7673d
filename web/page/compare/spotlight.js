/** What is looked at: under the pointer, else with the focus, else pressed. It is shown over the picture. */

import { Emitter } from "../emitter.js";

/** @import { HeatMap } from "../../protocol.d.ts" */

/**
 * @typedef {object} Sight
 * @property {string} key
 * @property {string} text what is said below the picture
 * @property {HeatMap | null} heatMap null for the picture as a whole
 */

/** @extends {Emitter<{change: Sight | null}>} */
export class Spotlight extends Emitter {
  /** @type {Sight | null} */
  #pointed = null;
  /** @type {Sight | null} */
  #focused = null;
  /** @type {Sight | null} */
  #pinned = null;

  get active() {
    return this.#pointed ?? this.#focused ?? this.#pinned;
  }

  /** @param {string} key */
  isPinned(key) {
    return this.#pinned?.key === key;
  }

  get pinned() {
    return this.#pinned;
  }

  clear() {
    this.#pointed = this.#focused = this.#pinned = null;
    this.emit("change", null);
  }

  /**
   * Have an element light up what it stands for.
   * @param {HTMLElement} element
   * @param {() => Sight | null} sight of now
   */
  follow(element, sight) {
    element.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") this.#set(() => (this.#pointed = sight()));
    });
    element.addEventListener("pointerleave", () => this.#set(() => (this.#pointed = null)));
    element.addEventListener("focusin", () => {
      if (element.matches(":focus-visible") || element.querySelector(":focus-visible")) {
        this.#set(() => (this.#focused = sight()));
      }
    });
    element.addEventListener("focusout", () => this.#set(() => (this.#focused = null)));
  }

  /**
   * Keep it in the light, or let go of it if it is kept.
   * @param {Sight} sight
   */
  pin(sight) {
    this.#set(() => (this.#pinned = this.isPinned(sight.key) ? null : sight));
  }

  /** @param {() => void} change */
  #set(change) {
    change();
    this.emit("change", this.active);
  }
}
