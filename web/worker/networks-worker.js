/**
 * The networks' worker: loads and runs networks in a separate thread, so that Python can work at the same time. The
 * engine's worker sends it requests (`networks.js`), in the same form as those from the page.
 */

import { Assets } from "./assets.js";
import { errorPayload } from "./errors.js";
import { ORT_FILES } from "./ort-files.js";
import { createNetwork, runNetwork, startRuntime } from "./session.js";
import { t } from "../common/texts.js";

/** @import { FromWorker, Provider } from "../protocol.d.ts" */
/** @import { Manifest } from "./assets.js" */
/** @import { Network, Tensor } from "./session.js" */

const BASE = new URL("..", import.meta.url);

/** Held until this worker dies, so that the engine's worker notices its death (see Messenger). */
navigator.locks?.request(self.name, () => new Promise(() => {}));

/** @type {Assets} */
let assets;

/** Maximum number of threads. @type {number | undefined} */
let wantedThreads;

/** The provider for networks that are loaded from now on. @type {Provider} */
let provider = "wasm";

/** Resolves to the number of threads when the runtime has started. @type {Promise<number>} */
let runtime;

/** The networks that are loaded or being loaded. @type {Map<string, Promise<Network>>} */
const networks = new Map();

/** @type {() => void} */
let letDownload;

/** Settles when the networks of the start may be downloaded. @type {Promise<void>} */
const downloading = new Promise((resolve) => (letDownload = resolve));

/** @typedef {(params: any, id: number) => Promise<{result: unknown, transfer?: Transferable[]}>} Method */

/** @type {Record<string, Method>} */
const METHODS = { start, download, run };

self.onmessage = async ({ data: { id, method, params } }) => {
  try {
    const { result, transfer } = await /** @type {Method} */ (METHODS[method])(params, id);
    post({ kind: "result", id, result, timings_ms: {} }, transfer);
  } catch (error) {
    post({ kind: "error", id, error: errorPayload(error, t("The network could not be loaded or run.")) });
  }
};

/** @param {FromWorker} message @param {Transferable[]} [transfer] */
function post(message, transfer = []) {
  self.postMessage(message, { transfer });
}

/**
 * Load the networks that the engine starts with. The first run of a network is several times slower than later ones, so
 * the runs in `first_runs` are started here, but not awaited.
 * @param {object} params as in `Networks`
 * @param {Manifest} params.manifest
 * @param {string[]} params.files
 * @param {boolean} params.isServed
 * @param {number} [params.threads]
 * @param {Provider} params.device
 * @param {number} id of the request
 */
async function start({ manifest, files, isServed, threads: wanted, device }, id) {
  const onProgress = (/** @type {string} */ stage, /** @type {number | null} */ fraction) =>
    post({ kind: "progress", id, stage, fraction });
  assets = new Assets(BASE, manifest, files, onProgress, isServed);
  wantedThreads = wanted;
  const boot = manifest.models.filter((model) => files.includes(networkPath(model)));
  // Python takes longest to start, so what it needs comes first, and networks, the largest files, last.
  const models = boot.map((model) => assets.read(networkPath(model), downloading));
  for (const model of models) model.catch(() => {}); // awaited below
  if (device === "webgpu") await startOn("webgpu").catch((error) => leaveGpu("webgpu", error));
  else await startOn("wasm");
  for (const [index, model] of boot.entries()) {
    await loadNetwork(model, /** @type {Promise<Uint8Array<ArrayBuffer>>} */ (models[index]));
  }
  for (const { model, feeds, fetches } of manifest.first_runs) run({ model, feeds: blank(feeds), fetches }).catch(() => {});
  return { result: { threads: await runtime, provider } };
}

/** Let `start` download networks. */
async function download() {
  letDownload();
  return { result: null };
}

/** @param {Provider} chosen provider for networks */
function startOn(chosen) {
  provider = chosen;
  const { glue, wasm } = ORT_FILES[chosen];
  const starting = ortModule(wasm).then((module) => startRuntime(chosen, new URL(glue, BASE), module, wantedThreads));
  runtime = starting;
  return starting;
}

/**
 * Switch from the GPU to the CPU: a GPU can become unavailable at any time, and drivers have bugs.
 * @param {Provider} failed the provider of the network that failed
 * @param {unknown} error rethrown if the network failed on the CPU
 */
async function leaveGpu(failed, error) {
  if (failed === "wasm") throw error;
  console.debug(`The GPU cannot be used, so networks run on the CPU: ${error}`);
  if (provider === "webgpu") startOn("wasm").catch(() => {}); // awaited below
  await runtime;
}

/**
 * @param {string} path of onnxruntime's WebAssembly
 * @returns {Promise<string | Uint8Array<ArrayBuffer>>} the URL of onnxruntime's WebAssembly or, if it is not cached, its bytes
 */
async function ortModule(path) {
  return (await assets.address(path)) ?? assets.read(path);
}

/**
 * @param {Record<string, number[]>} shapes by input name
 * @returns {Record<string, Tensor>}
 */
function blank(shapes) {
  const size = (/** @type {number[]} */ dims) => dims.reduce((product, side) => product * side, 1);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => [name, { data: new Float32Array(size(dims)), dims }]),
  );
}

/**
 * @param {{model: string, feeds: Record<string, Tensor>, fetches: string[]}} params
 */
async function run({ model, feeds, fetches }) {
  const network = await networkOf(model);
  const outputs = await runNetwork(network, feeds, fetches).catch(async (error) => {
    await leaveGpu(network.provider, error);
    // Another run of this network may have removed it already.
    if ((await networks.get(model)) === network) networks.delete(model);
    return runNetwork(await networkOf(model), feeds, fetches);
  });
  const transfer = new Set(Object.values(outputs).map(({ data }) => /** @type {ArrayBuffer} */ (data.buffer)));
  return { result: { outputs, provider }, transfer: [...transfer] };
}

/** @param {string} model */
function networkOf(model) {
  return networks.get(model) ?? loadNetwork(model, assets.read(networkPath(model)));
}

/** @param {string} model */
function networkPath(model) {
  return `models/${model}/model.onnx`;
}

/**
 * Load a network once: concurrent callers share the promise, and after a failure the next caller tries again.
 * @param {string} model
 * @param {Promise<Uint8Array<ArrayBuffer>>} file
 * @returns {Promise<Network>}
 */
function loadNetwork(model, file) {
  const loading = createOf(file);
  networks.set(model, loading);
  loading.catch(() => networks.get(model) === loading && networks.delete(model));
  return loading;
}

/** @param {Promise<Uint8Array<ArrayBuffer>>} file */
async function createOf(file) {
  const bytes = await file;
  const tried = provider;
  return createNetwork(bytes, tried).catch(async (error) => {
    await leaveGpu(tried, error);
    return createNetwork(bytes, provider);
  });
}
