/** Suggestions below the search field: completions of what is being typed, with numbers. */

import { announce } from "../../lib/announce.js";
import { elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { OptionList } from "../../lib/option-list.js";
import { plural } from "../../lib/texts.js";

/** @import { Suggested } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** Suggestions are requested this many milliseconds after the last key press. */
const PAUSE_MS = 60;

export class Suggestions {
  #library;
  #input;
  #options;
  #onChoose;
  /** @type {Suggested[]} */
  #offered = [];
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
    const list = ref(root, "suggestions");
    this.#options = new OptionList(input, list, {
      onChoose: (index) => this.#choose(this.#offered[index]),
      // Scroll the list, and not the page.
      reveal: ({ offsetTop, offsetHeight }) => {
        list.scrollTop = Math.min(offsetTop, Math.max(list.scrollTop, offsetTop + offsetHeight - list.clientHeight));
      },
    });
    this.#onChoose = onChoose;
    listen(input, "input", () => this.#wait());
    listen(input, "blur", () => this.close());
  }

  /**
   * Handle a key, before the search field does.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the list has used it
   */
  press(event) {
    if (event.isComposing || !this.#options.isOpen) return false;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#options.move(key);
    } else if (key === "Enter" && this.#options.active >= 0) {
      this.#choose(this.#offered[this.#options.active]);
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
    const wasOpen = this.#options.isOpen;
    this.#offered = suggestions;
    this.#options.show(suggestions.map((one, index) => optionOf(one, index)));
    const isOpen = this.#options.isOpen;
    if (isOpen && !wasOpen) announce(plural(suggestions.length, "{count} suggestion.", "{count} suggestions."));
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
