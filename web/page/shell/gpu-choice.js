/** Whether networks run on the GPU: the user's choice, and what this device and browser support. */

import { recall, remember } from "../lib/local-storage.js";

const KEY = "onsight.graphics";

/** @import { Device } from "../client.js" */

/** @returns {Promise<Device>} "webgpu" if the user chose it and it is still possible */
export async function chosenDevice() {
  return recall(KEY) !== null && (await hasGpu()) ? "webgpu" : "wasm";
}

/** @param {Device} device */
export function rememberDevice(device) {
  remember(KEY, device === "webgpu" ? "1" : null);
}

/** @type {Promise<boolean> | undefined} */
let answer;

/** @returns {Promise<boolean>} whether there is a usable GPU; checked once */
export function hasGpu() {
  return (answer ??= askForGpu());
}

async function askForGpu() {
  // onnxruntime's WebAssembly suspends itself to wait for the GPU, which not every browser supports.
  if (!navigator.gpu || !("Suspending" in WebAssembly)) return false;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  // A software fallback is many times slower than WebAssembly.
  return adapter !== null && !adapter.info.isFallbackAdapter;
}
