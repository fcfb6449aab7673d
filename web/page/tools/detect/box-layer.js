/** The boxes over the picture, with their names. Lines are vectors and names are text, so both are sharp at any size. */

import { fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { outlineOf } from "../../workspace/box-outline.js";
import { shownBoxes } from "./answers.js";
import { colourOf, titleOf } from "./classes.js";
import { placeTags } from "./tags.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */
/** @import { ImagePane } from "../../workspace/image-pane.js" */
/** @import { Highlight } from "../../workspace/highlight.js" */

export class BoxLayer {
  #pane;
  #highlight;
  #svg;
  #tags;
  /** @type {Detection | null} */
  #result = null;
  /** @type {Map<Box, {group: SVGGElement, tag: HTMLElement}>} */
  #drawn = new Map();
  #resize = new ResizeObserver(() => this.#place());
  #off;

  /**
   * @param {ImagePane} pane
   * @param {Highlight<Box>} highlight
   */
  constructor(pane, highlight) {
    this.#pane = pane;
    this.#highlight = highlight;
    pane.frame.append(fromTemplate("box-layer"));
    this.#svg = part(pane.frame, "boxes", SVGSVGElement);
    this.#tags = ref(pane.frame, "tags");
    this.#resize.observe(pane.frame);
    listen(this.#svg, "pointerover", ({ target }) => highlight.point(this.#boxOf(target)));
    listen(this.#svg, "pointerleave", () => highlight.point(null));
    listen(this.#svg, "click", ({ target }) => {
      const box = this.#boxOf(target);
      if (box) highlight.pin(box);
    });
    this.#off = highlight.on("change", (active) => this.#light(active));
  }

  /** @param {Detection | null} result of the selected picture */
  show(result) {
    const boxes = result ? shownBoxes(result) : [];
    const before = [...this.#drawn.keys()];
    if (result === this.#result && boxes.length === before.length && boxes.every((box, i) => box === before[i])) return;
    this.#result = result;
    this.#drawn.clear();
    if (result) this.#svg.setAttribute("viewBox", `0 0 ${result.image.width} ${result.image.height}`);
    for (const box of boxes) this.#drawn.set(box, { group: groupOf(box), tag: tagOf(box) });
    // A small box inside a large one must be on top, or the pointer could not reach it.
    const groups = [...this.#drawn].sort(([a], [b]) => area(b) - area(a)).map(([, { group }]) => group);
    this.#svg.replaceChildren(...groups);
    this.#tags.replaceChildren(...[...this.#drawn.values()].map(({ tag }) => tag));
    this.#place();
    this.#highlight.keep(boxes);
  }

  close() {
    this.#resize.disconnect();
    this.#off();
  }

  #place() {
    const { clientWidth: width, clientHeight: height } = this.#pane.frame;
    if (!this.#result || !width) return;
    const scaleX = width / this.#result.image.width;
    const scaleY = height / this.#result.image.height;
    const drawn = [...this.#drawn];
    const boxes = drawn.map(([{ x1, y1, x2, y2 }]) => {
      return { x: x1 * scaleX, y: y1 * scaleY, width: (x2 - x1) * scaleX, height: (y2 - y1) * scaleY };
    });
    const sizes = drawn.map(([, { tag }]) => ({ width: tag.offsetWidth, height: tag.offsetHeight }));
    for (const [index, { x, y, isFree }] of placeTags(boxes, sizes, { width, height }).entries()) {
      const tag = drawn[index]?.[1].tag;
      if (!tag) continue;
      tag.style.translate = `${x}px ${y}px`;
      tag.classList.toggle("tag--crowded", !isFree);
    }
  }

  /** @param {Box | null} active */
  #light(active) {
    this.#svg.classList.toggle("boxes--lit", active !== null);
    this.#tags.classList.toggle("boxes--lit", active !== null);
    for (const [box, { group, tag }] of this.#drawn) {
      group.classList.toggle("box--active", box === active);
      tag.classList.toggle("tag--active", box === active);
    }
  }

  /** @param {EventTarget | null} target */
  #boxOf(target) {
    const group = target instanceof Element ? target.closest("g") : null;
    return [...this.#drawn].find(([, drawn]) => drawn.group === group)?.[0] ?? null;
  }
}

/** @param {Box} box */
function groupOf({ label, x1, y1, x2, y2 }) {
  return outlineOf([x1, y1, x2, y2], colourOf(label));
}

/** @param {Box} box */
function tagOf({ label, score }) {
  const tag = document.createElement("span");
  tag.className = "tag numbers";
  tag.textContent = t("{name} {score}", { name: titleOf(label), score: formatPercent(score) });
  tag.style.backgroundColor = colourOf(label);
  return tag;
}

/** @param {Box} box */
function area({ x1, y1, x2, y2 }) {
  return (x2 - x1) * (y2 - y1);
}
