/** The picture itself, upright, with the heat map over it. */

import { box, button, listen, part } from "../dom.js";
import { formatCount } from "../format.js";
import { paintHeatMap, paintScale } from "./heat-map.js";

/** @import { Classification } from "../../protocol.d.ts" */
/** @import { Onsight } from "../client.js" */
/** @import { Picture } from "../pictures.js" */

const PREVIEW_SIDE = 1600;

/** Whether the person wants heat maps: stays from picture to picture and from visit to visit of the view. */
let heatWanted = false;

export class Stage {
  #root;
  #onsight;
  #image;
  #frame;
  #seen;
  #canvas;
  #legend;
  #note;
  #none;
  #switch;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Classification | null} */
  #result = null;
  #url = "";
  /** Whether the engine was asked for a view of the picture, because the browser cannot show the file. */
  #isPreview = false;
  #preview = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {Onsight} onsight makes pictures showable that the browser cannot open
   * @param {(step: 1 | -1) => void} onStep
   */
  constructor(root, onsight, onStep) {
    this.#root = root;
    this.#onsight = onsight;
    this.#image = part(root, "image", HTMLImageElement);
    this.#frame = box(root, "frame");
    this.#seen = box(root, "seen");
    this.#canvas = part(root, "heat", HTMLCanvasElement);
    this.#legend = box(root, "legend");
    this.#note = box(root, "heat-note");
    this.#none = box(root, "no-image");
    this.#switch = part(root, "heat-switch", HTMLInputElement);
    this.#switch.checked = heatWanted;
    this.#switch.disabled = true;
    paintScale(part(root, "legend-scale", HTMLCanvasElement));
    listen(this.#switch, "change", () => {
      heatWanted = this.#switch.checked;
      this.#showHeat();
    });
    listen(this.#image, "load", () => this.#showImage());
    listen(this.#image, "error", () => this.#fetchPreview());
    listen(button(root, "previous"), "click", () => onStep(-1));
    listen(button(root, "next"), "click", () => onStep(1));
  }

  toggleHeat() {
    if (!this.#switch.disabled) this.#switch.click();
  }

  /** @param {Picture | undefined} picture */
  showPicture(picture) {
    if (picture === this.#picture) return;
    this.#release();
    this.#picture = picture;
    this.#frame.hidden = true;
    this.#none.hidden = true;
    if (!picture) return;
    this.#image.alt = picture.name;
    this.#load(picture.file);
  }

  /** @param {Classification | null} result of the picture that is shown */
  showResult(result) {
    if (result === this.#result) return;
    this.#result = result;
    const heatMap = result?.heat_map ?? null;
    this.#switch.disabled = heatMap === null;
    if (result && heatMap) {
      const { width, height } = result.image;
      const [x1, y1, x2, y2] = heatMap.box;
      const style = this.#seen.style;
      style.insetInlineStart = `${(100 * x1) / width}%`;
      style.insetBlockStart = `${(100 * y1) / height}%`;
      style.inlineSize = `${(100 * (x2 - x1)) / width}%`;
      style.blockSize = `${(100 * (y2 - y1)) / height}%`;
      paintHeatMap(this.#canvas, heatMap);
    }
    this.#showHeat();
  }

  /**
   * @param {number} index of the picture that is shown
   * @param {number} count
   */
  showPosition(index, count) {
    box(this.#root, "steps").hidden = count < 2;
    box(this.#root, "position").textContent = `${formatCount(index + 1)} of ${formatCount(count)}`;
    button(this.#root, "previous").disabled = index <= 0;
    button(this.#root, "next").disabled = index >= count - 1;
  }

  close() {
    this.#release();
  }

  /** @param {Blob} blob */
  #load(blob) {
    this.#url = URL.createObjectURL(blob);
    this.#image.src = this.#url;
  }

  #release() {
    this.#preview.abort();
    this.#preview = new AbortController();
    URL.revokeObjectURL(this.#url);
    this.#url = "";
    this.#isPreview = false;
    this.#image.removeAttribute("src");
  }

  #showImage() {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    if (!this.#url || !width || !height) return;
    this.#frame.style.setProperty("--ratio", String(width / height));
    this.#frame.style.setProperty("--natural", `${width}px`);
    this.#frame.hidden = false;
    this.#none.hidden = true;
    this.#showHeat();
  }

  /** The browser cannot show the file (TIFF, say): let the engine make a picture of it that it can. */
  async #fetchPreview() {
    const picture = this.#picture;
    const { signal } = this.#preview;
    if (!picture || !this.#url) return;
    if (this.#isPreview) return this.#showInstead("This picture cannot be shown.");
    this.#isPreview = true;
    this.#showInstead("Preparing a view of this picture…");
    try {
      const blob = await this.#onsight.preview(picture.file, { maxSide: PREVIEW_SIDE, signal });
      if (signal.aborted) return;
      URL.revokeObjectURL(this.#url);
      this.#load(blob);
    } catch {
      // Cancelled, or the picture cannot be opened at all; the answer beside it says why.
      if (!signal.aborted) this.#showInstead("This picture cannot be shown.");
    }
  }

  /** @param {string} text */
  #showInstead(text) {
    this.#frame.hidden = true;
    this.#none.hidden = false;
    this.#none.textContent = text;
  }

  #showHeat() {
    const result = this.#result;
    const on = heatWanted && Boolean(result?.heat_map) && !this.#frame.hidden;
    this.#seen.hidden = !on;
    this.#legend.hidden = !on;
    this.#note.hidden = !on;
    if (on && result) {
      const what = result.certain ? `“${result.label}”` : "its best guess";
      this.#note.textContent = `Where the network found ${what}. It looks at the middle of the picture: the framed part.`;
    }
  }
}
