/** Runs one tool on the loaded pictures, a few at a time: the selected picture first, then the others in order. */

import { asOnsightError, isAbort } from "../../common/messenger.js";
import { Emitter } from "../lib/emitter.js";
import { t } from "../lib/texts.js";

/** @import { Onsight, OnsightError } from "../client.js" */
/** @import { Picture, Pictures } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/**
 * @template Result
 * @typedef {{state: "waiting"}
 *   | {state: "working", stage: string, early?: Result}
 *   | {state: "done", result: Result, timings_ms: Record<string, number>}
 *   | {state: "failed", error: OnsightError}
 *   | {state: "cancelled"}} Job early: a first result, which a final one is about to replace
 */

/** @typedef {Record<Job<unknown>["state"], number>} Counts */

/** @typedef {{abort: AbortController, again: boolean}} Current again: the run is out of date, and starts again */

/**
 * @template {AnyResult} Result
 * @extends {Emitter<{job: Picture, idle: Counts}>}
 */
export class Batch extends Emitter {
  /** @type {Map<number, Job<Result>>} */
  #jobs = new Map();
  /** Ids in the order in which they are processed. @type {Set<number>} */
  #waiting = new Set();
  /** @type {Counts} */
  #counts = { waiting: 0, working: 0, done: 0, failed: 0, cancelled: 0 };
  /** Pictures that are being processed, by id. @type {Map<number, Current>} */
  #working = new Map();
  #onsight;
  #pictures;
  #tool;

