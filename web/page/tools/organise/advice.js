/** What the page says when a search finds nothing: unknown words, other spellings, and the nearest pictures. */

import { listen, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";

/** @import { SearchAdvice } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

export class Advice {
  #root;
  #library;
  #write;
  /** The query that was asked about last. */
  #query = "";

  /**
   * @param {HTMLElement} root
   * @param {Library} library
   * @param {(query: string) => void} write searches for another query
   */
  constructor(root, library, write) {
    this.#root = root;
    this.#library = library;
    this.#write = write;
  }

  /** Hide the advice, since something was found or another query is being typed. */
  hide() {
    this.#query = "";
    this.#fill({ sentences: [], spellings: [], nearest: [], nearest_are: "" });
  }

  /**
   * Show advice about a query that finds nothing.
   * @param {string} query
   * @returns {Promise<number[]>} the nearest pictures; empty if another query has been asked about since
   */
  async show(query) {
    this.#query = query;
    try {
      const advice = await this.#library.methods.advise({ query });
      if (query !== this.#query) return [];
      this.#fill(advice);
      return advice.nearest;
    } catch {
      return []; // that nothing was found is shown anyway
    }
  }

  /** @param {SearchAdvice} advice */
  #fill({ sentences, spellings, nearest_are }) {
    const texts = sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    });
    ref(this.#root, "none-general").hidden = texts.length > 0;
    ref(this.#root, "none-sentences").replaceChildren(...texts);
    const did = ref(this.#root, "did-you-mean");
    did.hidden = spellings.length === 0;
    ref(did, "spellings").replaceChildren(
      ...spellings.map(({ query, words, count }) => {
        const press = document.createElement("button");
        press.type = "button";
        press.className = "button button--small";
        press.textContent = `${words} · ${formatCount(count)}`;
        listen(press, "click", () => this.#write(query));
        return press;
      }),
    );
    const nearest = ref(this.#root, "nearest");
    nearest.hidden = !nearest_are;
    nearest.textContent = nearest_are;
  }
}
