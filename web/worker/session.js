/**
 * Networks in onnxruntime-web. The only file that knows it: tensors come in and go out as typed arrays with a shape.
 */

import * as ort from "../runtime/ort/ort.wasm.min.mjs";

/**
 * @typedef {{data: Float32Array, dims: number[]}} Tensor
 */

/** @type {Map<string, ort.InferenceSession>} */
const sessions = new Map();

/** Runs stand in line: a session of the wasm build must not be entered twice. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * @param {URL} folder that holds onnxruntime's own files
 * @param {string | Uint8Array<ArrayBuffer>} wasm onnxruntime's module, or where the browser can get it
 * @param {number} [atMost] threads
 * @returns {number} how many threads networks will run on
 */
export function configure(folder, wasm, atMost = 4) {
  // Threads need shared memory, which browsers give to cross-origin isolated pages only.
  const threads = globalThis.crossOriginIsolated ? Math.min(atMost, navigator.hardwareConcurrency || 1) : 1;
  ort.env.wasm.numThreads = threads;
  const mjs = new URL("ort-wasm-simd-threaded.mjs", folder).href;
  ort.env.wasm.wasmPaths = typeof wasm === "string" ? { mjs, wasm } : { mjs };
  if (typeof wasm !== "string") ort.env.wasm.wasmBinary = wasm;
  ort.env.logLevel = "error";
  return threads;
}

/**
 * @param {string} id
 * @param {Uint8Array<ArrayBuffer>} model bytes of an ONNX file
 */
export async function createSession(id, model) {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
    // Threads that wait by spinning take the processor from Python, which works beside them.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  sessions.set(id, session);
}

/**
 * @param {string} id of a session
 * @param {Record<string, Tensor>} feeds by input name
 * @param {string[]} fetches names of the outputs that are wanted
 * @returns {Promise<Record<string, Tensor>>}
 */
export function runSession(id, feeds, fetches) {
  const job = async () => {
    const session = sessions.get(id);
    if (!session) throw new Error(`No session named ${id}.`);
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [name, new ort.Tensor("float32", data, dims)]),
    );
    const outputs = await session.run(inputs, fetches);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        { data: /** @type {Float32Array} */ (tensor.data), dims: [...tensor.dims] },
      ]),
    );
  };
  const answer = queue.catch(() => {}).then(job);
  queue = answer;
  return answer;
}
