/** The progress of an import: how many files are done, which failed, how fast it is. */

import { pathOf } from "./entries.js";

/** @import { FileOutcome } from "../../../protocol.d.ts" */
/** @import { Entry } from "./entries.js" */

/** The remaining time is estimated from the speed in this many recent milliseconds. */
const RECENT_MS = 20_000;

/**
 * @typedef {object} Failure
 * @property {string} path
 * @property {string} message
 * @property {Entry} entry
 */

/**
 * @typedef {object} ImportState
 * @property {"idle" | "running" | "paused" | "halted" | "done"} phase "halted" when the engine or the library has failed
 * @property {number} total files
 * @property {number} done files
 * @property {Record<string, number>} counts by kind of outcome
 * @property {Failure[]} failures of this run
 * @property {number} displaced pictures that are missing now, because other files have replaced theirs
 * @property {string | null} problem why it is halted
 * @property {number | null} rate files per second
 * @property {number | null} leftMs
 */

export class ImportProgress {
  #onChange;
  /** When recent files were finished. @type {number[]} */
  #recent = [];
  /** @type {ImportState} */
  #state = emptyState();

  /** @param {(state: ImportState) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  get state() {
    return this.#state;
  }

  /** Start from zero. Listeners are called at the next change. */
  reset() {
    this.#state = emptyState();
  }

  /** Forget the speed, because there was a pause. */
  forgetRate() {
    this.#recent = [];
  }

  /**
   * @param {Entry} entry
   * @param {FileOutcome} outcome
   */
  count(entry, { kind, message }) {
    const { counts, failures, done, total, phase } = this.#state;
    const now = performance.now();
    this.#recent.push(now);
    while (this.#recent.length > 2 && now - (this.#recent[0] ?? now) > RECENT_MS) this.#recent.shift();
    const spanMs = now - (this.#recent[0] ?? now);
    const rate = this.#recent.length > 3 && spanMs > 500 ? ((this.#recent.length - 1) / spanMs) * 1000 : null;
    const isGoing = phase === "running" && rate !== null;
    this.change({
      done: done + 1,
      counts: { ...counts, [kind]: (counts[kind] ?? 0) + 1 },
      failures: kind === "failed" ? [...failures, { path: pathOf(entry), message: message ?? "", entry }] : failures,
      rate: isGoing ? rate : null,
      leftMs: isGoing ? ((total - done - 1) / rate) * 1000 : null,
    });
  }

  /** @param {Partial<ImportState>} change */
  change(change) {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
  }
}

/** @returns {ImportState} */
export function emptyState() {
  return {
    phase: "idle",
    total: 0,
    done: 0,
    counts: {},
    failures: [],
    displaced: 0,
    problem: null,
    rate: null,
    leftMs: null,
  };
}
