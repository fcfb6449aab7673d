/** The search bar: the query, help, sort order, saved searches, and errors in the query. */

import { tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { withPart } from "./query-text.js";
import { Suggestions } from "./suggestions.js";
import { t } from "../../lib/texts.js";

/** @import { LibraryChoices, LibraryStatus, SavedSearch } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Found, Search } from "./search.js" */

export class SearchBar {
  #root;
  #library;
  #search;
  #input;

  /**
   * @param {HTMLElement} root
   * @param {Library} library
   * @param {Search} search
   */
  constructor(root, library, search) {
    this.#root = root;
    this.#library = library;
    this.#search = search;
    this.#input = part(root, "query", HTMLInputElement);
    this.#input.value = search.query;
    listen(this.#input, "input", () => search.setQuery(this.#input.value));
    const suggestions = new Suggestions(root, this.#input, library, (query) => this.write(query));
    listen(this.#input, "keydown", (event) => {
      if (suggestions.press(event)) return;
      if (event.key === "Enter") search.setQuery(this.#input.value, { now: true });
      if (event.key === "Escape" && this.#input.value) {
        event.preventDefault();
        this.write("");
      }
    });
    listen(part(root, "order", HTMLSelectElement), "change", ({ target }) => search.setOrder(target.value));
    listen(button(root, "save-search"), "click", () => this.#askForName());
    const dialog = part(root, "name-search", HTMLDialogElement);
    listen(dialog, "close", () => {
      const name = part(dialog, "search-name", HTMLInputElement).value;
      if (dialog.returnValue === "save") void this.#remember(name, this.#search.query);
      dialog.returnValue = "";
    });
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  /**
   * Replace the query, and search for it.
   * @param {string} query
   */
  write(query) {
    this.#input.value = query;
    this.#search.setQuery(query, { now: true });
  }

  /** @param {LibraryChoices} choices */
  offer({ orders, fields }) {
    const select = part(this.#root, "order", HTMLSelectElement);
    select.replaceChildren(...orders.map(({ id, name }) => new Option(name, id)));
    select.value = this.#search.order;
    ref(this.#root, "fields").replaceChildren(
      ...fields.map(({ id, name }) => {
        const row = elementFromTemplate("organise-field");
        const example = button(row, "example");
        example.textContent = id;
        ref(row, "help").textContent = name;
        listen(example, "click", () => {
          this.write(withPart(this.#input.value, id));
          ref(this.#root, "help-panel").hidePopover();
          this.#input.focus();
        });
        return row;
      }),
    );
  }

  /** @param {LibraryStatus} status */
  showSaved({ searches }) {
    const list = ref(this.#root, "saved");
    list.hidden = !searches.length;
    list.replaceChildren(...searches.map((search) => this.#chip(search)));
  }

  /** @param {Found} found */
  show({ error, query, ranked }) {
    this.#showOrder(ranked);
    const line = ref(this.#root, "query-error");
    line.hidden = !error;
    this.#input.setAttribute("aria-invalid", String(error !== null));
    button(this.#root, "save-search").disabled = error !== null || !query.trim();
    if (!error) return;
    const { position = 0, length = 0 } = /** @type {{position?: number, length?: number}} */ (error.detail ?? {});
    ref(line, "query-message").textContent = error.message;
    const before = document.createTextNode(query.slice(0, position));
    const wrong = document.createElement("mark");
    wrong.textContent = query.slice(position, position + Math.max(length, 1)) || " ";
    const after = document.createTextNode(query.slice(position + Math.max(length, 1)));
    const shown = ref(line, "query-shown");
    shown.hidden = error.code !== "invalid_query";
    shown.replaceChildren(before, wrong, after);
  }

  /** @param {string | null} ranked name of the order that the query itself determines */
  #showOrder(ranked) {
    const select = part(this.#root, "order", HTMLSelectElement);
    const given = select.querySelector("option[value='']") ?? new Option("", "");
    given.textContent = ranked;
    if (ranked === null) given.remove();
    else select.prepend(given);
    select.value = ranked === null ? this.#search.order : "";
    select.disabled = ranked !== null;
  }

  /** @param {SavedSearch} saved */
  #chip({ name, query }) {
    const chip = elementFromTemplate("organise-saved");
    const use = button(chip, "use");
    use.textContent = name;
    use.title = query;
    listen(use, "click", () => this.write(query));
    const forget = button(chip, "forget");
    forget.setAttribute("aria-label", t("Delete the saved search “{name}”", { name }));
    listen(forget, "click", () => void this.#remember(name, ""));
    return chip;
  }

  #askForName() {
    const dialog = part(this.#root, "name-search", HTMLDialogElement);
    part(dialog, "search-name", HTMLInputElement).value = this.#search.query.slice(0, 60);
    dialog.showModal();
  }

  /**
   * @param {string} name
   * @param {string} query empty to delete the saved search
   */
  async #remember(name, query) {
    await tryTo(this.#library.methods.saveSearch({ name, query }).then(() => this.#library.refresh()));
  }
}
