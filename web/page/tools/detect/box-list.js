/** The boxes as a list: what there is, how many, and one row for each. This is also how the picture is read aloud. */

import { ref, button, elementFromTemplate, fromTemplate, listen } from "../../lib/dom.js";
import { formatCount, formatPercent } from "../../lib/format.js";
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
 * @property {(box: Box) => void} blur or no longer
 * @property {(boxes: Box[]) => void} blurAll
 * @property {(box: Box) => boolean} isBlurred
 */

export class BoxList {
  #root;
  #highlight;
  #actions;
  #filter;
  /** @type {Map<Box, HTMLElement>} by box, the item of the list */
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
    // A number stays on the line of its noun.
    ref(this.#root, "counts").textContent = shortFinding(result).replace(/(\d) /g, "$1\u00a0");
    ref(this.#root, "boxes-title").hidden = boxes.length === 0;
    ref(this.#root, "hidden").textContent = weaker
      ? `${formatCount(weaker)} weaker ${weaker === 1 ? "box" : "boxes"} ` +
        `${percent === null ? "" : `below ${formatPercent(percent / 100)} `}not shown.`
      : "";
    ref(this.#root, "nothing").hidden = boxes.length > 0;
    ref(this.#root, "nothing").textContent = countDenied(result)
      ? "What is here is of kinds that are not chosen."
      : weaker
        ? "Lower the minimum confidence to see what the network was less sure of."
        : "People, animals, vehicles, furniture, food and things of everyday use are what this tool knows: 80 kinds.";
    this.#filter.show(result);
    const before = [...this.#items.keys()];
    if (before.length !== boxes.length || boxes.some((box, index) => box !== before[index])) this.#list(boxes);
    ref(this.#root, "found").hidden = boxes.length === 0;
    this.#light(this.#highlight.active);
  }

  /** Tell again which boxes are to be blurred. */
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
    const [x, y, width, height] = [x1, y1, x2 - x1, y2 - y1].map((value) => formatCount(Math.round(value)));
    ref(row, "place").textContent = `${width} × ${height} px at ${x}, ${y}`;
    listen(row, "pointerenter", () => this.#highlight.point(box));
    listen(row, "pointerleave", () => this.#highlight.point(null));
    // A click gives the focus, too, but there the press decides.
    listen(row, "focus", () => row.matches(":focus-visible") && this.#highlight.focus(box));
    listen(row, "blur", () => this.#highlight.focus(null));
    listen(row, "click", () => this.#highlight.pin(box));
    const alike = boxes.filter((other) => other.label === label);
    listen(button(item, "crop"), "click", () => this.#actions.crop(box));
    listen(button(item, "classify"), "click", () => this.#actions.classify(box));
    listen(button(item, "blur"), "click", () => this.#actions.blur(box));
    const all = button(item, "blur-all");
    all.hidden = alike.length < 2;
    all.textContent = `Blur all ${formatCount(alike.length)} ${nounOf(label, alike.length)}`;
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
 * Scroll the list, and nothing around it, until the item can be seen.
 * @param {HTMLElement} list
 * @param {HTMLElement} item
 */
function reveal(list, item) {
  const outer = list.getBoundingClientRect();
  const inner = item.getBoundingClientRect();
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}
