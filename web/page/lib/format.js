/** Formats numbers for people, in the language of the interface. */

import { currentLanguage, plural, t } from "./texts.js";

/** Intl's formatters are slow to create. @type {Map<string, Intl.NumberFormat>} */
const formatters = new Map();

/** @param {number} count */
export function formatCount(count) {
  return formatterOf(0, 3).format(count);
}

/**
 * "1 picture", "2,000 pictures".
 * @param {number} count
 * @param {string} noun
 */
export function formatPlural(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
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
  if (milliseconds < 8_000) return "";
  if (milliseconds < 90_000) {
    const seconds = Math.ceil(milliseconds / 10_000) * 10;
    return plural(seconds, "about {count} s left", "about {count} s left");
  }
  if (milliseconds < 5_400_000) {
    const minutes = Math.round(milliseconds / 60_000);
    return plural(minutes, "about {count} min left", "about {count} min left");
  }
  return plural(Math.round(milliseconds / 3_600_000), "about {count} h left", "about {count} h left");
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
