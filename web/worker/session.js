/**
 * Networks in onnxruntime-web, on the processor or on the GPU. The only file that knows it: tensors come in
 * and go out as typed arrays with a shape.
 */

import * as wasmOrt from "../runtime/ort/ort.wasm.min.mjs";

/** @import { Provider } from "../protocol.d.ts" */

/**
 * @typedef {{data: Float32Array, dims: number[]}} Tensor
 * @typedef {{provider: Provider, session: wasmOrt.InferenceSession, Tensor: typeof wasmOrt.Tensor}} Network
 */

/** onnxruntime as it is used; the build with WebGPU, which is half as large again, is loaded when it is asked for. */
let ort = wasmOrt;

/** Runs are queued, because a session of the wasm build must not run twice at once. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * @param {Provider} provider that will run networks
 * @param {URL} glue the module that starts onnxruntime's WebAssembly
 * @param {string | Uint8Array<ArrayBuffer>} wasm onnxruntime's module, or where the browser can get it
 * @param {number} [atMost] threads
 * @returns {Promise<number>} how many threads what runs on the processor will have
 */
export async function startRuntime(provider, glue, wasm, atMost = 4) {
  ort = provider === "webgpu" ? await import("../runtime/ort/ort.jspi.min.mjs") : wasmOrt;
  // Threads need shared memory, which browsers give to cross-origin isolated pages only.
  const threads = globalThis.crossOriginIsolated ? Math.min(atMost, navigator.hardwareConcurrency || 1) : 1;
  ort.env.wasm.numThreads = threads;
  const mjs = glue.href;
  ort.env.wasm.wasmPaths = typeof wasm === "string" ? { mjs, wasm } : { mjs };
  if (typeof wasm !== "string") ort.env.wasm.wasmBinary = wasm;
  ort.env.logLevel = "error";
  return threads;
}

/**
 * @param {Uint8Array<ArrayBuffer>} model bytes of an ONNX file
 * @param {Provider} provider that runs it
 * @returns {Promise<Network>}
 */
export async function createNetwork(model, provider) {
  const { InferenceSession, Tensor } = ort;
  const session = await InferenceSession.create(model, {
    executionProviders: [provider],
    graphOptimizationLevel: "all",
    // Threads that wait by spinning take the processor from Python, which works beside them.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  return { provider, session, Tensor };
}

/**
 * @param {Network} network
 * @param {Record<string, Tensor>} feeds by input name
 * @param {string[]} fetches names of the outputs that are wanted
 * @returns {Promise<Record<string, Tensor>>}
 */
export function runNetwork({ session, Tensor }, feeds, fetches) {
  const job = async () => {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor("float32", data, dims)]),
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
