/**
 * Onsight's JavaScript API, which our own page uses, too. It takes pictures and returns the command line's JSON.
 *
 *     import { Onsight } from "./page/client.js";
 *     const onsight = await Onsight.start();
 *     const { label, score } = await onsight.classify(blob);
 *
 * Everything runs in workers on this device: one at first, and more if there are enough processors and pictures. Requests
 * are queued; one that fails does not affect the others. If a worker dies, it is restarted and each of its pictures is
 * tried again, alone. A picture that kills workers twice fails with the code `crashed`; the others are processed.
 */

import { OnsightError, abortError, onAbort } from "../common/messenger.js";
import { SITE } from "../common/site.js";
import { blobOf, optionsOf, withPythonNames, withoutUndefined } from "./engine/input.js";
import { CACHED, EngineMethods } from "./engine/methods.js";
import { Pool } from "./engine/pool.js";
import { t } from "../common/texts.js";

export { OnsightError, isAbort } from "../common/messenger.js";

/** @import { EngineInfo, Progress } from "../protocol.d.ts" */

/**
 * @typedef {{state: "loading", stage: string, fraction: number | null, text: string}
 *   | {state: "ready", info: EngineInfo}
 *   | {state: "failed", error: OnsightError}
 *   | {state: "closed"}} EngineState
 */

/** @typedef {"wasm" | "webgpu"} Device runs the networks: the CPU, with WebAssembly, or the GPU */

/**
 * @typedef {object} StartOptions
 * @property {URL | string} [base] folder that contains `worker/`; by default the site that this module came from
 * @property {(progress: {stage: string, fraction: number | null, text: string}) => void} [onProgress] reports the progress of the start
 * @property {Promise<unknown>} [after] the start waits for it
 * @property {Device | Promise<Device>} [device] runs the networks; the start waits for the promise. If "webgpu" is not
 *   available, they run on the CPU (see `EngineInfo.provider`)
 * @property {number} [workers] maximum number of workers; the default suits this device
 * @property {number} [heapLimitBytes] a worker with more memory than this is replaced when it is not busy
 */

/**
 * @typedef {object} CallOptions
 * @property {boolean} [urgent] skips the queue: for requests that the engine can answer from its cache
 * @property {AbortSignal} [signal] cancels the call; the promise then rejects with an `AbortError`
 * @property {(progress: Progress) => void} [onProgress] reports stages: queued, read, decode, preprocess, infer, postprocess
 * @property {(result: any) => void} [onEarly] gets a first result, if the method has one, before the final one: `tag` with
 *   boxes answers from the classifier alone while detection still runs
 * @property {(timings_ms: Record<string, number>) => void} [onTimings] gets the milliseconds of each stage, once, at the end
 */

/** @typedef {Blob | ArrayBufferLike | ArrayBufferView} Picture a picture's file, or its bytes */

/** @param {string} stage of the start */
function bootText(stage) {
  if (stage === "download") return t("Downloading the engine…");
  if (stage === "cache") return t("Reading the engine from this device…");
  return stage === "start" ? t("Starting the engine…") : stage;
}

/** Enough memory for pictures of any common size. Python's memory never shrinks by itself. */
const HEAP_LIMIT_BYTES = 600e6;

export class Onsight extends EngineMethods {
  /** @type {StartOptions["onProgress"]} */
  #onProgress;
  /** @type {Pool} */
  #pool;
  /** @type {Promise<EngineInfo> | undefined} */
  #ready;
  /** @type {EngineState} */
  #engine = { state: "loading", stage: "start", fraction: null, text: bootText("start") };
  /** Numbers of pictures, by which the engine caches the latest ones. @type {WeakMap<Blob, number>} */
  #pictures = new WeakMap();
  #lastPicture = 0;
  /** Number of calls that have not been answered. */
  #pending = 0;
  /** The device that should run the networks. @type {Device} */
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
   * Start the engine in the background and return at once. Requests made before it is ready wait for it.
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
      base = SITE,
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

