/** The files of onnxruntime-web, with and without WebGPU. */

/** @import { Provider } from "../protocol.d.ts" */

/** @type {Record<Provider, {glue: string, wasm: string}>} glue: the module that starts the WebAssembly */
export const ORT_FILES = {
  wasm: {
    glue: "runtime/ort/ort-wasm-simd-threaded.mjs",
    wasm: "runtime/ort/ort-wasm-simd-threaded.wasm",
  },
  webgpu: {
    glue: "runtime/ort/ort-wasm-simd-threaded.jspi.mjs",
    wasm: "runtime/ort/ort-wasm-simd-threaded.jspi.wasm",
  },
};
