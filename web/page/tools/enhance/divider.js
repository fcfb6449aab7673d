/** The line between before and after: moved with mouse, finger or keys, and told to screen readers as a slider. */

import { listen } from "../../lib/dom.js";

const STEP = 0.02;
const LARGE_STEP = 0.1;

/** @type {Record<string, number>} */
const KEYS = {
  ArrowLeft: -STEP,
  ArrowDown: -STEP,
  ArrowRight: STEP,
  ArrowUp: STEP,
  PageDown: -LARGE_STEP,
  PageUp: LARGE_STEP,
  Home: -1,
  End: 1,
};

export class Divider {
  #root;
  #onMove;
  #share = 0.5;
  /** The picture's edges, in pixels of the style sheet. */
  #left = 0;
  #right = 1;

  /**
   * @param {HTMLElement} root
   * @param {() => void} onMove
   */
  constructor(root, onMove) {
    this.#root = root;
    this.#onMove = onMove;
    listen(root, "pointerdown", (event) => this.#drag(event));
    listen(root, "keydown", (event) => this.#key(event));
    listen(root, "dblclick", (event) => {
      event.stopPropagation(); // it would zoom
      this.share = 0.5;
    });
    this.#tell();
  }

  /** How much of the picture, from its left edge, is shown as it was. */
  get share() {
    return this.#share;
  }

  set share(share) {
    this.#share = Math.max(0, Math.min(share, 1));
    this.#tell();
    this.#onMove();
  }

  /** @param {boolean} shown */
  set isShown(shown) {
    this.#root.hidden = !shown;
  }

  /**
   * @param {number} x
   * @param {number} top
   * @param {number} bottom
   * @param {number} left edge of what is seen of the picture
   * @param {number} right
   */
  placeAt(x, top, bottom, left, right) {
    this.#left = left;
    this.#right = right;
    this.#root.style.translate = `${x}px ${top}px`;
    this.#root.style.blockSize = `${bottom - top}px`;
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation(); // it would move the picture
    this.#root.focus({ preventScroll: true });
    this.#root.setPointerCapture(event.pointerId);
    const origin = this.#root.offsetParent?.getBoundingClientRect().left ?? 0;
    const grip = event.clientX - origin - (this.#left + this.#share * (this.#right - this.#left));
    const off = [
      listen(this.#root, "pointermove", ({ clientX }) => {
        this.share = (clientX - origin - grip - this.#left) / Math.max(1, this.#right - this.#left);
      }),
      ...["pointerup", "pointercancel"].map((type) => listen(this.#root, type, () => off.forEach((end) => end()))),
    ];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = KEYS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.share = this.#share + step;
  }

  #tell() {
    const percent = Math.round(this.#share * 100);
    this.#root.setAttribute("aria-valuenow", String(percent));
    this.#root.setAttribute("aria-valuetext", `${percent}% before, ${100 - percent}% after`);
  }
}
