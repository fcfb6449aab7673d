/** Converts what callers pass to the engine: pictures, options, tags and files. */

import { OnsightError } from "../../common/messenger.js";

/** @import { OutputFile, Tag, TaggedPicture } from "../../protocol.d.ts" */

/** How to get a file from common values that are not files. @type {Readonly<Record<string, string>>} */
const HINTS = {
  String: "To open an address, fetch it first: classify(await (await fetch(address)).blob()).",
  HTMLImageElement: "To use the file that it shows, fetch it: classify(await (await fetch(image.src)).blob()).",
  HTMLCanvasElement: "Turn it into a file with its toBlob method.",
  OffscreenCanvas: "Turn it into a file with its convertToBlob method.",
  ImageBitmap: "Draw it on a canvas and turn that into a file with its toBlob method.",
  ImageData: "Draw it on a canvas and turn that into a file with its toBlob method.",
  HTMLInputElement: "Give one of its files.",
  FileList: "Give one of its files.",
  Response: "Give its blob: await response.blob().",
  Promise: "Wait for it first, with await.",
};

/**
 * Return a picture as a blob: blobs as they are, bytes in a blob of their own.
 * @param {unknown} image
 * @returns {Blob}
 */
export function blobOf(image) {
  const kind = kindOf(image);
  // Compared by name, because a blob from another frame is not an instance of this frame's Blob.
  if (kind === "Blob" || kind === "File") return /** @type {Blob} */ (image);
  // Copied, because a blob cannot contain memory that is shared between workers.
  if (kind === "ArrayBuffer" || kind === "SharedArrayBuffer") {
    return new Blob([new Uint8Array(/** @type {ArrayBuffer} */ (image)).slice()]);
  }
  if (ArrayBuffer.isView(image)) {
    return new Blob([new Uint8Array(/** @type {ArrayBuffer} */ (image.buffer), image.byteOffset, image.byteLength).slice()]);
  }
  const given = image === undefined ? "No picture was given." : `${withArticle(kind)} is not a picture file.`;
  throw invalidOption(`${given} Give a Blob, a File, an ArrayBuffer or a typed array. ${HINTS[kind] ?? ""}`.trim());
}

/**
 * @template T
 * @param {string} name
 * @param {readonly T[]} value
 * @returns {T[]}
 */
export function listOf(name, value) {
  if (!value || typeof value !== "object" || !(Symbol.iterator in value)) {
    throw invalidOption(`${name} must be a list, got ${withArticle(kindOf(value)).toLowerCase()}.`);
  }
  return [...value];
}

/**
 * Return a method's options; an empty object if they were left out.
 * @template {object} T
 * @param {T | undefined} value
 * @param {string} [name] their name at the start of an error message
 * @returns {T}
 */
export function optionsOf(value, name = "The options") {
  if (value === undefined) return /** @type {T} */ ({});
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  const kind = value === null ? "null" : withArticle(kindOf(value)).toLowerCase();
  throw invalidOption(`${name} must be an object, got ${kind}. Leave them out, or give { … }.`);
}

/**
 * Convert the names of options to Python's: `topK` becomes `top_k`.
 * @param {Record<string, unknown>} options
 */
export function withPythonNames(options) {
  const entries = Object.entries(options);
  return Object.fromEntries(entries.map(([name, value]) => [name.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`), value]));
}

/**
 * Drop options that are undefined, so that Python's defaults apply.
 * @param {Record<string, unknown>} options
 */
export function withoutUndefined(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * The name of a picture's file, if it has one.
 * @param {unknown} image
 */
export function nameOf(image) {
  return image instanceof File ? image.name : undefined;
}

/**
 * Prepare tags for the engine: without their heat maps, which are large and which it does not use.
 * @param {string} name
 * @param {readonly Tag[]} tags
 * @returns {Tag[]}
 */
export function tagsOf(name, tags) {
  return listOf(name, tags).map((tag) => (tag.heat_map ? { ...tag, heat_map: null } : tag));
}

/**
 * @param {string} name
 * @param {readonly TaggedPicture[]} pictures
 * @returns {TaggedPicture[]}
 */
export function taggedPicturesOf(name, pictures) {
  return listOf(name, pictures).map((picture) => ({ ...picture, tags: tagsOf("tags", picture.tags) }));
}

/**
 * @param {string} name
 * @param {readonly File[]} files
 * @returns {Promise<Omit<OutputFile, "notes">[]>}
 */
export function filesOf(name, files) {
  return Promise.all(
    listOf(name, files).map(async (file) => ({
      data: new Uint8Array(await file.arrayBuffer()),
      name: file.name,
      media_type: file.type,
    })),
  );
}

/** @param {string} message */
export function invalidOption(message) {
  return new OnsightError({ code: "invalid_option", message });
}

/** @param {unknown} value @returns {string} such as `String`, `Blob` or `Null` */
function kindOf(value) {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** @param {string} kind */
function withArticle(kind) {
  return `${/^[AEIO]/.test(kind) ? "An" : "A"} ${kind}`;
}
