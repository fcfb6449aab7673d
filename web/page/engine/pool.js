/**
 * The engine's workers. One is always running; more are started while many pictures are queued, and end when none are.
 *
 * A worker gets its next picture as soon as the previous one has gone to the networks, which run in their own thread:
 * Python decodes one picture while the network processes another, and never has more than two in memory. A picture goes
 * to the worker that has processed it before, because that one has it cached.
 */

import { Messenger, OnsightError, abortError, onAbort } from "../../common/messenger.js";
import { t } from "../../common/texts.js";

/** @import { EngineInfo, Progress } from "../../protocol.d.ts" */
/** @import { Answer } from "../../common/messenger.js" */

/** How many pictures a worker has at a time: one in the networks, one in Python. */
const CALLS_PER_WORKER = 2;

/** Another worker is started if at least this many pictures are queued for each worker. */
const WORTH_A_WORKER = 6;

/** A picture fails after this many workers died while it was their only one. */
const DEATHS = 2;

/** After this time without work, an additional worker ends, and the first one is replaced if its memory has grown. */
const IDLE_MS = 30_000;

/** If memory has not grown for this many results, so much of it will not be needed again soon. */
const ANSWERS_SINCE_GROWN = 20;

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {object} params
 * @property {Blob | undefined} picture goes to the worker that has processed it before
 * @property {boolean} urgent skips the queue
 * @property {AbortSignal | undefined} signal
 * @property {((progress: Progress) => void) | undefined} onProgress
 * @property {((result: unknown) => void) | undefined} onEarly
 */

/**
 * @typedef {Call & {isDecoded: boolean, isAlone: boolean, isAgain: boolean, deaths: number,
 *   resolve: (answer: Answer) => void, reject: (error: unknown) => void}} Job
 *   isDecoded: it is in the networks; isAlone: it needs a worker for itself, because one died while processing it;
 *   isAgain: it is queued again; deaths: number of workers that died while it was their only job
 */

/** One worker. */
class Engine {
  /** @type {Set<Job>} */
  jobs = new Set();
  /** @type {EngineInfo | undefined} undefined until it is ready */
  info;
  isDead = false;
  /** Whether it was started with outdated parameters. */
  isStale = false;
  heapBytes = 0;
  #answersSinceGrown = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  idle;

  /**
   * @param {URL} url of the worker
   * @param {(engine: Engine) => void} onDeath of a worker that was ready
   */
  constructor(url, onDeath) {
    this.messenger = new Messenger(url, () => {
      this.isDead = true;
      // During the start, the failed request already reports it.
      if (this.info) onDeath(this);
    });
  }

