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
import { blobOf, listOf, optionsOf } from "./engine/input.js";
import { Pool } from "./engine/pool.js";

export { OnsightError, isAbort } from "../common/messenger.js";

/**
 * @import {
 *   Box, Classification, Comparison, Detection, DetectionClasses, EngineInfo, EnhanceAnalysis, EnhancePreview,
 *   EnhanceSettings, LabelledDataSet, DetectedPicture, Progress, Renaming, Tag, TagList, TagNames, TagText, TaggedPicture, Tagging
 * } from "../protocol.d.ts"
 */

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

/** @typedef {readonly [x1: number, y1: number, x2: number, y2: number]} Rectangle in pixels of the upright picture */

/** @type {Record<string, string>} */
const BOOT_TEXT = {
  download: "Downloading the engine…",
  cache: "Reading the engine from this device…",
  start: "Starting the engine…",
};

/** What a worker takes for pictures of any usual size; Python's memory never shrinks by itself. */
const HEAP_LIMIT_BYTES = 600e6;

export class Onsight extends EventTarget {
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

  /** How many workers look at pictures now. A `workers` event tells of every change. */
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

  /** What the engine does now. An `engine` event tells of every change. */
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

  /**
   * Give a picture its one label.
   * @param {Picture} image
   * @param {CallOptions & {topK?: number, threshold?: number}} [options]
   * @returns {Promise<Classification>}
   */
  async classify(image, options) {
    const { topK, threshold, ...call } = optionsOf(options);
    const result = await this.#call("classify", { ...this.#picture(image), ...given({ top_k: topK, threshold }) }, call);
    return /** @type {Classification} */ (result);
  }

