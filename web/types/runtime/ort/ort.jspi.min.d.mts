/** onnxruntime-web with WebGPU: for what the site uses of it, the same. */
export * from "onnxruntime-web/wasm";
