/** The panel for blurring: lists the areas to blur, adds rectangles and saves the picture. */

import { notice } from "../../lib/announce.js";
import { download } from "../../lib/download.js";
import { ref, button, elementFromTemplate, listen, part as typedPart } from "../../lib/dom.js";
import { t } from "../../lib/texts.js";
import { describe } from "./region-layer.js";
import { regions } from "./regions.js";

/** @import { ImageInfo } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { RegionLayer } from "./region-layer.js" */

export class Privacy {
  #root;
  #onsight;
  #layer;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {ImageInfo | undefined} */
  #size;
  #off;

  /**
   * @param {HTMLElement} root contains the panel
   * @param {Onsight} onsight
   * @param {RegionLayer} layer
   */
  constructor(root, onsight, layer) {
    this.#root = root;
    this.#onsight = onsight;
    this.#layer = layer;
    listen(button(root, "draw"), "click", () => this.#setDrawing(!layer.isDrawing));
    listen(button(root, "add-region"), "click", () => this.#addInTheMiddle());
    listen(button(root, "save-blurred"), "click", () => this.#save());
    const offs = [
      regions.on("change", () => this.#write()),
      listen(document, "keydown", ({ key }) => key === "Escape" && layer.isDrawing && this.#setDrawing(false)),
    ];
    this.#off = () => offs.forEach((off) => off());
  }

  /**
   * @param {Picture | undefined} picture
   * @param {ImageInfo | undefined} size
   */
  show(picture, size) {
    if (picture !== this.#picture) this.#setDrawing(false);
    this.#picture = picture;
    this.#size = size;
    this.#write();
  }

  /** Take the focus when the focused area was removed. */
  focus() {
    button(this.#root, "add-region").focus();
  }

  close() {
    this.#off();
  }

  /** @param {boolean} on */
  #setDrawing(on) {
    this.#layer.isDrawing = on;
    button(this.#root, "draw").setAttribute("aria-pressed", String(on));
  }

  #addInTheMiddle() {
    const [picture, size] = [this.#picture, this.#size];
    if (!picture || !size) return;
    const [x, y, half] = [size.width / 2, size.height / 2, Math.max(1, Math.min(size.width, size.height) / 8)];
    const region = { name: t("Your rectangle"), x1: x - half, y1: y - half, x2: x + half, y2: y + half };
    regions.add(picture, region);
    this.#layer.focus(region);
  }

  #write() {
    const shown = this.#picture ? regions.of(this.#picture) : [];
    const list = ref(this.#root, "region-list");
    list.hidden = shown.length === 0;
    if (shown.length) typedPart(this.#root, "privacy", HTMLDetailsElement).open = true;
    // Keep the rows if their number has not changed: one of them may have the focus.
    if (list.children.length !== shown.length) {
      list.replaceChildren(...shown.map(() => elementFromTemplate("region-row")));
    }
    for (const [index, region] of shown.entries()) {
      const row = list.children[index];
      if (!(row instanceof HTMLElement)) continue;
      const text = describe(region);
      ref(row, "name").textContent = text;
      const remove = button(row, "remove-region");
      remove.setAttribute("aria-label", t("Do not blur: {area}", { area: text }));
      remove.onclick = () => {
        if (this.#picture) regions.remove(this.#picture, region);
        this.focus();
      };
    }
    button(this.#root, "save-blurred").disabled = shown.length === 0;
  }

  async #save() {
    const picture = this.#picture;
    if (!picture) return;
    const save = button(this.#root, "save-blurred");
    const style = typedPart(this.#root, "style", HTMLSelectElement).value === "black" ? "black" : "blur";
    save.disabled = true;
    save.dataset.busy = "";
    try {
      const boxes = regions.of(picture).map(({ x1, y1, x2, y2 }) => /** @type {const} */ ([x1, y1, x2, y2]));
      const file = await this.#onsight.redact(picture.file, boxes, { style, name: picture.name });
      download(file, file.name);
      notice(t("Saved as {name}.", { name: file.name }));
    } catch (error) {
      notice(error instanceof Error ? error.message : String(error));
    } finally {
      delete save.dataset.busy;
      this.#write();
    }
  }
}
