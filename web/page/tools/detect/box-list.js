/** The boxes as a list: the counts, and a row for each box. Screen readers read this instead of the boxes. */

import { ref, button, elementFromTemplate, fromTemplate, listen } from "../../lib/dom.js";
import { formatCount, formatPercent } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { countDenied, countWeaker, shownBoxes } from "./answers.js";
import { ClassFilter } from "./class-filter.js";
import { colourOf, nounOf, titleOf } from "./classes.js";
import { settings } from "./settings.js";
import { shortFinding } from "./wording.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */
/** @import { Highlight } from "../../workspace/highlight.js" */

/**
 * @typedef {object} BoxActions what can be done with a box
 * @property {(box: Box) => void} crop
 * @property {(box: Box) => void} classify
 * @property {(box: Box) => void} blur marks a box for blurring, or unmarks it
 * @property {(boxes: Box[]) => void} blurAll
 * @property {(box: Box) => boolean} isBlurred
 */

export class BoxList {
  #root;
  #highlight;
  #actions;
  #filter;
  /** @type {Map<Box, HTMLElement>} list items by box */
  #items = new Map();
  #off;

  /**
   * @param {HTMLElement} root
   * @param {Highlight<Box>} highlight
   * @param {BoxActions} actions
   */
  constructor(root, highlight, actions) {
    this.#root = root;
    this.#highlight = highlight;
    this.#actions = actions;
    root.append(fromTemplate("detect-answer"));
    this.#filter = new ClassFilter(root);
    this.#off = highlight.on("change", (active) => this.#light(active));
  }

  /** @param {Detection} result */
  render(result) {
    const boxes = shownBoxes(result);
    const weaker = countWeaker(result);
    const { percent } = settings;
    // No line break between a number and its noun.
    ref(this.#root, "counts").textContent = shortFinding(result).replace(/(\d) /g, "$1\u00a0");
    ref(this.#root, "boxes-title").hidden = boxes.length === 0;
    ref(this.#root, "hidden").textContent = weaker ? hiddenText(weaker, percent) : "";
    ref(this.#root, "nothing").hidden = boxes.length > 0;
    ref(this.#root, "nothing").textContent = nothingText(countDenied(result) > 0, weaker > 0);
    this.#filter.show(result);
    const before = [...this.#items.keys()];
    if (before.length !== boxes.length || boxes.some((box, index) => box !== before[index])) this.#list(boxes);
    ref(this.#root, "found").hidden = boxes.length === 0;
    this.#light(this.#highlight.active);
  }

  /** Update which boxes are marked for blurring. */
  refresh() {
    this.#light(this.#highlight.active);
  }

  close() {
    this.#off();
  }

  /** @param {Box[]} boxes */
  #list(boxes) {
    this.#items = new Map(boxes.map((box) => [box, this.#itemOf(box, boxes)]));
    ref(this.#root, "found").replaceChildren(...this.#items.values());
  }

  /**
   * @param {Box} box
   * @param {Box[]} boxes
   */
  #itemOf(box, boxes) {
    const item = elementFromTemplate("found-item");
    const row = button(item, "row");
    const { label, score, x1, y1, x2, y2 } = box;
    ref(row, "swatch").style.backgroundColor = colourOf(label);
    ref(row, "name").textContent = titleOf(label);
    ref(row, "score").textContent = formatPercent(score);
    const round = (/** @type {number} */ value) => formatCount(Math.round(value));
    ref(row, "place").textContent = t("{width} × {height} px at {x}, {y}", {
      width: round(x2 - x1),
      height: round(y2 - y1),
      x: round(x1),
      y: round(y1),
    });
    listen(row, "pointerenter", () => this.#highlight.point(box));
    listen(row, "pointerleave", () => this.#highlight.point(null));
    // A click also moves the focus here, but a click pins.
    listen(row, "focus", () => row.matches(":focus-visible") && this.#highlight.focus(box));
    listen(row, "blur", () => this.#highlight.focus(null));
    listen(row, "click", () => this.#highlight.pin(box));
    const alike = boxes.filter((other) => other.label === label);
    listen(button(item, "crop"), "click", () => this.#actions.crop(box));
    listen(button(item, "classify"), "click", () => this.#actions.classify(box));
    listen(button(item, "blur"), "click", () => this.#actions.blur(box));
    const all = button(item, "blur-all");
    all.hidden = alike.length < 2;
    all.textContent = t("Blur all {count} {things}", {
      count: formatCount(alike.length),
      things: nounOf(label, alike.length),
    });
    listen(all, "click", () => this.#actions.blurAll(alike));
    return item;
  }

  /** @param {Box | null} active */
  #light(active) {
    for (const [box, item] of this.#items) {
      const isPinned = box === this.#highlight.pinned;
      item.classList.toggle("found__item--active", box === active);
      button(item, "row").setAttribute("aria-pressed", String(isPinned));
      ref(item, "box-actions").hidden = !isPinned;
      button(item, "blur").setAttribute("aria-pressed", String(this.#actions.isBlurred(box)));
    }
    const item = active && this.#items.get(active);
    if (item) reveal(ref(this.#root, "found"), item);
  }
}

/**
 * @param {number} count of boxes below the minimum confidence
 * @param {number | null} percent the minimum confidence; null for each kind's own
 */
function hiddenText(count, percent) {
  if (percent === null) return plural(count, "{count} weaker box is not shown.", "{count} weaker boxes are not shown.");
  return plural(count, "{count} box below {percent} is not shown.", "{count} boxes below {percent} are not shown.", {
    percent: formatPercent(percent / 100),
  });
}

/**
 * Explains why no box is shown.
 * @param {boolean} isDenied whether there are boxes of kinds that are turned off
 * @param {boolean} isWeak whether there are boxes below the minimum confidence
 */
function nothingText(isDenied, isWeak) {
  if (isDenied) return t("Only objects of kinds that are turned off were found.");
  if (isWeak) return t("Lower the minimum confidence to see objects that the network was less sure about.");
  return t("This tool knows 80 kinds of objects: people, animals, vehicles, furniture, food and everyday things.");
}

/**
 * Scroll the list, and nothing around it, until the item is visible.
 * @param {HTMLElement} list
 * @param {HTMLElement} item
 */
function reveal(list, item) {
  const outer = list.getBoundingClientRect();
  const inner = item.getBoundingClientRect();
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}
