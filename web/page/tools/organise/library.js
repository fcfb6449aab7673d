/**
 * The open library, in its own worker, so that a search does not wait for a picture that is being analysed. Only one
 * tab can have it open at a time.
 */

import { Emitter } from "../../lib/emitter.js";
import { Messenger, OnsightError, abortError } from "../../../common/messenger.js";
import { SITE } from "../../../common/site.js";
import { LibraryMethods } from "./methods.js";
import { preferences } from "./preferences.js";
import { t } from "../../lib/texts.js";

/** @import { Onsight } from "../../client.js" */
/** @import { RequestOptions } from "../../../common/messenger.js" */
/** @import { LibraryStatus } from "../../../protocol.d.ts" */

const LOCK = "onsight-library";
const CHANNEL = "onsight-library";
const MAX_NAME = 60;

/** How often a request is sent if the worker fails each time. */
const ATTEMPTS = 3;

/**
 * @typedef {{state: "closed"} | {state: "starting"} | {state: "elsewhere"} | {state: "open", name: string}
 *   | {state: "failed", error: OnsightError}} LibraryState
 */

/** The name of a new library if the user has given none. */
const firstName = () => t("My pictures");

/** `removed` has the name of a library that this or another tab has deleted. */
/** @extends {Emitter<{state: LibraryState, status: LibraryStatus, change: null, removed: string}>} */
export class Library extends Emitter {
  #onsight;
  #base;
  /** @type {Messenger | undefined} */
  #messenger;
  /** @type {LibraryState} */
  #state = { state: "closed" };
  /** @type {LibraryStatus | undefined} */
  #status;
  /** @type {(() => void) | undefined} releases the lock */
  #release;
  #channel = new BroadcastChannel(CHANNEL);
  #session = 0;
  #name = "";
  #isClosed = false;
  /** What can be asked of the open library. */
  methods = new LibraryMethods((method, params, options) => this.#request(method, params, options));
  /** The same, asked again if the worker fails meanwhile: for what does no harm if it is done twice. */
  retrying = new LibraryMethods((method, params, options) => this.#retry(method, params, options));

  /**
   * @param {Onsight} onsight
   * @param {URL} [base] folder of the site
   */
  constructor(onsight, base = SITE) {
    super();
    this.#onsight = onsight;
    this.#base = base;
    this.#channel.onmessage = ({ data }) => {
      if (data === "release") void this.#giveAway();
      else if (typeof data?.removed === "string") this.emit("removed", data.removed);
    };
  }

  get state() {
    return this.#state;
  }

  /** The name of the library that is open or, while none is, was open last. */
  get name() {
    return this.#name;
  }

  /** The status of the open library when it was last requested. */
  get status() {
    return this.#status;
  }

  /** Changes whenever a library is opened: its worker then has no state from before. */
  get session() {
    return this.#session;
  }

  /** Open the library that was open last, unless one is open. */
  async start() {
    if (this.#isClosed || this.#state.state === "open" || this.#state.state === "starting") return;
    this.#set({ state: "starting" });
    try {
      await this.#onsight.ready.catch(() => {}); // by then the files that both workers need are cached
      if (!(await this.#lock(false))) return this.#set({ state: "elsewhere" });
      await this.#boot();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Take the library over from the tab that has it open. */
  async takeOver() {
    this.#set({ state: "starting" });
    this.#channel.postMessage("release");
    await this.#lock(true);
    await this.#boot().catch((error) => this.#fail(error));
  }

  /**
   * Wait until a library is open, however long that takes: another tab may have to release it first.
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  opened(signal) {
    return new Promise((resolve, reject) => {
      const end = (/** @type {() => void} */ settle) => {
        off();
        signal.removeEventListener("abort", giveUp);
        settle();
      };
      const giveUp = () => end(() => reject(abortError()));
      const look = () => {
        const state = this.#state;
        if (signal.aborted) giveUp();
        else if (state.state === "open") end(resolve);
        else if (state.state === "failed") end(() => reject(state.error));
      };
      const off = this.on("state", look);
      signal.addEventListener("abort", giveUp);
      look();
    });
  }

  /** Request the library's status, and notify listeners that the library has changed. */
  async refresh() {
    this.#setStatus(await this.methods.status());
    this.emit("change", null);
  }

  /** @returns {Promise<{name: string, bytes: number}[]>} the libraries of this device */
  async list() {
    return /** @type {{name: string, bytes: number}[]} */ (await this.#request("storage_list", {}));
  }

  /**
   * Open another library; create it if it does not exist.
   * @param {string} name
   */
  async switchTo(name) {
    const before = this.#state.state === "open" ? this.#state.name : name;
    await this.#whileClosed(before, () => this.#openFile(name));
  }

  /**
   * A name that no library has yet, similar to the wanted one.
   * @param {string} wanted
   */
  async freeName(wanted) {
    const taken = new Set((await this.list()).map(({ name }) => name.toLowerCase()));
    const stem = wanted.replace(/[^\p{L}\p{N} _.()-]/gu, " ").trim().slice(0, MAX_NAME) || firstName();
    let name = stem;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${stem} (${number})`;
    return name;
  }

  /**
   * Create a library from a file, and open it. If the file is not a library, the former library stays open.
   * @param {File} file
   */
  async addFile(file) {
    const name = await this.freeName(file.name.replace(/\.[^.]*$/, ""));
    try {
      await this.#request("storage_place", { name, file });
      await this.switchTo(name);
    } catch (error) {
      await this.#request("storage_remove", { name }).catch(() => {}); // if it stays, the user can still delete it
      throw error;
    }
  }

  /** @returns {Promise<File>} a copy of the open library's file, for the command line or another browser */
  async copy() {
    const name = this.#state.state === "open" ? this.#state.name : firstName();
    // Closing writes everything to a single file.
    const blob = await this.#whileClosed(name, async () => {
      const copied = /** @type {Blob} */ (await this.#request("storage_copy", {}));
      await this.#openFile(name);
      return copied;
    });
    return new File([blob], `${name}.sqlite`, { type: "application/vnd.sqlite3" });
  }

  /** Delete the open library permanently, and open another. */
  async remove() {
    if (this.#state.state !== "open") return;
    const { name } = this.#state;
    await this.#whileClosed(name, async () => {
      await this.#request("storage_close", {});
      await this.#request("storage_remove", { name });
      this.emit("removed", name);
      this.#channel.postMessage({ removed: name });
      const [next] = await this.list();
      await this.#openFile(next?.name ?? firstName());
    });
  }

  /**
   * Close the open library and run a function that opens one. If it fails, open the former library again.
   * @template T
   * @param {string} name of the open library
   * @param {() => Promise<T>} use
   * @returns {Promise<T>}
   */
  async #whileClosed(name, use) {
    try {
      await this.methods.close();
      return await use();
    } catch (error) {
      // If its worker died, the state is not "open", and a new worker opens the library.
      if (this.#state.state === "open") await this.#openFile(name).catch((failure) => this.#fail(failure));
      throw error;
    }
  }

  /**
   * @param {string} method
   * @param {object} params
   * @param {RequestOptions} [options]
   */
  async #request(method, params, options) {
    if (!this.#messenger) {
      throw new OnsightError({ code: "library_failed", message: t("No library is open. Reload the page.") });
    }
    return (await this.#messenger.request(method, params, options)).result;
  }

  async #boot() {
    if (this.#isClosed) throw abortError();
    this.#set({ state: "starting" });
    this.#messenger?.close();
    this.#messenger = new Messenger(new URL("worker/worker.js", this.#base), () => {
      // Everything that was answered is stored; pending requests were rejected.
      if (this.#state.state === "open") void this.#boot().catch((error) => this.#fail(error));
    });
    await this.#messenger.request("initialize", { library: true });
    void navigator.storage?.persist?.().catch(() => {});
    const names = (await this.list()).map(({ name }) => name);
    const last = preferences.library;
    await this.#openFile(last !== null && names.includes(last) ? last : (names[0] ?? firstName()));
  }

  /**
   * Send an idempotent request. If the worker fails, the request is sent to the worker that replaces it.
   * @param {string} method
   * @param {object} params
   * @param {RequestOptions} [options] whose signal ends the wait for another worker, too
   */
  async #retry(method, params, options = {}) {
    const { signal = new AbortController().signal } = options;
    for (let attempt = 1; ; attempt += 1) {
      if (this.#state.state === "starting") await this.opened(signal);
      try {
        return await this.#request(method, params, options);
      } catch (error) {
        const hasWorkerFailed = error instanceof OnsightError && error.code === "worker_failed";
        if (!hasWorkerFailed || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** @param {string} name */
  async #openFile(name) {
    const path = /** @type {string} */ (await this.#request("storage_open", { name }));
    const status = await this.methods.open({ path });
    preferences.library = name;
    this.#session += 1;
    this.#name = name;
    this.#set({ state: "open", name });
    this.#setStatus(status);
    this.emit("change", null);
  }

  /**
   * @param {boolean} wait
   * @returns {Promise<boolean>} whether this tab has the library now
   */
  #lock(wait) {
    if (this.#release || !navigator.locks) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const use = (/** @type {Lock | null} */ lock) => {
        resolve(lock !== null);
        if (!lock) return undefined;
        return new Promise((/** @type {(_: void) => void} */ release) => (this.#release = () => release()));
      };
      navigator.locks.request(LOCK, { ifAvailable: !wait }, use).catch(reject);
    });
  }

  /** Close the library and release it, because everything is being deleted. */
  async close() {
    this.#isClosed = true;
    await this.#giveAway();
    this.#messenger?.close();
    this.#messenger = undefined;
  }

  async #giveAway() {
    if (!this.#release) return;
    if (this.#state.state === "open") {
      this.#set({ state: "elsewhere" });
      await this.methods.close().catch(() => {});
      await this.#request("storage_close", {}).catch(() => {});
    }
    this.#messenger?.close();
    this.#messenger = undefined;
    this.#release();
    this.#release = undefined;
  }

  /** @param {unknown} error */
  #fail(error) {
    const { message } = /** @type {Error} */ (error);
    const known = error instanceof OnsightError ? error : new OnsightError({ code: "library_failed", message });
    this.#set({ state: "failed", error: known });
  }

  /** @param {LibraryState} state */
  #set(state) {
    this.#state = state;
    this.emit("state", state);
  }

  /** @param {LibraryStatus} status */
  #setStatus(status) {
    this.#status = status;
    this.emit("status", status);
  }
}
