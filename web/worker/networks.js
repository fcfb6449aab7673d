/** The networks, seen from the engine's worker: they run in a worker of their own, so that Python goes on meanwhile. */

import { Messenger } from "../common/messenger.js";

/** @import { Manifest, OnProgress } from "./assets.js" */
/** @import { Provider } from "../protocol.d.ts" */
/** @import { Tensor } from "./session.js" */

export class Networks {
  /** What runs them. @type {Provider} */
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
   * @param {boolean} params.isServed whether a service worker answers
   * @param {number} [params.threads] at most so many
   * @param {"wasm" | "webgpu"} params.device what is to run them, if that is possible
   * @param {OnProgress} onProgress
   * @returns {Promise<number>} threads that a network runs on
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
   * Run a network; it is loaded first if it is not yet.
   * @param {string} model
   * @param {Record<string, Tensor>} feeds by input name; their buffers are given away
   * @param {string[]} fetches names of the outputs that are wanted
   * @returns {Promise<Record<string, Tensor>>}
   */
  async run(model, feeds, fetches) {
    const transfer = Object.values(feeds).map(({ data }) => /** @type {ArrayBuffer} */ (data.buffer));
    const { result } = await this.#messenger.request("run", { model, feeds, fetches }, { transfer });
    const { outputs, provider } = /** @type {{outputs: Record<string, Tensor>, provider: Provider}} */ (result);
    this.provider = provider;
    return outputs;
  }
}
