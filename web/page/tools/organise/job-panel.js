/** The part of a dialog that shows how far a long work is and, at its end, what could not be done. */

import { announce } from "../../lib/announce.js";
import { elementFromTemplate, part, ref, setProgress } from "../../lib/dom.js";
import { formatCount, formatPlural, formatRemaining } from "../../lib/format.js";
import { emptyReport, wordsOf } from "../../lib/writing.js";

/** @import { WriteFailure, WriteOptions, WriteReport } from "../../lib/writing.js" */

/** Failures that are listed one by one. */
const LISTED = 200;

export class JobPanel {
  #root;
  /** @type {AbortController | undefined} */
  #abort;
  #onChange;

  /**
   * @param {HTMLElement} host
   * @param {() => void} onChange told when a work begins and ends
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

  /** Forget what was told of a work that has ended. */
  clear() {
    if (!this.busy) this.#root.hidden = true;
  }

  /**
   * Do a work, show how far it is, and tell how it ended.
   * @param {(options: WriteOptions & {say: (text: string) => void}) => Promise<WriteReport>} work
   * @param {(report: WriteReport) => string} summary
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
    say("Looking at what is there…");
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
          say(`${formatCount(done)} of ${formatCount(total)}${left ? `, ${left}` : ""}: ${path}`, done / total);
        },
      });
    } catch (error) {
      report.problem = wordsOf(error);
    } finally {
      removeEventListener("beforeunload", stay);
    }
    this.#abort = undefined;
    ref(this.#root, "job-running").hidden = true;
    this.#tell(report, summary(report));
    this.#onChange();
    this.#root.scrollIntoView({ block: "nearest" });
    return report;
  }

  /**
   * @param {WriteReport} report
   * @param {string} summary
   */
  #tell({ failures, problem, isCancelled }, summary) {
    const end = ref(this.#root, "job-end");
    const words = [isCancelled ? "Cancelled." : "", problem ?? "", summary].filter(Boolean).join(" ");
    end.textContent = words;
    end.hidden = false;
    end.classList.toggle("job__end--bad", problem !== null);
    announce(words);
    const list = ref(this.#root, "job-failures");
    list.hidden = !failures.length;
    ref(list, "job-failures-title").textContent = `${formatPlural(failures.length, "file")} with a problem`;
    ref(list, "job-failures-list").replaceChildren(...failures.slice(0, LISTED).map(rowOf));
    const rest = failures.length - LISTED;
    ref(list, "job-failures-more").hidden = rest <= 0;
    ref(list, "job-failures-more").textContent = `and ${formatCount(rest)} more`;
  }
}

/**
 * Let the browser ask before it leaves the page.
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
