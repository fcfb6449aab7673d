/** Suggestions below the search field: completions of what is being typed, with numbers. A combobox (ARIA 1.2). */

import { announce } from "../../lib/announce.js";
import { elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { plural } from "../../lib/texts.js";

/** @import { Suggested } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** Suggestions are requested this many milliseconds after the last key press. */
const PAUSE_MS = 60;

export class Suggestions {
  #library;
  #input;
  #list;
  #onChoose;
  /** @type {Suggested[]} */
  #offered = [];
  #active = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;

  /**
   * @param {HTMLElement} root contains the list
   * @param {HTMLInputElement} input
   * @param {Library} library
   * @param {(query: string) => void} onChoose
   */
  constructor(root, input, library, onChoose) {
    this.#library = library;
    this.#input = input;
    this.#list = ref(root, "suggestions");
    this.#onChoose = onChoose;
    listen(input, "input", () => this.#wait());
    listen(input, "blur", () => this.close());
    // A press must not move the focus: blurring the field would close the list before the click arrives.
    listen(this.#list, "pointerdown", (event) => event.preventDefault());
    listen(this.#list, "click", ({ target }) => {
      const index = [...this.#list.children].findIndex((option) => option.contains(target));
      this.#choose(this.#offered[index]);
    });
  }

  /**
   * Handle a key, before the search field does.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the list has used it
   */
  press(event) {
    const count = this.#offered.length;
    if (event.isComposing || !count) return false;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      // There is one more position than there are suggestions: the text as it was typed.
      this.#activate(((this.#active + 1 + (key === "ArrowDown" ? 1 : count)) % (count + 1)) - 1);
    } else if (key === "Enter" && this.#active >= 0) {
      this.#choose(this.#offered[this.#active]);
    } else if (key === "Escape") {
      this.close();
    } else {
      if (key === "Enter") this.close();
      return false;
    }
    event.preventDefault();
    return true;
  }

  close() {
    clearTimeout(this.#typing);
    this.#offer([]);
  }

  #wait() {
    clearTimeout(this.#typing);
    if (!this.#input.value.trim()) return this.close();
    this.#typing = setTimeout(() => void this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const query = this.#input.value;
    try {
      const { suggestions } = await this.#library.methods.suggest({ query });
      const isOld = query !== this.#input.value || document.activeElement !== this.#input;
      // A single suggestion that is already there says nothing new.
      const isNews = suggestions.some((one) => one.query !== query.trim().toLowerCase());
      if (!isOld) this.#offer(isNews ? suggestions : []);
    } catch {
      this.#offer([]); // the search itself reports errors
    }
  }

  /** @param {Suggested[]} suggestions */
  #offer(suggestions) {
    const wasOpen = this.#offered.length > 0;
    this.#offered = suggestions;
    this.#list.replaceChildren(...suggestions.map((one, index) => optionOf(one, index)));
    const isOpen = suggestions.length > 0;
    this.#list.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", String(isOpen));
    this.#activate(-1);
    if (isOpen && !wasOpen) announce(plural(suggestions.length, "{count} suggestion.", "{count} suggestions."));
  }

  /** @param {number} index of the suggestion that Enter accepts; -1 for the text as typed */
  #activate(index) {
    this.#active = index;
    for (const [place, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(place === index));
      if (place === index) this.#show(/** @type {HTMLElement} */ (option));
    }
    if (index < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `suggestion-${index}`);
  }

  /**
   * Scroll the list, and not the page, to a suggestion.
   * @param {HTMLElement} option
   */
  #show({ offsetTop, offsetHeight }) {
    const { scrollTop, clientHeight } = this.#list;
    this.#list.scrollTop = Math.min(offsetTop, Math.max(scrollTop, offsetTop + offsetHeight - clientHeight));
  }

  /** @param {Suggested | undefined} suggestion */
  #choose(suggestion) {
    if (!suggestion) return;
    this.close();
    this.#onChoose(suggestion.query);
    this.#input.focus();
  }
}

/** @param {Suggested} suggestion @param {number} index */
function optionOf({ query, count }, index) {
  const option = elementFromTemplate("organise-suggestion");
  option.id = `suggestion-${index}`;
  ref(option, "words").textContent = query;
  ref(option, "count").textContent = formatCount(count);
  option.setAttribute("aria-label", plural(count, "{query}, {count} picture", "{query}, {count} pictures", { query }));
  return option;
}
