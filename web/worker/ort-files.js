/** Which files onnxruntime-web is made of, by what runs its networks: without and with WebGPU. */

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
