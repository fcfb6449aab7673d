/** The controls below the picture: comparison, zoom, undo and redo. */

import { button, elementFromTemplate, keepFocus, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";

/** @import { Mode, Viewer } from "./viewer.js" */

/**
 * @typedef {object} History
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => void} reset
 */

const MODES = /** @type {const} */ (["split", "side", "after"]);

/** How before and after are compared. The choice applies to all pictures. @type {Mode} */
let mode = "split";

export class Toolbar {
  #root = /** @type {HTMLFieldSetElement} */ (elementFromTemplate("enhance-toolbar"));
  #viewer;
  #off;

  /**
   * @param {HTMLElement} host
   * @param {Viewer} viewer
   * @param {History} history
   */
  constructor(host, viewer, history) {
    this.#viewer = viewer;
    host.append(this.#root);
    for (const name of MODES) {
      const input = part(this.#root, `mode-${name}`, HTMLInputElement);
      input.checked = name === mode;
      listen(input, "change", () => {
        mode = name;
        viewer.mode = name;
      });
    }
    viewer.mode = mode;
    const hold = button(this.#root, "hold");
    const off = [
      listen(button(this.#root, "zoom-in"), "click", () => viewer.zoomIn()),
      listen(button(this.#root, "zoom-out"), "click", () => viewer.zoomOut()),
      listen(button(this.#root, "zoom-fit"), "click", () => viewer.zoomToFit()),
      listen(button(this.#root, "zoom-pixels"), "click", () => viewer.zoomToPixels()),
      listen(button(this.#root, "undo"), "click", history.undo),
      listen(button(this.#root, "redo"), "click", history.redo),
      listen(button(this.#root, "reset-all"), "click", history.reset),
      listen(hold, "pointerdown", () => this.hold(true)),
      ...["pointerup", "pointercancel", "pointerleave", "blur"].map((type) => listen(hold, type, () => this.hold(false))),
      listen(hold, "contextmenu", (event) => event.preventDefault()), // a long press opens it on touch screens
      listen(hold, "keydown", ({ key }) => [" ", "Enter"].includes(key) && this.hold(true)),
      listen(hold, "keyup", () => this.hold(false)),
      listen(document, "keyup", ({ key }) => key.toLowerCase() === "b" && this.hold(false)),
      listen(window, "blur", () => this.hold(false)),
      listen(document, "keydown", (event) => this.#key(event, history)),
      viewer.on("view", () => this.#showZoom()),
    ];
    this.#off = () => off.forEach((end) => end());
  }

  /** Show the original while held. @param {boolean} held */
  hold(held) {
    this.#viewer.isHeld = held;
    button(this.#root, "hold").setAttribute("aria-pressed", String(held));
  }

  /** @param {boolean} usable */
  set isUsable(usable) {
    this.#root.disabled = !usable;
  }

  /** Whether comparing and zooming are possible. @param {boolean} comparing */
  set isComparing(comparing) {
    for (const name of ["compare", "zoom"]) ref(this.#root, name).inert = !comparing;
  }

  /** @param {{undo: string | null, redo: string | null, canReset: boolean}} changes `undo` and `redo` name the next change of each */
  show({ undo, redo, canReset }) {
    name(button(this.#root, "undo"), undo === null ? null : t("Undo {change}", { change: undo }), t("Undo"), "Ctrl+Z");
    name(button(this.#root, "redo"), redo === null ? null : t("Redo {change}", { change: redo }), t("Redo"), "Ctrl+Shift+Z");
    button(this.#root, "reset-all").disabled = !canReset;
  }

  close() {
    this.hold(false);
    this.#off();
  }

  #showZoom() {
    ref(this.#root, "zoom-text").textContent = formatPercent(this.#viewer.scale);
    const isPixels = this.#viewer.isNear && Math.abs(this.#viewer.scale - 1) < 1e-6;
    button(this.#root, "zoom-fit").setAttribute("aria-pressed", String(!this.#viewer.isNear));
    button(this.#root, "zoom-pixels").setAttribute("aria-pressed", String(isPixels));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {History} history
   */
  #key(event, history) {
    const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
    if (!(ctrlKey || metaKey) || altKey || document.querySelector("dialog[open]")) return;
    // Text fields have their own undo.
    if (target instanceof HTMLInputElement && ["text", "number"].includes(target.type)) return;
    const letter = key.toLowerCase();
    if (letter === "z" && !shiftKey) history.undo();
    else if ((letter === "z" && shiftKey) || (letter === "y" && !shiftKey)) history.redo();
    else return;
    event.preventDefault();
  }
}

/**
 * @param {HTMLButtonElement} control
 * @param {string | null} command with the change it affects; null if there is nothing to undo or redo
 * @param {string} plain the command alone
 * @param {string} keys
 */
function name(control, command, plain, keys) {
  const text = command ?? plain;
  keepFocus(control, /** @type {HTMLElement} */ (control.closest("fieldset")), () => (control.disabled = command === null));
  control.setAttribute("aria-label", text);
  control.title = t("{command} ({keys})", { command: text, keys });
}
