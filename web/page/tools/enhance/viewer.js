/**
 * Shows the picture before and after on one canvas: with a divider, side by side, or the result alone, at any zoom. It
 * draws the scene it is given and does not request previews itself.
 */

import { beforePaint, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { Emitter } from "../../lib/emitter.js";
import { t } from "../../lib/texts.js";
import { Divider } from "./divider.js";
import { setUpGestures } from "./gestures.js";
import { paintSide, placeCaptions } from "./painting.js";
import { onePane, twoPanes } from "./panes.js";
import { observe, toScreen } from "./screen.js";
import { fit, inside, pan, place, seenOf, zoom } from "./transform.js";

/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Detail, Frame, Scene } from "./painting.js" */
/** @import { Size, View } from "./transform.js" */

/** @typedef {"split" | "side" | "after"} Mode */

/** Zoom factor of the keys and buttons. */
const ZOOM_STEP = 1.4;
/** How far an arrow key moves the picture, in CSS pixels. */
const PAN_STEP = 60;
/** Between the two panes, in CSS pixels. */
const GAP = 8;

/** What a screen reader says about the canvas. @type {Readonly<Record<Mode | "before", (name: string) => string>>} */
const DESCRIPTIONS = {
  split: (name) => t("{name}, before on the left of the divider, after on the right", { name }),
  side: (name) => t("{name}, before and after side by side", { name }),
  after: (name) => t("{name}, after", { name }),
  before: (name) => t("{name}, before", { name }),
};

/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @extends {Emitter<{view: void, draw: void}>} `view`: zoom or visible part has changed; `draw`: the picture was drawn */
export class Viewer extends Emitter {
  /** The root element. */
  root = elementFromTemplate("enhance-viewer");
  #canvas = part(this.root, "canvas", HTMLCanvasElement);
  #divider;
  /** @type {Scene | null} */
  #scene = null;
  /** @type {Mode} */
  #mode = "split";
  /** Null for the whole picture. @type {View | null} */
  #view = null;
  #isHeld = false;
  #isPlain = false;
  /** @type {Picture | undefined} */
  #picture;
  /** Size of the canvas in device pixels. @type {Size} */
  #size = { width: 0, height: 0 };
  #ratio = 1;
  /** The view that was last emitted. */
  #emitted = "";
  #observer;
  #off;
  #draw = beforePaint(() => this.#drawNow());

