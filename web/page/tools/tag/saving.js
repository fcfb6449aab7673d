/** Saves the tags of pictures. Python writes the files. */

import { download } from "../../lib/download.js";
import { downloadResults } from "../../workspace/results.js";
import { t } from "../../lib/texts.js";
import { currentTagging, refresh } from "./answers.js";
import { settings } from "./settings.js";

/** @import { Tagging } from "../../../protocol.d.ts" */
/** @import { CallOptions, Onsight } from "../../client.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

/** The formats by Python's names for them. Only JSON is made here. */
export function formatNames() {
  return { csv: t("CSV table, one row per picture"), "tags-csv": t("CSV table, one row per tag"), json: "JSON", xmp: t("XMP sidecar"), rekognition: "Rekognition JSON" };
}

/** @typedef {keyof ReturnType<typeof formatNames>} Format */

/**
 * Save the tags of one picture.
 * @param {Onsight} onsight
 * @param {Picture} picture
 * @param {Tagging} result
 * @param {Format} format
 */
export async function saveOne(onsight, picture, result, format) {
  const name = picture.name.replace(/\.[^.]*$/, "");
  await refresh(onsight, result);
  if (format === "json") return downloadResults([{ path: picture.path, result: currentTagging(result) }], `${name}.json`);
  const { keywords } = settings;
  const file = await onsight.exportTags(format, [await tagged(onsight, picture, result, format)], { name, keywords });
  download(file, file.name);
}

/**
 * Save the tags of many pictures, in one file.
 * @param {Onsight} onsight
 * @param {readonly {picture: Picture, result: Tagging}[]} looks
 * @param {Exclude<Format, "json">} format
 * @param {{signal: AbortSignal, onCount: (done: number) => void}} progress
 */
export async function saveAll(onsight, looks, format, { signal, onCount }) {
  const pictures = [];
  for (const [index, { picture, result }] of looks.entries()) {
    onCount(index);
    await refresh(onsight, result);
    pictures.push(await tagged(onsight, picture, result, format, { signal }));
  }
  const file = await onsight.exportTags(format, pictures, { name: "onsight", keywords: settings.keywords, signal });
  download(file, file.name);
}

/**
 * The tags of a picture; for a sidecar, also the metadata that its file already has.
 * @param {Onsight} onsight
 * @param {Picture} picture
 * @param {Tagging} result
 * @param {Format} format
 * @param {CallOptions} [call]
 */
async function tagged(onsight, { file, path }, result, format, call) {
  const { image, tags, description } = currentTagging(result);
  const picture = { name: path, image, tags, ...(settings.altText && { alt_text: description }) };
  if (format !== "xmp") return picture;
  return { ...picture, begun: await onsight.beginSidecar(file, call) };
}
