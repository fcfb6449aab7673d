/** The line between before and after. Mouse, finger or keys move it; screen readers present it as a slider. */

import { listen } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";

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
  /** The picture's edges, in CSS pixels. */
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
      event.stopPropagation(); // otherwise it would zoom
      this.share = 0.5;
    });
    this.#write();
  }

  /** The fraction of the picture, from its left edge, that shows the original. */
  get share() {
    return this.#share;
  }

  set share(share) {
    this.#share = Math.max(0, Math.min(share, 1));
    this.#write();
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
   * @param {number} left edge of the visible part of the picture
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
    event.stopPropagation(); // otherwise it would move the picture
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

  #write() {
    const percent = Math.round(this.#share * 100);
    this.#root.setAttribute("aria-valuenow", String(percent));
    const [before, after] = [formatPercent(percent / 100), formatPercent((100 - percent) / 100)];
    this.#root.setAttribute("aria-valuetext", t("{before} before, {after} after", { before, after }));
  }
}
