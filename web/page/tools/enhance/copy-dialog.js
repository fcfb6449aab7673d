/** Copies settings from the current picture to all others, as one change that can be undone. */

import { notice } from "../../lib/announce.js";
import { button, elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";
import { edits } from "./edits.js";
import { SHAPE, SIZE, pick } from "./settings.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Pictures } from "../../workspace/pictures.js" */

/** @typedef {keyof EnhanceSettings} Key */

export class CopyDialog {
  #root = /** @type {HTMLDialogElement} */ (elementFromTemplate("enhance-copy"));
  #pictures;
  /** @type {Map<HTMLInputElement, readonly Key[]>} */
  #parts = new Map();
  /** @type {EnhanceSettings | null} */
  #neutral = null;

  /**
   * @param {HTMLElement} host
   * @param {Pictures} pictures
   */
  constructor(host, pictures) {
    this.#pictures = pictures;
    host.append(this.#root);
    listen(this.#root, "close", () => {
      if (this.#root.returnValue === "copy") this.#copy();
      this.#root.returnValue = "";
    });
    listen(this.#root, "change", () => this.#write());
  }

  /**
   * @param {ReadonlyMap<string, readonly Key[]>} groups of controls by name
   * @param {EnhanceSettings} neutral
   */
  learn(groups, neutral) {
    this.#neutral = neutral;
    this.#parts.clear();
    const rows = /** @type {[string, readonly Key[], boolean][]} */ ([
      ...[...groups].map(([name, keys]) => [name, keys, true]),
      [t("Crop and rotation"), SHAPE, false],
      [t("Size"), SIZE, true],
    ]);
    ref(this.#root, "copy-parts").replaceChildren(
      ...rows.map(([name, keys, isChecked]) => {
        const label = document.createElement("label");
        const input = document.createElement("input");
        input.type = "checkbox";
        input.checked = isChecked;
        label.append(input, name);
        this.#parts.set(input, keys);
        return label;
      }),
    );
  }

  open() {
    this.#write();
    this.#root.showModal();
  }

  close() {
    this.#root.remove();
  }

  get #keys() {
    return [...this.#parts].flatMap(([input, keys]) => (input.checked ? keys : []));
  }

  #write() {
    const others = this.#pictures.items.length - 1;
    button(this.#root, "copy-go").textContent = plural(others, "Copy to {count} other", "Copy to {count} others");
    button(this.#root, "copy-go").disabled = this.#keys.length === 0;
  }

  #copy() {
    const { items, selected } = this.#pictures;
    const settings = selected && edits.of(selected);
    if (!settings) return;
    const values = pick(settings, this.#keys);
    edits.setAll([...items], () => values, t("copying to all"), null, this.#neutral);
    notice(
      plural(
        items.length - 1,
        "Copied to {count} other picture. Undo reverts this.",
        "Copied to {count} other pictures. Undo reverts this.",
      ),
    );
  }
}
