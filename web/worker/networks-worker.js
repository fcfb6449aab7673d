/**
 * The networks' worker: reads networks and runs them, on a thread of its own beside Python. It answers the engine's worker
 * (`networks.js`) as that answers the page.
 */

import { Assets } from "./assets.js";
import { errorPayload } from "./errors.js";
import { configure, createSession, runSession } from "./session.js";

/** @import { FromWorker } from "../protocol.d.ts" */
/** @import { Manifest } from "./assets.js" */
/** @import { Tensor } from "./session.js" */

const BASE = new URL("..", import.meta.url);
const ORT = new URL("runtime/ort/", BASE);

/** How the engine's worker learns of this one's death: see Messenger. Held until then. */
navigator.locks?.request(self.name, () => new Promise(() => {}));

/** @type {Assets} */
let assets;

const ORT_MODULE = "runtime/ort/ort-wasm-simd-threaded.wasm";

/** The networks that are loaded or being loaded. @type {Map<string, Promise<void>>} */
const networks = new Map();

/** @typedef {(params: any, id: number) => Promise<{result: unknown, transfer?: Transferable[]}>} Method */

/** @type {Record<string, Method>} */
const METHODS = { start, run };

self.onmessage = async ({ data: { id, method, params } }) => {
  try {
    const { result, transfer } = await /** @type {Method} */ (METHODS[method])(params, id);
    post({ kind: "result", id, result, timings_ms: {} }, transfer);
  } catch (error) {
    post({ kind: "error", id, error: errorPayload(error, "The network could not be loaded or run.") });
  }
};

/** @param {FromWorker} message @param {Transferable[]} [transfer] */
function post(message, transfer = []) {
  self.postMessage(message, { transfer });
}

/**
 * Load what a start needs. What the site names as the first run is made at once, and not waited for: a network's first run
 * is several times slower than the rest.
 * @param {{manifest: Manifest, files: string[], isServed: boolean, threads: number | undefined}} params as `Networks` has them
 * @param {number} id of the request
 */
async function start({ manifest, files, isServed, threads: wanted }, id) {
  const onProgress = (/** @type {string} */ stage, /** @type {number | null} */ fraction) =>
    post({ kind: "progress", id, stage, fraction });
  assets = new Assets(BASE, manifest, files, onProgress, isServed);
  const boot = manifest.models.filter((model) => files.includes(networkPath(model)));
  const models = boot.map((model) => assets.read(networkPath(model)));
  const [wasm] = await Promise.all([ortModule(), ...models]);
  const threads = configure(ORT, wasm, wanted);
  for (const [index, model] of boot.entries()) {
    await loadNetwork(model, /** @type {Promise<Uint8Array<ArrayBuffer>>} */ (models[index]));
  }
  for (const { model, feeds, fetches } of manifest.first_runs) runSession(model, blank(feeds), fetches).catch(() => {});
  return { result: threads };
}

/** @returns {Promise<string | Uint8Array<ArrayBuffer>>} onnxruntime's module, or where the browser can get it */
async function ortModule() {
  return (await assets.address(ORT_MODULE)) ?? assets.read(ORT_MODULE);
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
  await (networks.get(model) ?? loadNetwork(model, assets.read(networkPath(model))));
  const result = await runSession(model, feeds, fetches);
  const transfer = new Set(Object.values(result).map(({ data }) => /** @type {ArrayBuffer} */ (data.buffer)));
  return { result, transfer: [...transfer] };
}

/** @param {string} model */
function networkPath(model) {
  return `models/${model}/model.onnx`;
}

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
