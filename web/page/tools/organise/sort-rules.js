/** The user's own rules for sorting pictures into folders: "Pets" is `dog OR cat`. */

import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { t } from "../../lib/texts.js";

/** @import { SavedSearch } from "../../../protocol.d.ts" */
/** @import { OnsightError } from "../../../common/messenger.js" */

/** @typedef {{name: string, query: string}} RuleText */

export class SortRules {
  #root;
  #list;
  #saved;
  #onChange;

  /**
   * @param {HTMLElement} root
   * @param {readonly RuleText[]} rules
   * @param {() => void} onChange
   */
  constructor(root, rules, onChange) {
    this.#root = root;
    this.#list = ref(root, "rule-list");
    this.#saved = part(root, "saved-search", HTMLSelectElement);
    this.#onChange = onChange;
    listen(button(root, "add-rule"), "click", () => part(this.#add(), "rule-name", HTMLInputElement).focus());
    listen(this.#saved, "change", () => {
      const option = this.#saved.selectedOptions[0];
      if (option?.value) this.#add({ name: option.text, query: option.value });
      this.#saved.value = "";
      this.#changed();
    });
    for (const rule of rules) this.#add(rule);
    this.#write();
  }

  /** The rules in their order, without empty rows. @returns {RuleText[]} */
  get rules() {
    return this.#rows.map(textOf).filter(({ name, query }) => name || query);
  }

  /** @param {readonly SavedSearch[]} searches that the user can add as rules */
  offer(searches) {
    this.#saved.hidden = !searches.length;
    const first = this.#saved.options[0] ?? new Option("");
    this.#saved.replaceChildren(first, ...searches.map(({ name, query }) => new Option(name, query)));
  }

  /** Add an empty rule if there is none. */
  begin() {
    if (!this.#rows.length) this.#add();
  }

  /**
   * Show an error in a rule, or clear it.
   * @param {number | null} index among `rules`
   * @param {OnsightError | null} error
   */
  showError(index, error) {
    const rows = this.#rows.filter((row) => Object.values(textOf(row)).some(Boolean));
    for (const row of this.#rows) {
      const isWrong = error !== null && row === rows[index ?? -1];
      ref(row, "rule-error").hidden = !isWrong;
      for (const name of ["rule-name", "rule-query"]) part(row, name, HTMLInputElement).removeAttribute("aria-invalid");
      if (isWrong) showIn(row, error);
    }
  }

  get #rows() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** @param {RuleText} [rule] */
  #add(rule = { name: "", query: "" }) {
    const row = elementFromTemplate("sort-rule");
    for (const [name, value] of /** @type {const} */ ([["rule-name", rule.name], ["rule-query", rule.query]])) {
      const input = part(row, name, HTMLInputElement);
      input.value = value;
      listen(input, "input", () => this.#onChange());
    }
    listen(button(row, "rule-remove"), "click", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      const heir = next instanceof HTMLElement ? button(next, "rule-remove") : button(this.#root, "add-rule");
      heir.focus();
      this.#changed();
    });
    listen(button(row, "rule-up"), "click", () => this.#move(row, -1));
    listen(button(row, "rule-down"), "click", () => this.#move(row, 1));
    this.#list.append(row);
    this.#write();
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {-1 | 1} by
   */
  #move(row, by) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(row);
    else other.after(row);
    this.#changed();
    const press = button(row, by < 0 ? "rule-up" : "rule-down");
    (press.disabled ? button(row, by < 0 ? "rule-down" : "rule-up") : press).focus();
  }

  #changed() {
    this.#write();
    this.#onChange();
  }

  #write() {
    const rows = this.#rows;
    for (const [index, row] of rows.entries()) {
      const number = { number: index + 1 };
      part(row, "rule-name", HTMLInputElement).setAttribute("aria-label", t("Folder of rule {number}", number));
      part(row, "rule-query", HTMLInputElement).setAttribute("aria-label", t("Search of rule {number}", number));
      button(row, "rule-remove").setAttribute("aria-label", t("Remove rule {number}", number));
      button(row, "rule-up").setAttribute("aria-label", t("Move rule {number} up", number));
      button(row, "rule-down").setAttribute("aria-label", t("Move rule {number} down", number));
      button(row, "rule-up").disabled = index === 0;
      button(row, "rule-down").disabled = index === rows.length - 1;
    }
  }
}

/** @param {HTMLElement} row */
function textOf(row) {
  return {
    name: part(row, "rule-name", HTMLInputElement).value.trim(),
    query: part(row, "rule-query", HTMLInputElement).value.trim(),
  };
}

/**
 * @param {HTMLElement} row
 * @param {OnsightError} error
 */
function showIn(row, error) {
  const { query = "", position = 0, length = 0 } =
    /** @type {{query?: string, position?: number, length?: number}} */ (error.detail ?? {});
  ref(row, "rule-message").textContent = error.message;
  const isQuery = error.code === "invalid_query";
  part(row, isQuery ? "rule-query" : "rule-name", HTMLInputElement).setAttribute("aria-invalid", "true");
  const shown = ref(row, "rule-shown");
  shown.hidden = !isQuery;
  const wrong = document.createElement("mark");
  const end = position + Math.max(length, 1);
  wrong.textContent = query.slice(position, end) || " ";
  shown.replaceChildren(query.slice(0, position), wrong, query.slice(end));
}
