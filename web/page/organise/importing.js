/**
 * Takes files into the library: asks what it knows, has the rest looked at, a few at a time, and hands over what was
 * seen. Each picture is safe when it is counted, so whatever ends the page, the next run goes on where this one stopped.
 */

import { Emitter } from "../emitter.js";
import { OnsightError, isAbort } from "../../common/messenger.js";
import { entriesOfArchive, isArchive, pathOf } from "./entries.js";
import { preferences } from "./preferences.js";

/** @import { FileOutcome } from "../../protocol.d.ts" */
/** @import { Onsight } from "../client.js" */
/** @import { Entry } from "./entries.js" */
/** @import { Library } from "./library.js" */

/** Files that the library is asked about at a time. */
const BATCH = 200;

/** Pictures that are under way beside those that are looked at: they are read or written meanwhile. */
const SPARE_LANES = 1;

/** Milliseconds of the recent past by which the time that is left is told. */
const RECENT_MS = 20_000;

/**
 * @typedef {object} ImportOptions
 * @property {boolean} [detect] whether objects are looked for, too
 * @property {boolean} [retry] whether to try files again that could not be opened before
 * @property {string[]} [roots] folders all of whose pictures are among the files
 */

/**
 * @typedef {object} Failure
 * @property {string} path
 * @property {string} message
 * @property {Entry} entry
 */

/**
 * @typedef {object} ImportState
 * @property {"idle" | "running" | "paused" | "halted" | "done"} phase "halted" when the library cannot be written
 * @property {number} total files
 * @property {number} done files
 * @property {Record<string, number>} counts by kind of outcome
 * @property {Failure[]} failures of this run
 * @property {string | null} problem why it is halted
 * @property {number | null} rate files a second
 * @property {number | null} leftMs
 */

/** @typedef {{entries: Entry[], options: ImportOptions}} Job */

/** @extends {Emitter<{state: ImportState, entries: Entry[]}>} */
export class Importer extends Emitter {
  #onsight;
  #library;
  /** @type {Job[]} */
  #jobs = [];
  #abort = new AbortController();
  /** Settles when a pause ends. @type {{promise: Promise<void>, resolve: () => void} | undefined} */
  #pause;
  #isRunning = false;
  /** Moments at which files were done. @type {number[]} */
  #recent = [];
  /** @type {ImportState} */
  #state = emptyState();
  /** @type {ImportOptions} */
  #lastOptions = {};

  /**
   * @param {Onsight} onsight
   * @param {Library} library
   */
  constructor(onsight, library) {
    super();
    this.#onsight = onsight;
    this.#library = library;
  }

  get state() {
    return this.#state;
  }

  /** Whether files are being taken in. */
  get busy() {
    return this.#isRunning;
  }

  /**
   * Take files in, after those that are under way.
   * @param {Entry[]} entries
   * @param {ImportOptions} [options]
   */
  async add(entries, options = {}) {
    if (!entries.length) return;
    this.#jobs.push({ entries, options });
    if (!this.#isRunning) this.#state = emptyState();
    this.#change({ phase: this.#pause ? "paused" : "running", total: this.#state.total + entries.length });
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#abort = new AbortController();
    try {
      for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) await this.#run(job);
    } catch (error) {
      if (!isAbort(error)) this.#change({ problem: /** @type {Error} */ (error).message });
    } finally {
      this.#isRunning = false;
      this.#jobs = [];
      preferences.unfinished = null;
      this.#change({ phase: "done", rate: null, leftMs: null });
    }
  }

