/** Searches the library as the user types, and again when the library changes. */

import { Emitter } from "../../lib/emitter.js";
import { OnsightError } from "../../../common/messenger.js";
import { preferences } from "./preferences.js";

/** @import { Facet } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** A search starts this many milliseconds after the last key press. */
const PAUSE_MS = 120;

/** During an import, the next search waits this many times as long as the last search and its facets took. */
const REST = 12;
const LEAST_REST_MS = 1500;

const MAX_FACETS_PAUSE_MS = 400;

/**
 * @typedef {object} Found
 * @property {string} query
 * @property {number[]} ids
 * @property {OnsightError | null} error in the query; the pictures are then those of the last valid one
 * @property {string | null} ranked name of the order that the query itself determines
 */

/** @extends {Emitter<{found: Found, facets: Facet[]}>} */
export class Search extends Emitter {
  #library;
  #query = "";
  #order;
  /** @type {Found} */
  #found = { query: "", ids: [], error: null, ranked: null };
  #isAsking = false;
  #isStale = false;
  #hasChanged = false;
  /** Fires when the user has stopped typing. @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;
  /** Fires when the changed library may be searched again. @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;
  #restUntil = 0;

  /** @param {Library} library */
  constructor(library) {
    super();
    this.#library = library;
    this.#order = preferences.order;
  }

  get query() {
    return this.#query;
  }

  get order() {
    return this.#order;
  }

  get found() {
    return this.#found;
  }

  /**
   * @param {string} query
   * @param {{now?: boolean}} [options]
   */
  setQuery(query, { now = false } = {}) {
    this.#query = query;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.run(), now ? 0 : PAUSE_MS);
  }

  /** @param {string} order */
  setOrder(order) {
    this.#order = order;
    preferences.order = order;
    void this.run();
  }

  /** Search the changed library, but not too often during an import. Typed queries never wait for this. */
  refresh() {
    if (this.#typing !== undefined || this.#resting !== undefined) return; // that search will see the changes
    if (this.#isAsking) {
      this.#hasChanged = true;
      return;
    }
    const wait = this.#restUntil - performance.now();
    if (wait <= 0) return void this.run();
    this.#resting = setTimeout(() => void this.run(), wait);
  }

  /** @returns {Promise<void>} */
  async run() {
    clearTimeout(this.#typing);
    clearTimeout(this.#resting);
    this.#typing = this.#resting = undefined;
    if (this.#isAsking) {
      this.#isStale = true;
      return;
    }
    this.#isAsking = true;
    const started = performance.now();
    try {
      do {
        this.#isStale = this.#hasChanged = false;
        await this.#ask(this.#query, this.#order);
      } while (this.#isStale);
    } finally {
      this.#isAsking = false;
      this.#restUntil = performance.now() + Math.max(LEAST_REST_MS, REST * (performance.now() - started));
    }
    if (this.#hasChanged) this.refresh();
  }

  /**
   * Search, then request the facets. Results are dropped if another query has been typed since.
   * @param {string} query
   * @param {string} order
   */
  async #ask(query, order) {
    const isOld = () => this.#isStale || query !== this.#query || order !== this.#order;
    const started = performance.now();
    const found = await this.#find(query, order);
    if (isOld()) return;
    this.#found = found;
    this.emit("found", found);
    if (found.error) return;
    // Facets take longer than the search, so wait in case the user types another key.
    const pause = Math.min(MAX_FACETS_PAUSE_MS, 2 * (performance.now() - started));
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (isOld()) return;
    try {
      const { facets } = await this.#library.methods.facets({ query });
      if (!isOld()) this.emit("facets", facets);
    } catch {
      // Facets are optional; the search itself reports errors.
    }
  }

  /**
   * @param {string} query
   * @param {string} order
   * @returns {Promise<Found>}
   */
  async #find(query, order) {
    try {
      const { ids, order: ranked } = await this.#library.methods.search({ query, order });
      return { query, ids, error: null, ranked };
    } catch (error) {
      if (!(error instanceof OnsightError)) throw error;
      return { ...this.#found, query, error };
    }
  }
}
