/**
 * The crop rectangle over the picture. Mouse, finger or keyboard move and resize it: the arrow keys move the corner, edge
 * or rectangle that has the focus; with Shift they resize the rectangle.
 */

import { announce } from "../../lib/announce.js";
import { elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { t } from "../../lib/texts.js";
import { moved, resized } from "./rectangle.js";

/** @import { Edges, Rectangle } from "./rectangle.js" */
/** @import { Viewer } from "./viewer.js" */

/**
 * @typedef {object} CropActions
 * @property {(rectangle: Rectangle) => void} place
 * @property {() => string} describe the rectangle in words
 * @property {() => void} apply
 * @property {() => void} cancel
 */

/** How far an arrow key moves, as a fraction of the picture's side; with Control, a tenth of that. */
const STEP = 0.01;

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** By compass direction. @type {Readonly<Record<string, {name: () => string, edges: Edges}>>} */
const HANDLES = {
  nw: { name: () => t("Top left corner"), edges: { left: true, top: true } },
  n: { name: () => t("Top edge"), edges: { top: true } },
  ne: { name: () => t("Top right corner"), edges: { right: true, top: true } },
  e: { name: () => t("Right edge"), edges: { right: true } },
  se: { name: () => t("Bottom right corner"), edges: { right: true, bottom: true } },
  s: { name: () => t("Bottom edge"), edges: { bottom: true } },
  sw: { name: () => t("Bottom left corner"), edges: { left: true, bottom: true } },
  w: { name: () => t("Left edge"), edges: { left: true } },
};

export class CropLayer {
  #root = elementFromTemplate("enhance-crop");
  #box = ref(this.#root, "crop-box");
  #viewer;
  #actions;
  /** @type {Rectangle} */
  #rectangle = [0, 0, 1, 1];
  /** @type {number | null} */
  #ratio = null;
  #off;

  /**
   * @param {Viewer} viewer
   * @param {CropActions} actions
   */
  constructor(viewer, actions) {
    this.#viewer = viewer;
    this.#actions = actions;
    viewer.root.append(this.#root);
    for (const [at, { name }] of Object.entries(HANDLES)) {
      const handle = elementFromTemplate("enhance-crop-handle");
      handle.dataset.at = at;
      handle.setAttribute("aria-label", name());
      this.#box.append(handle);
    }
    listen(this.#root, "pointerdown", (event) => this.#press(event));
    listen(this.#root, "keydown", (event) => this.#key(event));
    listen(this.#root, "dblclick", (event) => {
      event.stopPropagation();
      actions.apply();
    });
    this.#off = viewer.on("draw", () => this.#place());
  }

  /** @param {boolean} shown */
  set isShown(shown) {
    this.#root.hidden = !shown;
    this.#place();
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /**
   * @param {Rectangle} rectangle
   * @param {number | null} ratio see `resized`
   */
  show(rectangle, ratio) {
    this.#rectangle = rectangle;
    this.#ratio = ratio;
    this.#place();
  }

  close() {
    this.#off();
    this.#root.remove();
  }

  #place() {
    const { frame } = this.#viewer;
    if (!frame || this.#root.hidden) return;
    const { style } = this.#root;
    style.translate = `${frame.x}px ${frame.y}px`;
    style.inlineSize = `${frame.width}px`;
    style.blockSize = `${frame.height}px`;
    const [x1, y1, x2, y2] = this.#rectangle;
    this.#box.style.inset = `${100 * y1}% ${100 - 100 * x2}% ${100 - 100 * y2}% ${100 * x1}%`;
    const hole = ref(this.#root, "crop-hole");
    hole.style.inset = this.#box.style.inset;
    this.#box.setAttribute("aria-label", t("Crop area: {size}", { size: this.#actions.describe() }));
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { target, button, pointerId, clientX, clientY } = event;
    if (button !== 0 || !(target instanceof HTMLElement)) return;
    event.preventDefault();
    event.stopPropagation();
    const handle = target.closest("[data-at]");
    const edges = handle instanceof HTMLElement ? HANDLES[handle.dataset.at ?? ""]?.edges : undefined;
    if (handle instanceof HTMLElement) handle.focus({ preventScroll: true });
    else if (this.#box.contains(target)) this.focus();
    else return;
    const from = this.#rectangle;
    const { width, height } = this.#root.getBoundingClientRect();
    this.#root.setPointerCapture(pointerId);
    const off = [
      listen(this.#root, "pointermove", ({ clientX: x, clientY: y }) => {
        const [dx, dy] = [(x - clientX) / width, (y - clientY) / height];
        this.#actions.place(edges ? resized(from, edges, dx, dy, this.#ratio) : moved(from, dx, dy));
      }),
      ...["pointerup", "pointercancel"].map((type) =>
        listen(this.#root, type, () => {
          off.forEach((end) => end());
          announce(this.#actions.describe());
        }),
      ),
    ];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (metaKey || altKey || !(target instanceof HTMLElement)) return;
    const way = ARROWS[key];
    if (key === "Enter") this.#actions.apply();
    else if (key === "Escape") this.#actions.cancel();
    else if (way) {
      const step = ctrlKey ? STEP / 10 : STEP;
      const [dx, dy] = [way[0] * step, way[1] * step];
      const edges = target.dataset.at ? HANDLES[target.dataset.at]?.edges : shiftKey ? HANDLES.se?.edges : undefined;
      this.#actions.place(
        edges ? resized(this.#rectangle, edges, dx, dy, this.#ratio) : moved(this.#rectangle, dx, dy),
      );
      announce(this.#actions.describe());
    } else return;
    event.preventDefault(); // otherwise the arrow keys would switch to another picture
    event.stopPropagation();
  }
}
