/**
 * Takes files into the library: asks what it knows, has the rest looked at, a few at a time, and hands over what was
 * seen. Each picture is safe when it is counted, so whatever ends the page, the next run goes on where this one stopped.
 */

import { Emitter } from "../emitter.js";
import { OnsightError, asOnsightError, isAbort } from "../../common/messenger.js";
import { besideMarkOf, entriesOfArchive, isArchive, pathOf, readBeside } from "./entries.js";
import { preferences } from "./preferences.js";
import { isSidecar } from "../suffixes.js";

/** @import { BeginImportOptions, FileOutcome, Methods, SourceOptions } from "../../protocol.d.ts" */
/** @import { Onsight } from "../client.js" */
/** @import { Arrival, Entry } from "./entries.js" */
/** @import { Library, Question } from "./library.js" */

/** Files that the library is asked about at a time. */
const BATCH = 200;

/** Pictures that are under way beside those that are looked at: they are read or written meanwhile. */
const SPARE_LANES = 1;

/** Milliseconds of the recent past by which the time that is left is told. */
const RECENT_MS = 20_000;

/** After so long an import that the engine has stopped tries again by itself. */
const TRY_AGAIN_MS = 30_000;

const ELSEWHERE = "The library is open in another tab. Use it here, then go on.";
const GONE = "The library was closed while pictures were being taken in. Open it again, then go on.";

/** So many restarts in a row without a picture that is done are no longer waited for in silence. */
const RESTARTS = 3;

/**
 * @typedef {object} ImportOptions
 * @property {boolean} [detect] whether objects are looked for, too
 * @property {boolean} [retry] whether to try files again that could not be opened before
 * @property {string[]} [gone] keys of folders that are no longer where they were
 * @property {Entry[]} [beside] the other files of the same folders, such as sidecars and videos
 */

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
 * @property {number} displaced pictures that are missing now, as other files are where theirs were
 * @property {string | null} problem why it is halted
 * @property {number | null} rate files a second
 * @property {number | null} leftMs
 */

