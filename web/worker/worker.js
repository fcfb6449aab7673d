/**
 * The engine's worker: starts Python, and the networks in a separate worker, then passes messages on to
 * `onsight.page.bridge`, which answers them.
 */

import { Assets, readManifest, weigh } from "./assets.js";
import { decodeInBrowser } from "./browser-decoder.js";
import { errorPayload } from "./errors.js";
import { isFirstLabel } from "./first-label.js";
import { Networks } from "./networks.js";
import { ORT_FILES } from "./ort-files.js";
import { BootProgress } from "./progress.js";
import { heapOf, startPython } from "./python.js";
import { STORAGE_METHODS, Storage, storageError } from "./storage.js";
import { t } from "../common/texts.js";

/** @import { EngineInfo, FromWorker, ToWorker } from "../protocol.d.ts" */
/** @import { PyProxy, PyodideAPI, Python } from "./python.js" */

const BASE = new URL("..", import.meta.url);

/** The files that the networks' worker loads; this worker loads all others. */
const NETWORK_FILE = /^(?:models|runtime\/ort)\//;

/** Held until this worker dies, so that the page notices its death (see Messenger). */
navigator.locks?.request(self.name, () => new Promise(() => {}));

/** @type {PyProxy | undefined} `onsight.page.bridge.Bridge` */
let bridge;

/** @param {FromWorker} message @param {Transferable[]} [transfer] */
function post(message, transfer = []) {
  self.postMessage(message, { transfer });
}

self.onmessage = async (/** @type {MessageEvent<ToWorker>} */ { data: message }) => {
  if (message.kind === "cancel") {
    if (!waiting.delete(message.id)) bridge?.cancel(message.id);
  } else if (message.method === "initialize") {
    await initialize(message.id, /** @type {StartParams} */ (message.params));
  } else if (storage && message.method in STORAGE_METHODS) {
    await askStorage(storage, message);
  } else if (message.method === "cache_all") {
    await cacheAll(message.id);
  } else if (bridge && python) {
    if (!python.isComplete && !(await canAnswer(python, message))) return;
    // The bridge answers with all errors that Python reports. An error that reaches this point has ended the interpreter.
    await bridge.handle(message.id, message.method, message.params).catch(die);
    await completePython().catch(() => {}); // a request that needs it tries again, and says so
  } else {
    post({ kind: "error", id: message.id, error: { code: "worker_failed", message: t("The engine is not started.") } });
  }
};

/** @type {Assets | undefined} */
let assets;

/** @type {Python | undefined} */
let python;

let isPruned = false;

/** Ids of requests that wait for the rest of Python. @type {Set<number>} */
const waiting = new Set();

/** Exported for benchmarks. @type {Networks | undefined} */
export let networks;

/** The storage of libraries; only in the library's worker. @type {Storage | undefined} */
let storage;

/**
 * @typedef {object} StartParams
 * @property {boolean} [library] whether this is the library's worker, which needs no networks
 * @property {number} [threads] maximum number of threads for a network
 * @property {"wasm" | "webgpu"} [device] preferred device for networks; the CPU is used if it is not available
 * @property {boolean} [isServed] whether a service worker answers this site's requests
 */

/**
 * @param {number} id of the request
 * @param {StartParams} params
 */
async function initialize(id, { library = false, threads: wanted, isServed = false, device = "wasm" }) {
  try {
    const started = performance.now();
    if (!library) networks = new Networks(() => die(new Error("The networks' worker is gone.")));
    const manifest = await readManifest(BASE);
    const progress = new BootProgress((stage, fraction) => post({ kind: "progress", id, stage, fraction }));
    const networkFiles = library ? [] : networkFilesOf(manifest, device);
    const ownFiles = manifest.boot.filter((path) => !NETWORK_FILE.test(path));
    const wantedNetworks = { manifest, files: networkFiles, isServed, device, ...(wanted && { threads: wanted }) };
    const onProgress = progress.part(weigh(manifest, ownFiles));
    const onNetworkProgress = library ? () => {} : progress.part(weigh(manifest, networkFiles));
    assets = new Assets(BASE, manifest, ownFiles, onProgress, isServed);
    assets.serveFetch();
    /** @type {Record<string, number>} */
    const parts = {};
    /** @template T @param {string} name @param {Promise<T>} part */
    const timed = async (name, part) => {
      const result = await part;
      parts[name] = performance.now() - started;
      return result;
    };
    const [startedPython, threads, models] = await Promise.all([
      timed("python", startPython(assets, () => networks?.download())),
      networks ? timed("networks", networks.start(wantedNetworks, onNetworkProgress)) : 0,
      describeModels(assets),
    ]);
    python = startedPython;
    bridge = await timed("bridge", startBridge(python.pyodide, assets, models));
    if (library) storage = await Storage.create(python.pyodide.FS);
    /** @type {EngineInfo} */
    const info = {
      version: manifest.version,
      models: manifest.models,
      threads,
      provider: networks?.provider ?? "wasm",
      isolated: globalThis.crossOriginIsolated,
      restored: python.isRestored,
      started_ms: parts,
    };
    post({ kind: "result", id, result: info, timings_ms: { boot: performance.now() - started } });
  } catch (error) {
    post({ kind: "error", id, error: errorPayload(assets?.failure ?? error, t("The engine could not start.")) });
  }
}

