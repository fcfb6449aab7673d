/** One run of an import: asks the library which files it knows, has the others analysed, and records the results. */

import { OnsightError, asOnsightError } from "../../../common/messenger.js";
import { besideMarkOf, entriesOfArchive, isArchive, readBeside } from "./entries.js";
import { preferences } from "./preferences.js";
import { isSidecar } from "../../lib/suffixes.js";
import { t } from "../../lib/texts.js";

/** @import { BeginImportOptions, FileOutcome, SourceOptions } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */
/** @import { Arrival, Entry } from "./entries.js" */
/** @import { ImportProgress } from "./import-progress.js" */
/** @import { Library } from "./library.js" */
/** @import { LibraryMethods } from "./methods.js" */

/** How many files are sent to the library in one request. */
const BATCH = 200;

/** Pictures that are read or recorded while the engine analyses others. */
const SPARE_CALLS = 1;

/**
 * @typedef {object} ImportOptions
 * @property {boolean} [detect] whether to detect objects too
 * @property {boolean} [retry] whether to retry files that could not be opened before
 * @property {string[]} [gone] keys of folders that no longer exist
 * @property {Entry[]} [beside] the other files in the same folders, such as sidecars and videos
 */

/** @typedef {{entries: Entry[], options: ImportOptions}} Job */

/**
 * What a run needs from the importer.
 * @typedef {object} Host
 * @property {AbortSignal} signal cancels the run
 * @property {() => Promise<void>} goOn waits while the import is paused; throws if the run was cancelled
 * @property {<T>(use: () => Promise<T>) => Promise<T>} persist retries as long as only the engine or the library fails
 * @property {() => void} requireSameLibrary throws if the import began in another library
 * @property {(entry: Entry, outcome: FileOutcome) => void} count called with the outcome of each file
 * @property {(placed: {folder: string, entry: Entry}) => void} place called with the folder in which the library lists a file
 */

export class ImportRun {
  #onsight;
  #library;
  #progress;
  #host;
  #job;
  /** The session of the library in which this run was announced, and its answer. @type {{session: number, told: Promise<{missing: number}>}} */
  #begun = { session: -1, told: Promise.resolve({ missing: 0 }) };
  /** @type {BeginImportOptions} */
  #beginning = {};
  /** The folders and single files of this run. @type {Arrival[]} */
  #arrivals = [];
  /** The files next to this run's pictures, by folder. @type {Map<string, Entry[]>} */
  #besideOf = new Map();
  /** Folders whose other files have been placed, with where the library has them. @type {Set<string>} */
  #placed = new Set();
  /** @type {number | undefined} */
  #missingBefore;
  /** @type {ImportOptions} */
  #options;

  /**
   * @param {{onsight: Onsight, library: Library, progress: ImportProgress}} parts
   * @param {Host} host
   * @param {Job} job
   */
  constructor({ onsight, library, progress }, host, job) {
    this.#onsight = onsight;
    this.#library = library;
    this.#progress = progress;
    this.#host = host;
    this.#job = job;
    this.#options = job.options;
  }

  /** How many pictures were missing when this run began; undefined until the library has answered. */
  get missingBefore() {
    return this.#missingBefore;
  }

  /** The options of this run, including the files that were found in archives. */
  get options() {
    return this.#options;
  }

