/**
 * Shows the picture as the engine sees it. Tools draw their results over it.
 *
 * At first, the browser shows the file. The engine's result says whether the engine sees the same picture. If it does
 * not (an orientation or colours that browsers ignore, an animation, a format that they cannot open), a preview made by
 * the engine replaces it, and nothing is drawn over the picture before the preview is shown.
 */

import { button, enableSteps, listen, part, ref } from "../lib/dom.js";
import { Emitter } from "../lib/emitter.js";
import { formatCount } from "../lib/format.js";
import { t } from "../lib/texts.js";

/** @import { ImageInfo } from "../../protocol.d.ts" */
/** @import { Onsight } from "../client.js" */
/** @import { Picture } from "./pictures.js" */

/** The longer side of a preview that is shown large, in pixels. */
export const PREVIEW_SIDE = 2048;

/** @extends {Emitter<{image: boolean}>} whether the picture is visible, whenever that changes */
export class ImagePane extends Emitter {
  #root;
  #onsight;
  #image;
  #frame;
  #none;
  /** @type {Picture | undefined} */
  #picture;
  #url = "";
  /** What the engine found out about the picture; null before it has. @type {ImageInfo | null} */
  #info = null;
  /** Whether the engine was asked for a preview of the picture. */
  #isPreview = false;
  #preview = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {Onsight} onsight makes previews of pictures that the browser cannot show correctly
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

  /** Contains the layers over the picture. It has the picture's edges. */
  get frame() {
    return this.#frame;
  }

  /** Contains the controls of the layers. */
  get controls() {
    return ref(this.#root, "controls");
  }

  /** Whether the picture is visible. */
  get isShown() {
    return !this.#frame.hidden;
  }

  /**
   * Show another element instead of the picture. The image stays loaded, but is hidden.
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
   * @param {ImageInfo | null} info what the engine found out about it; null before it has
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
   * @param {number} index of the selected picture
   * @param {number} count
   */
  showPosition(index, count) {
    ref(this.#root, "steps").hidden = count < 2;
    ref(this.#root, "position").textContent = t("{index} of {total}", {
      index: formatCount(index + 1),
      total: formatCount(count),
    });
    enableSteps(this.#root, index, count);
  }

  close() {
    this.#release();
  }

  /**
   * Keep the browser's picture if the engine sees the same one; otherwise replace it.
   * @param {ImageInfo} info
   */
  #learn(info) {
    this.#info = info;
    if (this.#isPreview) return;
    if (!info.as_in_browsers) void this.#fetchPreview();
    else if (this.#image.complete) this.#showImage();
  }

  /** Whether browser and engine disagree about the size, because of the file's resolution or its orientation. */
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

  /** Replace the browser's picture with a preview made by the engine. */
  async #fetchPreview() {
    const picture = this.#picture;
    const { signal } = this.#preview;
    if (!picture) return;
    if (this.#isPreview) return this.#showInstead(t("This picture cannot be shown."));
    this.#isPreview = true;
    URL.revokeObjectURL(this.#url);
    this.#url = "";
    this.#image.removeAttribute("src");
    this.#showInstead(t("Preparing a preview of this picture…"));
    try {
      const blob = await this.#onsight.preview(picture.file, { maxSide: PREVIEW_SIDE, urgent: true, signal });
      if (!signal.aborted) this.#load(blob);
    } catch {
      // Cancelled, or the file cannot be opened; the error next to it says why.
      if (!signal.aborted) this.#showInstead(t("This picture cannot be shown."));
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
