/** What the grid shows of pictures, fetched as they come into sight and kept up to a limit. */

import { Emitter } from "../../lib/emitter.js";

/** @import { GridItem } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

const STORED_DATA = 1500;
const BATCH = 120;

/** @typedef {Omit<GridItem, "thumbnail"> & {source: string}} Tile `source` is the address of the thumbnail */

/** @extends {Emitter<{change: null}>} */
export class Tiles extends Emitter {
  #library;
  /** The oldest comes first. @type {Map<number, Tile>} */
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
   * Have these at hand; a "change" tells when more of them are. Only the latest request counts.
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

  /** Forget all: another library is open, or pictures were looked at anew. */
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
        if (!items.length) return; // gone since
        for (const { thumbnail, ...item } of items) {
          this.#tiles.set(item.id, { ...item, source: URL.createObjectURL(new Blob([thumbnail], { type: "image/jpeg" })) });
        }
        this.#forgetOldest();
        this.emit("change", null);
      }
    } catch {
      // The library says itself what is the matter; empty tiles are asked for again when they are next in sight.
    } finally {
      this.#isFetching = false;
    }
  }

  #forgetOldest() {
    for (const [id, { source }] of this.#tiles) {
      if (this.#tiles.size <= STORED_DATA) return;
      if (this.#wanted.includes(id)) continue;
      URL.revokeObjectURL(source);
      this.#tiles.delete(id);
    }
  }
}