  /** Import all files. */
  async takeIn() {
    const { entries, options } = this.#job;
    const { detect = false, retry = false, gone = [] } = options;
    const { found, beside } = await this.#unpack(entries, options.beside ?? []);
    this.#options = { ...options, beside };
    this.#arrivals = [...new Set(found.map(({ arrival }) => arrival))];
    for (const entry of beside) {
      const key = this.#folderOf(entry);
      const known = this.#besideOf.get(key);
      if (known) known.push(entry);
      else this.#besideOf.set(key, [entry]);
    }
    // If the page is closed now, the next visit can offer to resume.
    preferences.unfinished = { ...unfinishedOf(found), files: found.length };
    // A retry has only some of a folder's files, so the others must not be marked as missing.
    const arrivals = this.#arrivals.map((arrival) => ({ ...arrival, whole: arrival.whole && !retry }));
    this.#beginning = { detect, retry, arrivals, files: found.map((entry) => this.#factsOf(entry)), gone };
    await this.#pair(found, beside.filter(isSidecar));
    /** @type {Entry[]} */
    const fresh = [];
    /** Possible copies wait until all files that they may be copies of are imported. @type {Entry[]} */
    const doubtful = [];
    for (let first = 0; first < found.length; first += BATCH) {
      await this.#host.goOn();
      const batch = found.slice(first, first + BATCH);
      const files = batch.map((entry) => this.#factsOf(entry));
      const { outcomes } = await this.#ask((library) => library.check({ files }));
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
   * Assign to each picture the files that describe it.
   * @param {Entry[]} pictures
   * @param {Entry[]} beside
   */
  async #pair(pictures, beside) {
    if (!beside.length) return;
    // Two folders may have the same name.
    const pathIn = (/** @type {Entry} */ entry) => `${this.#folderOf(entry)}/${entry.name}`;
    const paths = { pictures: pictures.map(pathIn), files: beside.map(pathIn) };
    const { files } = await this.#ask((library) => library.beside(paths));
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
    const importNext = async () => {
      for (;;) {
        await this.#host.goOn();
        const entry = entries[next++];
        this.#onsight.expect(this, entries.length - next);
        if (!entry) return;
        await use(entry);
      }
    };
    try {
      await Promise.all(Array.from({ length: this.#onsight.concurrency + SPARE_CALLS }, importNext));
    } finally {
      this.#onsight.expect(this, 0);
    }
  }

  /**
   * Replace archives with the pictures in them, and add the files next to those pictures to the others.
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
        const content = await this.#host.persist(() => entriesOfArchive(this.#library, entry));
        for (const picture of content.pictures) found.push(picture);
        for (const one of content.beside) beside.push(one);
      } catch (error) {
        this.#stopIfCancelled(error);
        this.#fail(entry, error);
      }
    }
    const failed = this.#progress.state.counts.failed ?? 0;
    this.#progress.change({ total: this.#progress.state.total - entries.length + found.length + failed });
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
      const file = await this.#host.persist(() => entry.open());
      if (!isNew) {
        const sidecars = await readBeside(entry);
        const outcome = await this.#ask((library) => library.compare({ image: file, ...facts, sidecars }));
        if (outcome.kind !== "new") return this.#count(entry, outcome);
      }
      const { signal } = this.#host;
      const look = await this.#host.persist(() => this.#onsight.index(file, { detect, signal }));
      const sidecars = await readBeside(entry);
      this.#count(entry, await this.#ask((library) => library.record({ ...facts, look, sidecars })));
    } catch (error) {
      this.#stopIfCancelled(error);
      const { code, message, fault } = asOnsightError(error);
      if (fault === "file") this.#count(entry, await this.#ask((library) => library.refuse({ ...facts, code, message })));
      else this.#fail(entry, error);
    }
  }

  /**
   * Send the library a request about this run's files. If it was reopened, announce the run first.
   * @template Result
   * @param {(library: LibraryMethods) => Promise<Result>} ask
   * @returns {Promise<Result>}
   */
  #ask(ask) {
    return this.#host.persist(async () => {
      const { state } = this.#library.state;
      if (state === "elsewhere") {
        const message = t("The library is open in another tab. Use it here, then resume.");
        throw new OnsightError({ code: "library_failed", message });
      }
      await this.#library.opened(this.#host.signal);
      this.#host.requireSameLibrary();
      const { session } = this.#library;
      if (this.#begun.session !== session) {
        this.#begun = { session, told: this.#library.methods.begin(this.#beginning) };
        this.#begun.told.catch(() => (this.#begun.session = -1));
      }
      const { missing } = await this.#begun.told;
      this.#missingBefore ??= missing; // the first answer counts, even if the library was reopened
      return ask(this.#library.methods);
    });
  }

  /** @param {unknown} error rethrown if the run was cancelled */
  #stopIfCancelled(error) {
    if (this.#host.signal.aborted) throw error;
  }

  /** @param {Entry} entry */
  #folderOf({ arrival, folder }) {
    return `${this.#arrivals.indexOf(arrival)}/${folder}`;
  }

  /**
   * Report the folder in which the library lists a picture; the files next to it are in the same folder.
   * @param {Entry} entry
   * @param {string} folder
   */
  #place(entry, folder) {
    this.#host.place({ folder, entry });
    let { beside = [] } = entry;
    if (entry.folder) {
      // The library may have some pictures of a folder in one of its folders, and some in another.
      const key = this.#folderOf(entry);
      const pair = JSON.stringify([key, folder]);
      beside = this.#placed.has(pair) ? [] : (this.#besideOf.get(key) ?? []);
      this.#placed.add(pair);
    }
    for (const one of beside) this.#host.place({ folder, entry: one });
  }

  /**
   * What the library needs to know about a file.
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
  #count(entry, outcome) {
    if (outcome.folder !== null) this.#place(entry, outcome.folder);
    this.#host.count(entry, outcome);
  }
}

/**
 * Identifies an import, so that a later visit can resume it.
 * @param {Entry[]} entries
 */
function unfinishedOf([first]) {
  if (!first?.arrival.whole) return { root: "", key: "" };
  return { root: first.folder.split("/", 1)[0] ?? "", key: first.arrival.lasting ? first.arrival.key : "" };
}
