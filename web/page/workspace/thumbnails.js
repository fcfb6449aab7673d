/** Thumbnails for lists: made one at a time, only for visible rows, and cached up to a limit. */

/** @import { Onsight } from "../client.js" */
/** @import { Picture } from "./pictures.js" */

export const THUMBNAIL_SIDE = 96;
/** How many thumbnails are cached. */
const MAX_CACHED = 600;
/** Size of the engine's preview of a picture that browsers show differently: large enough for a sharp middle square. */
const PREVIEW_SIDE = 4 * THUMBNAIL_SIDE;

export class Thumbnails {
  /** By `keyOf`, oldest first; null if the file cannot be opened. @type {Map<string, ImageBitmap | null>} */
  #made = new Map();
  /** @type {{picture: Picture, isWanted: () => boolean, done: (bitmap: ImageBitmap | null) => void,
   *   isByEngine: boolean}[]} */
  #requests = [];
  #working = false;
  #onsight;

  /** @param {Onsight} onsight makes previews of pictures that browsers show differently */
  constructor(onsight) {
    this.#onsight = onsight;
  }

  /**
   * @param {Picture} picture
   * @param {boolean} isByEngine as in `request`
   * @returns {ImageBitmap | null | undefined} undefined if it has not been made
   */
  peek(picture, isByEngine) {
    return this.#made.get(keyOf(picture, isByEngine));
  }

  /**
   * Queue a thumbnail. The latest request comes first, because its row is most likely to be visible.
   * @param {Picture} picture
   * @param {() => boolean} isWanted called before the thumbnail is made
   * @param {(bitmap: ImageBitmap | null) => void} done
   * @param {boolean} isByEngine whether the engine decodes the file, rather than the browser
   */
  request(picture, isWanted, done, isByEngine) {
    this.#requests.push({ picture, isWanted, done, isByEngine });
    this.#work();
  }

  close() {
    this.#requests = [];
    for (const bitmap of this.#made.values()) bitmap?.close();
    this.#made.clear();
  }

  async #work() {
    if (this.#working) return;
    this.#working = true;
    await Promise.resolve(); // the rows that request thumbnails are not in the page yet
    for (let request = this.#requests.pop(); request; request = this.#requests.pop()) {
      if (!request.isWanted()) continue;
      const { picture, isByEngine } = request;
      const key = keyOf(picture, isByEngine);
      const made = this.#made.get(key);
      const bitmap = made ?? (await makeThumbnail(isByEngine ? await this.#preview(picture) : picture.file));
      this.#keep(key, bitmap);
      request.done(bitmap);
    }
    this.#working = false;
  }

  /** @param {Picture} picture */
  async #preview({ file }) {
    return this.#onsight.preview(file, { maxSide: PREVIEW_SIDE, urgent: true }).catch(() => null);
  }

  /**
   * @param {string} key
   * @param {ImageBitmap | null} bitmap
   */
  #keep(key, bitmap) {
    this.#made.set(key, bitmap);
    if (this.#made.size <= MAX_CACHED) return;
    const [oldest, dropped] = this.#made.entries().next().value ?? [];
    if (oldest === undefined) return;
    dropped?.close();
    this.#made.delete(oldest);
  }
}

/**
 * @param {Picture} picture
 * @param {boolean} isByEngine
 */
function keyOf({ id }, isByEngine) {
  return `${id}${isByEngine ? " engine" : ""}`;
}

/**
 * The middle square of a picture, upright.
 * @param {Blob | null} file
 * @returns {Promise<ImageBitmap | null>}
 */
async function makeThumbnail(file) {
  if (!file) return null;
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode(); // off the main thread, unlike drawing an image that has only loaded
    const side = Math.min(image.naturalWidth, image.naturalHeight);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = THUMBNAIL_SIDE;
    const context = canvas.getContext("2d");
    if (!context || !side) return null;
    context.imageSmoothingQuality = "medium";
    const x = (image.naturalWidth - side) / 2;
    const y = (image.naturalHeight - side) / 2;
    context.drawImage(image, x, y, side, side, 0, 0, THUMBNAIL_SIDE, THUMBNAIL_SIDE);
    return await createImageBitmap(canvas);
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}
