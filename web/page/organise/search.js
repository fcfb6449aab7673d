/** What is looked for and in what order, and what was found: as the person types, and again when the library changes. */

import { Emitter } from "../emitter.js";
import { OnsightError } from "../../common/messenger.js";
import { preferences } from "./preferences.js";

/** @import { Facet } from "../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** Milliseconds without a key after which is searched. */
const PAUSE_MS = 120;

/** A library that fills is searched again after so many times what the last search took. */
const REST = 12;
const LEAST_REST_MS = 1500;

/**
 * @typedef {object} Found
 * @property {string} query
 * @property {number[]} ids
 * @property {OnsightError | null} error of the query; the pictures are then those of the last one that could be read
 */

/** @extends {Emitter<{found: Found, facets: Facet[]}>} */
export class Search extends Emitter {
  #library;
  #query = "";
  #order;
  /** @type {number[] | null} */
  #given = null;
  /** @type {Found} */
  #found = { query: "", ids: [], error: null };
  #isAsking = false;
  #isStale = false;
  #timer = 0;
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

  /** Whether pictures are shown that no query found, such as those that are like one. */
  get isGiven() {
    return this.#given !== null;
  }

  /**
   * @param {string} query
   * @param {{now?: boolean}} [options]
   */
  setQuery(query, { now = false } = {}) {
    this.#query = query;
    this.#given = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(), now ? 0 : PAUSE_MS);
  }

  /** @param {string} order */
  setOrder(order) {
    this.#order = order;
    preferences.order = order;
    this.#given = null;
    void this.run();
  }

  /**
   * Show these pictures, in this order.
   * @param {number[]} ids
   */
  show(ids) {
    this.#given = ids;
    void this.run();
  }

  /** The library has changed: search again, and not all the time while it fills. */
  refresh() {
    const wait = this.#restUntil - performance.now();
    if (wait <= 0) return void this.run();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(), wait);
  }

  /** @returns {Promise<void>} */
  async run() {
    if (this.#isAsking) {
      this.#isStale = true;
      return;
    }
    this.#isAsking = true;
    const started = performance.now();
    const query = this.#query;
    try {
      if (this.#given) this.#found = { query, ids: this.#given, error: null };
      else {
        const { ids } = await this.#library.ask("search", { query, order: this.#order });
        this.#found = { query, ids, error: null };
      }
    } catch (error) {
      if (!(error instanceof OnsightError)) throw error;
      this.#found = { ...this.#found, query, error };
    } finally {
      this.#isAsking = false;
    }
    this.#restUntil = performance.now() + Math.max(LEAST_REST_MS, REST * (performance.now() - started));
    this.emit("found", this.#found);
    if (this.#isStale) {
      this.#isStale = false;
      return this.run();
    }
    if (!this.#found.error) await this.#askFacets(query);
  }

  /** @param {string} query */
  async #askFacets(query) {
    try {
      const { facets } = await this.#library.ask("facets", { query: this.#given ? "" : query });
      if (query === this.#query) this.emit("facets", facets);
    } catch {
      // They only help; the search itself tells what is wrong.
    }
  }
}
