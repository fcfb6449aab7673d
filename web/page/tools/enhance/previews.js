/**
 * Requests previews of one picture from the engine: before and after, the whole picture and regions, one at a time. While
 * a slider moves, the preview in progress is finished and shown, then the newest request follows; those in between are
 * skipped. Previews that take too long are made as drafts of half the size, and in full once the slider rests.
 */

import { isAbort } from "../../client.js";
import { Emitter } from "../../lib/emitter.js";

/** @import { EnhancePreview, EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Detail, Source } from "./painting.js" */

/** @typedef {"after" | "before" | "afterDetail" | "beforeDetail"} Slot */
/** @typedef {Detail["region"]} Region */

/**
 * @typedef {object} PreviewRequest
 * @property {EnhanceSettings} settings
 * @property {Region | null} region null for the whole picture
 * @property {number} maxSide
 * @property {boolean} [draft] half of that size is enough
 */

/**
 * @typedef {object} View
 * @property {Source} source
 * @property {EnhanceSettings} settings that it shows
 * @property {Region | null} region
 * @property {number} order increases with each request
 * @property {boolean} isDraft
 * @property {EnhancePreview} preview
 */

/** If a preview takes longer than this, drafts follow the slider instead. */
const FOLLOWS_MS = 70;
/** After a slider has rested for this long, previews are made in full. */
const REST_MS = 160;

/** @extends {Emitter<{change: Slot, busy: boolean, error: Error}>} */
export class Previews extends Emitter {
  #onsight;
  /** @type {Picture | undefined} */
  #picture;
  /** In the order in which they are made. @type {Map<Slot, {request: PreviewRequest, key: string, order: number}>} */
  #requests = new Map();
  /** @type {Map<Slot, View & {key: string}>} */
  #views = new Map();
  #orders = 0;
  #isBusy = false;
  /** How long the last full preview took, by the control that moved. @type {Map<string, number>} */
  #times = new Map();
  #rest = 0;
  /** @type {string | null} */
  #moved = null;
  #abort = new AbortController();

  /** @param {Onsight} onsight */
  constructor(onsight) {
    super();
    this.#onsight = onsight;
  }

  /** The picture to preview. Changing it removes all previews. @param {Picture | undefined} picture */
  set picture(picture) {
    if (picture === this.#picture) return;
    this.#picture = picture;
    this.#abort.abort();
    this.#abort = new AbortController();
    clearTimeout(this.#rest);
    this.#rest = 0;
    this.#requests.clear();
    this.#views.clear();
  }

  /**
   * @param {Slot} slot
   * @returns {View | undefined}
   */
  get(slot) {
    return this.#views.get(slot);
  }

  /** Whether all requested previews are available. */
  get isCurrent() {
    return !this.#isBusy && !this.#rest && this.#requests.size === 0;
  }

  /**
   * Request previews, the most urgent first. They replace all pending requests.
   * @param {ReadonlyArray<readonly [Slot, PreviewRequest]>} requests
   * @param {string | null} [moved] key of the control that the user is moving
   */
  want(requests, moved = null) {
    clearTimeout(this.#rest);
    this.#rest = 0;
    this.#moved = moved;
    const isSlow = moved !== null && (this.#times.get(moved) ?? Infinity) > FOLLOWS_MS;
    this.#take(isSlow ? requests.filter(([slot]) => slot.startsWith("after")) : requests, isSlow);
    if (!isSlow) return;
    this.#rest = setTimeout(() => {
      this.#rest = 0;
      this.#take(requests, false);
    }, REST_MS);
  }

  /**
   * @param {ReadonlyArray<readonly [Slot, PreviewRequest]>} requests
   * @param {boolean} isDraft whether a draft is enough
   */
  #take(requests, isDraft) {
    this.#requests.clear();
    for (const [slot, request] of requests) {
      const key = JSON.stringify([request.settings, request.region, request.maxSide]);
      const view = this.#views.get(slot);
      if (view?.key === key && (isDraft || !view.isDraft)) continue;
      this.#requests.set(slot, { request: { ...request, draft: isDraft }, key, order: ++this.#orders });
    }
    void this.#work();
  }

  /** @param {Slot} slot */
  drop(slot) {
    this.#views.delete(slot);
  }

  close() {
    this.picture = undefined;
  }

  async #work() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.emit("busy", true);
    for (let next = this.#requests.entries().next().value; next && this.#picture; next = this.#requests.entries().next().value) {
      const [slot, { request, key, order }] = next;
      const picture = this.#picture;
      this.#requests.delete(slot);
      try {
        const started = performance.now();
        const moved = this.#moved;
        const preview = await this.#ask(picture, request);
        if (picture !== this.#picture) continue;
        const { settings, region, draft: isDraft = false } = request;
        this.#views.set(slot, { source: toCanvas(preview, isDraft), settings, region, order, isDraft, preview, key });
        if (moved && !isDraft && slot === "after") this.#times.set(moved, performance.now() - started);
        this.emit("change", slot);
      } catch (error) {
        if (picture !== this.#picture || isAbort(error)) continue;
        this.#requests.clear();
        this.emit("error", error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#isBusy = false;
    if (!this.#rest) this.emit("busy", false);
  }

  /**
   * @param {Picture} picture
   * @param {PreviewRequest} request
   */
  #ask({ file }, { settings, region, maxSide, draft = false }) {
    const { signal } = this.#abort;
    return this.#onsight.enhancePreview(file, settings, { maxSide, ...(region && { region }), draft, urgent: true, signal });
  }
}

/**
 * @param {EnhancePreview} preview
 * @param {boolean} isDraft
 * @returns {HTMLCanvasElement}
 */
function toCanvas({ data, width, height }, isDraft) {
  const canvas = document.createElement("canvas");
  canvas.toggleAttribute("data-draft", isDraft);
  canvas.width = width;
  canvas.height = height;
  const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}
