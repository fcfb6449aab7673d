/** A classification in full: its label, where that stands in the taxonomy, and the runners-up. */

import { box, elementFromTemplate } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";

/** @import { Candidate, Classification } from "../../../protocol.d.ts" */

/**
 * @param {HTMLElement} root made from the template "classify-answer"
 * @param {Classification} result
 */
export function tellClassification(root, { label, score, certain, category, path, candidates }) {
  box(root, "label").textContent = label;
  box(root, "score").textContent = certain ? formatPercent(score) : "";
  box(root, "unsure").hidden = certain;
  const pathList = box(root, "path");
  // A path of one is the label again.
  pathList.hidden = path.length < 2;
  pathList.replaceChildren(...path.map(listItem));
  const chip = box(root, "category");
  chip.hidden = !category;
  chip.textContent = category;
  // An answer that stands above its candidates ("Lizard" over geckos and agamas) is not one of them.
  const isListed = candidates.some((candidate) => candidate.label === label);
  box(root, "bars-title").textContent = isListed ? "Confidence" : certain ? "Closest matches" : "Best guesses";
  box(root, "bars").replaceChildren(
    ...candidates.map((candidate) => barOf(candidate, certain && candidate.label === label)),
  );
}

/** @param {string} text */
function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

/**
 * @param {Candidate} candidate
 * @param {boolean} isAnswer
 */
function barOf({ label, score }, isAnswer) {
  const item = elementFromTemplate("bar");
  const meter = box(item, "meter");
  item.classList.toggle("bars__item--answer", isAnswer);
  box(item, "name").textContent = label;
  box(item, "score").textContent = formatPercent(score);
  box(item, "fill").style.inlineSize = `${score * 100}%`;
  meter.setAttribute("aria-label", label);
  meter.setAttribute("aria-valuenow", String(Math.round(score * 100)));
  meter.setAttribute("aria-valuetext", formatPercent(score));
  return item;
}
