/** Decides what the page shows of an error: always a sentence, and the technical detail if it helps developers. */

/** @import { OnsightError } from "../../common/messenger.js" */

/** Codes of errors about the user's file or choice, besides those with the fault "file". The sentence is enough. */
const CLEAR = new Set(["unreadable_file", "invalid_option", "out_of_memory"]);

/**
 * Whether to offer the technical detail.
 * @param {OnsightError} error
 */
export function needsDetail(error) {
  return error.fault !== "file" && !CLEAR.has(error.code);
}

/**
 * Everything that developers need to know about an error, as text for a bug report.
 * @param {OnsightError} error
 */
export function errorDetail({ code, message, detail }) {
  const text = typeof detail === "string" || detail === null ? (detail ?? "") : JSON.stringify(detail, null, 2);
  return [`${code}: ${message}`, text, navigator.userAgent].filter(Boolean).join("\n\n");
}
