/**
 * The areas to blur, over the picture. The user draws, moves and resizes them with mouse or finger, or with the keyboard:
 * arrows move, Shift with arrows resizes, Delete removes. This only indicates the areas; Python blurs the picture.
 */

import { announce } from "../../lib/announce.js";
import { elementFromTemplate, fromTemplate, listen, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { regions, within } from "./regions.js";

/** @import { ImageInfo } from "../../../protocol.d.ts" */
/** @import { ImagePane } from "../../workspace/image-pane.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Region } from "./regions.js" */

/** How far an arrow key moves or resizes, as a fraction of the picture's longer side. */
const STEP = 0.01;
/** Rectangles drawn smaller than this, in pixels on the screen, were drawn by accident. */
const MIN_DRAWN = 6;

/** @type {Record<string, readonly [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RegionLayer {
  #layer;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {ImageInfo | undefined} */
  #size;
  /** @type {Map<Region, HTMLElement>} */
  #drawn = new Map();
  #onEmptied;
  #off;

  /**
   * @param {ImagePane} pane
   * @param {() => void} onEmptied called when the focused region was removed and no other is left
   */
  constructor(pane, onEmptied) {
    this.#onEmptied = onEmptied;
    pane.frame.append(fromTemplate("region-layer"));
    this.#layer = ref(pane.frame, "regions");
    listen(this.#layer, "pointerdown", (event) => this.#press(event));
    this.#off = regions.on("change", () => this.#draw());
  }

  /** Whether the next press on the picture starts a new rectangle. */
  get isDrawing() {
    return "drawing" in this.#layer.dataset;
  }

  set isDrawing(on) {
    if (on) this.#layer.dataset.drawing = "";
    else delete this.#layer.dataset.drawing;
  }

  /**
   * @param {Picture | undefined} picture
   * @param {ImageInfo | undefined} size of the picture; undefined until there is a result
   */
  show(picture, size) {
    if (picture === this.#picture && size === this.#size) return;
    this.#picture = picture;
    this.#size = size;
    this.#draw();
  }

  /** @param {Region} region */
  focus(region) {
    this.#drawn.get(region)?.focus();
  }

  close() {
    this.#off();
  }

  #draw() {
    const [picture, size] = [this.#picture, this.#size];
    const shown = picture && size ? regions.of(picture) : [];
    for (const [region, element] of this.#drawn) {
      if (shown.includes(region)) continue;
      element.remove();
      this.#drawn.delete(region);
    }
    if (!size) return;
    for (const region of shown) {
      const element = this.#drawn.get(region) ?? this.#add(region);
      element.style.inset =
        `${(100 * region.y1) / size.height}% ${100 - (100 * region.x2) / size.width}% ` +
        `${100 - (100 * region.y2) / size.height}% ${(100 * region.x1) / size.width}%`;
      element.setAttribute("aria-label", describe(region));
    }
  }

  /** @param {Region} region */
  #add(region) {
    const element = elementFromTemplate("region");
    this.#drawn.set(region, element);
    this.#layer.append(element);
    listen(element, "keydown", (event) => this.#key(event, region));
    return element;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const [picture, size] = [this.#picture, this.#size];
    const { target } = event;
    if (!picture || !size || event.button !== 0 || !(target instanceof HTMLElement)) return;
    event.preventDefault();
    const at = this.#at(event, size);
    const pressed = [...this.#drawn].find(([, element]) => element.contains(target))?.[0];
    if (pressed && !this.isDrawing) {
      this.focus(pressed);
      const { x1, y1, x2, y2 } = pressed;
      const isHandle = target.matches(".region__handle");
      this.#drag(event, size, ({ x, y }) => {
        if (isHandle) return regions.place(pressed, { x1, y1, x2: Math.max(x, x1 + 1), y2: Math.max(y, y1 + 1) }, size);
        move(pressed, { x1, y1, x2, y2 }, x - at.x, y - at.y, size);
      });
    } else if (this.isDrawing) {
      /** @type {Region} */
      const region = { name: t("Your rectangle"), ...within({ x1: at.x, y1: at.y, x2: at.x, y2: at.y }, size) };
      regions.add(picture, region);
      const end = this.#drag(event, size, ({ x, y }) => {
        regions.place(region, { x1: at.x, y1: at.y, x2: x, y2: y }, size);
      });
      end.then(({ clientX, clientY }) => {
        const isSlip = Math.abs(clientX - event.clientX) < MIN_DRAWN || Math.abs(clientY - event.clientY) < MIN_DRAWN;
        if (isSlip) regions.remove(picture, region);
        else announce(describe(region));
      });
    }
  }

  /**
   * Follow the pointer until it is released.
   * @param {PointerEvent} start
   * @param {ImageInfo} size
   * @param {(at: {x: number, y: number}) => void} follow
   * @returns {Promise<PointerEvent>} the last event
   */
  #drag(start, size, follow) {
    this.#layer.setPointerCapture(start.pointerId);
    return new Promise((resolve) => {
      const off = [
        listen(this.#layer, "pointermove", (event) => follow(this.#at(event, size))),
        ...["pointerup", "pointercancel"].map((type) =>
          listen(this.#layer, type, (event) => {
            off.forEach((end) => end());
            resolve(event);
          }),
        ),
      ];
    });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Region} region
   */
  #key(event, region) {
    const [picture, size] = [this.#picture, this.#size];
    const direction = DIRECTIONS[event.key];
    if (!picture || !size || event.ctrlKey || event.metaKey || event.altKey) return;
    if (direction) {
      const step = Math.max(1, Math.round(STEP * Math.max(size.width, size.height)));
      const [dx, dy] = [direction[0] * step, direction[1] * step];
      const { x1, y1, x2, y2 } = region;
      if (event.shiftKey) {
        const place = { x1, y1, x2: Math.max(x2 + dx, x1 + 1), y2: Math.max(y2 + dy, y1 + 1) };
        regions.place(region, place, size);
      } else {
        move(region, region, dx, dy, size);
      }
      announce(describe(region));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      regions.remove(picture, region);
      announce(t("Removed."));
      const next = [...this.#drawn.values()].at(-1);
      if (next) next.focus();
      else this.#onEmptied();
    } else {
      return;
    }
    event.preventDefault(); // the arrow keys would select another picture, and Delete would remove this one
  }

  /**
   * @param {PointerEvent} event
   * @param {ImageInfo} size
   */
  #at({ clientX, clientY }, { width, height }) {
    const frame = this.#layer.getBoundingClientRect();
    return { x: ((clientX - frame.left) / frame.width) * width, y: ((clientY - frame.top) / frame.height) * height };
  }
}

/**
 * Move a region, and stop at the picture's edges.
 * @param {Region} region
 * @param {{x1: number, y1: number, x2: number, y2: number}} from
 * @param {number} dx
 * @param {number} dy
 * @param {ImageInfo} size
 */
function move(region, { x1, y1, x2, y2 }, dx, dy, size) {
  const right = Math.max(-x1, Math.min(dx, size.width - x2));
  const down = Math.max(-y1, Math.min(dy, size.height - y2));
  regions.place(region, { x1: x1 + right, y1: y1 + down, x2: x2 + right, y2: y2 + down }, size);
}

/**
 * "Your rectangle, 120 × 80 px at 30, 40".
 * @param {Region} region
 */
export function describe({ name, x1, y1, x2, y2 }) {
  const round = (/** @type {number} */ value) => formatCount(Math.round(value));
  return t("{name}, {width} × {height} px at {x}, {y}", {
    name,
    width: round(x2 - x1),
    height: round(y2 - y1),
    x: round(x1),
    y: round(y1),
  });
}
