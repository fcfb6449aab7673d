/**
 * Onsight for programs, and for our own page: pictures in, the JSON of the command line out.
 *
 *     import { Onsight } from "./page/client.js";
 *     const onsight = await Onsight.start();
 *     const { label, score } = await onsight.classify(blob);
 *
 * Everything runs in workers on this device, one and, where there are processors and pictures enough, further ones.
 * Requests wait in line; one that fails never harms the next. A worker that dies is restarted, and its pictures are tried
 * again, each alone: one of which workers die twice is reported (`crashed`), the others go on.
 */

import { OnsightError, abortError, onAbort } from "../common/messenger.js";
import { blobOf, optionsOf, withPythonNames, withoutUndefined } from "./engine/input.js";
import { CACHED, EngineMethods } from "./engine/methods.js";
import { Pool } from "./engine/pool.js";

export { OnsightError, isAbort } from "../common/messenger.js";

/** @import { EngineInfo, Progress } from "../protocol.d.ts" */

/**
 * @typedef {{state: "loading", stage: string, fraction: number | null, text: string}
 *   | {state: "ready", info: EngineInfo}
 *   | {state: "failed", error: OnsightError}
 *   | {state: "closed"}} EngineState
 */

/** @typedef {"wasm" | "webgpu"} Device the processor, by WebAssembly, or the GPU */

/**
 * @typedef {object} StartOptions
 * @property {URL | string} [base] folder that holds `worker/`; by default the site that this module came from
 * @property {(progress: {stage: string, fraction: number | null, text: string}) => void} [onProgress] of the start
 * @property {Promise<unknown>} [after] what the start waits for
 * @property {Device | Promise<Device>} [device] what runs the networks; the start waits for it. Where "webgpu" is not
 *   possible, they run on the processor (`EngineInfo.provider`)
 * @property {number} [workers] how many may look at pictures at a time; by default what suits this device
 * @property {number} [heapLimitBytes] memory beyond which a worker is replaced when it has little to do
 */

/**
 * @typedef {object} CallOptions
 * @property {boolean} [urgent] does not wait in line: for what the engine can answer from memory
 * @property {AbortSignal} [signal] cancels; the promise then rejects with an `AbortError`
 * @property {(progress: Progress) => void} [onProgress] stages: queued, read, decode, preprocess, infer, postprocess
 * @property {(timings_ms: Record<string, number>) => void} [onTimings] milliseconds by stage, once, at the end
 */

/** @typedef {Blob | ArrayBufferLike | ArrayBufferView} Picture a picture's file, or its bytes */

/** @type {Record<string, string>} */
const BOOT_TEXT = {
  download: "Downloading the engine…",
  cache: "Reading the engine from this device…",
  start: "Starting the engine…",
};

/** What a worker takes for pictures of any usual size; Python's memory never shrinks by itself. */
const HEAP_LIMIT_BYTES = 600e6;

export class Onsight extends EngineMethods {
  /** @type {StartOptions["onProgress"]} */
  #onProgress;
  /** @type {Pool} */
  #pool;
  /** @type {Promise<EngineInfo> | undefined} */
  #ready;
  /** @type {EngineState} */
  #engine = { state: "loading", stage: "start", fraction: null, text: /** @type {string} */ (BOOT_TEXT.start) };
  /** Numbers of the pictures: the engine remembers what it saw in the latest. @type {WeakMap<Blob, number>} */
  #pictures = new WeakMap();
  #lastPicture = 0;
  /** Calls without an answer so far. */
  #pending = 0;
  /** What is to run the networks. @type {Device} */
  #device = "wasm";

  /**
   * Start the engine and wait until it is ready.
   * @param {StartOptions} [options]
   * @returns {Promise<Onsight>}
   */
  static async start(options) {
    const onsight = Onsight.create(options);
    await onsight.ready;
    return onsight;
  }

  /**
   * Return at once; the engine starts in the background and requests made before it is ready wait for it.
   * @param {StartOptions} [options]
   * @returns {Onsight}
   */
  static create(options) {
    return new Onsight(options);
  }

