/** The results of many pictures, in the shape that the command line prints with `--json`. */

import { download } from "../lib/download.js";

/** @import { Batch } from "./batch.js" */
/** @import { AnyResult } from "./tool.js" */
/** @import { Picture } from "./pictures.js" */

/**
 * @template {AnyResult} Result
 * @param {readonly Picture[]} pictures
 * @param {Batch<Result>} batch
 * @param {(result: Result) => object} data what is saved of a result
 * @returns {object[]} one for each picture that has a result or an error
 */
export function exportResults(pictures, batch, data) {
  /** @type {object[]} */
  const results = [];
  for (const picture of pictures) {
    const { path } = picture;
    const job = batch.job(picture);
    if (job.state === "done") results.push({ path, result: data(job.result) });
    if (job.state === "failed") results.push({ path, error: { code: job.error.code, message: job.error.message } });
  }
  return results;
}

/**
 * Save as JSON Lines: one object per line.
 * @param {object[]} results
 * @param {string} name of the file
 */
export function downloadResults(results, name) {
  const lines = results.map((result) => `${JSON.stringify(result)}\n`);
  download(new Blob(lines, { type: "application/jsonl" }), name);
}
