/**
 * Runs networks in onnxruntime-web, on the CPU or the GPU. Only this file knows onnxruntime: tensors come in and go out as
 * typed arrays with a shape.
 */

import * as wasmOrt from "../runtime/ort/ort.wasm.min.mjs";

/** @import { Provider } from "../protocol.d.ts" */

/**
 * @typedef {{data: Float32Array, dims: number[]}} Tensor
 * @typedef {{provider: Provider, session: wasmOrt.InferenceSession, Tensor: typeof wasmOrt.Tensor}} Network
 */

/** The build of onnxruntime in use. The one with WebGPU is 50% larger, so it is loaded only if needed. */
let ort = wasmOrt;

/** Runs are queued, because a session of the wasm build cannot run twice at the same time. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * @param {Provider} provider that will run networks
 * @param {URL} glue the module that starts onnxruntime's WebAssembly
 * @param {string | Uint8Array<ArrayBuffer>} wasm onnxruntime's WebAssembly, or its URL
 * @param {number} [atMost] maximum number of threads
 * @returns {Promise<number>} the number of threads for networks on the CPU
 */
export async function startRuntime(provider, glue, wasm, atMost = 4) {
  ort = provider === "webgpu" ? await import("../runtime/ort/ort.jspi.min.mjs") : wasmOrt;
  // Threads need shared memory, which browsers provide only to cross-origin isolated pages.
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
    // Threads that spin while waiting would take CPU time from Python.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  return { provider, session, Tensor };
}

/**
 * @param {Network} network
 * @param {Record<string, Tensor>} feeds by input name
 * @param {string[]} fetches names of the outputs to return
 * @returns {Promise<Record<string, Tensor>>} by output name
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
