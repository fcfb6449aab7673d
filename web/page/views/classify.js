/** Classify: one label for the whole picture. */

import { mountTool } from "../bench/view.js";
import { tellClassification } from "../classify/answer.js";
import { HeatLayer } from "../classify/heat-layer.js";
import { answerText, shortAnswer } from "../classify/wording.js";
import { fromTemplate } from "../dom.js";

/** @import { Classification } from "../../protocol.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Tool } from "../bench/tool.js" */

/** @type {Tool<Classification>} */
const CLASSIFY = {
  key: "classify",
  title: "Classify",
  lead: "One label for the whole picture.",
  again: "Classify it",
  stageWords: {
    queued: "Next in line…",
    read: "Reading the file…",
    decode: "Opening the picture…",
    preprocess: "Preparing it for the network…",
    infer: "Looking at it…",
    postprocess: "Finding the right word…",
  },
  stageNames: [
    ["read", "Reading"],
    ["decode", "Decoding"],
    ["preprocess", "Preparing"],
    ["infer", "Network"],
    ["postprocess", "Naming"],
  ],
  found: "labelled",
  unsure: { name: "Not sure", word: "not sure" },
  isUnsure: ({ certain }) => !certain,
  run: (onsight, file, options) => onsight.classify(file, options),
  short: shortAnswer,
  text: answerText,
  data: (result) => result,
  display({ stage, answer }) {
    const heat = new HeatLayer(stage);
    answer.append(fromTemplate("classify-answer"));
    return {
      show: (result) => heat.show(result),
      tell: (result) => tellClassification(answer, result),
      keys: { h: () => heat.toggle() },
      close: () => heat.close(),
    };
  },
};

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function mountClassify(host, app) {
  return mountTool(host, app, CLASSIFY);
}