/**
 * @param {import("./assets.js").Manifest} manifest
 * @param {"wasm" | "webgpu"} device
 * @returns {string[]} the files that the networks need to start
 */
function networkFilesOf({ boot }, device) {
  const files = boot.filter((path) => NETWORK_FILE.test(path));
  return device === "webgpu" ? files.map((path) => (path === ORT_FILES.wasm.wasm ? ORT_FILES.webgpu.wasm : path)) : files;
}

/** Do what must not delay the first answer: load the rest of Python, and delete files of other builds. */
async function completePython() {
  await python?.complete();
  if (isPruned) return;
  isPruned = true;
  await assets?.prune();
}

/**
 * Wait until the files that a request needs are loaded.
 * @param {Python} python
 * @param {{id: number, method: string, params: object}} request
 * @returns {Promise<boolean>} whether to answer it; if false, it was answered with an error
 */
async function canAnswer(python, { id, method, params }) {
  waiting.add(id);
  try {
    if (!(await isFirstLabel(method, params))) await python.complete();
    if (waiting.delete(id)) return true;
    post({ kind: "error", id, error: { code: "cancelled", message: t("The work was cancelled.") } });
  } catch (error) {
    waiting.delete(id);
    post({ kind: "error", id, error: errorPayload(error, t("Part of the engine could not be loaded.")) });
  }
  return false;
}

/**
 * @param {Storage} asked
 * @param {{id: number, method: string, params: object}} message
 */
async function askStorage(asked, { id, method, params }) {
  try {
    post({ kind: "result", id, result: await STORAGE_METHODS[method]?.(asked, params), timings_ms: {} });
  } catch (error) {
    post({ kind: "error", id, error: storageError(error) });
  }
}

/** @param {number} id of the request */
async function cacheAll(id) {
  try {
    await completePython();
    await assets?.cacheAll();
    post({ kind: "result", id, result: null, timings_ms: {} });
  } catch (error) {
    post({ kind: "error", id, error: errorPayload(error, t("The engine's files could not be saved on this device.")) });
  }
}

/**
 * @param {Assets} assets
 * @returns {Promise<{id: string, spec: string, labels: string}[]>} what the bridge needs to know about each model
 */
function describeModels(assets) {
  const text = async (/** @type {string} */ path) => {
    if (!(path in assets.manifest.assets)) return "";
    return new TextDecoder().decode(await assets.read(path));
  };
  return Promise.all(
    assets.manifest.models.map(async (id) => {
      const [spec, labels] = await Promise.all([text(`models/${id}/model.json`), text(`models/${id}/labels.txt`)]);
      return { id, spec, labels };
    }),
  );
}

/**
 * @param {PyodideAPI} pyodide
 * @param {Assets} assets
 * @param {{id: string, spec: string, labels: string}[]} models
 * @returns {Promise<PyProxy>}
 */
async function startBridge(pyodide, assets, models) {
  const module = pyodide.pyimport("onsight.page.bridge");
  const instance = module.Bridge(models, postWithState, run, decodeInBrowser);
  module.destroy();
  return instance;

  /** @param {FromWorker} message a plain object made by Python */
  function postWithState(message) {
    // Python's memory never shrinks: the page replaces a worker that has grown too large.
    if (message.kind === "result") Object.assign(message, { heap_bytes: heapOf(pyodide), provider: networks?.provider });
    postFromPython(message);
  }

  /** @param {FromWorker} message */
  function postFromPython(message) {
    if (!storage?.isDirty) return post(message);
    // Store changes before the answer, so that everything that was answered is safe.
    storage.keep().then(
      () => post(message),
      (error) => post({ kind: "error", id: message.id, error: storageError(error) }),
    );
  }

  /**
   * @param {string} model
   * @param {string[]} fetches
   * @param {string[]} names of the inputs
   * @param {PyProxy[]} arrays C-contiguous float32 NumPy arrays
   */
  async function run(model, fetches, names, ...arrays) {
    const feeds = Object.fromEntries(arrays.map((array, index) => [/** @type {string} */ (names[index]), copyOf(array)]));
    return /** @type {Networks} */ (networks).run(model, feeds, fetches);
  }
}

/**
 * @param {PyProxy} array a C-contiguous float32 NumPy array
 * @returns {import("./session.js").Tensor} a copy outside Python's memory
 */
function copyOf(array) {
  const buffer = array.getBuffer("f32");
  try {
    return { data: buffer.data.slice(), dims: buffer.shape };
  } finally {
    buffer.release();
  }
}

/**
 * Report that the interpreter has ended. The page receives this as an error of the worker, and terminates it.
 * @param {unknown} error
 */
function die(error) {
  self.reportError(error);
}
