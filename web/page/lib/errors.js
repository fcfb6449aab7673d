/** How errors are shown: a sentence for everybody, a code for support, the detail where only we can make sense of it. */

/** @import { OnsightError } from "../../common/messenger.js" */

/** Further codes that speak of the person's file or choice: the sentence says it all. */
const CLEAR = new Set(["unreadable_file", "invalid_option", "out_of_memory"]);

/**
 * Whether the technical detail should be offered.
 * @param {OnsightError} error
 */
export function needsDetail(error) {
  return error.fault !== "file" && !CLEAR.has(error.code);
}

/**
 * Everything that we need to know of an error, to be copied into a report.
 * @param {OnsightError} error
 */
export function errorDetail({ code, message, detail }) {
  const text = typeof detail === "string" || detail === null ? (detail ?? "") : JSON.stringify(detail, null, 2);
  return [`${code}: ${message}`, text, navigator.userAgent].filter(Boolean).join("\n\n");
}
