/** Small pictures for lists: made one at a time, only for rows that are in sight, and kept up to a limit. */

/** @import { Picture } from "./pictures.js" */

export const THUMBNAIL_SIDE = 96;
const KEPT = 600;

export class Thumbnails {
  /** Null where the browser cannot open the file. The oldest comes first. @type {Map<number, ImageBitmap | null>} */
  #made = new Map();
  /** @type {{picture: Picture, isWanted: () => boolean, done: (bitmap: ImageBitmap | null) => void}[]} */
  #wishes = [];
  #working = false;

  /**
   * @param {Picture} picture
   * @returns {ImageBitmap | null | undefined} undefined if it has not been made
   */
  peek({ id }) {
    return this.#made.get(id);
  }

  /**
   * Make a thumbnail when its turn comes; the latest wish comes first, for that is where the person looks.
   * @param {Picture} picture
   * @param {() => boolean} isWanted asked when its turn has come
   * @param {(bitmap: ImageBitmap | null) => void} done
   */
  request(picture, isWanted, done) {
    this.#wishes.push({ picture, isWanted, done });
    this.#work();
  }

  close() {
    this.#wishes = [];
    for (const bitmap of this.#made.values()) bitmap?.close();
    this.#made.clear();
  }

  async #work() {
    if (this.#working) return;
    this.#working = true;
    await Promise.resolve(); // the rows that wish are being put into the page
    for (let wish = this.#wishes.pop(); wish; wish = this.#wishes.pop()) {
      if (!wish.isWanted()) continue;
      const bitmap = this.#made.get(wish.picture.id) ?? (await makeThumbnail(wish.picture.file));
      this.#keep(wish.picture.id, bitmap);
      wish.done(bitmap);
    }
    this.#working = false;
  }

  /**
   * @param {number} id
   * @param {ImageBitmap | null} bitmap
   */
  #keep(id, bitmap) {
    this.#made.set(id, bitmap);
    if (this.#made.size <= KEPT) return;
    const [oldest, dropped] = this.#made.entries().next().value ?? [];
    if (oldest === undefined) return;
    dropped?.close();
    this.#made.delete(oldest);
  }
}

/**
 * The middle square of a picture, upright.
 * @param {File} file
 * @returns {Promise<ImageBitmap | null>}
 */
async function makeThumbnail(file) {
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