  /**
   * @param {object} params
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<EngineInfo>}
   */
  async start(params, onProgress) {
    try {
      const { result } = await this.messenger.request("initialize", params, { ...(onProgress && { onProgress }) });
      this.info = /** @type {EngineInfo} */ (result);
      return this.info;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close() {
    clearTimeout(this.idle);
    this.isDead = true;
    this.messenger.close();
  }

  /** @param {Answer} answer */
  note({ heap_bytes: heapBytes = 0, provider }) {
    if (this.info && provider) this.info.provider = provider;
    this.#answersSinceGrown = heapBytes > this.heapBytes ? 0 : this.#answersSinceGrown + 1;
    this.heapBytes = heapBytes;
  }

  /** @param {number} limit in bytes */
  hasOutgrown(limit) {
    return this.heapBytes > limit && this.#answersSinceGrown >= ANSWERS_SINCE_GROWN;
  }

  /** @param {Job} job */
  isFreeFor(job) {
    if (!this.info || this.isDead || this.isStale) return false;
    const jobs = [...this.jobs];
    if (job.isAlone || jobs.some(({ isAlone }) => isAlone)) return jobs.length === 0;
    return jobs.length < CALLS_PER_WORKER && jobs.every(({ isDecoded }) => isDecoded);
  }
}

export class Pool {
  #url;
  #params;
  #atMost;
  #heapLimitBytes;
  #onLoss;
  #onChange;
  /** The worker that is always running. @type {Engine} */
  #first;
  /** Additional workers, including those that are starting. @type {Set<Engine>} */
  #further = new Set();
  /** Waiting jobs, in the order of their requests. @type {Job[]} */
  #queue = [];
  /** The worker that has processed each picture. @type {WeakMap<Blob, Engine>} */
  #seen = new WeakMap();
  /** Number of pictures still to come, by the batch that will send them. @type {Map<object, number>} */
  #expected = new Map();
  /** The latest replacement of the first worker. @type {Promise<EngineInfo | null>} */
  #replacement = Promise.resolve(null);
  #isReplacing = false;
  #isClosed = false;

  /**
   * @param {object} options
   * @param {URL} options.url of the worker
   * @param {(isFurther: boolean) => object} options.params of the request that starts a worker
   * @param {number} options.atMost how many workers there may be
   * @param {number} options.heapLimitBytes a worker with more memory is replaced, because Python's memory never shrinks
   * @param {() => void} options.onLoss the first worker died after it was ready; requests wait until it is restarted
   * @param {() => void} options.onChange the number of workers has changed
   */
  constructor({ url, params, atMost, heapLimitBytes, onLoss, onChange }) {
    this.#url = url;
    this.#params = params;
    this.#atMost = atMost;
    this.#heapLimitBytes = heapLimitBytes;
    this.#onLoss = onLoss;
    this.#onChange = onChange;
    this.#first = this.#create();
  }

  get #engines() {
    return [this.#first, ...this.#further];
  }

  /** How many workers are ready. */
  get size() {
    return this.#engines.filter(({ info, isDead }) => info && !isDead).length;
  }

  /** Facts about the first worker, once it is ready. */
  get info() {
    return this.#first.info;
  }

  /** How many pictures can be processed at a time. */
  get concurrency() {
    return this.#atMost * CALLS_PER_WORKER;
  }

  /**
   * Start the first worker, again if there was one.
   * @param {(progress: Progress) => void} onProgress
   * @returns {Promise<EngineInfo>}
   */
  async start(onProgress) {
    if (this.#first.isDead) this.#first = this.#create();
    const info = await this.#first.start(this.#params(false), onProgress);
    this.#onChange();
    this.#next();
    return info;
  }

  /**
   * Announce how many more pictures will be requested, so that more workers can be started.
   * @param {object} owner the requester
   * @param {number} count
   */
  expect(owner, count) {
    if (count > 0) this.#expected.set(owner, count);
    else this.#expected.delete(owner);
    this.#grow();
  }

  /**
   * Queue a request. Until the first worker is ready, and while it restarts, all requests wait.
   * @param {Call} call
   * @returns {Promise<Answer>}
   */
  ask(call) {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || call.signal?.aborted) return reject(abortError());
      const stop = onAbort(call.signal, () => this.#leave(job));
      /** @type {Job} */
      const job = {
        ...call,
        isDecoded: false,
        isAlone: false,
        isAgain: false,
        deaths: 0,
        resolve: (answer) => (stop(), resolve(answer)),
        reject: (error) => (stop(), reject(error)),
      };
      this.#queue.push(job);
      this.#next();
    });
  }

  /**
   * Replace the first worker by one with the current parameters; requests do not wait for its start. Additional workers
   * end when they have nothing to do.
   * @returns {Promise<EngineInfo | null>} null if there is none to replace
   */
  async renew() {
    await this.#replacement.catch(() => {});
    if (!this.#first.info || this.#first.isDead) return null;
    for (const engine of this.#further) engine.isStale = true;
    const info = await this.#replace();
    for (const engine of this.#further) if (engine.isStale && engine.info && engine.jobs.size === 0) this.#retire(engine);
    return info;
  }

  /** Send a request to the first worker. @param {string} method @param {object} params */
  async askFirst(method, params) {
    return this.#first.messenger.request(method, params);
  }

  /**
   * Reject all waiting requests.
   * @param {unknown} error
   */
  rejectAll(error) {
    for (const job of this.#queue.splice(0)) job.reject(error);
  }

  close() {
    this.#isClosed = true;
    for (const engine of this.#engines) engine.close();
    this.rejectAll(abortError());
  }

  /** @param {Job} job was aborted; if a worker has it already, its messenger cancels it */
  #leave(job) {
    const place = this.#queue.indexOf(job);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    job.reject(abortError());
  }

  #create() {
    return new Engine(this.#url, (engine) => this.#lose(engine));
  }

  /** @param {Engine} engine has died; its jobs are about to be rejected */
  #lose(engine) {
    if (this.#isClosed) return;
    // One of the jobs may have killed it, or something else: try each again, alone.
    for (const job of engine.jobs) {
      if (engine.jobs.size === 1) job.deaths += 1;
      job.isAgain = job.isAlone = true;
    }
    this.#further.delete(engine);
    if (engine === this.#first) this.#onLoss();
    this.#onChange();
  }

  /** Assign waiting jobs to free workers, and start another worker if needed. */
  #next() {
    if (this.#isClosed) return;
    for (const job of [...this.#queue]) {
      const engine = this.#engineFor(job);
      if (!engine) continue;
      this.#queue.splice(this.#queue.indexOf(job), 1);
      void this.#work(engine, job);
    }
    this.#grow();
  }

  /** @param {Job} job */
  #engineFor(job) {
    const seen = job.picture && this.#seen.get(job.picture);
    if (seen && !seen.isDead && (job.urgent || !seen.isStale)) return job.urgent || seen.isFreeFor(job) ? seen : undefined;
    if (job.urgent) return this.#first.info && !this.#first.isDead ? this.#first : undefined;
    const free = this.#engines.filter((engine) => engine.isFreeFor(job));
    return free.sort((one, other) => one.jobs.size - other.jobs.size)[0];
  }

  /**
   * @param {Engine} engine
   * @param {Job} job
   */
  async #work(engine, job) {
    const { method, params, picture, signal, onProgress, onEarly } = job;
    clearTimeout(engine.idle);
    if (picture) this.#seen.set(picture, engine);
    job.isDecoded = false;
    engine.jobs.add(job);
    const report = (/** @type {Progress} */ progress) => {
      onProgress?.(progress);
      if (job.isDecoded || progress.stage !== "infer") return;
      job.isDecoded = true;
      this.#next();
    };
    try {
      const options = { ...(signal && { signal }), ...(onEarly && { onEarly }), onProgress: report };
      const answer = await engine.messenger.request(method, params, options);
      engine.note(answer);
      job.resolve(answer);
    } catch (error) {
      if (!job.isAgain || signal?.aborted || this.#isClosed) job.reject(error);
      else if (job.deaths < DEATHS) this.#queue.unshift(job);
      else job.reject(crashError(error));
      job.isAgain = false;
    }
    engine.jobs.delete(job);
    this.#next();
    if (engine.jobs.size === 0 && !engine.isDead) this.#rest(engine);
  }

  /** Start another worker if enough pictures are queued. */
  #grow() {
    const { size } = this.#further;
    const waiting = [...this.#expected.values()].reduce((sum, count) => sum + count, this.#queue.length);
    if (this.#isClosed || !this.#first.info || this.#first.isDead) return;
    if (size + 1 >= this.#atMost || waiting < WORTH_A_WORKER * (size + 1)) return;
    const engine = this.#create();
    this.#further.add(engine);
    engine.start(this.#params(true)).then(
      () => {
        this.#rest(engine);
        this.#onChange();
        this.#next();
      },
      () => {
        // There may be too little memory for it. Continue with the workers that are running.
        this.#further.delete(engine);
        this.#atMost = Math.max(1, this.#further.size + 1);
      },
    );
  }

  /** @param {Engine} engine has nothing to do */
  #rest(engine) {
    clearTimeout(engine.idle);
    if (engine.isStale || engine.hasOutgrown(this.#heapLimitBytes)) return this.#retire(engine);
    engine.idle = setTimeout(() => {
      // Announced pictures are not requested, so there is a pause. They are announced again afterwards.
      this.#expected.clear();
      if (engine !== this.#first || engine.heapBytes > this.#heapLimitBytes) this.#retire(engine);
    }, IDLE_MS);
  }

  /** @param {Engine} engine has nothing to do */
  #retire(engine) {
    if (engine === this.#first) return void this.#replace().catch(() => {}); // on failure, the old one continues
    engine.close();
    this.#further.delete(engine);
    this.#onChange();
    this.#grow();
  }

  /**
   * Replace the first worker. Requests do not wait for the start of the new one.
   * @returns {Promise<EngineInfo | null>} null if there is no longer one to replace
   */
  #replace() {
    if (this.#isReplacing) return this.#replacement;
    this.#isReplacing = true;
    this.#replacement = this.#putFresh().finally(() => (this.#isReplacing = false));
    return this.#replacement;
  }

  async #putFresh() {
    const fresh = this.#create();
    const info = await fresh.start(this.#params(false));
    const old = this.#first;
    if (fresh.isDead || old.isDead || this.#isClosed) {
      fresh.close();
      return null;
    }
    this.#first = fresh;
    old.isStale = true;
    if (old.jobs.size === 0) old.close();
    else this.#further.add(old); // until its jobs have ended
    this.#onChange();
    this.#next();
    return info;
  }
}

/** @param {unknown} error of the last attempt */
function crashError(error) {
  return new OnsightError({
    code: "crashed",
    message:
      t(
        "The engine stopped twice while it processed this picture. The picture may need more memory than is available. Use a " +
          "smaller copy of it.",
      ),
    detail: error instanceof OnsightError ? error.detail : String(error),
  });
}
