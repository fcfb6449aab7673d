/** Makes the finished files, of one picture or of many. A picture that fails does not stop the others. */

import { Archives } from "../../workspace/archives.js";
import { download } from "../../lib/download.js";
import { isAbort } from "../../client.js";
import { edits } from "./edits.js";
import { keepPace } from "./size-panel.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Size } from "./transform.js" */

/**
 * @typedef {object} Choices how files are saved; Python has the defaults
 * @property {"" | "jpeg" | "png" | "webp"} format empty for that of the original
 * @property {number | undefined} quality
 * @property {"keep" | "no-location" | "none"} metadata
 */

/** @typedef {{picture: Picture, error: Error}} Failure */

/** `notes` say which metadata the new file could not hold. @typedef {{picture: Picture, notes: readonly string[]}} Noted */

/** The choices apply to all pictures until the page is closed. @type {Choices} */
export const choices = { format: "", quality: undefined, metadata: "keep" };

/**
 * Make the finished file of a picture.
 * @param {Onsight} onsight
 * @param {Picture} picture
 * @param {EnhanceSettings | null} settings null for Auto, if the picture is not analysed yet
 * @param {CallOptions & {size?: Size | null}} call `size` of the result, if it is known
 * @returns {Promise<File & {notes: readonly string[]}>} `notes` say which metadata the file could not hold
 */
export async function makeFile(onsight, { file, name }, settings, { size, ...call }) {
  const started = performance.now();
  const { format, quality, metadata } = choices;
  const made = await onsight.enhance(file, settings ?? {}, { auto: settings === null, ...(format && { format }), ...(quality && { quality }), metadata, name, ...call });
  if (size && settings) keepPace(settings.upscale, size.width * size.height, performance.now() - started);
  return made;
}

/**
 * Save a picture.
 * @param {Onsight} onsight
 * @param {Picture} picture
 * @param {EnhanceSettings} settings
 * @param {string} stem of the file's name; empty for Python's default
 * @param {CallOptions & {size?: Size | null}} call
 * @returns {Promise<{file: File, notes: readonly string[]}>} what was saved
 */
export async function saveOne(onsight, picture, settings, stem, call) {
  const made = await makeFile(onsight, picture, settings, call);
  const file = stem ? new File([made], `${stem}${made.name.slice(made.name.lastIndexOf("."))}`, { type: made.type }) : made;
  download(file, file.name);
  edits.markSaved(picture, settings);
  return { file, notes: made.notes };
}

/**
 * Save many pictures in a ZIP archive.
 * @param {Onsight} onsight
 * @param {readonly Picture[]} pictures
 * @param {{signal: AbortSignal, onProgress: (index: number, fraction: number) => void}} progress
 * @returns {Promise<{saved: number, failures: Failure[], noted: Noted[]}>}
 */
export async function saveMany(onsight, pictures, { signal, onProgress }) {
  const archives = new Archives(onsight, "onsight-enhanced", signal);
  /** @type {Failure[]} */
  const failures = [];
  /** @type {Noted[]} */
  const noted = [];
  /** @type {{picture: Picture, settings: EnhanceSettings | null}[]} */
  const made = [];
  for (const [index, picture] of pictures.entries()) {
    onProgress(index, 0);
    const settings = edits.of(picture);
    let done = 0; // never goes back: each stage starts at 0
    const report = (/** @type {{fraction: number | null}} */ { fraction }) =>
      onProgress(index, (done = Math.max(done, fraction ?? 0)));
    try {
      const file = await makeFile(onsight, picture, settings, { signal, onProgress: report });
      await archives.add(file);
      if (file.notes.length) noted.push({ picture, notes: file.notes });
      made.push({ picture, settings });
    } catch (error) {
      if (isAbort(error)) throw error;
      failures.push({ picture, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
  await archives.finish();
  for (const { picture, settings } of made) if (settings) edits.markSaved(picture, settings);
  return { saved: made.length, failures, noted };
}
