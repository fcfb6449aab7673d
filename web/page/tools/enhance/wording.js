/** Texts about an enhanced picture. Python describes what Auto did. */

import { formatCount, formatList } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { areAlike, edits } from "./edits.js";
import { lookAlike, presetsOf } from "./settings.js";

/** @import { EnhanceAnalysis, EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { Size } from "./transform.js" */

/**
 * A title for the settings of a picture, and a line of details or "".
 * @param {EnhanceSettings} settings
 * @param {EnhanceAnalysis} analysis
 * @returns {{title: string, text: string}}
 */
export function headline(settings, analysis) {
  const preset = presetOf(settings, analysis);
  if (preset?.id === "auto") return { title: analysis.changes.length ? t("Enhanced") : t("Fine as it is"), text: analysis.summary };
  return { title: preset?.name ?? t("Your settings"), text: "" };
}

/**
 * The text in the list of pictures.
 * @param {EnhanceAnalysis} analysis
 */
export function shortSummary(analysis) {
  const settings = edits.since(analysis);
  const preset = presetOf(settings, analysis);
  const isShaped = preset?.id === "auto" && !areAlike(settings, analysis.settings);
  if (preset?.id !== "auto") return preset?.name ?? t("Edited");
  const summary = capital(formatList(analysis.changes)) || t("Fine as it is");
  return isShaped ? t("{summary}, edited", { summary }) : summary;
}

/**
 * A line to copy.
 * @param {string} name
 * @param {EnhanceAnalysis} analysis
 */
export function summaryText(name, analysis) {
  return t("{name}: {answer}", { name, answer: shortSummary(analysis) });
}

/**
 * "400 × 300 px".
 * @param {Size} size
 */
export function sizeText({ width, height }) {
  return t("{width} × {height} px", { width: formatCount(width), height: formatCount(height) });
}

/**
 * @param {EnhanceSettings} settings
 * @param {EnhanceAnalysis} analysis
 */
function presetOf(settings, analysis) {
  return presetsOf(analysis).find((preset) => lookAlike(preset.settings, settings));
}

/** @param {string} text */
function capital(text) {
  return text && text[0]?.toUpperCase() + text.slice(1);
}