  constructor() {
    super();
    this.#divider = new Divider(ref(this.root, "divider"), () => this.#draw());
    this.#observer = new ResizeObserver(([entry]) => entry && this.#resize(entry));
    observe(this.#observer, this.#canvas);
    const gestures = setUpGestures(this.root, this.#canvas, {
      zoom: (factor, at) => this.#zoomAt(this.scale * factor, this.#toPane(at)),
      pan: (dx, dy) => this.#moveBy(dx * this.#ratio, dy * this.#ratio),
      toggle: (at) => this.#toggleAt(this.#toPane(at)),
      isNear: () => this.isNear,
    });
    const off = [gestures, listen(this.root, "keydown", (event) => this.#key(event))];
    this.#off = () => off.forEach((end) => end());
  }

  /** @param {Mode} mode */
  set mode(mode) {
    this.#mode = mode;
    this.#changed();
  }

  get mode() {
    return this.#mode;
  }

  /** Whether the original is shown in place of the result. @param {boolean} held */
  set isHeld(held) {
    this.#isHeld = held;
    this.#draw();
  }

  /** Whether only the result is shown, and in whole: for the crop layer. @param {boolean} plain */
  set isPlain(plain) {
    this.#isPlain = plain;
    if (plain) this.#view = null;
    this.#changed();
  }

  /** Device pixels per pixel of the picture. */
  get scale() {
    return this.#scene ? this.#seen(this.#scene).scale : 1;
  }

  /** Whether the view is zoomed in, rather than showing the whole picture. */
  get isNear() {
    return this.#view !== null;
  }

  /** Longest side of the whole picture when it fits the pane, in device pixels. */
  get wantedSide() {
    if (!this.#scene || !this.#size.width) return null;
    const { scale } = fit(this.#pane, this.#scene.size);
    return Math.max(this.#scene.size.width, this.#scene.size.height) * scale;
  }

  /** Rectangle of the whole picture, in CSS pixels from the canvas's corner. */
  get frame() {
    if (!this.#scene) return null;
    const { x, y, width, height } = place(this.#seen(this.#scene), this.#pane, this.#scene.size);
    const ratio = this.#ratio;
    return { x: x / ratio, y: y / ratio, width: width / ratio, height: height / ratio };
  }

  /** The visible part of the picture with a small margin, as fractions; null for the whole. @returns {Detail["region"] | null} */
  get region() {
    return this.#scene && this.#view && seenOf(this.#view, this.#pane, this.#scene.size);
  }

  /**
   * @param {Scene | null} scene
   * @param {Picture | undefined} picture in the scene
   */
  show(scene, picture) {
    const before = this.#scene?.size;
    const isOther = picture !== this.#picture;
    this.#picture = picture;
    this.#scene = scene;
    if (isOther) this.#view = null;
    else if (scene && before && this.#view && before.width !== scene.size.width) {
      // The same picture in another size: keep the visible part and its size on the screen.
      const factor = scene.size.width / before.width;
      const { scale, x, y } = this.#view;
      this.#view = inside({ scale: scale / factor, x: x * factor, y: y * factor }, this.#pane, scene.size);
    }
    this.#changed();
  }

  zoomIn() {
    this.#zoomAt(this.scale * ZOOM_STEP);
  }

  zoomOut() {
    this.#zoomAt(this.scale / ZOOM_STEP);
  }

  /** Show the whole picture. */
  zoomToFit() {
    this.#view = null;
    this.#changed();
  }

  /** Show each pixel of the picture as one device pixel. */
  zoomToPixels() {
    this.#zoomAt(1);
  }

  close() {
    this.#observer.disconnect();
    this.#off();
  }

  /** @param {ResizeObserverEntry} entry */
  #resize({ devicePixelContentBoxSize: [device] = [], contentBoxSize: [content], contentRect }) {
    this.#ratio = devicePixelRatio || 1;
    const width = toScreen(content?.inlineSize ?? contentRect.width, device?.inlineSize, this.#ratio);
    const height = toScreen(content?.blockSize ?? contentRect.height, device?.blockSize, this.#ratio);
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height };
    this.#canvas.width = width;
    this.#canvas.height = height;
    if (this.#view && this.#scene) this.#view = inside(this.#view, this.#pane, this.#scene.size);
    this.#drawNow(); // before the next paint: otherwise the empty canvas would flicker
    this.#changed();
  }

  /**
   * @param {number} scale
   * @param {{x: number, y: number}} [at]
   */
  #zoomAt(scale, at) {
    if (!this.#scene || this.#isPlain) return;
    const pane = this.#pane;
    const next = zoom(this.#seen(this.#scene), scale, at ?? { x: pane.width / 2, y: pane.height / 2 }, pane, this.#scene.size);
    const whole = fit(pane, this.#scene.size).scale;
    this.#view = Math.abs(next.scale - whole) < whole * 1e-3 ? null : next;
    this.#changed();
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  #moveBy(dx, dy) {
    if (!this.#scene || !this.#view) return;
    this.#view = pan(this.#view, dx, dy, this.#pane, this.#scene.size);
    this.#changed();
  }

  /** @param {{x: number, y: number}} at */
  #toggleAt(at) {
    if (this.#view) this.zoomToFit();
    else this.#zoomAt(Math.max(1, this.scale * 2), at);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = ARROWS[event.key];
    if (!way || !this.isNear || event.target !== this.root || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // otherwise the arrow keys would switch to another picture
    this.#moveBy(way[0] * PAN_STEP * this.#ratio, way[1] * PAN_STEP * this.#ratio);
  }

  #changed() {
    this.root.dataset.mode = this.#isPlain ? "plain" : this.#mode;
    this.root.toggleAttribute("data-near", this.isNear);
    this.#draw();
    const { scale, region } = this;
    const seen = JSON.stringify([scale, region]);
    if (seen === this.#emitted) return;
    this.#emitted = seen;
    this.emit("view", undefined);
  }

  /** Convert a point of the window to coordinates of its pane. @param {{x: number, y: number}} at */
  #toPane({ x, y }) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const pane = this.#pane;
    const [first, second] = this.#panes.corners;
    const point = { x: (x - left) * this.#ratio, y: (y - top) * this.#ratio };
    const offset = second && point.x > second.x && point.y > second.y ? second : first;
    return { x: Math.min(point.x - offset.x, pane.width), y: Math.min(point.y - offset.y, pane.height) };
  }

  /** @param {Scene} scene */
  #seen({ size }) {
    return this.#view ?? fit(this.#pane, size);
  }

  get #panes() {
    if (this.#mode !== "side" || this.#isPlain || !this.#scene) return onePane(this.#size);
    return twoPanes(this.#size, this.#scene.size, Math.round(GAP * this.#ratio));
  }

  get #pane() {
    return this.#panes.pane;
  }

  #drawNow() {
    const context = this.#canvas.getContext("2d");
    const { width, height } = this.#size;
    if (!context || !width || !height) return;
    context.clearRect(0, 0, width, height);
    const scene = this.#scene;
    const isCompared = Boolean(scene?.before && scene.after) && !this.#isPlain;
    this.root.toggleAttribute("data-empty", !scene);
    this.root.toggleAttribute("data-held", this.#isHeld);
    this.root.toggleAttribute("data-single", !isCompared);
    const isSplit = isCompared && this.#mode === "split" && !this.#isHeld;
    this.#divider.isShown = isSplit;
    if (scene) {
      const at = place(this.#seen(scene), this.#pane, scene.size);
      if (isSplit) this.#drawSplit(context, scene, at);
      else this.#drawPanes(context, scene, at);
      const describe = DESCRIPTIONS[this.#isPlain ? "after" : this.#isHeld ? "before" : this.#mode];
      placeCaptions(this.root, at, this.#panes, this.#ratio);
      this.#canvas.setAttribute("aria-label", describe(this.#picture?.name ?? ""));
    }
    this.emit("draw", undefined);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Scene} scene
   * @param {Frame} at
   */
  #drawPanes(context, scene, at) {
    const [first, second] = this.#panes.corners;
    const result = this.#isHeld ? "before" : "after";
    const room = { pane: this.#pane, at, ratio: this.#ratio };
    paintSide(context, scene, second ? "before" : result, { ...room, corner: first });
    if (second) paintSide(context, scene, result, { ...room, corner: second });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Scene} scene
   * @param {Frame} at
   */
  #drawSplit(context, scene, at) {
    const { width, height } = this.#pane;
    const [left, right] = [Math.max(0, at.x), Math.min(width, at.x + at.width)];
    const [top, bottom] = [Math.max(0, at.y), Math.min(height, at.y + at.height)];
    const x = Math.round(left + this.#divider.share * (right - left));
    const ratio = this.#ratio;
    const room = { pane: this.#pane, at, ratio, corner: { x: 0, y: 0 } };
    paintSide(context, scene, "before", room, 0, x);
    paintSide(context, scene, "after", room, x, width);
    this.#divider.placeAt(x / ratio, top / ratio, bottom / ratio, left / ratio, right / ratio);
  }
}
