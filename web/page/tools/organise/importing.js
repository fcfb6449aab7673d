/**
 * Imports files into the library: queues them, pauses, and waits while the engine or the library fails. import-run.js
 * handles each file. A picture is stored before it is counted, so even if the page crashes, the next run resumes where
 * this one stopped.
 */

import { Emitter } from "../../lib/emitter.js";
import { OnsightError, asOnsightError, isAbort } from "../../../common/messenger.js";
import { ImportProgress, emptyState } from "./import-progress.js";
import { ImportRun } from "./import-run.js";
import { preferences } from "./preferences.js";
import { t } from "../../lib/texts.js";

/** @import { Onsight } from "../../client.js" */
/** @import { Entry } from "./entries.js" */
/** @import { ImportState } from "./import-progress.js" */
/** @import { Host, ImportOptions, Job } from "./import-run.js" */
/** @import { Library } from "./library.js" */

/** How long an import waits after the engine has failed before it tries again by itself. */
const TRY_AGAIN_MS = 30_000;

/** After this many restarts in a row without a finished picture, the import halts and shows the problem. */
const RESTARTS = 3;

/** @extends {Emitter<{state: ImportState, placed: {folder: string, entry: Entry}}>} */
export class Importer extends Emitter {
  #onsight;
  #library;
  /** @type {Job[]} */
  #jobs = [];
  #abort = new AbortController();
  /** Settles when a pause ends. @type {{promise: Promise<void>, resolve: () => void} | undefined} */
  #pause;
  #isRunning = false;
  #progress = new ImportProgress((state) => this.emit("state", state));
  /** @type {ImportOptions} */
  #lastOptions = {};
  #restarts = 0;
  /** The library that this run imports into. @type {string | undefined} */
  #libraryName;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Onsight} onsight
   * @param {Library} library
   */
  constructor(onsight, library) {
    super();
    this.#onsight = onsight;
    this.#library = library;
    onsight.addEventListener("engine", () => onsight.engine.state === "ready" && this.#tryAgain());
    library.on("state", ({ state }) => state === "open" && this.#tryAgain());
    addEventListener("online", () => this.#tryAgain());
  }

  get state() {
    return this.#progress.state;
  }

  /** Whether files are being imported. */
  get busy() {
    return this.#isRunning;
  }

  /**
   * Import files, after those that are queued already.
   * @param {Entry[]} entries
   * @param {ImportOptions} [options]
   */
  async add(entries, options = {}) {
    if (!entries.length) return;
    this.#jobs.push({ entries, options });
    if (!this.#isRunning) this.#progress.reset();
    this.#progress.change({ phase: this.#pause ? "paused" : "running", total: this.#progress.state.total + entries.length });
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#libraryName = undefined;
    this.#abort = new AbortController();
    try {
      for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) await this.#run(job);
    } catch (error) {
      if (!isAbort(error)) this.#progress.change({ problem: /** @type {Error} */ (error).message });
    } finally {
      this.#isRunning = false;
      this.#jobs = [];
      preferences.unfinished = null;
      this.#progress.change({ phase: "done", rate: null, leftMs: null });
    }
  }

  pause() {
    if (!this.#isRunning || this.#pause) return;
    this.#pause = deferred();
    this.#progress.change({ phase: "paused", rate: null, leftMs: null });
  }

  resume() {
    clearTimeout(this.#timer);
    if (this.#progress.state.phase === "halted") {
      this.#onsight.restart().catch(() => {}); // the next picture fails with the same error
      if (this.#library.state.state === "failed") void this.#library.start();
    }
    this.#pause?.resolve();
    this.#pause = undefined;
    this.#progress.forgetRate();
    if (this.#isRunning) this.#progress.change({ phase: "running", problem: null });
  }

  cancel() {
    this.#jobs = [];
    this.#abort.abort();
    this.resume();
  }

  /** Retry the files that could not be opened. */
  retry() {
    if (this.#isRunning) return;
    void this.add(this.#progress.state.failures.map(({ entry }) => entry), { ...this.#lastOptions, retry: true });
  }

  /** Clear the state of a finished run. */
  dismiss() {
    if (!this.#isRunning) this.#progress.change(emptyState());
  }

  /** @param {Job} job */
  async #run(job) {
    this.#lastOptions = job.options;
    const parts = { onsight: this.#onsight, library: this.#library, progress: this.#progress };
    const { signal } = this.#abort;
    /** @type {Host} */
    const host = {
      signal,
      goOn: () => this.#goOn(),
      persist: (use) => this.#persist(use),
      requireSameLibrary: () => this.#requireSameLibrary(),
      count: (entry, outcome) => {
        this.#restarts = 0;
        this.#progress.count(entry, outcome);
      },
      place: (placed) => this.emit("placed", placed),
    };
    const run = new ImportRun(parts, host, job);
    try {
      await run.takeIn();
    } finally {
      this.#lastOptions = run.options;
      // First, so that listeners to the end of the import see the new pictures.
      await this.#library.refresh().catch(() => {});
      const { missing = 0 } = this.#library.status ?? {};
      const { displaced } = this.#progress.state;
      this.#progress.change({ displaced: displaced + Math.max(0, missing - (run.missingBefore ?? missing)) });
    }
  }

  /** An import must not continue in a different library. */
  #requireSameLibrary() {
    const { state } = this.#library;
    const name = state.state === "open" ? state.name : "";
    this.#libraryName ??= name;
    if (name === this.#libraryName) return;
    const message = t("These pictures belong to the library “{name}”. Open it, then resume.", { name: this.#libraryName });
    throw new OnsightError({ code: "library_failed", message });
  }

  /**
   * Retry as long as only the engine or the library fails: an import waits until both work again.
   * @template T
   * @param {() => Promise<T>} use
   * @returns {Promise<T>}
   */
  async #persist(use) {
    /** @type {number | undefined} the number of finished pictures at the first failure */
    let doneBefore;
    for (;;) {
      await this.#goOn();
      try {
        return await use();
      } catch (error) {
        this.#stopIfCancelled(error);
        const known = asEngineError(error);
        // Other pictures have succeeded since, so this picture must be the cause.
        if (!known || (known.code === "model_failed" && this.#progress.state.done > (doneBefore ?? Infinity))) throw error;
        doneBefore ??= this.#progress.state.done;
        await this.#recover(known);
      }
    }
  }

  /**
   * Wait for a worker that is being restarted. If that fails, halt, show why, and resume later or when the user asks.
   * @param {OnsightError} error
   */
  async #recover(error) {
    if (this.#progress.state.phase === "paused") return; // retried when the user resumes
    const isElsewhere = this.#library.state.state === "elsewhere";
    if (error.code === "worker_failed" && this.#restarts < RESTARTS && !this.#pause && !isElsewhere) {
      this.#restarts += 1;
      const { signal } = this.#abort;
      try {
        await Promise.all([this.#onsight.ready, this.#library.opened(signal)]);
        return;
      } catch (failure) {
        this.#stopIfCancelled(failure);
        error = asEngineError(failure) ?? error;
      }
    }
    this.#pause ??= deferred();
    this.#progress.change({ phase: "halted", problem: error.message, rate: null, leftMs: null });
    clearTimeout(this.#timer);
    // If the library has no room left, the user has to act first.
    if (error.code !== "library_failed") this.#timer = setTimeout(() => this.#tryAgain(), TRY_AGAIN_MS);
  }

  /** Resume if a failure has halted the import, but not if the user has paused it. */
  #tryAgain() {
    if (this.#progress.state.phase === "halted") this.resume();
  }

  /** @param {unknown} error rethrown if the run was cancelled */
  #stopIfCancelled(error) {
    if (this.#abort.signal.aborted) throw error;
  }

  /** Wait while the import is paused; throw if the run was cancelled. */
  async #goOn() {
    await this.#pause?.promise;
    this.#abort.signal.throwIfAborted();
  }
}

/**
 * @param {unknown} error
 * @returns {OnsightError | null} null if the cause is the file or this attempt
 */
function asEngineError(error) {
  // The user has not cancelled: the worker was ended, because another tab took over the library or the engine restarted.
  const message = t("The library was closed during the import. Open it again, then resume.");
  const known = isAbort(error) ? new OnsightError({ code: "worker_failed", message }) : asOnsightError(error);
  return known.fault === "engine" ? known : null;
}

function deferred() {
  /** @type {() => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(_: void) => void} */ settle) => (resolve = settle));
  return { promise, resolve };
}
