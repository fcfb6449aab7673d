/**
 * The engine's workers. One is there always; more are started while many pictures wait, and end when none do.
 *
 * A worker is given its next picture as soon as the one before has gone to the networks, which have a thread of their own:
 * Python decodes one while the network sees the other, and never has more than two in memory. A picture that a worker
 * has seen before goes to the same one, which remembers.
 */

import { Messenger, OnsightError, abortError, onAbort } from "../../common/messenger.js";

/** @import { EngineInfo, Progress } from "../../protocol.d.ts" */
/** @import { Answer } from "../../common/messenger.js" */

/** Pictures that a worker has at a time: one with the networks, one with Python. */
const CALLS_PER_WORKER = 2;

/** So many pictures that wait for each worker are worth the start of another. */
const WORTH_A_WORKER = 6;

/** So many workers may die of a picture that they have alone, before it is given up. */
const DEATHS = 2;

/** After so long without work a further worker ends, and the first is replaced if its memory has grown. */
const IDLE_MS = 30_000;

/** Answers after which memory that was needed once will not be needed again soon. */
const ANSWERS_SINCE_GROWN = 20;

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {object} params
 * @property {Blob | undefined} picture goes where it was seen before
 * @property {boolean} urgent does not wait in line
 * @property {AbortSignal | undefined} signal
 * @property {((progress: Progress) => void) | undefined} onProgress
 */

/**
 * @typedef {Call & {isDecoded: boolean, isAlone: boolean, isAgain: boolean, deaths: number,
 *   resolve: (answer: Answer) => void, reject: (error: unknown) => void}} Job
 *   isDecoded: the networks have it; isAlone: it must have its worker for itself, as one died with it;
 *   isAgain: it goes back into the line; deaths: of workers that had nothing else
 */

/** One worker, from its start to its end. */
class Engine {
  /** @type {Set<Job>} */
  jobs = new Set();
  /** @type {EngineInfo | undefined} set when it is ready */
  info;
  isDead = false;
  /** It was started with params that are no longer those. */
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
      // Not while starting: the start's own request has failed and says so.
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
  /** The one that is there always. @type {Engine} */
  #first;
  /** Further ones, those that are starting too. @type {Set<Engine>} */
  #further = new Set();
  /** In the order in which they are asked. @type {Job[]} */
  #line = [];
  /** Where pictures were seen. @type {WeakMap<Blob, Engine>} */
  #seen = new WeakMap();
  /** Number of pictures still to come, by the batch that will send them. @type {Map<object, number>} */
  #expected = new Map();
  /** Of the first worker, as it goes on. @type {Promise<EngineInfo | null>} */
  #replacement = Promise.resolve(null);
  #isReplacing = false;
  #isClosed = false;

  /**
   * @param {object} options
   * @param {URL} options.url of the worker
   * @param {(isFurther: boolean) => object} options.params of a start
   * @param {number} options.atMost how many workers there may be
   * @param {number} options.heapLimitBytes memory beyond which a worker is replaced, as Python's never shrinks
   * @param {() => void} options.onLoss the first worker died after it was ready; who waits goes on when it is started again
   * @param {() => void} options.onChange there are more or fewer workers
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

  /** How many pictures can be under way at a time, when as many wait. */
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
   * Tell how many pictures are still to come: they can be worth another worker.
   * @param {object} owner who will ask for them
   * @param {number} count
   */
  expect(owner, count) {
    if (count > 0) this.#expected.set(owner, count);
    else this.#expected.delete(owner);
    this.#grow();
  }

  /**
   * Ask for something, in line; before the first worker is ready, and while it is started again, all wait.
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
      this.#line.push(job);
      this.#next();
    });
  }

  /**
   * Put a worker with the params of now in the place of the first; nothing waits for its start. Further ones that are
   * there end when they have nothing to do.
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

  /** @param {string} method of the first worker @param {object} params */
  async askFirst(method, params) {
    return this.#first.messenger.request(method, params);
  }

  /**
   * Give up what waits.
   * @param {unknown} error
   */
  rejectAll(error) {
    for (const job of this.#line.splice(0)) job.reject(error);
  }

  close() {
    this.#isClosed = true;
    for (const engine of this.#engines) engine.close();
    this.rejectAll(abortError());
  }

  /** @param {Job} job that its asker gave up; a worker that has it already hears of that from its messenger */
  #leave(job) {
    const place = this.#line.indexOf(job);
    if (place < 0) return;
    this.#line.splice(place, 1);
    job.reject(abortError());
  }

  #create() {
    return new Engine(this.#url, (engine) => this.#lose(engine));
  }

  /** @param {Engine} engine that has died, and whose jobs are about to hear of it */
  #lose(engine) {
    if (this.#isClosed) return;
    // It died of one of them, or of something else: each is tried again by itself.
    for (const job of engine.jobs) {
      if (engine.jobs.size === 1) job.deaths += 1;
      job.isAgain = job.isAlone = true;
    }
    this.#further.delete(engine);
    if (engine === this.#first) this.#onLoss();
    this.#onChange();
  }

  /** Give out what can be given out, and see to the number of workers. */
  #next() {
    if (this.#isClosed) return;
    for (const job of [...this.#line]) {
      const engine = this.#engineFor(job);
      if (!engine) continue;
      this.#line.splice(this.#line.indexOf(job), 1);
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
    const { method, params, picture, signal, onProgress } = job;
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
      const answer = await engine.messenger.request(method, params, { ...(signal && { signal }), onProgress: report });
      engine.note(answer);
      job.resolve(answer);
    } catch (error) {
      if (!job.isAgain || signal?.aborted || this.#isClosed) job.reject(error);
      else if (job.deaths < DEATHS) this.#line.unshift(job);
      else job.reject(crashError(error));
      job.isAgain = false;
    }
    engine.jobs.delete(job);
    this.#next();
    if (engine.jobs.size === 0 && !engine.isDead) this.#rest(engine);
  }

  /** Start another worker if enough pictures wait for it. */
  #grow() {
    const { size } = this.#further;
    const waiting = [...this.#expected.values()].reduce((sum, count) => sum + count, this.#line.length);
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
        // There may be no memory for it. Those that are there go on.
        this.#further.delete(engine);
        this.#atMost = Math.max(1, this.#further.size + 1);
      },
    );
  }

  /** @param {Engine} engine that has nothing to do */
  #rest(engine) {
    clearTimeout(engine.idle);
    if (engine.isStale || engine.hasOutgrown(this.#heapLimitBytes)) return this.#retire(engine);
    engine.idle = setTimeout(() => {
      // Who announced pictures does not ask for them: a pause. When it goes on, it announces them again.
      this.#expected.clear();
      if (engine !== this.#first || engine.heapBytes > this.#heapLimitBytes) this.#retire(engine);
    }, IDLE_MS);
  }

  /** @param {Engine} engine that has nothing to do */
  #retire(engine) {
    if (engine === this.#first) return void this.#replace().catch(() => {}); // then the old one goes on
    engine.close();
    this.#further.delete(engine);
    this.#onChange();
    this.#grow();
  }

  /**
   * Put a new worker in the place of the first: nothing waits for its start.
   * @returns {Promise<EngineInfo | null>} null if there is none to replace any more
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
    else this.#further.add(old); // until it has nothing to do
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
      "The engine stopped twice while it worked on this picture alone; it may need more memory than there is. " +
      "Use a smaller copy of it.",
    detail: error instanceof OnsightError ? error.detail : String(error),
  });
}
