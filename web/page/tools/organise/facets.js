/** What the pictures that were found have in common, to narrow the search by. */

import { button, elementFromTemplate, listen, redrawRows, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { hasPart, withPart, withoutPart } from "./query-text.js";

/** @import { Facet } from "../../../protocol.d.ts" */

/** Values that are shown of each kind until more are asked for. */
const FEW = 6;

export class Facets {
  #root;
  #write;
  /** Kinds of which all are shown. @type {Set<string>} */
  #whole = new Set();
  /** @type {readonly Facet[]} */
  #facets = [];
  #query = "";

  /**
   * @param {HTMLElement} root
   * @param {(query: string) => void} write puts a query into the line
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
    more.textContent = this.#whole.has(kind) ? "Fewer" : `${values.length - FEW} more`;
    more.setAttribute("aria-label", `${more.textContent} of ${title}`);
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
    without.setAttribute("aria-label", `Without ${name}`);
    listen(without, "click", () => this.#write(withPart(withoutPart(this.#query, query), `-${query}`)));
    return row;
  }
}
