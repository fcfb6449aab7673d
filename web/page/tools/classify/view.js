/** Classify: one label for the whole picture. */

import { mountTool } from "../../workspace/view.js";
import { tellClassification } from "./answer.js";
import { HeatLayer } from "./heat-layer.js";
import { answerText } from "./wording.js";
import { shortAnswer } from "../../workspace/short-label.js";
import { fromTemplate } from "../../lib/dom.js";

/** @import { Classification } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Tool } from "../../workspace/tool.js" */

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
  display({ pane, answer }) {
    const heat = new HeatLayer(pane);
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
export function mount(host, app) {
  return mountTool(host, app, CLASSIFY);
}
