/** What is said of a picture that is enhanced. What Auto did is Python's to say. */

import { areAlike, edits } from "./edits.js";
import { lookAlike, presetsOf } from "./settings.js";

/** @import { EnhanceAnalysis, EnhanceSettings } from "../../../protocol.d.ts" */

/**
 * The settings of a picture in a title and, where there is more to say, a line.
 * @param {EnhanceSettings} settings
 * @param {EnhanceAnalysis} analysis
 * @returns {{title: string, text: string}}
 */
export function headline(settings, analysis) {
  const preset = presetOf(settings, analysis);
  if (preset?.id === "auto") return { title: analysis.changes.length ? "Enhanced" : "Fine as it is", text: analysis.summary };
  return { title: preset?.name ?? "Your settings", text: "" };
}

/**
 * What the list says.
 * @param {EnhanceAnalysis} analysis
 */
export function shortSummary(analysis) {
  const settings = edits.since(analysis);
  const preset = presetOf(settings, analysis);
  const isShaped = preset?.id === "auto" && !areAlike(settings, analysis.settings);
  if (preset?.id === "auto") return `${capital(analysis.changes.join(", ")) || "Fine as it is"}${isShaped ? ", edited" : ""}`;
  return preset?.name ?? "Edited";
}

/**
 * A line to copy.
 * @param {string} name
 * @param {EnhanceAnalysis} analysis
 */
export function summaryText(name, analysis) {
  return `${name}: ${shortSummary(analysis)}`;
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