/** @typedef {{entries: Entry[], options: ImportOptions}} Job */

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
  /** Moments at which files were done. @type {number[]} */
  #recent = [];
  /** @type {ImportState} */
  #state = emptyState();
  /** @type {ImportOptions} */
  #lastOptions = {};
  /** What the library was told of this run, and in which of its sessions. @type {{session: number, told: Promise<{missing: number}>}} */
  #begun = { session: -1, told: Promise.resolve({ missing: 0 }) };
  /** @type {BeginImportOptions} */
  #beginning = {};
  /** What was added in this run. @type {Arrival[]} */
  #arrivals = [];
  /** The files beside pictures of this run, by folder. @type {Map<string, Entry[]>} */
  #besideOf = new Map();
  /** How many pictures were missing when this job began. @type {number | undefined} */
  #missingBefore;
  #restarts = 0;
  /** The library into which this run goes. @type {string | undefined} */
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
    this.#libraryName = undefined;
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
    clearTimeout(this.#timer);
    if (this.#state.phase === "halted") {
      this.#onsight.restart().catch(() => {}); // the next picture that needs it says so
      if (this.#library.state.state === "failed") void this.#library.start();
    }
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
    void this.add(this.#state.failures.map(({ entry }) => entry), { ...this.#lastOptions, retry: true });
  }

  /** Forget what is told of a run that has ended. */
  dismiss() {
    if (!this.#isRunning) this.#change(emptyState());
  }

  /** @param {Job} job */
  async #run(job) {
    this.#lastOptions = job.options;
    this.#begun.session = -1;
    this.#missingBefore = undefined;
    try {
      await this.#takeIn(job);
    } finally {
      // First, so that who hears of the end does not take the library for as empty as it was.
      await this.#library.refresh().catch(() => {});
      const { missing = 0 } = this.#library.status ?? {};
      const { displaced } = this.#state;
      this.#change({ displaced: displaced + Math.max(0, missing - (this.#missingBefore ?? missing)) });
    }
  }

  /** @param {Job} job */
  async #takeIn({ entries, options }) {
    const { detect = false, retry = false, gone = [] } = options;
    const { found, beside } = await this.#unpack(entries, options.beside ?? []);
    this.#lastOptions = { ...options, beside };
    this.#arrivals = [...new Set(found.map(({ arrival }) => arrival))];
    this.#besideOf = new Map();
    for (const entry of beside) {
      const key = this.#folderOf(entry);
      const known = this.#besideOf.get(key);
      if (known) known.push(entry);
      else this.#besideOf.set(key, [entry]);
    }
    // Were this page to end now, the next one would know.
    preferences.unfinished = { ...unfinishedOf(found), files: found.length };
    // A retry has only some of a folder's files; the others are where they were.
    const arrivals = this.#arrivals.map((arrival) => ({ ...arrival, whole: arrival.whole && !retry }));
    this.#beginning = { detect, retry, arrivals, files: found.map((entry) => this.#factsOf(entry)), gone };
    await this.#pair(found, beside.filter(isSidecar));
    /** @type {Entry[]} */
    const fresh = [];
    /** Those that may be copies wait until all that they may be copies of are in. @type {Entry[]} */
    const doubtful = [];
    for (let first = 0; first < found.length; first += BATCH) {
      await this.#goOn();
      const batch = found.slice(first, first + BATCH);
      const files = batch.map((entry) => this.#factsOf(entry));
      const { outcomes } = await this.#ask("check", { files });
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
   * Tell pictures which files beside them say something about them.
   * @param {Entry[]} pictures
   * @param {Entry[]} beside
   */
  async #pair(pictures, beside) {
    if (!beside.length) return;
    // Two folders of one name are two.
    const pathIn = (/** @type {Entry} */ entry) => `${this.#folderOf(entry)}/${entry.name}`;
    const { files } = await this.#ask("beside", { pictures: pictures.map(pathIn), files: beside.map(pathIn) });
    for (const [index, picture] of pictures.entries()) {
      picture.beside = (files[index] ?? []).flatMap((place) => beside[place] ?? []);
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
   * Put the pictures of archives in the place of the archives, and add the files beside them to the others.
   * @param {Entry[]} entries
   * @param {Entry[]} besideFiles
   */
  async #unpack(entries, besideFiles) {
    if (!entries.some(isArchive)) return { found: entries, beside: besideFiles };
    /** @type {Entry[]} */
    const found = [];
    const beside = [...besideFiles];
    for (const entry of entries) {
      if (!isArchive(entry)) {
        found.push(entry);
        continue;
      }
      try {
        const content = await this.#persist(() => entriesOfArchive(this.#library, entry));
        for (const picture of content.pictures) found.push(picture);
        for (const one of content.beside) beside.push(one);
      } catch (error) {
        this.#stopIfCancelled(error);
        this.#fail(entry, error);
      }
    }
    const failed = this.#state.counts.failed ?? 0;
    this.#change({ total: this.#state.total - entries.length + found.length + failed });
    return { found, beside };
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isNew
   * @param {boolean} detect
   */
  async #take(entry, isNew, detect) {
    const facts = this.#factsOf(entry);
    try {
      const file = await this.#persist(() => entry.open());
      if (!isNew) {
        const outcome = await this.#ask("compare", { image: file, ...facts, sidecars: await readBeside(entry) });
        if (outcome.kind !== "new") return this.#count(entry, outcome);
      }
      const { signal } = this.#abort;
      const look = await this.#persist(() => this.#onsight.index(file, { detect, signal }));
      this.#count(entry, await this.#ask("record", { ...facts, look, sidecars: await readBeside(entry) }));
    } catch (error) {
      this.#stopIfCancelled(error);
      const { code, message, fault } = asOnsightError(error);
      if (fault === "file") this.#count(entry, await this.#ask("refuse", { ...facts, code, message }));
      else this.#fail(entry, error);
    }
  }

  /**
   * Ask the library about this run's files. One that was opened again must hear of the run first.
   * @template {Question} Name
   * @param {Name} name
   * @param {Omit<Methods[`library_${Name}`]["params"], "picture">} params
   * @returns {Promise<Methods[`library_${Name}`]["result"]>}
   */
  #ask(name, params) {
    return this.#persist(async () => {
      const { state } = this.#library.state;
      if (state === "elsewhere") throw new OnsightError({ code: "library_failed", message: ELSEWHERE });
      await this.#library.opened(this.#abort.signal);
      this.#requireSameLibrary();
      const { session } = this.#library;
      if (this.#begun.session !== session) {
        this.#begun = { session, told: this.#library.ask("begin", this.#beginning) };
        this.#begun.told.catch(() => (this.#begun.session = -1));
      }
      const { missing } = await this.#begun.told;
      this.#missingBefore ??= missing; // not when the library was opened again in between
      return this.#library.ask(name, params);
    });
  }

  /** What was begun in one library does not go on in another. */
  #requireSameLibrary() {
    const { state } = this.#library;
    const name = state.state === "open" ? state.name : "";
    this.#libraryName ??= name;
    if (name === this.#libraryName) return;
    const message = `These pictures go into the library “${this.#libraryName}”. Open it, then go on.`;
    throw new OnsightError({ code: "library_failed", message });
  }

  /**
   * Do something for as long as it is only the engine or the library that fails: an import waits until both work again.
   * @template T
   * @param {() => Promise<T>} use
   * @returns {Promise<T>}
   */
  async #persist(use) {
    /** @type {number | undefined} pictures that were done when this failed first */
    let doneBefore;
    for (;;) {
      await this.#goOn();
      try {
        return await use();
      } catch (error) {
        this.#stopIfCancelled(error);
        const known = asEngineError(error);
        // Others succeed meanwhile, so this picture is the cause after all.
        if (!known || (known.code === "model_failed" && this.#state.done > (doneBefore ?? Infinity))) throw error;
        doneBefore ??= this.#state.done;
        await this.#recover(known);
      }
    }
  }

  /**
   * Wait for a worker that is being restarted; else stop, say why, and go on later or when the person says so.
   * @param {OnsightError} error
   */
  async #recover(error) {
    if (this.#state.phase === "paused") return; // tried again when the person goes on
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
    this.#change({ phase: "halted", problem: error.message, rate: null, leftMs: null });
    clearTimeout(this.#timer);
    // What the library has no room for needs a person.
    if (error.code !== "library_failed") this.#timer = setTimeout(() => this.#tryAgain(), TRY_AGAIN_MS);
  }

  /** Go on if it was a failure that stopped the import, and not the person. */
  #tryAgain() {
    if (this.#state.phase === "halted") this.resume();
  }

  /** @param {unknown} error thrown again if the run was cancelled */
  #stopIfCancelled(error) {
    if (this.#abort.signal.aborted) throw error;
  }

  /** Wait while there is a pause; throw if the run was cancelled. */
  async #goOn() {
    await this.#pause?.promise;
    this.#abort.signal.throwIfAborted();
  }

  /** @param {Entry} entry */
  #folderOf({ arrival, folder }) {
    return `${this.#arrivals.indexOf(arrival)}/${folder}`;
  }

  /**
   * Tell where the library has a picture; the files beside it are there, too.
   * @param {Entry} entry
   * @param {string} folder
   */
  #place(entry, folder) {
    this.emit("placed", { folder, entry });
    const key = this.#folderOf(entry);
    const beside = entry.folder ? (this.#besideOf.get(key) ?? []) : (entry.beside ?? []);
    if (entry.folder) this.#besideOf.delete(key);
    for (const one of beside) this.emit("placed", { folder, entry: one });
  }

  /**
   * What the library is told of a file.
   * @param {Entry} entry
   * @returns {SourceOptions}
   */
  #factsOf(entry) {
    const { folder, name, size, modified_ms, arrival } = entry;
    const index = Math.max(0, this.#arrivals.indexOf(arrival));
    return { folder, name, size, modified_ms, arrival: index, beside: besideMarkOf(entry) };
  }

  /**
   * @param {Entry} entry
   * @param {unknown} error
   */
  #fail(entry, error) {
    const message = error instanceof Error ? error.message : String(error);
    this.#count(entry, { kind: "failed", id: null, folder: null, code: null, message });
  }

  /**
   * @param {Entry} entry
   * @param {FileOutcome} outcome
   */
  #count(entry, { kind, folder, message }) {
    if (folder !== null) this.#place(entry, folder);
    const { counts, failures, done, total, phase } = this.#state;
    this.#restarts = 0;
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

/**
 * @param {unknown} error
 * @returns {OnsightError | null} null if it says something of the file, or of this attempt
 */
function asEngineError(error) {
  // Nobody cancelled: the worker was ended, because another tab took the library over or the engine was replaced.
  const known = isAbort(error) ? new OnsightError({ code: "worker_failed", message: GONE }) : asOnsightError(error);
  return known.fault === "engine" ? known : null;
}

/**
 * By what a later page knows an import that did not end.
 * @param {Entry[]} entries
 */
function unfinishedOf([first]) {
  if (!first?.arrival.whole) return { root: "", key: "" };
  return { root: first.folder.split("/", 1)[0] ?? "", key: first.arrival.lasting ? first.arrival.key : "" };
}

/** @returns {ImportState} */
function emptyState() {
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

function deferred() {
  /** @type {() => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(_: void) => void} */ settle) => (resolve = settle));
  return { promise, resolve };
}
