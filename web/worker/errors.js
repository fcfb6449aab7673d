/** Converts an error to the form that the page receives. */

import { OnsightError } from "../common/messenger.js";
import { t } from "../common/texts.js";
import { DownloadError } from "./assets.js";

/** @import { ErrorPayload } from "../protocol.d.ts" */

/**
 * @param {unknown} error
 * @param {string} otherwise the sentence for an error that is neither an OnsightError nor a failed download
 * @returns {ErrorPayload}
 */
export function errorPayload(error, otherwise) {
  if (error instanceof OnsightError) return { code: error.code, message: error.message, detail: error.detail };
  const detail = String(error);
  if (error instanceof DownloadError) {
    const message = t("Part of the engine could not be downloaded. Check the connection and try again.");
    return { code: "download_failed", message, detail };
  }
  return { code: "worker_failed", message: otherwise, detail };
}
