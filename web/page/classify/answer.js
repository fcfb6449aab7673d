/** The answer to the picture that is shown, whichever state its work is in. */

import { copyFrom } from "../clipboard.js";
import { box, button, elementFromTemplate, fillFacts, fromTemplate, keepFocus, listen, part, setProgress } from "../dom.js";
import { errorDetail, needsDetail } from "../errors.js";
import { formatBytes, formatCount, formatPercent, formatSeconds } from "../format.js";
import { answerText } from "./wording.js";

/** @import { Candidate, Classification } from "../../protocol.d.ts" */
/** @import { Job } from "../batch.js" */
/** @import { EngineState, OnsightError } from "../client.js" */
/** @import { Picture } from "../pictures.js" */

/** @type {Record<string, string>} */
const STAGE_WORDS = {
  queued: "Next in line…",
  read: "Reading the file…",
  decode: "Opening the picture…",
  preprocess: "Preparing it for the network…",
  infer: "Looking at it…",
  postprocess: "Finding the right word…",
};

/** @type {readonly (readonly [string, string])[]} */
const STAGE_NAMES = [
  ["read", "Reading"],
  ["decode", "Decoding"],
  ["preprocess", "Preparing"],
  ["infer", "Network"],
  ["postprocess", "Naming"],
];

/**
 * @typedef {object} AnswerActions
 * @property {(picture: Picture) => void} cancel
 * @property {(picture: Picture) => void} retry
 * @property {(picture: Picture) => void} remove
 * @property {() => void} restart the engine
 */

export class AnswerPanel {
  #root;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Job<Classification>} */
  #job = { state: "waiting" };

  /**
   * @param {HTMLElement} root
   * @param {AnswerActions} actions
   */
  constructor(root, actions) {
    this.#root = root;
    root.replaceChildren(fromTemplate("answer"));
    const act = (/** @type {string} */ name, /** @type {(picture: Picture) => void} */ action) =>
      listen(button(root, name), "click", () => this.#picture && action(this.#picture));
    act("cancel", actions.cancel);
    act("retry", actions.retry);
    act("again", actions.retry);
    act("remove", actions.remove);
    act("engine-retry", actions.restart);
    act("copy-text", () => this.copyText());
    act("copy-json", () => {
      if (this.#job.state === "done") this.#copy("copy-json", JSON.stringify(this.#job.result, null, 2));
    });
    act("copy-detail", () => {
      if (this.#job.state === "failed") this.#copy("copy-detail", errorDetail(this.#job.error));
    });
  }

  /** Copy the answer in words. */
  copyText() {
    if (this.#job.state === "done" && this.#picture) {
      this.#copy("copy-text", answerText(this.#picture.name, this.#job.result));
    }
  }

  /**
   * @param {Picture} picture
   * @param {Job<Classification>} job
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
    box(this.#root, "file").textContent = picture.path;
    if (job.state === "done") this.#showAnswer(picture, job.result, job.timings_ms);
    else if (job.state === "failed") this.#showError(job.error);
    else if (job.state !== "cancelled") this.#showPending(job, engine);
  }

  /**
   * @param {Classification} result
   * @param {Picture} picture
   * @param {Record<string, number>} timings_ms
   */
  #showAnswer(picture, result, timings_ms) {
    const root = this.#root;
    const { label, score, certain, category, path, candidates, image, model } = result;
    box(root, "label").textContent = label;
    box(root, "score").textContent = certain ? formatPercent(score) : "";
    box(root, "unsure").hidden = certain;
    const pathList = box(root, "path");
    // A path of one is the label again.
    pathList.hidden = path.length < 2;
    pathList.replaceChildren(...path.map(listItem));
    const chip = box(root, "category");
    chip.hidden = !category;
    chip.textContent = category;
    // An answer that stands above its candidates ("Lizard" over geckos and agamas) is not one of them.
    const isListed = candidates.some((candidate) => candidate.label === label);
    box(root, "bars-title").textContent = isListed ? "Confidence" : certain ? "Closest matches" : "Best guesses";
    box(root, "bars").replaceChildren(
      ...candidates.map((candidate) => barOf(candidate, certain && candidate.label === label)),
    );
    const total = Object.values(timings_ms).reduce((sum, milliseconds) => sum + milliseconds, 0);
    box(root, "time").textContent = `Answered in ${formatSeconds(total)} on this device`;
    fillFacts(box(root, "facts"), [
      ["Picture", `${formatCount(image.width)} × ${formatCount(image.height)}, ${image.format}`],
      ["File", formatBytes(picture.file.size)],
      ["Model", model],
      ...STAGE_NAMES.map(([stage, name]) => /** @type {[string, string | null]} */ ([
        name,
        timings_ms[stage] === undefined ? null : `${Math.round(timings_ms[stage])}\u202fms`,
      ])),
    ]);
  }

  /** @param {OnsightError} error */
  #showError(error) {
    const withDetail = needsDetail(error);
    box(this.#root, "error-text").textContent = error.message;
    box(this.#root, "error-code").textContent = error.code;
    box(this.#root, "error-detail").hidden = !withDetail || error.detail === null;
    box(this.#root, "error-detail-text").textContent = withDetail ? errorDetail(error) : "";
    button(this.#root, "copy-detail").hidden = !withDetail;
  }

  /**
   * @param {Job<Classification>} job
   * @param {EngineState} engine
   */
  #showPending(job, engine) {
    const title = box(this.#root, "pending-title");
    const text = box(this.#root, "pending-text");
    const progress = part(this.#root, "pending-progress", HTMLProgressElement);
    progress.hidden = engine.state === "failed";
    button(this.#root, "engine-retry").hidden = engine.state !== "failed";
    setProgress(progress, engine.state === "loading" ? engine.fraction : null);
    if (job.state === "working") {
      title.textContent = "Looking…";
      text.textContent = STAGE_WORDS[job.stage] ?? "";
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
   * @param {string} text
   */
  #copy(name, text) {
    copyFrom(button(this.#root, name), text);
  }
}

/** @param {string} text */
function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

/**
 * @param {Candidate} candidate
 * @param {boolean} isAnswer
 */
function barOf({ label, score }, isAnswer) {
  const item = elementFromTemplate("bar");
  const meter = box(item, "meter");
  item.classList.toggle("bars__item--answer", isAnswer);
  box(item, "name").textContent = label;
  box(item, "score").textContent = formatPercent(score);
  box(item, "fill").style.inlineSize = `${score * 100}%`;
  meter.setAttribute("aria-label", label);
  meter.setAttribute("aria-valuenow", String(Math.round(score * 100)));
  meter.setAttribute("aria-valuetext", formatPercent(score));
  return item;
}
