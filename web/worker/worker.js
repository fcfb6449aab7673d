/**
 * The engine's worker: starts Python and the network side by side, then passes messages on to `onsight.bridge`, which
 * answers them.
 */

import { Assets, DownloadError } from "./assets.js";
import { decodeInBrowser } from "./browser-decoder.js";
import { startPython } from "./python.js";
import { configure, createSession, runSession } from "./session.js";
import { STORAGE_METHODS, Storage, storageError } from "./storage.js";

/** @import { EngineInfo, FromWorker, ToWorker } from "../protocol.d.ts" */
/** @import { PyProxy, PyodideAPI } from "./python.js" */

const BASE = new URL("..", import.meta.url);
const ORT = new URL("runtime/ort/", BASE);

/** How the page learns of this worker's death: see Messenger. Held until then. */
navigator.locks?.request(self.name, () => new Promise(() => {}));

/** @type {PyProxy | undefined} `onsight.bridge.Bridge` */
let bridge;

/** @param {FromWorker} message @param {Transferable[]} [transfer] */
function post(message, transfer = []) {
  self.postMessage(message, { transfer });
}

self.onmessage = async (/** @type {MessageEvent<ToWorker>} */ { data: message }) => {
  if (message.kind === "cancel") {
    bridge?.cancel(message.id);
  } else if (message.method === "initialize") {
    await initialize(message.id, /** @type {StartParams} */ (message.params));
  } else if (storage && message.method in STORAGE_METHODS) {
    await askStorage(storage, message);
  } else if (message.method === "keep_all") {
    await keepAll(message.id);
  } else if (bridge) {
    // Every error that Python can name is an answer of the bridge. What comes through here is the interpreter's end.
    await bridge.handle(message.id, message.method, message.params).catch(die);
  } else {
    post({ kind: "error", id: message.id, error: { code: "worker_failed", message: "The engine is not started." } });
  }
};

/** @type {Assets | undefined} */
let assets;

/** Where libraries are kept, in a worker that serves them. @type {Storage | undefined} */
let storage;

/**
 * @typedef {object} StartParams
 * @property {boolean} [library] whether this worker keeps a library, for which it needs no network
 */

/**
 * @param {number} id of the request
 * @param {StartParams} params
 */
async function initialize(id, { library = false }) {
  try {
    const started = performance.now();
    assets = await Assets.open(BASE, (stage, fraction) => post({ kind: "progress", id, stage, fraction }));
    assets.serveFetch();
    /** @type {Record<string, number>} */
    const parts = {};
    /** @template T @param {string} name @param {Promise<T>} part */
    const timed = async (name, part) => {
      const result = await part;
      parts[name] = performance.now() - started;
      return result;
    };
    const [{ pyodide, isRestored }, threads, models] = await Promise.all([
      timed("python", startPython(assets)),
      library ? 0 : timed("networks", startNetworks(assets)),
      describeModels(assets),
    ]);
    bridge = await timed("bridge", startBridge(pyodide, assets, models));
    if (!library) await timed("warm", bridge.warm_up());
    if (library) storage = await Storage.create(pyodide.FS);
    /** @type {EngineInfo} */
    const info = {
      version: assets.manifest.version,
      models: assets.manifest.models,
      threads,
      isolated: globalThis.crossOriginIsolated,
      restored: isRestored,
      started_ms: parts,
    };
    post({ kind: "result", id, result: info, timings_ms: { boot: performance.now() - started } });
    assets.prune().catch(() => {});
  } catch (error) {
    const cause = assets?.failure ?? error;
    const detail = String(cause);
    if (cause instanceof DownloadError) {
      const message = "A part of the engine could not be downloaded. Check the connection and try again.";
      post({ kind: "error", id, error: { code: "download_failed", message, detail } });
    } else {
      post({ kind: "error", id, error: { code: "worker_failed", message: "The engine could not start.", detail } });
    }
  }
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
async function keepAll(id) {
  try {
    await assets?.keepAll();
    post({ kind: "result", id, result: null, timings_ms: {} });
  } catch (error) {
    const message = "A part of the engine could not be downloaded. Check the connection and try again.";
    post({ kind: "error", id, error: { code: "download_failed", message, detail: String(error) } });
  }
}

/**
 * @param {Assets} assets
 * @returns {Promise<number>} threads
 */
async function startNetworks(assets) {
  const { boot, models } = assets.manifest;
  const wanted = models.filter((model) => boot.includes(networkPath(model)));
  const files = wanted.map((model) => assets.read(networkPath(model)));
  const [wasm] = await Promise.all([assets.read("runtime/ort/ort-wasm-simd-threaded.wasm"), ...files]);
  const threads = configure(ORT, wasm);
  for (const [index, model] of wanted.entries()) {
    await loadNetwork(model, /** @type {Promise<Uint8Array<ArrayBuffer>>} */ (files[index]));
  }
  return threads;
}

/** @param {string} model */
function networkPath(model) {
  return `models/${model}/model.onnx`;
}

/** The networks that are loaded or being loaded. @type {Map<string, Promise<void>>} */
const networks = new Map();

/**
 * Load a network, once: callers share what is under way; a failure is tried again by the next.
 * @param {string} model
 * @param {Promise<Uint8Array<ArrayBuffer>>} file
 * @returns {Promise<void>}
 */
function loadNetwork(model, file) {
  const loading = file.then((bytes) => createSession(model, bytes));
  networks.set(model, loading);
  loading.catch(() => networks.delete(model));
  return loading;
}

/**
 * @param {Assets} assets
 * @returns {Promise<{id: string, spec: string, labels: string}[]>} what the bridge must know of each model
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
  const module = pyodide.pyimport("onsight.bridge");
  const instance = module.Bridge(models, postFromPython, run, decodeInBrowser);
  module.destroy();
  return instance;

  /** @param {FromWorker} message a plain object made by Python */
  function postFromPython(message) {
    if (!storage?.isDirty) return post(message);
    // What is answered is safe.
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
    await (networks.get(model) ?? loadNetwork(model, assets.read(networkPath(model))));
    return runOnArrays(model, fetches, names, arrays);
  }
}

/**
 * Run a network on arrays that live in Python's memory.
 * @param {string} model
 * @param {string[]} fetches
 * @param {string[]} names of the inputs
 * @param {PyProxy[]} arrays C-contiguous float32 NumPy arrays
 */
async function runOnArrays(model, fetches, names, arrays) {
  const buffers = arrays.map((array) => array.getBuffer("f32"));
  try {
    const feeds = Object.fromEntries(
      buffers.map(({ data, shape }, index) => [names[index], { data, dims: shape }]),
    );
    return await runSession(model, feeds, fetches);
  } finally {
    for (const buffer of buffers) buffer.release();
  }
}

/**
 * The interpreter is gone. The page hears of it as an error of this worker, and ends it.
 * @param {unknown} error
 */
function die(error) {
  self.reportError(error);
}
