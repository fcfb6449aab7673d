/** The part of a dialog that shows the progress of a long job and, at its end, which files failed. */

import { announce } from "../../lib/announce.js";
import { elementFromTemplate, part, ref, setProgress } from "../../lib/dom.js";
import { formatCount, formatRemaining } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { emptyReport, wordsOf } from "../../lib/writing.js";

/** @import { WriteFailure, WriteOptions, WriteReport } from "../../lib/writing.js" */

/** How many failures are listed at most. */
const LISTED = 200;

export class JobPanel {
  #root;
  /** @type {AbortController | undefined} */
  #abort;
  #onChange;

  /**
   * @param {HTMLElement} host
   * @param {() => void} onChange called when a job begins and ends
   */
  constructor(host, onChange) {
    this.#root = elementFromTemplate("sort-job");
    this.#onChange = onChange;
    host.replaceChildren(this.#root);
  }

  get busy() {
    return this.#abort !== undefined;
  }

  cancel() {
    this.#abort?.abort();
  }

  /** Hide the outcome of a finished job. */
  clear() {
    if (!this.busy) this.#root.hidden = true;
  }

  /**
   * Run a job, and show its progress and its outcome.
   * @param {(options: WriteOptions & {say: (text: string) => void}) => Promise<WriteReport>} work
   * @param {(report: WriteReport) => string} summary a sentence about the outcome
   * @returns {Promise<WriteReport>}
   */
  async run(work, summary) {
    const abort = (this.#abort = new AbortController());
    const began = performance.now();
    const say = (/** @type {string} */ text, /** @type {number | null} */ fraction = null) => {
      ref(this.#root, "job-text").textContent = text;
      setProgress(part(this.#root, "job-bar", HTMLProgressElement), fraction);
    };
    this.#root.hidden = false;
    ref(this.#root, "job-running").hidden = false;
    ref(this.#root, "job-end").hidden = true;
    ref(this.#root, "job-failures").hidden = true;
    say(t("Checking existing files…"));
    this.#onChange();
    this.#root.scrollIntoView({ block: "nearest" });
    addEventListener("beforeunload", stay);
    let report = emptyReport();
    try {
      report = await work({
        signal: abort.signal,
        say,
        onProgress: (done, total, path) => {
          const leftMs = ((performance.now() - began) / done) * (total - done);
          const left = done > 3 ? formatRemaining(leftMs) : "";
          const values = { done: formatCount(done), total: formatCount(total), path, left };
          say(
            left ? t("{done} of {total}, {left}: {path}", values) : t("{done} of {total}: {path}", values),
            done / total,
          );
        },
      });
    } catch (error) {
      report.problem = wordsOf(error);
    } finally {
      removeEventListener("beforeunload", stay);
    }
    this.#abort = undefined;
    ref(this.#root, "job-running").hidden = true;
    this.#showEnd(report, summary(report));
    this.#onChange();
    this.#root.scrollIntoView({ block: "nearest" });
    return report;
  }

  /**
   * @param {WriteReport} report
   * @param {string} summary
   */
  #showEnd({ failures, problem, isCancelled }, summary) {
    const end = ref(this.#root, "job-end");
    const words = [isCancelled ? t("Cancelled.") : "", problem ?? "", summary].filter(Boolean).join(" ");
    end.textContent = words;
    end.hidden = false;
    end.classList.toggle("job__end--bad", problem !== null);
    announce(words);
    const list = ref(this.#root, "job-failures");
    list.hidden = !failures.length;
    ref(list, "job-failures-title").textContent = plural(
      failures.length,
      "{count} file with a problem",
      "{count} files with a problem",
    );
    ref(list, "job-failures-list").replaceChildren(...failures.slice(0, LISTED).map(rowOf));
    const rest = Math.max(0, failures.length - LISTED);
    ref(list, "job-failures-more").hidden = !rest;
    ref(list, "job-failures-more").textContent = plural(rest, "and {count} more", "and {count} more");
  }
}

/**
 * Make the browser ask before it leaves the page.
 * @param {Event} event
 */
function stay(event) {
  event.preventDefault();
}

/** @param {WriteFailure} failure */
function rowOf({ path, message }) {
  const row = elementFromTemplate("sort-job-failure");
  ref(row, "path").textContent = path;
  ref(row, "message").textContent = message;
  return row;
}
