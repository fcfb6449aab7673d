/** The list of pictures, with their progress, filters, and actions for all of them. */

import { notice } from "../lib/announce.js";
import { copyFrom } from "../lib/clipboard.js";
import { button, elementFromTemplate, keepFocus, listen, part, ref, setProgress } from "../lib/dom.js";
import { formatCount, formatRemaining } from "../lib/format.js";
import { plural, t } from "../lib/texts.js";
import { THUMBNAIL_SIDE, Thumbnails } from "./thumbnails.js";
import { VirtualList } from "../lib/virtual-list.js";
import { jobText } from "./batch.js";
import { exportResults } from "./results.js";
import { SaveAll } from "./save-all.js";

/** @import { Batch, Job } from "./batch.js" */
/** @import { Onsight } from "../client.js" */
/** @import { Picture, Pictures } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/** @typedef {"all" | "unsure" | "failed"} Filter */

/** The pace is that of so many latest results. */
const PACE_WINDOW = 24;

/** @template {AnyResult} Result */
export class BatchPanel {
  #root;
  #tool;
  /** @type {readonly (readonly [Filter, string])[]} */
  #filters;
  #pictures;
  #batch;
  /** @type {VirtualList<Picture>} */
  #list;
  #thumbnails;
  /** @type {Filter} */
  #filter = "all";
  /** When the latest pictures ended, in ms. @type {number[]} */
  #ends = [];
  /** @type {readonly Picture[]} */
  #visible = [];
  #off;

  #saving;