  /** Resolves when the engine is ready; rejects with an OnsightError if it cannot start. */
  get ready() {
    return /** @type {Promise<EngineInfo>} */ (this.#ready);
  }

  /** Number of workers that process pictures now. A `workers` event reports every change. */
  get workers() {
    return this.#pool.size;
  }

  /** How many pictures can be processed at a time. More requests would only wait. */
  get concurrency() {
    return this.#pool.concurrency;
  }

  /**
   * Announce how many more pictures will be requested. If they are many, more workers are started.
   * @param {object} owner the requester; a new number replaces its previous one
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
   * Choose the device that runs the networks. The engine continues while a new one starts, which then takes over.
   * @param {Device} device
   * @returns {Promise<EngineInfo>} of the new engine; its `provider` is the device in use
   */
  async setDevice(device) {
    const before = this.#device;
    this.#device = device;
    if (this.#engine.state === "failed") return this.restart();
    try {
      await this.ready;
      const info = (await this.#pool.renew()) ?? (await this.ready);
      // Additional workers need not try a GPU that does not work.
      if (info.provider === "wasm") this.#device = "wasm";
      return info;
    } catch (error) {
      this.#device = before;
      throw error;
    }
  }

  /** Cache everything that the engine may need on this device, so that it works offline. */
  async cacheAll() {
    await this.ready;
    await this.#pool.askFirst("cache_all", {});
  }

  /**
   * Wait until the engine has started or failed to start, and has answered all calls: for work that must not compete with
   * them.
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
    this.#set({ state: "loading", stage: "start", fraction: null, text: bootText("start") });
    const onProgress = (/** @type {Progress} */ { stage, fraction }) => {
      const progress = { stage, fraction, text: bootText(stage) };
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
    this.#ready.catch(() => {}); // reported by the event, and to callers that await `ready`
  }

  /**
   * Send a request to a worker. Python rejects unknown options by name.
   * @protected
   * @override
   * @param {string} method
   * @param {Record<string, unknown>} params
   * @param {CallOptions} [options]
   * @returns {Promise<unknown>}
   */
  async request(method, params, options) {
    const { urgent = false, signal, onProgress, onEarly, onTimings, ...others } = optionsOf(options);
    const image = "image" in params ? blobOf(params.image) : undefined;
    // Only pictures with a number are cached.
    const picture = CACHED.has(method) ? image : undefined;
    const given = {
      ...withoutUndefined(params),
      ...withoutUndefined(withPythonNames(others)),
      ...(image && { image }),
      ...(onEarly && { early: true }),
      ...(picture && { picture: this.#numberOf(picture) }),
    };
    onProgress?.({ stage: "queued", fraction: null });
    if (this.#engine.state === "failed") throw this.#engine.error;
    this.#pending++;
    try {
      const answer = this.#pool.ask({ method, params: given, picture, urgent, signal, onProgress, onEarly });
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
    // The first worker may have been replaced.
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
 * Reject as soon as the signal aborts, whatever the promise does later.
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

/** One worker for every two processors; only one if memory is scarce. */
function suitableWorkers() {
  const { hardwareConcurrency = 1, deviceMemory = 4 } = /** @type {Navigator & {deviceMemory?: number}} */ (navigator);
  return deviceMemory < 4 ? 1 : Math.min(4, Math.max(1, hardwareConcurrency >> 1));
}

/** @param {number} workers */
function threadsOfEach(workers) {
  return Math.max(1, Math.floor((navigator.hardwareConcurrency || 1) / workers));
}

/** Whether a service worker handles the requests of this page and thus of its workers. */
function isServed() {
  return Boolean(globalThis.navigator?.serviceWorker?.controller);
}

/** @param {unknown} error */
function startError(error) {
  if (!(error instanceof OnsightError) || error.code !== "worker_failed") return /** @type {OnsightError} */ (error);
  return new OnsightError({
    code: "worker_failed",
    message: t(
      "The engine could not start in this browser. Reload the page; if that does not help, try a current version of " +
        "Chrome, Edge, Firefox or Safari.",
    ),
    detail: error.detail,
  });
}