  /** @param {StartOptions} [options] */
  constructor(options) {
    super();
    const {
      base = new URL("..", import.meta.url),
      onProgress,
      after,
      device = "wasm",
      workers = suitableWorkers(),
      heapLimitBytes = HEAP_LIMIT_BYTES,
    } = optionsOf(options);
    this.#onProgress = onProgress;
    this.#pool = new Pool({
      url: new URL("worker/worker.js", new URL(base, globalThis.document?.baseURI)),
      params: (isFurther) => ({
        isServed: isServed(),
        device: this.#device,
        ...(isFurther && { threads: threadsOfEach(workers) }),
      }),
      atMost: workers,
      heapLimitBytes,
      onLoss: () => this.#boot(),
      onChange: () => this.#onWorkers(),
    });
    this.#boot(Promise.all([after, Promise.resolve(device).then((chosen) => (this.#device = chosen))]));
  }

  /** Resolves when the engine is ready, rejects with an OnsightError when it could not start. */
  get ready() {
    return /** @type {Promise<EngineInfo>} */ (this.#ready);
  }

  /** Number of workers that process pictures now. A `workers` event reports every change. */
  get workers() {
    return this.#pool.size;
  }

  /** How many pictures are worth asking for at a time: more would only wait. */
  get concurrency() {
    return this.#pool.concurrency;
  }

  /**
   * Tell how many pictures are still to come: for many, further workers are started.
   * @param {object} owner who will ask for them; what it said before no longer counts
   * @param {number} count
   */
  expect(owner, count) {
    this.#pool.expect(owner, count);
  }

  /** The engine's current state. An `engine` event reports every change. */
  get engine() {
    return this.#engine;
  }

  /** Try again after a start that failed. */
  restart() {
    if (this.#engine.state === "failed") this.#boot();
    return this.ready;
  }

  /**
   * Choose what runs the networks. The engine goes on meanwhile; later calls are answered by a new one.
   * @param {Device} device
   * @returns {Promise<EngineInfo>} of the new engine; its `provider` says whether it was possible
   */
  async setDevice(device) {
    const before = this.#device;
    this.#device = device;
    if (this.#engine.state === "failed") return this.restart();
    try {
      await this.ready;
      const info = (await this.#pool.renew()) ?? (await this.ready);
      // Further workers need not try again what does not work.
      if (info.provider === "wasm") this.#device = "wasm";
      return info;
    } catch (error) {
      this.#device = before;
      throw error;
    }
  }

  /** Keep all that the engine may need on this device, also what it has not needed yet, so that it works offline. */
  async cacheAll() {
    await this.ready;
    await this.#pool.askFirst("cache_all", {});
  }

  /**
   * Wait until the engine has started, or has failed to, and has answered all that it was asked: for work that must not
   * compete with an answer.
   */
  async whenIdle() {
    await this.ready.catch(() => {});
    if (this.#pending) await new Promise((resolve) => this.addEventListener("idle", resolve, { once: true }));
  }

  /** End the engine and free its memory. */
  close() {
    this.#pool.close();
    this.#set({ state: "closed" });
  }

  /** @param {Promise<unknown>} [after] */
  #boot(after) {
    this.#set({ state: "loading", stage: "start", fraction: null, text: /** @type {string} */ (BOOT_TEXT.start) });
    const onProgress = (/** @type {Progress} */ { stage, fraction }) => {
      const progress = { stage, fraction, text: BOOT_TEXT[stage] ?? stage };
      this.#set({ state: "loading", ...progress });
      this.#onProgress?.(progress);
    };
    this.#ready = Promise.resolve(after)
      .then(() => this.#pool.start(onProgress))
      .then(
        (info) => {
          this.#set({ state: "ready", info });
          return info;
        },
        (error) => {
          if (this.#engine.state !== "closed") this.#set({ state: "failed", error: startError(error) });
          this.#pool.rejectAll(startError(error));
          throw startError(error);
        },
      );
    this.#ready.catch(() => {}); // reported through the event and to whoever awaits `ready`
  }

  /**
   * Send a request to a worker. Python refuses options that it does not know, by name.
   * @protected
   * @override
   * @param {string} method
   * @param {Record<string, unknown>} params
   * @param {CallOptions} [options]
   * @returns {Promise<unknown>}
   */
  async request(method, params, options) {
    const { urgent = false, signal, onProgress, onTimings, ...others } = optionsOf(options);
    const image = "image" in params ? blobOf(params.image) : undefined;
    // Only a picture that has a number is cached.
    const picture = CACHED.has(method) ? image : undefined;
    const given = {
      ...withoutUndefined(params),
      ...withoutUndefined(withPythonNames(others)),
      ...(image && { image }),
      ...(picture && { picture: this.#numberOf(picture) }),
    };
    onProgress?.({ stage: "queued", fraction: null });
    if (this.#engine.state === "failed") throw this.#engine.error;
    this.#pending++;
    try {
      const answer = this.#pool.ask({ method, params: given, picture, urgent, signal, onProgress });
      const { result, timings_ms } = await abortable(answer, signal);
      onTimings?.(timings_ms);
      return result;
    } finally {
      this.#pending--;
      if (!this.#pending) this.dispatchEvent(new CustomEvent("idle"));
    }
  }

  /** @param {Blob} image */
  #numberOf(image) {
    const number = this.#pictures.get(image) ?? ++this.#lastPicture;
    this.#pictures.set(image, number);
    return number;
  }

  #onWorkers() {
    const { info } = this.#pool;
    // The first worker can be another one than was started.
    if (this.#engine.state === "ready" && info) this.#engine = { state: "ready", info };
    this.dispatchEvent(new CustomEvent("workers"));
  }

  /** @param {EngineState} engine */
  #set(engine) {
    this.#engine = engine;
    this.dispatchEvent(new CustomEvent("engine", { detail: engine }));
  }
}

/**
 * Reject as soon as the signal says so, whatever the promise does later.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
function abortable(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(abortError());
    const stop = onAbort(signal, () => reject(abortError()));
    promise.then(resolve, reject).finally(stop);
  });
}

/** As many workers as have two processors each; one where memory is scarce. */
function suitableWorkers() {
  const { hardwareConcurrency = 1, deviceMemory = 4 } = /** @type {Navigator & {deviceMemory?: number}} */ (navigator);
  return deviceMemory < 4 ? 1 : Math.min(4, Math.max(1, hardwareConcurrency >> 1));
}

/** @param {number} workers */
function threadsOfEach(workers) {
  return Math.max(1, Math.floor((navigator.hardwareConcurrency || 1) / workers));
}

/** Whether a service worker answers what this page, and hence its workers, ask the site for. */
function isServed() {
  return Boolean(globalThis.navigator?.serviceWorker?.controller);
}

/** @param {unknown} error */
function startError(error) {
  if (!(error instanceof OnsightError) || error.code !== "worker_failed") return /** @type {OnsightError} */ (error);
  return new OnsightError({
    code: "worker_failed",
    message: "The engine could not start in this browser. Reload the page; if that does not help, try a current " +
      "version of Chrome, Edge, Firefox or Safari.",
    detail: error.detail,
  });
}
