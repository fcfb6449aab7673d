/** Converts the engine's results to JavaScript's files and blobs. */

import { blobOf } from "./input.js";

/** @import { OutputFile, Preview } from "../../protocol.d.ts" */

/**
 * @template {OutputFile} Result
 * @typedef {File & Omit<Result, "data" | "name" | "media_type">} MadeFile a file with the other fields of its result
 */

/**
 * @template {OutputFile} Result
 * @param {Result} result
 * @returns {MadeFile<Result>}
 */
export function fileOf(result) {
  const { data, name, media_type: type, ...facts } = result;
  return Object.assign(new File([data], name, { type }), facts);
}

/**
 * @param {Preview} result
 * @param {unknown} image the picture, which is returned if no preview was needed
 * @returns {Blob}
 */
export function previewOf(result, image) {
  const { data, media_type: type } = result;
  return data.length ? new Blob([data], { type }) : blobOf(image);
}
