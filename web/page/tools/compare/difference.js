/** The difference in words. The sentences are Python's. */

import { box, elementFromTemplate } from "../../lib/dom.js";

/** @import { Comparison } from "../../../protocol.d.ts" */

/**
 * @param {HTMLElement} root made from the template "compare-answer"
 * @param {Comparison} result
 */
export function tellDifference(root, { points, notes }) {
  box(root, "points").replaceChildren(
    ...points.map(({ aspect, classification, tagging }) => {
      const item = elementFromTemplate("point");
      box(item, "aspect").textContent = aspect;
      box(item, "of-label").textContent = classification;
      box(item, "of-tags").textContent = tagging;
      return item;
    }),
  );
  box(root, "special").hidden = notes.length === 0;
  box(root, "notes").replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.textContent = note;
      return item;
    }),
  );
}
