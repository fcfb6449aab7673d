/** The dialog that saves: format and quality, progress, and what could not be saved. */

import { notice } from "../../lib/announce.js";
import { isAbort } from "../../client.js";
import { button, elementFromTemplate, listen, part, ref, setProgress } from "../../lib/dom.js";
import { formatBytes, formatCount } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { edits } from "./edits.js";
import { choices, saveMany, saveOne } from "./exporting.js";
import { sizeText } from "./wording.js";

/** @import { Onsight } from "../../client.js" */
/** @import { Picture, Pictures } from "../../workspace/pictures.js" */
/** @import { Choices, Failure, Noted } from "./exporting.js" */
/** @import { Size } from "./transform.js" */

/** What happens in a stage. @type {Readonly<Record<string, () => string>>} */
const STAGES = {
  queued: () => t("Next in the queue…"),
  read: () => t("Reading the file…"),
  decode: () => t("Opening the picture…"),
  preprocess: () => t("Measuring light, colour and noise…"),
  enhance: () => t("Enhancing the picture…"),
  infer: () => t("Enlarging the picture…"),
  encode: () => t("Writing the file…"),
};

export class ExportDialog {
  #root = /** @type {HTMLDialogElement} */ (elementFromTemplate("enhance-export"));
  #onsight;
  #pictures;
  #format = part(this.#root, "export-format", HTMLSelectElement);
  #quality = part(this.#root, "export-quality", HTMLInputElement);
  #name = part(this.#root, "export-name", HTMLInputElement);
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Size | null} */
  #size = null;
  /** Cancels the save in progress. @type {AbortController | undefined} */
  #abort;

  /**
   * @param {HTMLElement} host
   * @param {Onsight} onsight
   * @param {Pictures} pictures
   */
  constructor(host, onsight, pictures) {
    this.#onsight = onsight;
    this.#pictures = pictures;
    host.append(this.#root);
    const form = part(this.#root, "export-form", HTMLFormElement);
    listen(form, "submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    listen(form, "change", () => this.#choose());
    listen(this.#quality, "input", () => {
      choices.quality = this.#quality.valueAsNumber;
      this.#write();
    });
    listen(button(this.#root, "export-cancel"), "click", () => (this.#abort ? this.#abort.abort() : this.#root.close()));
    listen(button(this.#root, "export-close"), "click", () => this.#root.close());
    listen(this.#root, "close", () => this.#abort?.abort());
    listen(this.#root, "click", ({ target }) => {
      if (target === this.#root && !this.#abort) this.#root.close(); // the backdrop
    });
  }

  /** Python's default quality, used until the user chooses another. @param {number} quality */
  set quality(quality) {
    if (choices.quality === undefined) this.#quality.value = String(quality);
    this.#write();
  }

  /**
   * @param {Picture} picture
   * @param {Size | null} size of the result
   */
  open(picture, size) {
    this.#picture = picture;
    this.#size = size;
    const count = this.#pictures.items.length;
    const stem = picture.name.replace(/\.[^.]*$/, "");
    this.#name.value = "";
    this.#name.placeholder = `${stem}-enhanced`;
    ref(this.#root, "export-which").hidden = count < 2;
    ref(this.#root, "export-all-text").textContent = plural(count, "All {count} picture", "All {count} pictures");
    ref(this.#root, "export-failures").hidden = true;
    part(this.#root, "export-one", HTMLInputElement).checked = true;
    this.#format.value = choices.format;
    if (choices.quality !== undefined) this.#quality.value = String(choices.quality);
    for (const input of this.#root.querySelectorAll('input[name="enhance-metadata"]')) {
      if (input instanceof HTMLInputElement) input.checked = input.value === choices.metadata;
    }
    this.#write();
    this.#root.showModal();
  }

  close() {
    this.#abort?.abort();
    this.#root.remove();
  }

  get #isAll() {
    return part(this.#root, "export-all", HTMLInputElement).checked;
  }

  #choose() {
    choices.format = /** @type {Choices["format"]} */ (this.#format.value);
    const metadata = this.#root.querySelector('input[name="enhance-metadata"]:checked');
    if (metadata instanceof HTMLInputElement) choices.metadata = /** @type {Choices["metadata"]} */ (metadata.value);
    this.#write();
  }

  #write() {
    const isAll = this.#isAll && this.#pictures.items.length > 1;
    const isPng = choices.format === "png" || (choices.format === "" && !isAll && /\.png$/i.test(this.#picture?.name ?? ""));
    ref(this.#root, "quality-row").hidden = isPng;
    const quality = this.#quality.value;
    ref(this.#root, "quality-text").textContent = quality;
    ref(this.#root, "name-row").hidden = isAll;
    ref(this.#root, "export-size").textContent =
      isAll || !this.#size ? "" : sizeText(this.#size);
    const isBusy = this.#abort !== undefined;
    part(this.#root, "export-fields", HTMLFieldSetElement).disabled = isBusy;
    button(this.#root, "export-save").hidden = isBusy;
    ref(this.#root, "export-save-text").textContent = isAll ? t("Save all") : t("Save");
    ref(this.#root, "export-progress").hidden = !isBusy;
    button(this.#root, "export-cancel").textContent = t("Cancel");
  }

  async #save() {
    const picture = this.#picture;
    if (!picture || this.#abort) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    ref(this.#root, "export-failures").hidden = true;
    this.#write();
    this.#progress(t("Starting…"), null);
    try {
      await (this.#isAll && this.#pictures.items.length > 1 ? this.#saveAll(signal) : this.#saveThis(picture, signal));
    } catch (error) {
      if (isAbort(error)) notice(t("Cancelled. Nothing was saved."));
      else {
        this.#report(t("The picture could not be saved."), [lineOf({ picture, error: error instanceof Error ? error : new Error(String(error)) })]);
      }
    } finally {
      this.#abort = undefined;
      this.#write();
    }
  }

  /**
   * @param {Picture} picture
   * @param {AbortSignal} signal
   */
  async #saveThis(picture, signal) {
    const settings = edits.of(picture);
    if (!settings) return;
    const { file, notes } = await saveOne(this.#onsight, picture, settings, fileStem(this.#name.value), {
      signal,
      size: this.#size,
      onProgress: ({ stage, fraction }) => this.#progress(STAGES[stage]?.() ?? t("Enhancing the picture…"), fraction),
    });
    this.#root.close();
    notice([t("Saved as {name}, {size}.", { name: file.name, size: formatBytes(file.size) }), ...notes].join(" "));
  }

  /** @param {AbortSignal} signal */
  async #saveAll(signal) {
    const { items } = this.#pictures;
    const pictures = [...items];
    const { saved, failures, noted } = await saveMany(this.#onsight, pictures, {
      signal,
      onProgress: (index, fraction) => {
        const text = t("Picture {number} of {total}: {name}", {
          number: formatCount(index + 1),
          total: formatCount(pictures.length),
          name: pictures[index]?.name ?? "",
        });
        this.#progress(text, (index + fraction) / pictures.length);
      },
    });
    const savedText = plural(saved, "{count} picture saved.", "{count} pictures saved.");
    if (failures.length) {
      const failedText = plural(failures.length, "{count} could not be saved.", "{count} could not be saved.");
      this.#report(`${savedText} ${failedText}`, [...failures.map(lineOf), ...noted.map(lineOf)]);
    } else if (noted.length) {
      this.#report(`${savedText} ${t("Some of their information could not be kept.")}`, noted.map(lineOf));
    } else {
      this.#root.close();
      notice(savedText);
    }
  }

  /**
   * @param {string} text
   * @param {number | null} fraction
   */
  #progress(text, fraction) {
    ref(this.#root, "export-progress-text").textContent = text;
    setProgress(part(this.#root, "export-bar", HTMLProgressElement), fraction);
  }

  /**
   * @param {string} title
   * @param {readonly string[]} lines
   */
  #report(title, lines) {
    ref(this.#root, "export-failures").hidden = false;
    ref(this.#root, "export-failures-title").textContent = title;
    ref(this.#root, "export-failures-list").replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
  }
}

/**
 * The outcome for a picture, in one line.
 * @param {Failure | Noted} what
 */
function lineOf(what) {
  const reason = "error" in what ? what.error.message : what.notes.join(" ");
  return t("{name}: {reason}", { name: what.picture.path, reason });
}

/**
 * A name that every file system accepts.
 * @param {string} text
 */
function fileStem(text) {
  return text
    .trim()
    .replace(/\.(?:jpe?g|png|webp)$/i, "")
    .replace(/[\\/:*?"<>|]/g, "-");
}
