/** Shows the result of the selected picture, or the progress or error if it has none. */

import { copyFrom } from "../lib/clipboard.js";
import { button, fillFacts, keepFocus, listen, part, ref, setProgress } from "../lib/dom.js";
import { errorDetail, needsDetail } from "../lib/errors.js";
import { formatBytes, formatCount, formatSeconds } from "../lib/format.js";
import { t } from "../lib/texts.js";
import { resultOf } from "./batch.js";
import { stageText, stagesOf } from "./stages.js";

/** @import { Job } from "./batch.js" */
/** @import { EngineState, OnsightError } from "../client.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { AnyResult } from "./tool.js" */
/** @import { ToolView } from "./tool-view.js" */

/** @template {AnyResult} Result */
export class AnswerPanel {
  #root;
  #view;
  #onsight;
  #tool;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Job<Result>} */
  #job = { state: "waiting" };

  /**
   * @param {HTMLElement} root made from the template "answer"
   * @param {ToolView<Result>} view renders the result
   */
  constructor(root, view) {
    const { app, tool } = view;
    const { onsight, pictures } = app;
    this.#root = root;
    this.#view = view;
    this.#onsight = onsight;
    this.#tool = tool;
    ref(root, "again-text").textContent = tool.again;
    const act = (/** @type {string} */ name, /** @type {(picture: Picture) => void} */ action) =>
      listen(button(root, name), "click", () => this.#picture && action(this.#picture));
    act("cancel", (picture) => view.cancel(picture));
    act("retry", (picture) => view.retry(picture));
    act("again", (picture) => view.retry(picture));
    act("remove", (picture) => pictures.remove(picture));
    act("engine-retry", () => void onsight.restart().catch(() => {})); // a failure is shown as the engine's state
    act("copy-text", () => this.copyText());
    act("copy-json", () => {
      const result = resultOf(this.#job);
      if (result) this.#copy("copy-json", JSON.stringify(tool.data(result), null, 2));
    });
    act("copy-detail", () => {
      if (this.#job.state === "failed") this.#copy("copy-detail", errorDetail(this.#job.error));
    });
  }

  /** Copy the result as text. */
  copyText() {
    const result = resultOf(this.#job);
    if (result && this.#picture) {
      this.#copy("copy-text", this.#tool.text(this.#picture.name, result, this.#onsight));
    }
  }

  /** Render the result again, because the user changed how it is shown. */
  refresh() {
    const result = resultOf(this.#job);
    if (result) this.#view.render(result);
  }

  /**
   * @param {Picture} picture
   * @param {Job<Result>} job
   * @param {EngineState} engine
   */
  show(picture, job, engine) {
    const result = resultOf(job);
    if (picture === this.#picture && result && result === resultOf(this.#job) && job.state === this.#job.state) return;
    this.#picture = picture;
    this.#job = job;
    const shown = result ? "done" : job.state === "waiting" || job.state === "working" ? "pending" : job.state;
    this.#root.toggleAttribute("data-early", result !== null && job.state !== "done");
    keepFocus(this.#root, this.#root, () => {
      for (const section of this.#root.querySelectorAll("[data-state]")) {
        if (section instanceof HTMLElement) section.hidden = section.dataset.state !== shown;
      }
    });
    ref(this.#root, "file").textContent = picture.path;
    if (result) this.#showAnswer(picture, result, job.state === "done" ? job.timings_ms : null);
    else if (job.state === "failed") this.#showError(job.error);
    else if (job.state !== "cancelled") this.#showPending(job, engine);
  }

  /**
   * @param {Picture} picture
   * @param {Result} result
   * @param {Record<string, number> | null} timings_ms null while the result is not final
   */
  #showAnswer(picture, result, timings_ms) {
    const root = this.#root;
    const { image, model } = result;
    this.#view.render(result);
    ref(root, "file-warning").hidden = !image.warning;
    ref(root, "file-warning").textContent = image.warning ?? "";
    const total = Object.values(timings_ms ?? {}).reduce((sum, milliseconds) => sum + milliseconds, 0);
    ref(root, "time").textContent = timings_ms
      ? t("Took {time} on this device", { time: formatSeconds(total) })
      : t("Still looking…");
    fillFacts(ref(root, "facts"), [
      [
        t("Picture"),
        t("{width} × {height}, {format}", {
          width: formatCount(image.width),
          height: formatCount(image.height),
          format: image.format,
        }),
      ],
      [t("File"), formatBytes(picture.file.size)],
      [t("Model"), model ?? null],
      ...stagesOf(this.#tool).map(([stage, , name]) => /** @type {[string, string | null]} */ ([
        name,
        timings_ms?.[stage] === undefined ? null : t("{number}\u202fms", { number: formatCount(Math.round(timings_ms[stage])) }),
      ])),
    ]);
  }

  /** @param {OnsightError} error */
  #showError(error) {
    const withDetail = needsDetail(error);
    ref(this.#root, "error-text").textContent = error.message;
    ref(this.#root, "error-code").textContent = error.code;
    ref(this.#root, "error-detail").hidden = !withDetail || error.detail === null;
    ref(this.#root, "error-detail-text").textContent = withDetail ? errorDetail(error) : "";
    button(this.#root, "copy-detail").hidden = !withDetail;
  }

  /**
   * @param {Job<Result>} job
   * @param {EngineState} engine
   */
  #showPending(job, engine) {
    const title = ref(this.#root, "pending-title");
    const text = ref(this.#root, "pending-text");
    const progress = part(this.#root, "pending-progress", HTMLProgressElement);
    progress.hidden = engine.state === "failed";
    button(this.#root, "engine-retry").hidden = engine.state !== "failed";
    setProgress(progress, engine.state === "loading" ? engine.fraction : null);
    if (job.state === "working") {
      title.textContent = t("Analysing…");
      text.textContent = stageText(this.#tool, job.stage);
    } else if (engine.state === "loading") {
      title.textContent = engine.text;
      text.textContent = t("Your picture is queued and starts automatically.");
    } else if (engine.state === "failed") {
      title.textContent = t("The engine did not start");
      text.textContent = engine.error.message;
    } else {
      title.textContent = t("Queued");
      text.textContent = t("This picture is next.");
    }
  }

  /**
   * @param {string} name of the button
   * @param {string | Promise<string>} text
   */
  #copy(name, text) {
    copyFrom(button(this.#root, name), text);
  }
}
