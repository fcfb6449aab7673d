/** Shows the progress of an import, and the files that could not be opened. */

import { button, elementFromTemplate, listen, part, ref, setProgress } from "../../lib/dom.js";
import { formatCount, formatFixed, formatList, formatRemaining } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { preferences } from "./preferences.js";

/** @import { ImportState } from "./import-progress.js" */
/** @import { Importer } from "./importing.js" */
/** @import { Library } from "./library.js" */

/** How many files are listed at most. */
const LISTED = 200;

/** @type {Record<string, (count: number) => string>} */
const OUTCOMES = {
  seen: (count) => plural(count, "{count} picture added", "{count} pictures added"),
  unchanged: (count) => plural(count, "{count} already in the library", "{count} already in the library"),
  moved: (count) => plural(count, "{count} moved", "{count} moved"),
  copied: (count) => plural(count, "{count} copy of another", "{count} copies of others"),
  failed: couldNotOpen,
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
   * @param {() => void} goOn resumes the import that an earlier visit did not finish
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
    // While another tab has the library open, the import may be in progress there.
    const isInterrupted = unfinished && this.#library.state.state === "open";
    this.#root.hidden = phase === "idle" && !isInterrupted;
    if (this.#root.hidden) return;
    const isOver = phase === "done" || phase === "idle";
    if (phase === "idle" && unfinished) {
      ref(this.#root, "import-title").textContent = interruptedText(unfinished);
      ref(this.#root, "import-text").textContent = t("The pictures analysed so far are saved and will be skipped.");
    } else {
      ref(this.#root, "import-title").textContent = titleOf(state);
      ref(this.#root, "import-text").textContent = isOver ? outcomesOf(state) : paceOf(state);
    }
    const progress = part(this.#root, "import-progress", HTMLProgressElement);
    progress.hidden = isOver;
    setProgress(progress, total ? done / total : null);
    const pause = button(this.#root, "pause");
    pause.hidden = phase === "done";
    pause.textContent = phase === "running" ? t("Pause") : t("Resume");
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
    ref(details, "failure-count").textContent = plural(
      failures.length,
      "{count} file could not be opened",
      "{count} files could not be opened",
    );
    const list = ref(details, "failure-list");
    // The list only grows during a run; a shorter one belongs to a new run.
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
  return root
    ? plural(
        files,
        "The import of “{root}” ({count} picture) was interrupted",
        "The import of “{root}” ({count} pictures) was interrupted",
        { root },
      )
    : plural(files, "The import of {count} picture was interrupted", "The import of {count} pictures was interrupted");
}

/** @param {ImportState} state */
function titleOf({ phase, done, total, problem }) {
  const count = plural(total, "{done} of {count} picture", "{done} of {count} pictures", { done: formatCount(done) });
  if (phase === "running") return t("Analysing your pictures: {count}", { count });
  if (phase === "paused") return t("Paused: {count}", { count });
  if (phase === "halted") return t("Stopped: {count}", { count });
  return done < total || problem ? t("Ended: {count}", { count }) : t("All pictures are in the library");
}

/** @param {ImportState} state */
function paceOf({ rate, leftMs, counts }) {
  const pace = rate === null ? "" : t("{rate} per second", { rate: formatFixed(rate, rate >= 10 ? 0 : 1) });
  const left = leftMs === null ? "" : formatRemaining(leftMs);
  const failed = counts.failed ? couldNotOpen(counts.failed) : "";
  return [pace, left, failed].filter(Boolean).join(" · ") || t("You can already search and sort the imported pictures.");
}

/** @param {number} count */
function couldNotOpen(count) {
  return plural(count, "{count} could not be opened", "{count} could not be opened");
}

/** @param {ImportState} state */
function outcomesOf({ counts, displaced }) {
  const parts = Object.entries(OUTCOMES).flatMap(([kind, words]) => (counts[kind] ? [words(counts[kind])] : []));
  const outcome = parts.length ? t("{outcomes}.", { outcomes: formatList(parts) }) : t("Nothing was added.");
  if (!displaced) return outcome;
  const missing = plural(
    displaced,
    "{count} picture is missing now, because another file has replaced it. Its tags are kept; search for is:missing.",
    "{count} pictures are missing now, because other files have replaced them. " +
      "Their tags are kept; search for is:missing.",
  );
  return `${outcome} ${missing}`;
}
