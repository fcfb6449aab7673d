/** The answer to the picture that is shown, whichever state its work is in. */

import { copyFrom } from "../lib/clipboard.js";
import { button, fillFacts, keepFocus, listen, part, ref, setProgress } from "../lib/dom.js";
import { errorDetail, needsDetail } from "../lib/errors.js";
import { formatBytes, formatCount, formatSeconds } from "../lib/format.js";

/** @import { Job } from "./batch.js" */
/** @import { EngineState, Onsight, OnsightError } from "../client.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/**
 * @typedef {object} AnswerActions
 * @property {(picture: Picture) => void} cancel
 * @property {(picture: Picture) => void} retry
 * @property {(picture: Picture) => void} remove
 * @property {() => void} restart the engine
 */

/** @template {AnyResult} Result */
export class AnswerPanel {
  #root;
  #onsight;
  #tool;
  #tell;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Job<Result>} */
  #job = { state: "waiting" };

  /**
   * @param {HTMLElement} root
   * @param {Onsight} onsight
   * @param {Tool<Result>} tool
   * @param {AnswerActions} actions
   * @param {(result: Result) => void} tell writes the result itself
   */
  constructor(root, onsight, tool, actions, tell) {
    this.#root = root;
    this.#onsight = onsight;
    this.#tool = tool;
    this.#tell = tell;
    ref(root, "again-text").textContent = tool.again;
    const act = (/** @type {string} */ name, /** @type {(picture: Picture) => void} */ action) =>
      listen(button(root, name), "click", () => this.#picture && action(this.#picture));
    act("cancel", actions.cancel);
    act("retry", actions.retry);
    act("again", actions.retry);
    act("remove", actions.remove);
    act("engine-retry", actions.restart);
    act("copy-text", () => this.copyText());
    act("copy-json", () => {
      if (this.#job.state === "done") this.#copy("copy-json", JSON.stringify(tool.data(this.#job.result), null, 2));
    });
    act("copy-detail", () => {
      if (this.#job.state === "failed") this.#copy("copy-detail", errorDetail(this.#job.error));
    });
  }

  /** Copy the answer in words. */
  copyText() {
    if (this.#job.state === "done" && this.#picture) {
      this.#copy("copy-text", this.#tool.text(this.#picture.name, this.#job.result, this.#onsight));
    }
  }

  /** Tell the result again: how it is to be shown has changed. */
  refresh() {
    if (this.#job.state === "done") this.#tell(this.#job.result);
  }

  /**
   * @param {Picture} picture
   * @param {Job<Result>} job
   * @param {EngineState} engine
   */
  show(picture, job, engine) {
    if (picture === this.#picture && job === this.#job && job.state === "done") return;
    this.#picture = picture;
    this.#job = job;
    const shown = job.state === "waiting" || job.state === "working" ? "pending" : job.state;
    keepFocus(this.#root, this.#root, () => {
      for (const section of this.#root.querySelectorAll("[data-state]")) {
        if (section instanceof HTMLElement) section.hidden = section.dataset.state !== shown;
      }
    });
    ref(this.#root, "file").textContent = picture.path;
    if (job.state === "done") this.#showAnswer(picture, job.result, job.timings_ms);
    else if (job.state === "failed") this.#showError(job.error);
    else if (job.state !== "cancelled") this.#showPending(job, engine);
  }

  /**
   * @param {Picture} picture
   * @param {Result} result
   * @param {Record<string, number>} timings_ms
   */
  #showAnswer(picture, result, timings_ms) {
    const root = this.#root;
    const { image, model } = result;
    this.#tell(result);
    ref(root, "file-warning").hidden = !image.warning;
    ref(root, "file-warning").textContent = image.warning ?? "";
    const total = Object.values(timings_ms).reduce((sum, milliseconds) => sum + milliseconds, 0);
    ref(root, "time").textContent = `Answered in ${formatSeconds(total)} on this device`;
    fillFacts(ref(root, "facts"), [
      ["Picture", `${formatCount(image.width)} × ${formatCount(image.height)}, ${image.format}`],
      ["File", formatBytes(picture.file.size)],
      ["Model", model ?? null],
      ...this.#tool.stageNames.map(([stage, name]) => /** @type {[string, string | null]} */ ([
        name,
        timings_ms[stage] === undefined ? null : `${Math.round(timings_ms[stage])}\u202fms`,
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
      title.textContent = "Looking…";
      text.textContent = this.#tool.stageWords[job.stage] ?? "";
    } else if (engine.state === "loading") {
      title.textContent = engine.text;
      text.textContent = "Your picture is in line and starts by itself.";
    } else if (engine.state === "failed") {
      title.textContent = "The engine did not start";
      text.textContent = engine.error.message;
    } else {
      title.textContent = "In line";
      text.textContent = "It comes next.";
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
