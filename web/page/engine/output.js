/** What the engine returns, as JavaScript has it: files and pictures. */

import { blobOf } from "./input.js";

/** @import { OutputFile, Preview } from "../../protocol.d.ts" */

/**
 * @template {OutputFile} Result
 * @typedef {File & Omit<Result, "data" | "name" | "media_type">} MadeFile a file, with what else the engine says about it
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
 * @param {unknown} image the picture, which is its own preview if none was made
 * @returns {Blob}
 */
export function previewOf(result, image) {
  const { data, media_type: type } = result;
  return data.length ? new Blob([data], { type }) : blobOf(image);
}
