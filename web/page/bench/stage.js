/** The picture itself, upright. Tools lay what they have found over it. */

import { box, button, enableSteps, listen, part } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatCount } from "../format.js";

/** @import { Onsight } from "../client.js" */
/** @import { Picture } from "../pictures.js" */

const PREVIEW_SIDE = 1600;

/** @extends {Emitter<{image: boolean}>} tells when the picture is there to be seen, and when no longer */
export class Stage extends Emitter {
  #root;
  #onsight;
  #image;
  #frame;
  #none;
  /** @type {Picture | undefined} */
  #picture;
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
    super();
    this.#root = root;
    this.#onsight = onsight;
    this.#image = part(root, "image", HTMLImageElement);
    this.#frame = box(root, "frame");
    this.#none = box(root, "no-image");
    listen(this.#image, "load", () => this.#showImage());
    listen(this.#image, "error", () => this.#fetchPreview());
    listen(button(root, "previous"), "click", () => onStep(-1));
    listen(button(root, "next"), "click", () => onStep(1));
  }

  /** The picture as the browser shows it. */
  get image() {
    return this.#image;
  }

  /** What lies over the picture goes in here: its edges are the picture's. */
  get frame() {
    return this.#frame;
  }

  /** Where switches for what lies over the picture go. */
  get controls() {
    return box(this.#root, "controls");
  }

  /** Whether the picture can be seen. */
  get isShown() {
    return !this.#frame.hidden;
  }

  /**
   * Show the picture in a way of one's own. What the browser makes of the file stays at hand, out of sight.
   * @param {HTMLElement} element
   */
  replace(element) {
    this.#root.dataset.own = "";
    this.#frame.before(element);
  }

  /** @param {string} text a sentence below the picture; empty for none */
  note(text) {
    const note = box(this.#root, "note");
    note.hidden = !text;
    note.textContent = text;
  }

  /** @param {Picture | undefined} picture */
  showPicture(picture) {
    if (picture === this.#picture) return;
    this.#release();
    this.#picture = picture;
    this.#frame.hidden = true;
    this.#none.hidden = true;
    this.emit("image", false);
    if (!picture) return;
    this.#image.alt = picture.name;
    this.#load(picture.file);
  }

  /**
   * @param {number} index of the picture that is shown
   * @param {number} count
   */
  showPosition(index, count) {
    box(this.#root, "steps").hidden = count < 2;
    box(this.#root, "position").textContent = `${formatCount(index + 1)} of ${formatCount(count)}`;
    enableSteps(this.#root, index, count);
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
    this.emit("image", true);
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
    this.emit("image", false);
  }
}
