/** The progress of a start, out of that of its parts, which read their files side by side. */

/** @import { OnProgress } from "./assets.js" */

export class BootProgress {
  /** @type {{share: number, stage: Parameters<OnProgress>[0], fraction: number}[]} */
  #parts = [];
  #report;

  /** @param {OnProgress} report is told "start" when all that a start needs has arrived */
  constructor(report) {
    this.#report = report;
  }

  /**
   * @param {number} share what the part counts for, in any unit that the parts have in common
   * @returns {OnProgress} to call with the part's own progress
   */
  part(share) {
    const part = { share, stage: /** @type {Parameters<OnProgress>[0]} */ ("cache"), fraction: 0 };
    this.#parts.push(part);
    return (stage, fraction) => {
      Object.assign(part, { stage, fraction: fraction ?? 1 });
      this.#tell();
    };
  }

  #tell() {
    if (this.#parts.every(({ stage }) => stage === "start")) return this.#report("start", null);
    const sum = (/** @type {(part: {share: number, fraction: number}) => number} */ of) =>
      this.#parts.reduce((total, part) => total + of(part), 0);
    const isDownload = this.#parts.some(({ stage }) => stage === "download");
    const fraction = sum(({ share, fraction }) => share * fraction) / sum(({ share }) => share);
    // Of a part that has arrived the other is still waited for.
    this.#report(isDownload ? "download" : "cache", Math.min(fraction, 0.999));
  }
}
