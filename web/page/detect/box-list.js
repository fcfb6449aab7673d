/** The boxes as a list: what there is, how many, and one row for each. This is also how the picture is read aloud. */

import { box as part, elementFromTemplate, fromTemplate, listen } from "../dom.js";
import { formatCount, formatPercent } from "../format.js";
import { colourOf, titleOf } from "./classes.js";
import { minimumPercent, shownBoxes } from "./confidence.js";
import { shortFinding } from "./wording.js";

/** @import { Box, Detection } from "../../protocol.d.ts" */
/** @import { Spotlight } from "./spotlight.js" */

export class BoxList {
  #root;
  #spotlight;
  /** @type {Map<Box, HTMLElement>} */
  #rows = new Map();
  #off;

  /**
   * @param {HTMLElement} root
   * @param {Spotlight} spotlight
   */
  constructor(root, spotlight) {
    this.#root = root;
    this.#spotlight = spotlight;
    root.append(fromTemplate("detect-answer"));
    this.#off = spotlight.on("change", (active) => this.#light(active));
  }

  /** @param {Detection} result */
  tell(result) {
    const boxes = shownBoxes(result);
    const hidden = result.boxes.length - boxes.length;
    const least = formatPercent(minimumPercent() / 100);
    // A number stays on the line of its noun.
    part(this.#root, "counts").textContent = shortFinding(result).replace(/(\d) /g, "$1\u00a0");
    part(this.#root, "boxes-title").hidden = boxes.length === 0;
    part(this.#root, "hidden").textContent = hidden
      ? `${formatCount(hidden)} weaker ${hidden === 1 ? "box" : "boxes"} below ${least} not shown.`
      : "";
    part(this.#root, "nothing").hidden = boxes.length > 0;
    part(this.#root, "nothing").textContent = hidden
      ? "Lower the minimum confidence to see what the network was less sure of."
      : "People, animals, vehicles, furniture, food and things of everyday use are what this tool knows: 80 kinds.";
    this.#rows = new Map(boxes.map((box) => [box, rowOf(box)]));
    const list = part(this.#root, "found");
    list.hidden = boxes.length === 0;
    list.replaceChildren(
      ...[...this.#rows].map(([box, row]) => {
        listen(row, "pointerenter", () => this.#spotlight.point(box));
        listen(row, "pointerleave", () => this.#spotlight.point(null));
        // A click gives the focus, too, but there the press decides.
        listen(row, "focus", () => row.matches(":focus-visible") && this.#spotlight.focus(box));
        listen(row, "blur", () => this.#spotlight.focus(null));
        listen(row, "click", () => this.#spotlight.pin(box));
        const item = document.createElement("li");
        item.append(row);
        return item;
      }),
    );
    this.#light(this.#spotlight.active);
  }

  close() {
    this.#off();
  }

  /** @param {Box | null} active */
  #light(active) {
    for (const [box, row] of this.#rows) {
      row.classList.toggle("found__row--active", box === active);
      row.setAttribute("aria-pressed", String(box === this.#spotlight.pinned));
    }
    const row = active && this.#rows.get(active);
    if (row) reveal(part(this.#root, "found"), row);
  }
}

/** @param {Box} box */
function rowOf({ label, score, x1, y1, x2, y2 }) {
  const row = elementFromTemplate("found-row");
  part(row, "swatch").style.backgroundColor = colourOf(label);
  part(row, "name").textContent = titleOf(label);
  part(row, "score").textContent = formatPercent(score);
  const [x, y, width, height] = [x1, y1, x2 - x1, y2 - y1].map((value) => formatCount(Math.round(value)));
  part(row, "place").textContent = `${width} × ${height} px at ${x}, ${y}`;
  return row;
}

/**
 * Scroll the list, and nothing around it, until the row can be seen.
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 */
function reveal(list, row) {
  const outer = list.getBoundingClientRect();
  const inner = row.getBoundingClientRect();
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}
