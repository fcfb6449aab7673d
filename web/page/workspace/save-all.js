/** The button that saves the results of all pictures as JSON Lines or in another format of the tool. */

import { notice } from "../lib/announce.js";
import { isAbort } from "../client.js";
import { button, listen, part, ref } from "../lib/dom.js";
import { formatCount } from "../lib/format.js";
import { t } from "../lib/texts.js";
import { downloadResults, exportResults } from "./results.js";

/** @import { Batch } from "./batch.js" */
/** @import { Onsight } from "../client.js" */
/** @import { Pictures } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

const JSON_LINES = "json";

/** @template {AnyResult} Result */
export class SaveAll {
  #root;
  #onsight;
  #pictures;
  #batch;
  #tool;
  #select;
  /** Cancels the export that is running. @type {AbortController | undefined} */
  #abort;
  #isPossible = false;

  /**
   * @param {HTMLElement} root
   * @param {Onsight} onsight
   * @param {Pictures} pictures
   * @param {Batch<Result>} batch
   * @param {Tool<Result>} tool
   */
  constructor(root, onsight, pictures, batch, tool) {
    this.#root = root;
    this.#onsight = onsight;
    this.#pictures = pictures;
    this.#batch = batch;
    this.#tool = tool;
    this.#select = part(root, "format", HTMLSelectElement);
    this.#select.hidden = !tool.saving;
    const { formats: others = {}, isFirst = false } = tool.saving ?? {};
    const lines = { [JSON_LINES]: "JSON Lines" };
    const formats = Object.entries(isFirst ? { ...others, ...lines } : { ...lines, ...others });
    this.#select.append(...formats.map(([value, text]) => new Option(text, value)));
    listen(button(root, "download"), "click", () => (this.#abort ? this.#abort.abort() : this.#save()));
  }

  /** Whether there is anything to save. @param {boolean} possible */
  set isPossible(possible) {
    this.#isPossible = possible;
    this.#write();
  }

  close() {
    this.#abort?.abort();
  }

  async #save() {
    const { items } = this.#pictures;
    const format = this.#select.value;
    if (!this.#tool.saving || format === JSON_LINES) {
      return downloadResults(exportResults(items, this.#batch, this.#tool.data), `onsight-${this.#tool.key}.jsonl`);
    }
    const looks = items.flatMap((picture) => {
      const job = this.#batch.job(picture);
      return job.state === "done" ? [{ picture, result: job.result }] : [];
    });
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const onCount = (/** @type {number} */ done) =>
      this.#write(t("Stop ({done} of {total})", { done: formatCount(done), total: formatCount(looks.length) }));
    onCount(0);
    try {
      await this.#tool.saving.save(this.#onsight, looks, format, { signal, onCount });
    } catch (error) {
      notice(isAbort(error) ? t("Stopped. Nothing was saved.") : error instanceof Error ? error.message : String(error));
    } finally {
      this.#abort = undefined;
      this.#write();
    }
  }

  /** @param {string} [text] */
  #write(text) {
    const save = button(this.#root, "download");
    if (!this.#abort) ref(this.#root, "download-text").textContent = t("Download");
    else if (text) ref(this.#root, "download-text").textContent = text;
    save.disabled = !this.#isPossible;
    this.#select.disabled = this.#abort !== undefined;
  }
}
