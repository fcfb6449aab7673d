/** The side of tagging: a gauge for each tag, and the threshold above which a tag is shown. */

import { announce } from "../../lib/announce.js";
import { button, elementFromTemplate, keepFocus, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { choices } from "./choices.js";
import { showRows } from "../../lib/keyed-list.js";

/** @import { Comparison, Tag } from "../../../protocol.d.ts" */
/** @import { Highlight } from "../../workspace/highlight.js" */
/** @import { Sight } from "./look-layer.js" */

/** How many of the tags below the threshold are listed: those closest to it. */
const MOST_BELOW = 4;

/** Where the threshold starts when the user first moves it, in per cent. */
const USUAL_PERCENT = 50;

export class Gauges {
  #root;
  #highlight;
  #slider;
  /** @type {Map<string, Tag>} */
  #tags = new Map();
  #off;

  /**
   * @param {HTMLElement} root made from the template "compare-answer"
   * @param {Highlight<Sight>} highlight
   */
  constructor(root, highlight) {
    this.#root = root;
    this.#highlight = highlight;
    this.#slider = part(root, "threshold", HTMLInputElement);
    listen(this.#slider, "input", () => (choices.percent = this.#slider.valueAsNumber));
    listen(this.#slider, "change", () => announce(ref(root, "sum-of-tags").textContent ?? ""));
    listen(button(root, "own-thresholds"), "click", () => {
      choices.percent = null;
      this.#slider.focus();
    });
    this.#off = [
      choices.on("change", () => this.#showThreshold()),
      highlight.on("change", () => this.#showPinned()),
    ];
    this.#showThreshold();
  }

  close() {
    this.#off.forEach((end) => end());
  }

  /** @param {Comparison} result */
  render({ tagging, sum_of_tags }) {
    const { tags } = tagging;
    const shown = tags.filter((tag) => tag.level !== "unlikely");
    // Some tags above the threshold are hidden for another reason: nobody wants to read that a picture is upright.
    const weaker = tags.filter((tag) => tag.level === "unlikely" && nearness(tag) < 1).sort((a, b) => nearness(b) - nearness(a));
    const below = weaker.slice(0, MOST_BELOW);
    this.#tags = new Map(tags.map((tag) => [tag.id, tag]));
    ref(this.#root, "tag-count").textContent = plural(shown.length, "{count} tag", "{count} tags");
    ref(this.#root, "sum-of-tags").textContent = sum_of_tags;
    const rest = ref(this.#root, "weaker");
    rest.hidden = weaker.length === below.length;
    rest.textContent = plural(weaker.length - below.length, "and {count} weaker tag", "and {count} weaker tags");
    keepFocus(this.#root, this.#slider, () => {
      this.#showTags(ref(this.#root, "gauges"), shown);
      ref(this.#root, "below").hidden = below.length === 0;
      this.#showTags(ref(this.#root, "gauges-below"), below);
    });
    this.#showPinned();
  }

  /**
   * @param {HTMLElement} list
   * @param {readonly Tag[]} tags
   */
  #showTags(list, tags) {
    showRows(
      list,
      tags,
      ({ id }) => id,
      ({ id }) => this.#makeRow(id),
      (row, tag) => {
        ref(row, "name").textContent = tag.name;
        ref(row, "percent").textContent = formatPercent(tag.score);
        ref(row, "fill").style.inlineSize = `${tag.score * 100}%`;
        drawLine(row, tag);
      },
    );
  }

  /** @param {string} id */
  #makeRow(id) {
    const row = elementFromTemplate("gauge");
    const press = button(row, "tag");
    const sight = () => {
      const tag = this.#tags.get(id);
      return tag ? sightOf(tag) : null;
    };
    this.#highlight.follow(row, sight);
    listen(press, "click", () => {
      const now = sight();
      if (now) this.#highlight.pin(now);
    });
    return row;
  }

  #showPinned() {
    for (const press of this.#root.querySelectorAll('[data-part="tag"]')) {
      const id = press.closest("[data-key]")?.getAttribute("data-key");
      press.setAttribute("aria-pressed", String(this.#highlight.pinned?.key === `tag:${id}`));
    }
  }

  #showThreshold() {
    const { percent } = choices;
    const text = percent === null ? t("each tag’s own threshold") : formatPercent(percent / 100);
    this.#slider.value = String(percent ?? USUAL_PERCENT);
    this.#slider.setAttribute("aria-valuetext", percent === null ? t("Each tag has its own threshold") : text);
    this.#slider.classList.toggle("line__slider--idle", percent === null);
    ref(this.#root, "threshold-text").textContent = text;
    button(this.#root, "own-thresholds").disabled = percent === null;
    // The lines move with the slider at once; the engine decides which tags pass.
    for (const row of this.#root.querySelectorAll(".gauge[data-key]")) {
      const tag = this.#tags.get(row.getAttribute("data-key") ?? "");
      if (tag && row instanceof HTMLElement) drawLine(row, tag);
    }
  }
}

/**
 * @param {Tag} tag
 * @returns {Sight}
 */
function sightOf({ id, name, heat_map: heatMap }) {
  const text = heatMap
    ? t("Brighter areas are stronger evidence for “{name}”. Other tags may apply to the very same place.", { name })
    : t("“{name}” is about the picture as a whole.", { name });
  return { key: `tag:${id}`, text, heatMap };
}

/**
 * @param {HTMLElement} row
 * @param {Tag} tag
 */
function drawLine(row, tag) {
  const line = lineOf(tag);
  ref(row, "line").style.insetInlineStart = `${line * 100}%`;
  row.title = t("Shown from {percent}", { percent: formatPercent(line) });
}

/** @param {Tag} tag */
function lineOf({ threshold }) {
  return choices.percent === null ? threshold : choices.percent / 100;
}

/** How close a tag is to its threshold; 1 is at the threshold. @param {Tag} tag */
function nearness(tag) {
  return tag.score / lineOf(tag);
}
