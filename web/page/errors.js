/** How errors are shown: a sentence for everybody, a code for support, the detail where only we can make sense of it. */

/** @import { OnsightError } from "./client.js" */

/** Codes that speak of the person's file or choice: the sentence says it all. */
const ABOUT_THE_FILE = new Set([
  "empty_file",
  "not_an_image",
  "unsupported_format",
  "corrupt_image",
  "image_too_large",
  "unreadable_file",
  "invalid_option",
]);

/**
 * Whether the technical detail should be offered.
 * @param {OnsightError} error
 */
export function needsDetail(error) {
  return !ABOUT_THE_FILE.has(error.code);
}

/**
 * Everything that we need to know of an error, to be copied into a report.
 * @param {OnsightError} error
 */
export function errorDetail({ code, message, detail }) {
  const text = typeof detail === "string" || detail === null ? (detail ?? "") : JSON.stringify(detail, null, 2);
  return [`${code}: ${message}`, text, navigator.userAgent].filter(Boolean).join("\n\n");
}
