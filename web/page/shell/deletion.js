/** Deletes everything stored on this device, after all tabs have stopped using it. */

import { fromTemplate } from "../lib/dom.js";
import { STORED_DATA, isThere, remove } from "./stored-data.js";
import { stopRemembering } from "../lib/local-storage.js";

const CHANNEL = "onsight-deletion";

/** A lock that every tab shares as long as it may store something. */
const HOLD = "onsight-tab";

/** How long other tabs may take to release the lock. */
const PATIENCE_MS = 10_000;

/** A terminated worker closes its files only a moment later, so deletion is tried several times. */
const TRIES = 20;
const PAUSE_MS = 250;

export class Deletion {
  #letGo;
  #channel = new BroadcastChannel(CHANNEL);
  /** Releases the lock. */
  #release = () => {};

  /** @param {() => Promise<void>} letGo stops everything in this tab that may read or write storage */
  constructor(letGo) {
    this.#letGo = letGo;
    void navigator.locks?.request(HOLD, { mode: "shared" }, () => {
      return new Promise((/** @type {(_: void) => void} */ release) => (this.#release = () => release()));
    });
    this.#channel.onmessage = () => void this.#end();
  }

  /**
   * Delete everything. All tabs then only show that it was deleted, until they are reloaded.
   * @returns {Promise<string[]>} titles of what could not be deleted because it is in use
   */
  async run() {
    this.#channel.postMessage("let go");
    await this.#end();
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const deletion = () => deleteAll();
    if (!navigator.locks) return deletion();
    // A tab that does not react, such as a frozen one, may still write. What remains is reported.
    return navigator.locks.request(HOLD, { signal }, deletion).catch(deletion);
  }

  async #end() {
    stopRemembering();
    const message = fromTemplate("deleted");
    // Work that is still running may want to show something: it finds its elements and templates, but they are hidden.
    for (const element of document.body.children) element.toggleAttribute("hidden", true);
    document.getElementById("main")?.replaceChildren();
    document.body.append(message);
    document.querySelector("[data-part=load-again]")?.addEventListener("click", () => location.reload());
    await this.#letGo().catch(() => {});
    this.#release();
  }
}

async function deleteAll() {
  /** @type {string[]} */
  let left = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    await Promise.allSettled(STORED_DATA.map(remove));
    left = [];
    for (const kept of STORED_DATA) if (await isThere(kept)) left.push(kept.title);
    if (!left.length) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return left;
}
