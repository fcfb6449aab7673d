/**
 * The picture itself, as the engine sees it. Tools draw what they have found over it.
 *
 * Until the engine has answered, this is what the browser makes of the file. The answer says whether that is the same
 * picture. If not (an orientation or colours that browsers ignore, an animation, a format that they do not open), a
 * preview that the engine makes takes its place, and nothing is drawn before that is there.
 */

import { button, enableSteps, listen, part, ref } from "../lib/dom.js";
import { Emitter } from "../lib/emitter.js";
import { formatCount } from "../lib/format.js";

/** @import { ImageInfo } from "../../protocol.d.ts" */
/** @import { Onsight } from "../client.js" */
/** @import { Picture } from "./pictures.js" */

/** Pixels of the longer side of a preview that is shown large. */
export const PREVIEW_SIDE = 2048;

/** @extends {Emitter<{image: boolean}>} tells when the picture is there to be seen, and when no longer */
export class ImagePane extends Emitter {
  #root;
  #onsight;
  #image;
  #frame;
  #none;
  /** @type {Picture | undefined} */
  #picture;
  #url = "";
  /** Facts about the picture, once the engine has answered. @type {ImageInfo | null} */
  #info = null;
  /** Whether the engine was asked for a preview of the picture. */
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
    this.#frame = ref(root, "frame");
    this.#none = ref(root, "no-image");
    listen(this.#image, "load", () => this.#showImage());
    listen(this.#image, "error", () => this.#url && void this.#fetchPreview());
    listen(button(root, "previous"), "click", () => onStep(-1));
    listen(button(root, "next"), "click", () => onStep(1));
  }

  /** The element that shows the picture. */
  get image() {
    return this.#image;
  }

  /** Width and height of the upright picture, in pixels of the file. */
  get size() {
    const { naturalWidth, naturalHeight } = this.#image;
    return { width: this.#info?.width ?? naturalWidth, height: this.#info?.height ?? naturalHeight };
  }

  /** What lies over the picture goes in here: its edges are the picture's. */
  get frame() {
    return this.#frame;
  }

  /** Where switches for what lies over the picture go. */
  get controls() {
    return ref(this.#root, "controls");
  }

  /** Whether the picture can be seen. */
  get isShown() {
    return !this.#frame.hidden;
  }

  /**
   * Show the picture with a custom element. The browser's own rendering of the file is kept, hidden.
   * @param {HTMLElement} element
   */
  replace(element) {
    this.#root.dataset.own = "";
    this.#frame.before(element);
  }

  /** @param {string} text a sentence below the picture; empty for none */
  note(text) {
    const note = ref(this.#root, "note");
    note.hidden = !text;
    note.textContent = text;
  }

  /**
   * @param {Picture | undefined} picture
   * @param {ImageInfo | null} info facts about it; null until the engine has answered
   */
  showPicture(picture, info) {
    if (picture === this.#picture) {
      if (info && !this.#info) this.#learn(info);
      return;
    }
    this.#release();
    this.#picture = picture;
    this.#info = info;
    this.#frame.hidden = true;
    this.#none.hidden = true;
    this.emit("image", false);
    if (!picture) return;
    this.#image.alt = picture.name;
    if (info && !info.as_in_browsers) void this.#fetchPreview();
    else this.#load(picture.file);
  }

  /**
   * @param {number} index of the picture that is shown
   * @param {number} count
   */
  showPosition(index, count) {
    ref(this.#root, "steps").hidden = count < 2;
    ref(this.#root, "position").textContent = `${formatCount(index + 1)} of ${formatCount(count)}`;
    enableSteps(this.#root, index, count);
  }

  close() {
    this.#release();
  }

  /**
   * Keep what the browser shows if the engine sees the same picture; else replace it.
   * @param {ImageInfo} info
   */
  #learn(info) {
    this.#info = info;
    if (this.#isPreview) return;
    if (!info.as_in_browsers) void this.#fetchPreview();
    else if (this.#image.complete) this.#showImage();
  }

  /** Whether the browser shows the file in another size than the engine, by the file's resolution or its orientation. */
  #isOfAnotherSize() {
    const { naturalWidth, naturalHeight } = this.#image;
    return this.#info !== null && (naturalWidth !== this.#info.width || naturalHeight !== this.#info.height);
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
    this.#info = null;
    this.#isPreview = false;
    this.#image.removeAttribute("src");
  }

  #showImage() {
    if (!this.#url || !this.#image.naturalWidth || !this.#image.naturalHeight) return;
    if (!this.#isPreview && this.#isOfAnotherSize()) return void this.#fetchPreview();
    const { width, height } = this.size;
    this.#frame.style.setProperty("--ratio", String(width / height));
    this.#frame.style.setProperty("--natural", `${width}px`);
    this.#frame.hidden = false;
    this.#none.hidden = true;
    this.emit("image", true);
  }

  /** Show a picture that the engine makes of the file, in place of what the browser makes of it. */
  async #fetchPreview() {
    const picture = this.#picture;
    const { signal } = this.#preview;
    if (!picture) return;
    if (this.#isPreview) return this.#showInstead("This picture cannot be shown.");
    this.#isPreview = true;
    URL.revokeObjectURL(this.#url);
    this.#url = "";
    this.#image.removeAttribute("src");
    this.#showInstead("Preparing a view of this picture…");
    try {
      const blob = await this.#onsight.preview(picture.file, { maxSide: PREVIEW_SIDE, urgent: true, signal });
      if (!signal.aborted) this.#load(blob);
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