  /**
   * Tell everything that a picture shows. Asked again for the same blob, it answers from what it saw before.
   * @param {Picture} image
   * @param {CallOptions & {threshold?: number, all?: boolean, heatMaps?: boolean, boxes?: boolean}} [options]
   * @returns {Promise<Tagging>}
   */
  async tag(image, options) {
    const { threshold, all, heatMaps, boxes, ...call } = optionsOf(options);
    const params = given({ threshold, all, heat_maps: heatMaps, boxes });
    return /** @type {Tagging} */ (await this.#call("tag", { ...this.#picture(image), ...params }, call));
  }

  /**
   * Hold a picture's one label against its tags. Asked again for the same blob with another `threshold` or other labels
   * to leave out (`without`), it answers from what it saw before.
   * @param {Picture} image
   * @param {CallOptions & {threshold?: number, heatMaps?: boolean, without?: string[]}} [options]
   * @returns {Promise<Comparison>}
   */
  async compare(image, options) {
    const { threshold, heatMaps, without, ...call } = optionsOf(options);
    const params = given({ threshold, heat_maps: heatMaps, without });
    return /** @type {Comparison} */ (await this.#call("compare", { ...this.#picture(image), ...params }, call));
  }

  /**
   * Find the objects in a picture. Asked again for the same blob with another `score`, `iou`, `maxResults`, `allow` or
   * `deny`, it answers from what it saw before.
   * @param {Picture} image
   * @param {CallOptions & {score?: number, iou?: number, maxResults?: number, allow?: string[], deny?: string[],
   *   thorough?: boolean, tiled?: boolean}} [options]
   * @returns {Promise<Detection>}
   */
  async detect(image, options) {
    const { score, iou, maxResults, allow, deny, thorough, tiled, ...call } = optionsOf(options);
    const params = given({ score, iou, max_results: maxResults, allow, deny, thorough, tiled });
    return /** @type {Detection} */ (await this.#call("detect", { ...this.#picture(image), ...params }, call));
  }

  /**
   * Make a picture that every browser shows as the engine sees the file: upright, in sRGB, and also where an `<img>`
   * refuses the file itself. With `ifNeeded` the file itself comes back if every browser shows it in the same way.
   * @param {Picture} image
   * @param {CallOptions & {maxSide?: number, ifNeeded?: boolean}} [options]
   * @returns {Promise<Blob>}
   */
  async preview(image, options) {
    const { maxSide, ifNeeded, ...call } = optionsOf(options);
    const params = given({ max_side: maxSide, if_needed: ifNeeded });
    const result = await this.#call("preview", { ...this.#picture(image), ...params }, call);
    const { data, media_type: type } = /** @type {{data: Uint8Array<ArrayBuffer>, media_type: string}} */ (result);
    return data.length ? new Blob([data], { type }) : blobOf(image);
  }

  /**
   * Name the kinds of objects that `detect` knows, and from which score on each is shown where nobody chose another.
   * @param {CallOptions} [call]
   * @returns {Promise<DetectionClasses>}
   */
  async detectionClasses(call = {}) {
    return /** @type {DetectionClasses} */ (await this.#call("detection_classes", {}, call));
  }

  /**
   * Cut a part out of a picture, in full resolution and without the file's metadata.
   * @param {Picture} image
   * @param {Rectangle} box
   * @param {CallOptions & {label?: string, name?: string}} [options]
   * @returns {Promise<File>}
   */
  async crop(image, box, options) {
    const { label, name = nameOf(image), ...call } = optionsOf(options);
    return asFile(await this.#call("crop", { image: blobOf(image), ...given({ box, label, name }) }, call));
  }

  /**
   * Make parts of a picture unrecognisable for good, in full resolution and without the file's metadata.
   * @param {Picture} image
   * @param {readonly Rectangle[]} boxes
   * @param {CallOptions & {style?: "blur" | "black", name?: string}} [options]
   * @returns {Promise<File>}
   */
  async redact(image, boxes, options) {
    const { style, name = nameOf(image), ...call } = optionsOf(options);
    return asFile(await this.#call("redact", { image: blobOf(image), ...given({ boxes, style, name }) }, call));
  }

  /**
   * Name the controls of `enhance`, with their ranges.
   * @param {CallOptions} [call]
   * @returns {Promise<import("../protocol.d.ts").EnhanceControls>}
   */
  async enhanceControls(call = {}) {
    const result = await this.#call("enhance_controls", {}, call);
    return /** @type {import("../protocol.d.ts").EnhanceControls} */ (result);
  }

  /**
   * Tell what would make a picture better, and what the presets are for it.
   * @param {Picture} image
   * @param {CallOptions} [call]
   * @returns {Promise<EnhanceAnalysis>}
   */
  async enhanceAnalysis(image, call = {}) {
    return /** @type {EnhanceAnalysis} */ (await this.#call("enhance_analysis", this.#picture(image), call));
  }

  /**
   * Show a picture with settings, small. Asked again for the same blob with other settings, it does not read the file
   * again. `region` is the part of the finished picture to show, as fractions of it.
   * @param {Picture} image
   * @param {Partial<EnhanceSettings>} settings
   * @param {CallOptions & {maxSide?: number, region?: readonly number[], draft?: boolean}} [options]
   * @returns {Promise<EnhancePreview>}
   */
  async enhancePreview(image, settings, options) {
    const { maxSide, region, draft, ...call } = optionsOf(options);
    const params = given({ settings, max_side: maxSide, region, draft });
    return /** @type {EnhancePreview} */ (
      await this.#call("enhance_preview", { ...this.#picture(image), ...params }, call)
    );
  }

  /**
   * Make a picture better, in full resolution, with these settings, and before them, if asked, what `auto` or a preset
   * does.
   * @param {Picture} image
   * @param {Partial<EnhanceSettings>} [settings]
   * @param {CallOptions & {auto?: boolean, preset?: string, format?: "jpeg" | "png" | "webp", quality?: number,
   *   metadata?: "keep" | "no-location" | "none", name?: string}} [options]
   * @returns {Promise<File & {notes: readonly string[]}>} `notes` say what of the metadata the file could not hold
   */
  async enhance(image, settings, options) {
    const { auto, preset, format, quality, metadata, name = nameOf(image), ...call } = optionsOf(options);
    const params = given({ settings, auto, preset, format, quality, metadata, name });
    const made = await this.#call("enhance", { image: blobOf(image), ...params }, call);
    const { notes } = /** @type {import("../protocol.d.ts").OutputFile} */ (made);
    return Object.assign(asFile(made), { notes: notes ?? [] });
  }

  /**
   * Draw boxes on a picture, in full resolution.
   * @param {Picture} image
   * @param {readonly Box[]} boxes
   * @param {CallOptions & {name?: string}} [options]
   * @returns {Promise<File>}
   */
  async annotate(image, boxes, options) {
    const { name = nameOf(image), ...call } = optionsOf(options);
    return asFile(await this.#call("annotate", { image: blobOf(image), ...given({ boxes, name }) }, call));
  }

  /**
   * Write what was found in some pictures in another tool's format, as the command line does; several files are a ZIP.
   * @param {"coco" | "yolo" | "voc" | "labelstudio"} format
   * @param {readonly DetectedPicture[]} pictures
   * @param {CallOptions & {name?: string}} [options]
   * @returns {Promise<File>}
   */
  async exportDetections(format, pictures, options) {
    const { name, ...call } = optionsOf(options);
    return asFile(await this.#call("export", given({ format, pictures, name }), call));
  }

  /**
   * Write the texts of a data set of pictures, and say where the pictures' own files belong beside them.
   * @param {"yolo" | "voc"} format
   * @param {readonly DetectedPicture[]} pictures
   * @param {CallOptions & {name?: string}} [options]
   * @returns {Promise<LabelledDataSet>}
   */
  async dataSet(format, pictures, options) {
    const { name, ...call } = optionsOf(options);
    return /** @type {LabelledDataSet} */ (await this.#call("data_set", given({ format, pictures, name }), call));
  }

  /**
   * Name all tags that Onsight knows, for completion.
   * @param {CallOptions} [call]
   * @returns {Promise<TagNames>}
   */
  async tagNames(call = {}) {
    return /** @type {TagNames} */ (await this.#call("tag_names", {}, call));
  }

  /**
   * Put a person's changes over the tags of a picture.
   * @param {readonly Tag[]} tags
   * @param {{removed?: readonly string[], renamed?: readonly Renaming[], added?: readonly string[]}} changes ids of
   *   tags that are wrong, other names, names of further tags
   * @param {CallOptions} [call]
   * @returns {Promise<TagList>}
   */
  async editTags(tags, changes, call = {}) {
    const { removed, renamed, added } = optionsOf(changes, "The changes");
    const params = given({ tags: listOf("tags", tags).map(withoutMap), removed, renamed, added });
    return /** @type {TagList} */ (await this.#call("edit_tags", params, call));
  }

  /**
   * Write the tags that are shown as a text.
   * @param {"list" | "hashtags"} format
   * @param {readonly Tag[]} tags
   * @param {CallOptions} [call]
   * @returns {Promise<string>}
   */
  async tagText(format, tags, call = {}) {
    const result = await this.#call("tag_text", { format, tags: listOf("tags", tags).map(withoutMap) }, call);
    return /** @type {TagText} */ (result).text;
  }

  /**
   * Read what a file says about its picture, as the XMP document with which a sidecar begins.
   * @param {Picture} image
   * @param {CallOptions} [call]
   * @returns {Promise<Uint8Array<ArrayBuffer>>} `begun` for `exportTags`
   */
  async beginSidecar(image, call = {}) {
    const result = await this.#call("begin_sidecar", this.#picture(image), call);
    return /** @type {import("../protocol.d.ts").BegunSidecar} */ (result).data;
  }

  /**
   * Write the tags that are shown of some pictures to a file; several files are a ZIP.
   * @param {"csv" | "rekognition" | "xmp"} format
   * @param {readonly TaggedPicture[]} pictures
   * @param {CallOptions & {name?: string}} [options]
   * @returns {Promise<File>}
   */
  async exportTags(format, pictures, options) {
    const { name, ...call } = optionsOf(options);
    const plain = listOf("pictures", pictures).map((picture) => ({
      ...picture,
      tags: listOf("tags", picture.tags).map(withoutMap),
    }));
    return asFile(await this.#call("export_tags", given({ format, pictures: plain, name }), call));
  }

  /**
   * Put files into a ZIP.
   * @param {readonly File[]} files
   * @param {CallOptions & {name?: string}} [options]
   * @returns {Promise<File>}
   */
  async archive(files, options) {
    const { name, ...call } = optionsOf(options);
    const contents = listOf("files", files).map(async (file) => ({
      data: new Uint8Array(await file.arrayBuffer()),
      name: file.name,
      media_type: file.type,
    }));
    return asFile(await this.#call("archive", given({ files: await Promise.all(contents), name }), call));
  }

  /**
   * Look at a picture with all tools, for a library.
   * @param {Picture} image
   * @param {CallOptions & {detect?: boolean}} [options]
   * @returns {Promise<Uint8Array<ArrayBuffer>>} what `library_record` takes
   */
  async index(image, options) {
    const { detect, ...call } = optionsOf(options);
    const result = await this.#call("index", { image: blobOf(image), ...given({ detect }) }, call);
    return /** @type {import("../protocol.d.ts").IndexedPicture} */ (result).look;
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
   * @param {string} method
   * @param {object} params
   * @param {CallOptions} options
   * @returns {Promise<unknown>}
   */
  async #call(method, params, options) {
    const { urgent = false, signal, onProgress, onTimings, ...others } = optionsOf(options);
    onProgress?.({ stage: "queued", fraction: null });
    if (this.#engine.state === "failed") throw this.#engine.error;
    // Python refuses options that it does not know, by name.
    Object.assign(params, given(others));
    const { image } = /** @type {{image?: Blob}} */ (params);
    // Only what has a number is remembered.
    const picture = "picture" in params ? image : undefined;
    this.#pending++;
    try {
      const answer = this.#pool.ask({ method, params, picture, urgent, signal, onProgress });
      const { result, timings_ms } = await abortable(answer, signal);
      onTimings?.(timings_ms);
      return result;
    } finally {
      this.#pending--;
      if (!this.#pending) this.dispatchEvent(new CustomEvent("idle"));
    }
  }

  /** @param {Picture} given */
  #picture(given) {
    const image = blobOf(given);
    const known = this.#pictures.get(image);
    const picture = known ?? ++this.#lastPicture;
    if (known === undefined) this.#pictures.set(image, picture);
    return { image, picture };
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

/**
 * Only the options that were given: the defaults are Python's.
 * @param {Record<string, unknown>} options
 */
function given(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * Where a tag is does not matter to what is done with it.
 * @param {Tag} tag
 * @returns {Tag}
 */
function withoutMap(tag) {
  return tag.heat_map ? { ...tag, heat_map: null } : tag;
}

/** @param {unknown} image */
function nameOf(image) {
  return image instanceof File ? image.name : undefined;
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

/** @param {unknown} result an `OutputFile` */
function asFile(result) {
  const { data, name, media_type: type } = /** @type {import("../protocol.d.ts").OutputFile} */ (result);
  return new File([data], name, { type });
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
