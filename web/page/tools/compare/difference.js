/** Explains the difference. Python writes the sentences. */

import { elementFromTemplate, ref } from "../../lib/dom.js";

/** @import { Comparison } from "../../../protocol.d.ts" */

/**
 * @param {HTMLElement} root made from the template "compare-answer"
 * @param {Comparison} result
 */
export function renderDifference(root, { points, notes }) {
  ref(root, "points").replaceChildren(
    ...points.map(({ aspect, classification, tagging }) => {
      const item = elementFromTemplate("point");
      ref(item, "aspect").textContent = aspect;
      ref(item, "of-label").textContent = classification;
      ref(item, "of-tags").textContent = tagging;
      return item;
    }),
  );
  ref(root, "special").hidden = notes.length === 0;
  ref(root, "notes").replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.textContent = note;
      return item;
    }),
  );
}
