/** The thumbnails and labels of pictures, fetched as they become visible, with a cache of limited size. */

import { Emitter } from "../../lib/emitter.js";

/** @import { GridItem } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** How many tiles are cached at most. */
const CACHED = 1500;

/** How many tiles are fetched in one request. */
const BATCH = 120;

/** @typedef {Omit<GridItem, "thumbnail"> & {source: string}} Tile `source` is the URL of the thumbnail */

/** @extends {Emitter<{change: null}>} */
export class Tiles extends Emitter {
  #library;
  /** The least recently requested comes first. @type {Map<number, Tile>} */
  #tiles = new Map();
  /** @type {readonly number[]} */
  #wanted = [];
  #isFetching = false;

  /** @param {Library} library */
  constructor(library) {
    super();
    this.#library = library;
  }

  /** @param {number} id */
  get(id) {
    return this.#tiles.get(id);
  }

  /**
   * Fetch tiles that are not cached; a "change" event follows as they arrive. Only the latest request counts.
   * @param {readonly number[]} ids
   */
  want(ids) {
    this.#wanted = ids;
    for (const id of ids) {
      const tile = this.#tiles.get(id);
      if (!tile) continue;
      this.#tiles.delete(id);
      this.#tiles.set(id, tile);
    }
    void this.#fetch();
  }

  /** Empty the cache: another library is open, or pictures have changed. */
  clear() {
    for (const { source } of this.#tiles.values()) URL.revokeObjectURL(source);
    this.#tiles.clear();
  }

  async #fetch() {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      for (;;) {
        const ids = this.#wanted.filter((id) => !this.#tiles.has(id)).slice(0, BATCH);
        if (!ids.length) return;
        const { items } = await this.#library.methods.items({ ids });
        if (!items.length) return; // they were removed since
        for (const { thumbnail, ...item } of items) {
          this.#tiles.set(item.id, { ...item, source: URL.createObjectURL(new Blob([thumbnail], { type: "image/jpeg" })) });
        }
        this.#forgetOldest();
        this.emit("change", null);
      }
    } catch {
      // The library reports its errors itself; missing tiles are requested again when they are next visible.
    } finally {
      this.#isFetching = false;
    }
  }

  #forgetOldest() {
    for (const [id, { source }] of this.#tiles) {
      if (this.#tiles.size <= CACHED) return;
      if (this.#wanted.includes(id)) continue;
      URL.revokeObjectURL(source);
      this.#tiles.delete(id);
    }
  }
}