  /**
   * @param {HTMLElement} root
   * @param {Onsight} onsight
   * @param {Pictures} pictures
   * @param {Batch<Result>} batch
   * @param {Tool<Result>} tool
   */
  constructor(root, onsight, pictures, batch, tool) {
    this.#root = root;
    this.#tool = tool;
    this.#filters = [
      ["all", t("All")],
      ["unsure", tool.unsure.name],
      ["failed", t("Failed")],
    ];
    this.#pictures = pictures;
    this.#batch = batch;
    this.#thumbnails = new Thumbnails(onsight);
    this.#list = new VirtualList(ref(root, "list"), {
      create: () => elementFromTemplate("list-row"),
      fill: (row, picture) => this.#fillRow(row, picture),
      onSelect: (picture) => pictures.select(picture),
    });
    this.#makeFilters();
    listen(button(root, "cancel-all"), "click", () => batch.cancelAll());
    listen(button(root, "retry-all"), "click", () => batch.retryAll());
    const results = () => exportResults(pictures.items, batch, tool.data);
    this.#saving = new SaveAll(root, onsight, pictures, batch, tool);
    const copyAll = button(root, "copy-all");
    listen(copyAll, "click", () => copyFrom(copyAll, JSON.stringify(results(), null, 2)));
    this.#off = [
      batch.on("job", (picture) => this.#keepPace(picture)),
      batch.on("idle", () => this.#tellEnd()),
    ];
  }

  /** The progress, as text and as a fraction; null when nothing is left to do. */
  get progress() {
    const { waiting, working } = this.#batch.counts;
    const count = this.#pictures.items.length;
    const left = waiting + working;
    if (!left) return null;
    const done = t("{done} of {total} done", { done: formatCount(count - left), total: formatCount(count) });
    const remaining = this.#remaining(left);
    const text = remaining ? t("{done}, {remaining}", { done, remaining }) : done;
    return { text, fraction: (count - left) / count };
  }

  /** The pictures that pass the filter, in the order of the list. */
  get visible() {
    return this.#visible;
  }

  show() {
    const { items, selected } = this.#pictures;
    const unsure = items.filter((picture) => this.#isUnsure(this.#batch.job(picture))).length;
    const { done, failed, cancelled } = this.#batch.counts;
    const { progress } = this;
    this.#showFilters({ all: items.length, unsure, failed });
    this.#visible = items.filter((picture) => this.#passes(this.#batch.job(picture)));

    ref(this.#root, "tally").textContent = plural(items.length, "{count} picture", "{count} pictures");
    ref(this.#root, "remaining").textContent = progress?.text ?? this.#summary(unsure);
    const overall = part(this.#root, "overall", HTMLProgressElement);
    overall.hidden = !progress;
    setProgress(overall, progress?.fraction ?? 1);
    keepFocus(this.#root, ref(this.#root, "list"), () => {
      button(this.#root, "cancel-all").hidden = !progress;
      button(this.#root, "retry-all").hidden = progress !== null || failed + cancelled === 0;
    });
    ref(this.#root, "retry-all-text").textContent = cancelled
      ? plural(failed + cancelled, "Continue with {count}", "Continue with {count}")
      : plural(failed, "Retry {count} failed", "Retry {count} failed");
    button(this.#root, "copy-all").disabled = done + failed === 0;
    this.#saving.isPossible = done + failed > 0;
    ref(this.#root, "list-none").hidden = this.#visible.length > 0;
    this.#list.setItems(this.#visible);
    this.#list.select(selected?.id);
  }

  close() {
    for (const off of this.#off) off();
    this.#saving.close();
    this.#list.close();
    this.#thumbnails.close();
  }

  #makeFilters() {
    const template = this.#filters.map(([value, text]) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const words = document.createElement("span");
      input.type = "radio";
      input.name = "filter";
      input.value = value;
      input.checked = value === this.#filter;
      words.textContent = text;
      input.addEventListener("change", () => {
        this.#filter = value;
        this.show();
        const [first] = this.#visible;
        if (first && !this.#visible.includes(/** @type {Picture} */ (this.#pictures.selected))) this.#pictures.select(first);
      });
      label.append(input, words);
      return label;
    });
    ref(this.#root, "filters").append(...template);
  }

  /** @param {Record<Filter, number>} counts */
  #showFilters(counts) {
    const filters = ref(this.#root, "filters");
    filters.hidden = counts.unsure + counts.failed === 0 && this.#filter === "all";
    for (const [index, label] of [...filters.querySelectorAll("label span")].entries()) {
      const [value, text] = this.#filters[index] ?? ["all", ""];
      label.textContent = t("{filter} {count}", { filter: text, count: formatCount(counts[value]) });
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {Picture} picture
   */
  #fillRow(row, picture) {
    const job = this.#batch.job(picture);
    row.dataset.state = this.#isUnsure(job) && !this.#tool.unsure.isFine ? "unsure" : job.state;
    row.title = picture.path;
    ref(row, "name").textContent = picture.name;
    ref(row, "status").textContent = jobText(job, this.#tool.short);
    // The browser's thumbnail is replaced by the engine's if the two decode the file differently.
    const isByEngine = job.state === "done" && !job.result.image.as_in_browsers;
    const thumbnail = `${picture.id}${isByEngine ? " engine" : ""}`;
    if (row.dataset.thumbnail === thumbnail) return;
    row.dataset.thumbnail = thumbnail;
    const canvas = part(row, "thumb", HTMLCanvasElement);
    const draw = (/** @type {ImageBitmap | null} */ bitmap) => {
      if (!bitmap || row.dataset.thumbnail !== thumbnail) return;
      canvas.width = canvas.height = THUMBNAIL_SIDE;
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      canvas.dataset.drawn = "";
    };
    const bitmap = this.#thumbnails.peek(picture, isByEngine);
    if (bitmap !== undefined) draw(bitmap);
    else this.#thumbnails.request(picture, () => row.isConnected, draw, isByEngine);
  }

  /** @param {Picture} picture */
  #keepPace(picture) {
    const { state } = this.#batch.job(picture);
    if (state === "working" && this.#batch.counts.done + this.#batch.counts.failed === 0) this.#ends = [];
    if (state !== "done" && state !== "failed") return;
    this.#ends.push(performance.now());
    if (this.#ends.length > PACE_WINDOW) this.#ends.shift();
  }

  /** @param {number} left */
  #remaining(left) {
    const first = this.#ends[0];
    const last = this.#ends.at(-1);
    if (this.#ends.length < 4 || first === undefined || last === undefined) return "";
    return formatRemaining(((last - first) / (this.#ends.length - 1)) * left);
  }

  #tellEnd() {
    if (this.#pictures.items.length < 2) return;
    const unsure = this.#pictures.items.filter((picture) => this.#isUnsure(this.#batch.job(picture))).length;
    const summary = this.#summary(unsure);
    notice(this.#batch.counts.cancelled ? t("Stopped: {summary}.", { summary }) : t("Finished: {summary}.", { summary }));
  }

  /** @param {Job<Result>} job */
  #isUnsure(job) {
    return job.state === "done" && this.#tool.isUnsure(job.result);
  }

  /** @param {Job<Result>} job */
  #passes(job) {
    if (this.#filter === "unsure") return this.#isUnsure(job);
    return this.#filter === "all" || job.state === "failed";
  }

  /**
   * "38 labelled, 1 not sure, 1 failed".
   * @param {number} unsure
   */
  #summary(unsure) {
    const { done, failed, cancelled } = this.#batch.counts;
    return [
      done > unsure && this.#tool.found(done - unsure),
      unsure && this.#tool.unsure.count(unsure),
      failed && plural(failed, "{count} failed", "{count} failed"),
      cancelled && plural(cancelled, "{count} cancelled", "{count} cancelled"),
    ]
      .filter(Boolean)
      .join(", ");
  }
}
