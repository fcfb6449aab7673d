/** A classification in full: its label, where that stands in the taxonomy, and the runners-up. */

import { elementFromTemplate, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";

/** @import { Candidate, Classification } from "../../../protocol.d.ts" */

/**
 * @param {HTMLElement} root made from the template "classify-answer"
 * @param {Classification} result
 */
export function tellClassification(root, { label, score, certain, category, path, candidates }) {
  ref(root, "label").textContent = label;
  ref(root, "score").textContent = certain ? formatPercent(score) : "";
  ref(root, "unsure").hidden = certain;
  const pathList = ref(root, "path");
  // A path of one is the label again.
  pathList.hidden = path.length < 2;
  pathList.replaceChildren(...path.map(listItem));
  const chip = ref(root, "category");
  chip.hidden = !category;
  chip.textContent = category;
  // An answer that stands above its candidates ("Lizard" over geckos and agamas) is not one of them.
  const isListed = candidates.some((candidate) => candidate.label === label);
  ref(root, "bars-title").textContent = isListed ? "Confidence" : certain ? "Closest matches" : "Best guesses";
  ref(root, "bars").replaceChildren(
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
  const meter = ref(item, "meter");
  item.classList.toggle("bars__item--answer", isAnswer);
  ref(item, "name").textContent = label;
  ref(item, "score").textContent = formatPercent(score);
  ref(item, "fill").style.inlineSize = `${score * 100}%`;
  meter.setAttribute("aria-label", label);
  meter.setAttribute("aria-valuenow", String(Math.round(score * 100)));
  meter.setAttribute("aria-valuetext", formatPercent(score));
  return item;
}
