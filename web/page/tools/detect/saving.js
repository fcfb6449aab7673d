/** Saves the result of detection: the picture with its boxes drawn in, or the boxes in a format for other programs. */

import { Archives } from "../../workspace/archives.js";
import { download } from "../../lib/download.js";
import { downloadResults } from "../../workspace/results.js";
import { notice } from "../../lib/announce.js";
import { plural, t } from "../../lib/texts.js";
import { writeZip } from "../../lib/writing.js";
import { choose, shownDetection } from "./answers.js";

/** @import { Detection } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

/** The formats by the names that Python and the command line have for them. JSON is made here. */
export function formatNames() {
  return {
    picture: t("Picture with boxes"),
    json: "JSON",
    coco: "COCO",
    yolo: "YOLO",
    voc: "Pascal VOC",
    labelstudio: "Label Studio",
  };
}

/** @typedef {keyof ReturnType<typeof formatNames>} Format */

/**
 * A picture and its result.
 * @typedef {object} Labelled
 * @property {Picture} picture
 * @property {Detection} detection
 */

/**
 * Save the result of one picture.
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
 * Save the results of many pictures in one file, or in a few if one would be too large.
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
 * Save labels, lists and pictures as a data set that is ready for training.
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
  notice(failureText(first.path, failures.length - 1, first.message));
}

/**
 * @param {string} path of the first picture that is missing from the ZIP
 * @param {number} others how many more are missing
 * @param {string} reason
 */
function failureText(path, others, reason) {
  if (!others) return t("“{path}” could not be added to the ZIP. {reason}", { path, reason });
  return plural(
    others,
    "“{path}” and {count} other picture could not be added to the ZIP. {reason}",
    "“{path}” and {count} other pictures could not be added to the ZIP. {reason}",
    { path, reason },
  );
}

/** @param {readonly Labelled[]} labelled */
function namedOf(labelled) {
  return labelled.map(({ picture, detection }) => ({ name: picture.path, detection }));
}
