/** Crop and rotate: the buttons, and cropping itself. */

import { announce } from "../../lib/announce.js";
import { button, keepFocus, listen, part, ref } from "../../lib/dom.js";
import { t } from "../../lib/texts.js";
import { CropLayer } from "./crop-layer.js";
import { WHOLE, isWhole, shaped } from "./rectangle.js";
import { turned } from "./settings.js";
import { sizeText } from "./wording.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Rectangle } from "./rectangle.js" */
/** @import { Size } from "./transform.js" */
/** @import { Viewer } from "./viewer.js" */

/**
 * @typedef {object} ShapeActions
 * @property {() => EnhanceSettings | null} settings of the current picture
 * @property {(values: Partial<EnhanceSettings>, name: string) => void} set
 * @property {() => void} changed cropping has started or ended
 */

/** Common aspect ratios, width to height. */
const RATIOS = [
  ["1:1", "1 : 1"],
  ["5:4", "5 : 4"],
  ["4:3", "4 : 3"],
  ["3:2", "3 : 2"],
  ["16:9", "16 : 9"],
  ["4:5", "4 : 5"],
  ["3:4", "3 : 4"],
  ["2:3", "2 : 3"],
  ["9:16", "9 : 16"],
];

export class ShapePanel {
  #root;
  #actions;
  #viewer;
  #layer;
  #ratios;
  /** The crop while it is being chosen; null otherwise. @type {Rectangle | null} */
  #draft = null;
  /** Size of the whole picture, rotated and straightened, in pixels. @type {Size} */
  #whole = { width: 1, height: 1 };

  /**
   * @param {HTMLElement} root contains the panel
   * @param {Viewer} viewer
   * @param {ShapeActions} actions
   */
  constructor(root, viewer, actions) {
    this.#root = root;
    this.#actions = actions;
    this.#viewer = viewer;
    this.#layer = new CropLayer(viewer, {
      place: (rectangle) => this.#place(rectangle),
      describe: () => this.#describe(),
      apply: () => this.apply(),
      cancel: () => this.cancel(),
    });
    this.#ratios = part(root, "ratio", HTMLSelectElement);
    const choices = [["free", t("Any shape")], ["own", t("Shape of the picture")], ...RATIOS];
    this.#ratios.append(...choices.map(([value, text]) => new Option(text, value)));
    listen(this.#ratios, "change", () => {
      const ratio = this.#ratio;
      if (this.#draft) this.#place(ratio === null ? this.#draft : shaped(this.#draft, ratio));
    });
    listen(button(root, "crop"), "click", () => this.#begin());
    listen(ref(root, "shape-cropping"), "keydown", ({ key }) => key === "Escape" && this.cancel());
    listen(button(root, "crop-done"), "click", () => this.apply());
    listen(button(root, "crop-cancel"), "click", () => this.cancel());
    listen(button(root, "crop-whole"), "click", () => {
      this.#ratios.value = "free";
      this.#place(WHOLE);
    });
    listen(button(root, "rotate-left"), "click", () => this.#turn(-1));
    listen(button(root, "rotate-right"), "click", () => this.#turn(1));
  }

  /** Whether the user is cropping; the viewer shows the whole picture then. */
  get isCropping() {
    return this.#draft !== null;
  }

  /** @param {Size} whole size of the rotated and straightened picture in pixels */
  set whole(whole) {
    this.#whole = whole;
    this.#write();
  }

  /** Apply the crop, if the user is cropping. */
  apply() {
    if (!this.#draft) return;
    const crop = isWhole(this.#draft) ? [] : [...this.#draft];
    this.#end();
    this.#actions.set({ crop }, t("crop"));
    announce(t("Cropped: {size}", { size: this.#describe(crop.length ? /** @type {any} */ (crop) : WHOLE) }));
  }

  cancel() {
    if (!this.#draft) return;
    this.#end();
    announce(t("Crop cancelled."));
  }

  close() {
    this.#layer.close();
  }

  #begin() {
    const settings = this.#actions.settings();
    if (!settings) return;
    const [x1 = 0, y1 = 0, x2 = 1, y2 = 1] = settings.crop;
    this.#draft = [x1, y1, x2, y2];
    this.#ratios.value = "free";
    this.#switch();
    this.#layer.focus();
  }

  #end() {
    this.#draft = null;
    this.#switch();
  }

  #switch() {
    const { isCropping } = this;
    keepFocus(document.body, button(this.#root, isCropping ? "crop-done" : "crop"), () => {
      ref(this.#root, "shape-idle").hidden = isCropping;
      ref(this.#root, "shape-cropping").hidden = !isCropping;
      this.#layer.isShown = isCropping;
    });
    this.#viewer.isPlain = isCropping;
    this.#write();
    this.#actions.changed();
  }

  /** @param {Rectangle} rectangle */
  #place(rectangle) {
    this.#draft = rectangle;
    this.#write();
  }

  /** The selected aspect ratio, width to height as fractions of the picture; null for any. */
  get #ratio() {
    const { value } = this.#ratios;
    if (value === "free") return null;
    if (value === "own") return 1;
    const [width = 1, height = 1] = value.split(":").map(Number);
    return (width / height) * (this.#whole.height / this.#whole.width);
  }

  #write() {
    if (!this.#draft) return;
    ref(this.#root, "crop-size").textContent = this.#describe();
    this.#layer.show(this.#draft, this.#ratio);
  }

  /** @param {Rectangle} [rectangle] */
  #describe(rectangle = this.#draft ?? WHOLE) {
    const [x1, y1, x2, y2] = rectangle;
    const { width, height } = this.#whole;
    return sizeText({
      width: Math.max(1, Math.round((x2 - x1) * width)),
      height: Math.max(1, Math.round((y2 - y1) * height)),
    });
  }

  /** @param {1 | -1} quarters */
  #turn(quarters) {
    const settings = this.#actions.settings();
    if (settings) this.#actions.set(turned(settings, quarters), quarters === 1 ? t("rotation to the right") : t("rotation to the left"));
  }
}
