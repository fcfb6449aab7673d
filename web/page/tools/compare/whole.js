/** The side of classification: one bar of fixed length, divided among all possible labels. */

import { announce } from "../../lib/announce.js";
import { button, elementFromTemplate, keepFocus, listen, part, ref } from "../../lib/dom.js";
import { formatFixed, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { choices } from "./choices.js";
import { showRows } from "../../lib/keyed-list.js";

/** @import { Comparison, Slice } from "../../../protocol.d.ts" */
/** @import { Highlight } from "../../workspace/highlight.js" */
/** @import { Sight } from "./look-layer.js" */

/** A slice narrower than this, in per cent, has no room for its name. */
const ROOM_FOR_A_NAME = 16;

export class Whole {
  #root;
  #file;
  /** @type {Comparison | null} */
  #result = null;

  /**
   * @param {HTMLElement} root made from the template "compare-answer"
   * @param {Highlight<Sight>} highlight
   * @param {() => Blob | undefined} file of the selected picture
   */
  constructor(root, highlight, file) {
    this.#root = root;
    this.#file = file;
    const verdict = button(root, "verdict");
    const sight = () => this.#sight();
    highlight.follow(verdict, sight);
    listen(verdict, "click", () => {
      const now = sight();
      if (now) highlight.pin(now);
    });
    highlight.on("change", () => verdict.setAttribute("aria-pressed", String(highlight.pinned?.key === "label")));
  }

  /** @param {Comparison} result */
  render(result) {
    const { label, score, certain, category } = result.classification;
    const root = this.#root;
    this.#result = result;
    ref(root, "label").textContent = label;
    ref(root, "score").textContent = certain ? formatPercent(score) : "";
    const chip = ref(root, "category");
    chip.hidden = !category;
    chip.textContent = category;
    ref(root, "sum-of-shares").textContent = result.sum_of_shares;
    keepFocus(root, ref(root, "left-out"), () => {
      this.#showBar(result.slices);
      this.#showShares(result.slices);
      this.#showLeftOut(result.without);
    });
  }

  /** @param {readonly Slice[]} slices */
  #showBar(slices) {
    showRows(
      ref(this.#root, "whole"),
      slices,
      keyOf,
      () => elementFromTemplate("slice"),
      (element, slice) => {
        element.style.flexGrow = String(slice.percent);
        element.className = classOf("whole__slice", slice);
        element.classList.toggle("whole__slice--named", slice.percent >= ROOM_FOR_A_NAME);
        ref(element, "slice-name").textContent = slice.label;
      },
    );
  }

  /** @param {readonly Slice[]} slices */
  #showShares(slices) {
    showRows(
      ref(this.#root, "shares"),
      slices,
      keyOf,
      (slice) => {
        const row = elementFromTemplate("share");
        listen(button(row, "leave-out"), "click", () => {
          const file = this.#file();
          if (file) choices.leaveOut(file, slice.label);
          announce(t("Left out: {label}", { label: slice.label }));
        });
        return row;
      },
      (row, slice) => {
        row.className = classOf("share", slice);
        ref(row, "name").textContent = slice.label;
        ref(row, "percent").textContent = t("{number}%", { number: formatFixed(slice.percent, 1) });
        const leaveOut = button(row, "leave-out");
        leaveOut.hidden = slice.kind !== "candidate";
        leaveOut.setAttribute("aria-label", t("Leave out {label}", { label: slice.label }));
      },
    );
  }

  /** @param {readonly string[]} labels */
  #showLeftOut(labels) {
    const group = ref(this.#root, "left-out");
    group.hidden = labels.length === 0;
    showRows(
      part(group, "left-out-list", HTMLUListElement),
      labels,
      (label) => label,
      (label) => {
        const item = elementFromTemplate("left-out");
        listen(button(item, "put-back"), "click", () => {
          const file = this.#file();
          if (file) choices.putBack(file, label);
          announce(t("Put back: {label}", { label }));
        });
        return item;
      },
      (item, label) => {
        ref(item, "name").textContent = label;
        button(item, "put-back").setAttribute("aria-label", t("Put back {label}", { label }));
      },
    );
  }

  #sight() {
    if (!this.#result) return null;
    const { label, certain, heat_map: heatMap } = this.#result.classification;
    return { key: "label", text: sightText(heatMap !== null, certain ? label : null), heatMap };
  }
}

/**
 * @param {boolean} hasHeatMap
 * @param {string | null} label null if no label is certain
 */
function sightText(hasHeatMap, label) {
  if (!hasHeatMap) return t("Classification found nothing to point at.");
  return label === null
    ? t("Classification sees the framed part. The bright areas led to its best guess, for the whole picture.")
    : t("Classification sees the framed part. The bright areas led to “{label}”, for the whole picture.", { label });
}

/** @param {Slice} slice */
function keyOf({ kind, label }) {
  return `${kind}:${label}`;
}

/**
 * @param {string} block
 * @param {Slice} slice
 */
function classOf(block, { kind, is_answer }) {
  return `${block} ${block}--${is_answer ? "answer" : kind === "rest" ? "rest" : "other"}`;
}