  /**
   * @param {Onsight} onsight
   * @param {Pictures} pictures
   * @param {Pick<Tool<Result>, "run">} tool
   */
  constructor(onsight, pictures, tool) {
    super();
    this.#onsight = onsight;
    this.#pictures = pictures;
    this.#tool = tool;
    this.#enqueue(pictures.items);
    pictures.on("add", (added) => this.#enqueue(added));
    pictures.on("remove", (removed) => removed.forEach((picture) => this.#forget(picture.id)));
    onsight.addEventListener("engine", () => (onsight.engine.state === "ready" ? this.#goOn() : this.#next()));
    addEventListener("online", () => this.#goOn());
  }

  /** @returns {Readonly<Counts>} */
  get counts() {
    return this.#counts;
  }

  /** Whether pictures are being processed or will be soon. Pictures that wait for an engine that failed do not count. */
  get busy() {
    const { waiting, working } = this.#counts;
    const isComing = ["loading", "ready"].includes(this.#onsight.engine.state);
    return working > 0 || (waiting > 0 && isComing);
  }

  /**
   * @param {Picture} picture
   * @returns {Job<Result>}
   */
  job(picture) {
    return this.#jobs.get(picture.id) ?? { state: "waiting" };
  }

  /** @param {Picture} picture */
  cancel(picture) {
    const current = this.#working.get(picture.id);
    if (current) {
      current.again = false;
      current.abort.abort();
    } else if (this.#waiting.delete(picture.id)) this.#set(picture.id, { state: "cancelled" });
  }

  cancelAll() {
    const ids = [...this.#waiting];
    this.#waiting.clear();
    for (const id of ids) this.#set(id, { state: "cancelled" });
    for (const current of this.#working.values()) {
      current.again = false;
      current.abort.abort();
    }
  }

  /** @param {Picture} picture */
  retry(picture) {
    const { state } = this.job(picture);
    if (state === "failed" || state === "cancelled") this.#enqueue([picture]);
  }

  /** Process the pictures again that failed or were cancelled. */
  retryAll() {
    this.#enqueue(this.#pictures.items.filter((picture) => ["failed", "cancelled"].includes(this.job(picture).state)));
  }

  /** Process all pictures again that have a result or are being processed, because the tool's settings have changed. */
  again() {
    for (const current of this.#working.values()) {
      current.again = true;
      current.abort.abort();
    }
    this.#enqueue(this.#pictures.items.filter((picture) => this.job(picture).state === "done"));
  }

  /** Retry the pictures that failed because of the engine: it has restarted, or the network is back. */
  #goOn() {
    const isOurs = (/** @type {Job<Result>} */ job) => job.state === "failed" && job.error.fault === "engine";
    this.#enqueue(this.#pictures.items.filter((picture) => isOurs(this.job(picture))));
  }

  /** @param {readonly Picture[]} pictures */
  #enqueue(pictures) {
    for (const { id } of pictures) {
      this.#waiting.add(id);
      this.#set(id, { state: "waiting" });
    }
    // Not immediately: the caller that added the pictures may select one of them first.
    queueMicrotask(() => this.#next());
  }

  /** Start the next pictures if the engine is ready. After a failed start, all of them keep waiting. */
  #next() {
    if (this.#onsight.engine.state !== "ready") return;
    while (this.#working.size < this.#onsight.concurrency && this.#waiting.size > 0) {
      const shown = this.#pictures.selected?.id;
      const id = shown !== undefined && this.#waiting.has(shown) ? shown : this.#waiting.values().next().value;
      const picture = id === undefined ? undefined : this.#pictures.get(id);
      if (id !== undefined) this.#waiting.delete(id);
      if (!picture) continue;
      this.#work(picture).then(() => {
        if (this.#counts.waiting + this.#counts.working === 0) this.emit("idle", this.#counts);
        this.#next();
      });
    }
    this.#onsight.expect(this, this.#waiting.size);
  }

  /** @param {Picture} picture */
  async #work(picture) {
    const { id, file } = picture;
    const abort = new AbortController();
    const current = { abort, again: false };
    this.#working.set(id, current);
    this.#set(id, { state: "working", stage: "queued" });
    /** @type {Record<string, number>} */
    let timings_ms = {};
    /** @type {Result | undefined} */
    let early;
    const isCurrent = () => this.#working.get(id) === current && !abort.signal.aborted;
    /** @type {Job<Result> | undefined} undefined if the engine has failed, not the picture */
    let job;
    try {
      const result = await this.#tool.run(this.#onsight, file, {
        signal: abort.signal,
        onProgress: ({ stage }) => {
          if (isCurrent()) this.#set(id, { state: "working", stage, ...(early && { early }) });
        },
        onEarly: (/** @type {Result} */ result) => {
          early = result;
          if (isCurrent()) this.#set(id, { state: "working", stage: "infer", early });
        },
        onTimings: (timings) => (timings_ms = timings),
      });
      job = { state: "done", result, timings_ms };
    } catch (error) {
      if (isAbort(error)) job = { state: "cancelled" };
      else if (this.#onsight.engine.state !== "failed") job = { state: "failed", error: asOnsightError(error) };
    }
    this.#working.delete(id);
    if (current.again && this.#pictures.get(id)) this.#enqueue([picture]);
    else if (job) this.#set(id, job);
    else this.#putBack(id);
  }

  /**
   * Put a picture first in the queue, for when the engine is ready again.
   * @param {number} id
   */
  #putBack(id) {
    if (!this.#pictures.get(id)) return; // it was removed in the meantime
    this.#waiting = new Set([id, ...this.#waiting]);
    this.#set(id, { state: "waiting" });
  }

  /**
   * @param {number} id
   * @param {Job<Result>} job
   */
  #set(id, job) {
    const picture = this.#pictures.get(id);
    if (!picture) return; // it was removed in the meantime
    const before = this.#jobs.get(id);
    if (before) this.#counts[before.state] -= 1;
    this.#counts[job.state] += 1;
    this.#jobs.set(id, job);
    this.emit("job", picture);
  }

  /** @param {number} id */
  #forget(id) {
    const job = this.#jobs.get(id);
    if (job) this.#counts[job.state] -= 1;
    this.#jobs.delete(id);
    this.#waiting.delete(id);
    this.#working.get(id)?.abort.abort();
  }
}

/**
 * The result that can be shown: the final one, or a first one.
 * @template {AnyResult} Result
 * @param {Job<Result>} job
 */
export function resultOf(job) {
  if (job.state === "done") return job.result;
  return (job.state === "working" && job.early) || null;
}

/**
 * The status of a picture in the list.
 * @template {AnyResult} Result
 * @param {Job<Result>} job
 * @param {(result: Result) => string} short
 */
export function jobText(job, short) {
  const result = resultOf(job);
  if (result) return short(result);
  if (job.state === "failed") return job.error.message;
  return job.state === "waiting" ? t("Waiting") : job.state === "cancelled" ? t("Cancelled") : t("Analysing…");
}
