/** Formats numbers for people, in the language of the interface. */

import { currentLanguage, t } from "./texts.js";

/** Intl's formatters are slow to create. @type {Map<string, Intl.NumberFormat>} */
const formatters = new Map();

/** @param {number} count */
export function formatCount(count) {
  return formatterOf(0, 3).format(count);
}

/**
 * "97%". Only 1 is shown as "100%" and only 0 as "0%": other scores are at most ">99%" and at least "<1%".
 * @param {number} score in [0, 1]
 */
export function formatPercent(score) {
  const format = formatterOf(0, 0, "percent").format;
  if (score > 0 && score < 0.01) return `<${format(0.01)}`;
  if (score >= 0.995 && score < 1) return `>${format(0.99)}`;
  return format(Math.round(score * 100) / 100);
}

/**
 * "0.25 s", "12 s".
 * @param {number} milliseconds
 */
export function formatSeconds(milliseconds) {
  const digits = milliseconds < 10_000 ? 2 : 0;
  return t("{number}\u202fs", { number: formatFixed(milliseconds / 1000, digits) });
}

/**
 * "about 3 min left", or nothing if it ends within seconds.
 * @param {number} milliseconds
 */
export function formatRemaining(milliseconds) {
  const duration = formatDuration(milliseconds);
  return duration && t("about {duration} left", { duration });
}

/**
 * A rough duration: "30 s", "3 min", "2 h", or nothing if it is a few seconds.
 * @param {number} milliseconds
 */
export function formatDuration(milliseconds) {
  if (milliseconds < 8_000) return "";
  if (milliseconds < 90_000) return t("{number} s", { number: formatCount(Math.ceil(milliseconds / 10_000) * 10) });
  if (milliseconds < 5_400_000) return t("{number} min", { number: formatCount(Math.round(milliseconds / 60_000)) });
  return t("{number} h", { number: formatCount(Math.round(milliseconds / 3_600_000)) });
}

/**
 * "12 kB", "3.4 MB".
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  if (bytes < 1000) return t("{number}\u202fB", { number: formatFixed(bytes, 0) });
  if (bytes < 1_000_000) return t("{number}\u202fkB", { number: formatFixed(bytes / 1000, 0) });
  if (bytes < 1_000_000_000) return t("{number}\u202fMB", { number: formatFixed(bytes / 1_000_000, 1) });
  return t("{number}\u202fGB", { number: formatFixed(bytes / 1_000_000_000, 1) });
}

/**
 * "a, b, c".
 * @param {readonly string[]} items
 */
export function formatList(items) {
  return new Intl.ListFormat(currentLanguage(), { type: "unit" }).format(items);
}

/**
 * @param {number} number
 * @param {number} digits after the decimal point
 */
export function formatFixed(number, digits) {
  return formatterOf(digits, digits).format(number);
}

/**
 * @param {number} least digits after the decimal point
 * @param {number} most
 * @param {"decimal" | "percent"} [style]
 */
function formatterOf(least, most, style = "decimal") {
  const key = `${currentLanguage()} ${style} ${least} ${most}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(currentLanguage(), {
      style,
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
    formatters.set(key, formatter);
  }
  return formatter;
}