  pause() {
    if (!this.#isRunning || this.#pause) return;
    this.#pause = deferred();
    this.#change({ phase: "paused", rate: null, leftMs: null });
  }

  resume() {
    this.#pause?.resolve();
    this.#pause = undefined;
    this.#recent = [];
    if (this.#isRunning) this.#change({ phase: "running", problem: null });
  }

  cancel() {
    this.#jobs = [];
    this.#abort.abort();
    this.resume();
  }

  /** Try those again that could not be opened. */
  retry() {
    if (this.#isRunning) return;
    void this.add(this.#state.failures.map(({ entry }) => entry), { ...this.#lastOptions, roots: [], retry: true });
  }

  /** Forget what is told of a run that has ended. */
  dismiss() {
    if (!this.#isRunning) this.#change(emptyState());
  }

  /** @param {Job} job */
  async #run(job) {
    this.#lastOptions = job.options;
    await this.#library.opened(this.#abort.signal);
    try {
      await this.#takeIn(job);
    } finally {
      // First, so that who hears of the end does not take the library for as empty as it was.
      await this.#library.refresh().catch(() => {});
    }
  }

  /** @param {Job} job */
  async #takeIn({ entries, options }) {
    const found = await this.#unpack(entries);
    this.emit("entries", found);
    const { detect = false, retry = false, roots = [] } = options;
    // Were this page to end now, the next one would know.
    preferences.unfinished = { root: roots[0] ?? "", files: found.length };
    await this.#library.ask("begin", { detect, retry, roots, files: found.map(pathOf) });
    /** @type {Entry[]} */
    const fresh = [];
    /** Those that may be copies wait until all that they may be copies of are in. @type {Entry[]} */
    const doubtful = [];
    for (let first = 0; first < found.length; first += BATCH) {
      await this.#goOn();
      const batch = found.slice(first, first + BATCH);
      const files = batch.map(({ folder, name, size, modified_ms }) => ({ folder, name, size, modified_ms }));
      const { outcomes } = await this.#library.ask("check", { files });
      for (const [index, entry] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome?.kind === "new") fresh.push(entry);
        else if (outcome?.kind === "compare") doubtful.push(entry);
        else if (outcome) this.#count(entry, outcome);
      }
    }
    for (const [entries_, isNew] of /** @type {const} */ ([[fresh, true], [doubtful, false]])) {
      await this.#each(entries_, (entry) => this.#take(entry, isNew, detect));
    }
  }

  /**
   * @param {Entry[]} entries
   * @param {(entry: Entry) => Promise<void>} use
   */
  async #each(entries, use) {
    let next = 0;
    const lane = async () => {
      for (;;) {
        await this.#goOn();
        const entry = entries[next++];
        this.#onsight.expect(this, entries.length - next);
        if (!entry) return;
        await use(entry);
      }
    };
    try {
      await Promise.all(Array.from({ length: this.#onsight.lanes + SPARE_LANES }, lane));
    } finally {
      this.#onsight.expect(this, 0);
    }
  }

  /**
   * Put the pictures of archives in the place of the archives.
   * @param {Entry[]} entries
   */
  async #unpack(entries) {
    if (!entries.some(isArchive)) return entries;
    /** @type {Entry[]} */
    const found = [];
    for (const entry of entries) {
      if (!isArchive(entry)) {
        found.push(entry);
        continue;
      }
      try {
        found.push(...(await entriesOfArchive(this.#library, entry)));
      } catch (error) {
        this.#fail(entry, error);
      }
    }
    const failed = this.#state.counts.failed ?? 0;
    this.#change({ total: this.#state.total - entries.length + found.length + failed });
    return found;
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isNew
   * @param {boolean} detect
   */
  async #take(entry, isNew, detect) {
    const { signal } = this.#abort;
    const { folder, name, size, modified_ms } = entry;
    const facts = { folder, name, size, modified_ms };
    try {
      const file = await entry.open();
      if (!isNew) {
        const outcome = await this.#library.ask("compare", { image: file, ...facts });
        if (outcome.kind !== "new") return this.#count(entry, outcome);
      }
      const look = await this.#onsight.index(file, { detect, signal });
      await this.#safely(async () => this.#count(entry, await this.#library.ask("record", { ...facts, look })));
    } catch (error) {
      if (isAbort(error) || !(error instanceof OnsightError)) throw error;
      const { code, message } = error;
      await this.#safely(async () => this.#count(entry, await this.#library.ask("refuse", { ...facts, code, message })));
    }
  }

  /**
   * Write; where that fails, wait until the person has made room and goes on.
   * @param {() => Promise<void>} write
   */
  async #safely(write) {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof OnsightError) || !["library_failed", "worker_failed"].includes(error.code)) throw error;
        this.#pause ??= deferred();
        this.#change({ phase: "halted", problem: error.message, rate: null, leftMs: null });
        await this.#goOn();
      }
    }
  }

  /** Wait while there is a pause; throw if the run was cancelled. */
  async #goOn() {
    await this.#pause?.promise;
    this.#abort.signal.throwIfAborted();
  }

  /**
   * @param {Entry} entry
   * @param {unknown} error
   */
  #fail(entry, error) {
    const message = error instanceof Error ? error.message : String(error);
    this.#count(entry, { kind: "failed", id: null, code: null, message });
  }

  /**
   * @param {Entry} entry
   * @param {FileOutcome} outcome
   */
  #count(entry, { kind, message }) {
    const { counts, failures, done, total, phase } = this.#state;
    const now = performance.now();
    this.#recent.push(now);
    while (this.#recent.length > 2 && now - (this.#recent[0] ?? now) > RECENT_MS) this.#recent.shift();
    const spanMs = now - (this.#recent[0] ?? now);
    const rate = this.#recent.length > 3 && spanMs > 500 ? ((this.#recent.length - 1) / spanMs) * 1000 : null;
    const isGoing = phase === "running" && rate !== null;
    this.#change({
      done: done + 1,
      counts: { ...counts, [kind]: (counts[kind] ?? 0) + 1 },
      failures: kind === "failed" ? [...failures, { path: pathOf(entry), message: message ?? "", entry }] : failures,
      rate: isGoing ? rate : null,
      leftMs: isGoing ? ((total - done - 1) / rate) * 1000 : null,
    });
  }

  /** @param {Partial<ImportState>} change */
  #change(change) {
    this.#state = { ...this.#state, ...change };
    this.emit("state", this.#state);
  }
}

/** @returns {ImportState} */
function emptyState() {
  return {
    phase: "idle",
    total: 0,
    done: 0,
    counts: {},
    failures: [],
    problem: null,
    rate: null,
    leftMs: null,
  };
}

function deferred() {
  /** @type {() => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(_: void) => void} */ settle) => (resolve = settle));
  return { promise, resolve };
}
