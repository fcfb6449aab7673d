/** Combines the progress of the parts of the engine, which load at the same time. */

/** @import { OnProgress } from "./assets.js" */

export class BootProgress {
  /** @type {{share: number, stage: Parameters<OnProgress>[0], fraction: number}[]} */
  #parts = [];
  #report;

  /** @param {OnProgress} report called with "start" when all files have arrived */
  constructor(report) {
    this.#report = report;
  }

  /**
   * @param {number} share the part's weight, in a unit common to all parts
   * @returns {OnProgress} called with the part's own progress
   */
  part(share) {
    const part = { share, stage: /** @type {Parameters<OnProgress>[0]} */ ("cache"), fraction: 0 };
    this.#parts.push(part);
    return (stage, fraction) => {
      Object.assign(part, { stage, fraction: fraction ?? 1 });
      this.#reportAll();
    };
  }

  #reportAll() {
    if (this.#parts.every(({ stage }) => stage === "start")) return this.#report("start", null);
    const sum = (/** @type {(part: {share: number, fraction: number}) => number} */ of) =>
      this.#parts.reduce((total, part) => total + of(part), 0);
    const isDownload = this.#parts.some(({ stage }) => stage === "download");
    const fraction = sum(({ share, fraction }) => share * fraction) / sum(({ share }) => share);
    // Never 1, because another part is still loading.
    this.#report(isDownload ? "download" : "cache", Math.min(fraction, 0.999));
  }
}
