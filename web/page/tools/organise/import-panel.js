/** How far the import is, and what could not be opened. */

import { button, elementFromTemplate, listen, part, ref, setProgress } from "../../lib/dom.js";
import { formatCount, formatPlural, formatRemaining } from "../../lib/format.js";
import { preferences } from "./preferences.js";

/** @import { ImportState } from "./import-progress.js" */
/** @import { Importer } from "./importing.js" */
/** @import { Library } from "./library.js" */

/** Files that are listed; more would help nobody. */
const LISTED = 200;

/** @type {Record<string, (count: number) => string>} */
const OUTCOMES = {
  seen: (count) => `${formatPlural(count, "picture")} added`,
  unchanged: (count) => `${formatCount(count)} known already`,
  moved: (count) => `${formatCount(count)} moved`,
  copied: (count) => `${formatCount(count)} ${count === 1 ? "copy" : "copies"} of others`,
  failed: (count) => `${formatCount(count)} could not be opened`,
};

export class ImportPanel {
  #root;
  #importer;
  #library;
  #off;

  /**
   * @param {HTMLElement} root
   * @param {Importer} importer
   * @param {Library} library
   * @param {() => void} goOn takes up the import that an earlier page did not end
   */
  constructor(root, importer, library, goOn) {
    this.#root = root;
    this.#importer = importer;
    this.#library = library;
    listen(button(root, "pause"), "click", () => {
      if (importer.state.phase === "running") importer.pause();
      else if (importer.state.phase === "idle") goOn();
      else importer.resume();
    });
    listen(button(root, "cancel-import"), "click", () => importer.cancel());
    listen(button(root, "retry-failed"), "click", () => importer.retry());
    listen(button(root, "dismiss"), "click", () => {
      preferences.unfinished = null;
      importer.dismiss();
    });
    this.#off = [importer.on("state", () => this.show()), library.on("state", () => this.show())];
    this.show();
  }

  close() {
    for (const off of this.#off) off();
  }

  show() {
    const { state } = this.#importer;
    const { phase, done, total, failures, problem } = state;
    const { unfinished } = preferences;
    // While another tab has the library, it may be that tab's import, which is under way.
    const isInterrupted = unfinished && this.#library.state.state === "open";
    this.#root.hidden = phase === "idle" && !isInterrupted;
    if (this.#root.hidden) return;
    const isOver = phase === "done" || phase === "idle";
    if (phase === "idle" && unfinished) {
      ref(this.#root, "import-title").textContent = interruptedText(unfinished);
      ref(this.#root, "import-text").textContent = "What was looked at is safe, and is not looked at again.";
    } else {
      ref(this.#root, "import-title").textContent = titleOf(state);
      ref(this.#root, "import-text").textContent = isOver ? outcomesOf(state) : paceOf(state);
    }
    const progress = part(this.#root, "import-progress", HTMLProgressElement);
    progress.hidden = isOver;
    setProgress(progress, total ? done / total : null);
    const pause = button(this.#root, "pause");
    pause.hidden = phase === "done";
    pause.textContent = phase === "running" ? "Pause" : "Go on";
    button(this.#root, "cancel-import").hidden = isOver;
    button(this.#root, "dismiss").hidden = !isOver;
    button(this.#root, "retry-failed").hidden = !isOver || !failures.length;
    ref(this.#root, "problem").hidden = !problem;
    ref(this.#root, "problem").textContent = problem ?? "";
    this.#listFailures(failures);
  }

  /** @param {ImportState["failures"]} failures */
  #listFailures(failures) {
    const details = part(this.#root, "failures", HTMLDetailsElement);
    details.hidden = !failures.length;
    if (!failures.length) return ref(details, "failure-list").replaceChildren();
    ref(details, "failure-count").textContent = `${formatPlural(failures.length, "file")} could not be opened`;
    const list = ref(details, "failure-list");
    // A new run begins the list anew; within one it only grows.
    if (list.childElementCount > failures.length) list.replaceChildren();
    for (const { path, message } of failures.slice(list.childElementCount, LISTED)) {
      const row = elementFromTemplate("organise-failure");
      ref(row, "path").textContent = path;
      ref(row, "message").textContent = message;
      list.append(row);
    }
    return undefined;
  }
}

/** @param {import("./preferences.js").Unfinished} unfinished */
function interruptedText({ root, files }) {
  const what = root ? `of “${root}”, ${formatPlural(files, "picture")},` : `of ${formatPlural(files, "picture")}`;
  return `The import ${what} was interrupted`;
}

/** @param {ImportState} state */
function titleOf({ phase, done, total, problem }) {
  const count = `${formatCount(done)} of ${formatPlural(total, "picture")}`;
  if (phase === "running") return `Looking at your pictures: ${count}`;
  if (phase === "paused") return `Paused at ${count}`;
  if (phase === "halted") return `Stopped at ${count}`;
  return done < total || problem ? `Ended at ${count}` : "All pictures are in the library";
}

/** @param {ImportState} state */
function paceOf({ rate, leftMs, counts }) {
  const pace = rate === null ? "" : `${rate >= 10 ? formatCount(Math.round(rate)) : rate.toFixed(1)} a second`;
  const left = leftMs === null ? "" : formatRemaining(leftMs);
  const failed = counts.failed ? `${formatCount(counts.failed)} could not be opened` : "";
  return [pace, left, failed].filter(Boolean).join(" · ") || "You can search and sort what is in already.";
}

/** @param {ImportState} state */
function outcomesOf({ counts, displaced }) {
  const parts = Object.entries(OUTCOMES).flatMap(([kind, words]) => (counts[kind] ? [words(counts[kind])] : []));
  const outcome = parts.length ? `${parts.join(", ")}.` : "Nothing was added.";
  if (!displaced) return outcome;
  const are = displaced === 1 ? "is missing now, as another file is where its file was" : "are missing now, as other files are where theirs were";
  return `${outcome} ${formatPlural(displaced, "picture")} ${are}. Nothing that is known of ${displaced === 1 ? "it" : "them"} is lost; search for is:missing.`;
}
