/** Whether networks may run on the graphics processor: what a person chose, and what this device and browser have. */

import { recall, remember } from "../lib/local-storage.js";

const KEY = "onsight.graphics";

/** @returns {Promise<boolean>} whether it was chosen, and still is possible */
export async function wantsGraphics() {
  return recall(KEY) !== null && hasGraphics();
}

/** @param {boolean} isWanted */
export function rememberGraphics(isWanted) {
  remember(KEY, isWanted ? "1" : null);
}

/** @type {Promise<boolean> | undefined} */
let answer;

/** @returns {Promise<boolean>} whether there is a graphics processor for us, and one that is worth it; asked once */
export function hasGraphics() {
  return (answer ??= askForGraphics());
}

async function askForGraphics() {
  // onnxruntime's WebAssembly waits for it by suspending itself, which not every browser can do.
  if (!navigator.gpu || !("Suspending" in WebAssembly)) return false;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  // One that is made of software is many times slower than WebAssembly.
  return adapter !== null && !adapter.info.isFallbackAdapter;
}
