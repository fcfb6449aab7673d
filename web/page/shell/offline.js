/**
 * The page's side of the service worker: registers it, has the whole engine cached on this device, offers new builds, and
 * reloads the first visit to a host without the headers, so that threads work.
 */

import { button, ref } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { Emitter } from "../lib/emitter.js";
import { trusted } from "../../common/trusted.js";

/** Set once the page has reloaded for threads, so that it does so only once. */
const GUARD = "onsight.isolated";

/** How long the engine's start waits for the service worker on a host that sends no headers. */
const PATIENCE_MS = 5000;

const CHECK_EVERY_MS = 60 * 60 * 1000;

/** How long the browser takes to end aborted requests. */
const CUT_OFF_MS = 250;

/** How long a new build may take to become active before the page reloads without it. */
const TAKE_OVER_MS = 10_000;

/**
 * @typedef {object} Surroundings
 * @property {() => boolean} isBusy whether something is being processed
 * @property {() => number} countPictures how many are loaded
 * @property {() => void} stop stop everything that may request files
 */

/** @extends {Emitter<{change: void}>} */
export class Offline extends Emitter {
  /** Whether everything that the page needs to work offline is cached. */
  isReady = false;
  /** When the engine may start: at once, unless the page is about to reload. @type {Promise<void>} */
  settled;
  #surroundings;
  #isUpdating = false;
  /** @type {ServiceWorkerRegistration | undefined} */
  #registration;
  /** Settles when the registration has succeeded or failed. @type {Promise<void> | undefined} */
  #registered;

  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    super();
    this.#surroundings = surroundings;
    const { serviceWorker } = navigator;
    if (!serviceWorker) {
      this.settled = Promise.resolve();
      return;
    }
    const isFirstVisit = !serviceWorker.controller;
    this.settled = isFirstVisit && this.#needsIsolation() ? this.#isolate(serviceWorker) : Promise.resolve();
    serviceWorker.addEventListener("controllerchange", () => {
      if (this.#isUpdating) location.reload();
    });
    button(document, "update-now").addEventListener("click", () => this.#update());
    button(document, "update-later").addEventListener("click", () => (ref(document, "update").hidden = true));
  }

  /**
   * Register the service worker, and cache everything that the engine may need on this device. If the browser is set to
   * save data, only what is used is downloaded.
   * @param {() => Promise<unknown>} cacheAll
   */
  async cacheEngine(cacheAll) {
    const { serviceWorker } = navigator;
    if (!serviceWorker) return;
    await (this.#registered ??= this.#register(serviceWorker));
    if (!this.#registration) return;
    await serviceWorker.ready;
    const { saveData = false } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection ?? {};
    if (saveData) return;
    await cacheAll();
    this.isReady = true;
    this.emit("change", undefined);
  }

  /** @param {ServiceWorkerContainer} container */
  async #register(container) {
    try {
      const url = trusted(new URL("sw.js", document.baseURI));
      // If the browser or its settings do not allow service workers, the site works only online.
      const registration = await container.register(url, { updateViaCache: "none" });
      if (!registration) return;
      this.#registration = registration;
    } catch (error) {
      console.debug(`No service worker: ${error}`);
      return;
    }
    const registration = this.#registration;
    if (registration.waiting && container.controller) this.#offer();
    registration.addEventListener("updatefound", () => {
      const { installing } = registration;
      installing?.addEventListener("statechange", () => {
        if (installing.state === "installed" && container.controller) this.#offer();
      });
    });
    let checked = Date.now();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - checked < CHECK_EVERY_MS) return;
      checked = Date.now();
      registration.update().catch(() => {}); // offline: it is checked again next time
    });
  }

  #offer() {
    const count = this.#surroundings.countPictures();
    ref(document, "update-text").textContent = count
      ? t("A new version of Onsight is ready. Updating reloads the page, so save your results first.")
      : t("A new version of Onsight is ready.");
    ref(document, "update").hidden = false;
  }

  async #update() {
    if (this.#surroundings.isBusy()) {
      ref(document, "update-text").textContent = t("Pictures are still being processed. Update when they are done.");
      return;
    }
    this.#isUpdating = true;
    ref(document, "update-text").textContent = t("Updating…");
    for (const name of ["update-now", "update-later"]) button(document, name).hidden = true;
    // An old service worker ends only when it has no request left. If a file is requested at the moment of the update,
    // Chromium may start the old one again and keep it for minutes.
    this.#surroundings.stop();
    await new Promise((resolve) => setTimeout(resolve, CUT_OFF_MS));
    const waiting = this.#registration?.waiting;
    if (!waiting) return location.reload(); // another tab has already updated
    waiting.postMessage({ kind: "update" });
    // The page is useless without its engine. If the update is late, reload; the page then offers it again.
    setTimeout(() => location.reload(), TAKE_OVER_MS);
  }

  #needsIsolation() {
    if (globalThis.crossOriginIsolated) return false;
    try {
      return sessionStorage.getItem(GUARD) === null;
    } catch {
      return false; // Without the guard, the page might reload forever, so it runs with one thread.
    }
  }

  /** @param {ServiceWorkerContainer} container */
  async #isolate(container) {
    const controlled = new Promise((resolve) => container.addEventListener("controllerchange", resolve, { once: true }));
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    await (this.#registered ??= this.#register(container));
    if (!this.#registration) return;
    await Promise.race([controlled, patience]);
    if (!container.controller || this.#surroundings.countPictures() > 0) return;
    sessionStorage.setItem(GUARD, "1");
    location.reload();
    await new Promise(() => {}); // The engine need not start, because the page is reloading.
  }
}
