/** The stages of the work on a picture, as the answer panel names them. */

import { t } from "../lib/texts.js";

/** @typedef {readonly [stage: string, doing: string, name: string]} Stage what is happening in it, and its short name */

/**
 * All stages of a tool, in order: those that every tool has, then its own.
 * @param {{stages: readonly Stage[]}} tool
 * @returns {readonly Stage[]}
 */
export function stagesOf({ stages }) {
  return [
    ["read", t("Reading the file…"), t("Reading")],
    ["decode", t("Opening the picture…"), t("Decoding")],
    ...stages,
  ];
}

/**
 * What is happening to a picture in a stage.
 * @param {{stages: readonly Stage[]}} tool
 * @param {string} stage
 */
export function stageText(tool, stage) {
  if (stage === "queued") return t("Next in the queue…");
  return stagesOf(tool).find(([name]) => name === stage)?.[1] ?? "";
}
