/** The filter by kind of object: a checkbox for each kind that was found, with its count. */

import { ref, button, elementFromTemplate, listen } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { boxesOfAllKinds } from "./answers.js";
import { colourOf, titleOf } from "./classes.js";
import { settings } from "./settings.js";

/** @import { Detection } from "../../../protocol.d.ts" */

export class ClassFilter {
  #root;
  /** @type {Map<string, HTMLElement>} */
  #chips = new Map();

  /** @param {HTMLElement} root contains the filter's template */
  constructor(root) {
    this.#root = root;
    listen(button(root, "kinds-all"), "click", () => (settings.denied = new Set()));
    listen(button(root, "kinds-none"), "click", () => {
      settings.denied = new Set([...settings.denied, ...this.#chips.keys()]);
    });
  }

  /** @param {Detection} result */
  show(result) {
    const counts = countsByLabel(result);
    const kinds = ref(this.#root, "kinds");
    kinds.hidden = counts.size < 2 && ![...counts.keys()].some((label) => settings.denied.has(label));
    // Keep the chips of kinds that are still there: one of them may have the focus.
    const chips = new Map([...counts.keys()].map((label) => [label, this.#chips.get(label) ?? this.#chip(label)]));
    const list = ref(this.#root, "kinds-list");
    const isSame = list.children.length === chips.size && [...chips.values()].every((c, i) => list.children[i] === c);
    if (!isSame) list.replaceChildren(...chips.values());
    this.#chips = chips;
    for (const [label, chip] of chips) {
      ref(chip, "count").textContent = formatCount(counts.get(label) ?? 0);
      const input = chip.querySelector("input");
      if (input) input.checked = !settings.denied.has(label);
    }
    const denied = [...counts.keys()].filter((label) => settings.denied.has(label)).length;
    button(this.#root, "kinds-all").disabled = denied === 0;
    button(this.#root, "kinds-none").disabled = denied === counts.size;
  }

  /** @param {string} label */
  #chip(label) {
    const chip = elementFromTemplate("kind");
    ref(chip, "swatch").style.backgroundColor = colourOf(label);
    ref(chip, "name").textContent = titleOf(label);
    listen(chip, "change", ({ target }) => {
      const denied = new Set(settings.denied);
      if (target.checked) denied.delete(label);
      else denied.add(label);
      settings.denied = denied;
    });
    return chip;
  }
}

/**
 * @param {Detection} result
 * @returns {Map<string, number>} sorted by count, then by label, so that chips do not swap places
 */
function countsByLabel(result) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { label } of boxesOfAllKinds(result)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map([...counts].sort(([a, x], [b, y]) => y - x || a.localeCompare(b)));
}
