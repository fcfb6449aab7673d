/** Whether networks may run on the GPU: what a person chose, and what this device and browser have. */

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

/** @returns {Promise<boolean>} whether there is a GPU for us, and one that is worth it; asked once */
export function hasGpu() {
  return (answer ??= askForGpu());
}

async function askForGpu() {
  // onnxruntime's WebAssembly waits for it by suspending itself, which not every browser can do.
  if (!navigator.gpu || !("Suspending" in WebAssembly)) return false;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  // One that is made of software is many times slower than WebAssembly.
  return adapter !== null && !adapter.info.isFallbackAdapter;
}
