/** What can be saved of pictures that were looked at: the picture with its boxes, or the boxes for another tool. */

import { Archives } from "../bench/archives.js";
import { download, downloadResults } from "../bench/export.js";
import { choose, shownDetection } from "./answers.js";

/** @import { Detection } from "../../protocol.d.ts" */
/** @import { Onsight } from "../client.js" */
/** @import { Picture } from "../pictures.js" */

/** By the name that Python and the command line give them; the others are made here. */
export const FORMATS = /** @type {const} */ ({
  picture: "Picture with boxes",
  json: "JSON",
  coco: "COCO",
  yolo: "YOLO",
  voc: "Pascal VOC",
  labelstudio: "Label Studio",
});

/** @typedef {keyof typeof FORMATS} Format */

/**
 * Save what was found in one picture.
 * @param {Onsight} onsight
 * @param {Picture} picture
 * @param {Detection} result
 * @param {Format} format
 */
export async function saveOne(onsight, picture, result, format) {
  await choose(onsight, picture.file, result);
  const detection = shownDetection(result);
  const name = picture.name.replace(/\.[^.]*$/, "");
  if (format === "json") return downloadResults([{ path: picture.path, result: detection }], `${name}.json`);
  const file =
    format === "picture"
      ? await onsight.annotate(picture.file, detection.boxes, { name: picture.name })
      : await onsight.exportDetections(format, [{ name: picture.path, detection }], { name });
  download(file, file.name);
}

/**
 * Save what was found in many pictures, in one file, or a few where there is too much for one.
 * @param {Onsight} onsight
 * @param {readonly {picture: Picture, result: Detection}[]} looks
 * @param {Exclude<Format, "json">} format
 * @param {{signal: AbortSignal, onCount: (done: number) => void}} progress
 */
export async function saveAll(onsight, looks, format, { signal, onCount }) {
  const named = [];
  const archives = new Archives(onsight, "onsight-boxes", signal);
  for (const [index, { picture, result }] of looks.entries()) {
    onCount(index);
    await choose(onsight, picture.file, result, { signal });
    const detection = shownDetection(result);
    if (format !== "picture") {
      named.push({ name: picture.path, detection });
      continue;
    }
    await archives.add(await onsight.annotate(picture.file, detection.boxes, { name: picture.name, signal }));
  }
  if (format === "picture") return archives.finish();
  const file = await onsight.exportDetections(format, named, { name: "onsight", signal });
  download(file, file.name);
}
