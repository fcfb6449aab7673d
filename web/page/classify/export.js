/** The results of many pictures, in the shape that the command line prints with `--json`. */

/** @import { Classification } from "../../protocol.d.ts" */
/** @import { Batch } from "../batch.js" */
/** @import { Picture } from "../pictures.js" */

const FILE_NAME = "onsight-classify.jsonl";

/**
 * @param {readonly Picture[]} pictures
 * @param {Batch<Classification>} batch
 * @returns {object[]} one for each picture that has an answer or an error
 */
export function exportResults(pictures, batch) {
  /** @type {object[]} */
  const results = [];
  for (const picture of pictures) {
    const { path } = picture;
    const job = batch.job(picture);
    if (job.state === "done") results.push({ path, result: job.result });
    if (job.state === "failed") results.push({ path, error: { code: job.error.code, message: job.error.message } });
  }
  return results;
}

/**
 * Save as JSON Lines: one object a line.
 * @param {object[]} results
 */
export function downloadResults(results) {
  const lines = results.map((result) => `${JSON.stringify(result)}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = FILE_NAME;
  link.click();
  // The browser reads the blob after the click; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
