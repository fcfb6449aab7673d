/** Deletes everything that is kept, after all tabs have let go of it. */

import { fromTemplate } from "../lib/dom.js";
import { STORED_DATA, isThere, remove } from "./stored-data.js";
import { stopRemembering } from "../lib/local-storage.js";

const CHANNEL = "onsight-deletion";

/** A lock that every tab shares for as long as it may keep something. */
const HOLD = "onsight-tab";

/** How long other tabs may take to let go. */
const PATIENCE_MS = 10_000;

/** Workers that were ended give their files back a moment later. */
const TRIES = 20;
const PAUSE_MS = 250;

export class Deletion {
  #letGo;
  #channel = new BroadcastChannel(CHANNEL);
  /** Gives the lock back. */
  #release = () => {};

  /** @param {() => Promise<void>} letGo ends all that this tab may read or write */
  constructor(letGo) {
    this.#letGo = letGo;
    void navigator.locks?.request(HOLD, { mode: "shared" }, () => {
      return new Promise((/** @type {(_: void) => void} */ release) => (this.#release = () => release()));
    });
    this.#channel.onmessage = () => void this.#end();
  }

  /**
   * Delete everything; this tab and all others then show that, and nothing else, until they are loaded again.
   * @returns {Promise<string[]>} titles of what is still there, because something holds it
   */
  async run() {
    this.#channel.postMessage("let go");
    await this.#end();
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const deletion = () => deleteAll();
    if (!navigator.locks) return deletion();
    // One that does not answer, such as a tab that the browser has frozen, may still write: what stays is said.
    return navigator.locks.request(HOLD, { signal }, deletion).catch(deletion);
  }

  async #end() {
    stopRemembering();
    const message = fromTemplate("deleted");
    // What is under way may still want to show something: it finds its place and its templates, but nobody sees it.
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
