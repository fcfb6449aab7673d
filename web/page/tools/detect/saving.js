/** What can be saved of pictures that were looked at: the picture with its boxes, or the boxes for another tool. */

import { Archives } from "../../workspace/archives.js";
import { download } from "../../lib/download.js";
import { downloadResults } from "../../workspace/results.js";
import { notice } from "../../lib/announce.js";
import { formatPlural } from "../../lib/format.js";
import { writeZip } from "../../lib/writing.js";
import { choose, shownDetection } from "./answers.js";

/** @import { Detection } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

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
 * A picture, and what was found in it.
 * @typedef {object} Labelled
 * @property {Picture} picture
 * @property {Detection} detection
 */

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
  if (format === "yolo") return saveDataSet(onsight, [{ picture, detection }], format, { name });
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
  /** @type {Labelled[]} */
  const labelled = [];
  const archives = new Archives(onsight, "onsight-boxes", signal);
  for (const [index, { picture, result }] of looks.entries()) {
    onCount(index);
    await choose(onsight, picture.file, result, { signal });
    const detection = shownDetection(result);
    if (format !== "picture") {
      labelled.push({ picture, detection });
      continue;
    }
    await archives.add(await onsight.annotate(picture.file, detection.boxes, { name: picture.name, signal }));
  }
  if (format === "picture") return archives.finish();
  if (format === "yolo" || format === "voc") {
    return saveDataSet(onsight, labelled, format, { name: "onsight", signal, onCount });
  }
  const file = await onsight.exportDetections(format, namedOf(labelled), { name: "onsight", signal });
  download(file, file.name);
}

/**
 * Save labels and lists together with the pictures: a data set that trains as it is.
 * @param {Onsight} onsight
 * @param {readonly Labelled[]} labelled
 * @param {"yolo" | "voc"} format
 * @param {{name: string, signal?: AbortSignal, onCount?: (done: number) => void}} options
 */
async function saveDataSet(onsight, labelled, format, { name, signal = new AbortController().signal, onCount }) {
  const { name: stem, texts, images } = await onsight.dataSet(format, namedOf(labelled), { name, signal });
  const modified = Date.now();
  const outputs = [
    ...texts.map(({ path, text }) => ({ path, modified, open: async () => new Blob([text]) })),
    ...labelled.flatMap(({ picture: { file } }, index) => {
      const path = images[index];
      return path === undefined ? [] : [{ path, modified: file.lastModified, open: async () => file }];
    }),
  ];
  const onProgress = (/** @type {number} */ done) => onCount?.(Math.max(0, done - texts.length));
  const { failures, problem } = await writeZip(`${stem}.zip`, undefined, outputs, { signal, onProgress });
  signal.throwIfAborted();
  if (problem !== null) throw new Error(problem);
  const [first] = failures;
  if (!first) return;
  const others = failures.length > 1 ? ` and ${formatPlural(failures.length - 1, "other picture")}` : "";
  notice(`“${first.path}”${others} could not be put into the ZIP. ${first.message}`);
}

/** @param {readonly Labelled[]} labelled */
function namedOf(labelled) {
  return labelled.map(({ picture, detection }) => ({ name: picture.path, detection }));
}
