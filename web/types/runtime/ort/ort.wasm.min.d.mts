/** In the site onnxruntime-web stands beside the worker; while checking types it is the package. */
export * from "onnxruntime-web/wasm";
