/** The list of options below a text field, which the keyboard goes through: a combobox (ARIA 1.2). */

import { listen } from "./dom.js";

export class OptionList {
  #input;
  #list;
  #reveal;
  #active = -1;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   * @param {object} handlers
   * @param {(index: number) => void} handlers.onChoose an option was pressed
   * @param {(option: HTMLElement) => void} handlers.reveal scrolls to the option that the keyboard reached
   */
  constructor(input, list, { onChoose, reveal }) {
    this.#input = input;
    this.#list = list;
    this.#reveal = reveal;
    // A press must not move the focus: blurring the field would close the list before the click arrives.
    listen(list, "pointerdown", (event) => event.preventDefault());
    listen(list, "click", ({ target }) => {
      const index = this.#options.findIndex((option) => target instanceof Node && option.contains(target));
      if (index >= 0) onChoose(index);
    });
  }

  /** Index of the option that Enter accepts; -1 for the text as it was typed. */
  get active() {
    return this.#active;
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  get #options() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /**
   * Show options, none of them active. Without any, the list is closed.
   * @param {readonly HTMLElement[]} options with ids
   */
  show(options) {
    this.#list.replaceChildren(...options);
    this.#list.hidden = options.length === 0;
    this.#input.setAttribute("aria-expanded", String(this.isOpen));
    this.#activate(-1);
  }

  /** @param {"ArrowDown" | "ArrowUp"} key */
  move(key) {
    const count = this.#list.children.length;
    // There is one more position than there are options: the text as it was typed.
    if (count) this.#activate(((this.#active + 1 + (key === "ArrowDown" ? 1 : count)) % (count + 1)) - 1);
  }

  /** @param {number} index */
  #activate(index) {
    this.#active = index;
    for (const [place, option] of this.#options.entries()) {
      option.setAttribute("aria-selected", String(place === index));
      if (place === index) this.#reveal(option);
    }
    const active = this.#options[index];
    if (active) this.#input.setAttribute("aria-activedescendant", active.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }
}
