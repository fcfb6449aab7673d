/** Runs networks in a separate worker, so that Python can work at the same time. Used by the engine's worker. */

import { Messenger } from "../common/messenger.js";

/** @import { Manifest, OnProgress } from "./assets.js" */
/** @import { Provider } from "../protocol.d.ts" */
/** @import { Tensor } from "./session.js" */

export class Networks {
  /** What runs the networks now. @type {Provider} */
  provider = "wasm";
  #messenger;

  /** @param {() => void} onDeath of their worker */
  constructor(onDeath) {
    this.#messenger = new Messenger(new URL("networks-worker.js", import.meta.url), onDeath);
  }

  /**
   * @param {object} params
   * @param {Manifest} params.manifest
   * @param {string[]} params.files that count as progress
   * @param {boolean} params.isServed whether a service worker answers this site's requests
   * @param {number} [params.threads] maximum number of threads
   * @param {"wasm" | "webgpu"} params.device preferred device; the CPU is used if it is not available
   * @param {OnProgress} onProgress
   * @returns {Promise<number>} the number of threads per network
   */
  async start(params, onProgress) {
    const report = (/** @type {{stage: any, fraction: number | null}} */ { stage, fraction }) => onProgress(stage, fraction);
    const { result } = await this.#messenger.request("start", params, { onProgress: report });
    const { threads, provider } = /** @type {{threads: number, provider: Provider}} */ (result);
    this.provider = provider;
    return threads;
  }

  /** Let the networks of the start be downloaded: what Python needs has arrived. */
  download() {
    this.#messenger.request("download", {}).catch(() => {}); // `start` reports it
  }

  /**
   * Run a network, and load it first if necessary.
   * @param {string} model
   * @param {Record<string, Tensor>} feeds by input name; their buffers are transferred
   * @param {string[]} fetches names of the outputs to return
   * @returns {Promise<Record<string, Tensor>>} by output name
   */
  async run(model, feeds, fetches) {
    const transfer = Object.values(feeds).map(({ data }) => /** @type {ArrayBuffer} */ (data.buffer));
    const { result } = await this.#messenger.request("run", { model, feeds, fetches }, { transfer });
    const { outputs, provider } = /** @type {{outputs: Record<string, Tensor>, provider: Provider}} */ (result);
    this.provider = provider;
    return outputs;
  }
}
