/** The facets of the search results, which narrow the search: categories, tags, years and others, with counts. */

import { button, elementFromTemplate, listen, redrawRows, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { hasPart, withPart, withoutPart } from "./query-text.js";
import { plural, t } from "../../lib/texts.js";

/** @import { Facet } from "../../../protocol.d.ts" */

/** How many values of each facet are shown at first. */
const FEW = 6;

export class Facets {
  #root;
  #write;
  /** The facets that show all values. @type {Set<string>} */
  #whole = new Set();
  /** @type {readonly Facet[]} */
  #facets = [];
  #query = "";

  /**
   * @param {HTMLElement} root
   * @param {(query: string) => void} write replaces the query in the search field
   */
  constructor(root, write) {
    this.#root = root;
    this.#write = write;
  }

  /**
   * @param {readonly Facet[]} facets
   * @param {string} query
   */
  show(facets, query) {
    this.#facets = facets;
    this.#query = query;
    redrawRows(this.#root, () => this.#root.replaceChildren(...facets.map((facet) => this.#group(facet))));
  }

  /** @param {Facet} facet */
  #group({ kind, title, values }) {
    const group = elementFromTemplate("organise-facet");
    group.dataset.key = kind;
    ref(group, "title").textContent = title;
    const shown = this.#whole.has(kind) ? values : values.slice(0, FEW);
    ref(group, "values").replaceChildren(...shown.map((value) => this.#value(value)));
    const more = button(group, "more");
    more.hidden = values.length <= FEW;
    const rest = Math.max(0, values.length - FEW);
    if (this.#whole.has(kind)) {
      more.textContent = t("Show fewer");
      more.setAttribute("aria-label", t("Show fewer: {title}", { title }));
    } else {
      more.textContent = plural(rest, "Show {count} more", "Show {count} more");
      more.setAttribute("aria-label", plural(rest, "Show {count} more: {title}", "Show {count} more: {title}", { title }));
    }
    listen(more, "click", () => {
      if (!this.#whole.delete(kind)) this.#whole.add(kind);
      this.show(this.#facets, this.#query);
    });
    return group;
  }

  /** @param {Facet["values"][number]} value */
  #value({ name, count, query }) {
    const row = elementFromTemplate("organise-facet-value");
    row.dataset.key = query;
    const use = button(row, "use");
    const isOn = hasPart(this.#query, query);
    ref(use, "name").textContent = name;
    ref(use, "count").textContent = formatCount(count);
    use.setAttribute("aria-pressed", String(isOn));
    listen(use, "click", () => this.#write((isOn ? withoutPart : withPart)(this.#query, query)));
    const without = button(row, "without");
    without.setAttribute("aria-label", t("Exclude {name}", { name }));
    listen(without, "click", () => this.#write(withPart(withoutPart(this.#query, query), `-${query}`)));
    return row;
  }
}
