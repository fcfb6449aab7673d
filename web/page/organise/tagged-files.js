/** Files that carry tags: copies of pictures with their keywords in them, and sidecars. */

import { OnsightError } from "../../common/messenger.js";
import { pathOf } from "./entries.js";
import { deletable, isSame } from "./placing.js";
import { emptyReport, replaceFile, wordsOf } from "./writing.js";

/** @import { OutputFile, PlannedMove } from "../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */
/** @import { Output, WriteOptions, WriteReport } from "./writing.js" */

/** @typedef {{library: Library, originals: Originals}} Organiser */

/**
 * A copy of a picture with its tags in it; an existing sidecar goes along, with the tags added.
 * @param {Organiser} organiser
 * @param {PlannedMove} picture
 * @param {{withOthers: boolean}} options whether formats that take no keywords are copied as they are, with a sidecar
 * @returns {Output}
 */
export function keywordCopyOf(organiser, picture, { withOthers }) {
  let needsSidecar = false;
  const path = plainPath(picture);
  return {
    path,
    modified: picture.modified_ms,
    open: async () => {
      const file = await organiser.originals.open(picture);
      try {
        return blobOf(await organiser.library.ask("keywords", { image: file, id: picture.id }));
      } catch (error) {
        needsSidecar = withOthers && error instanceof OnsightError && error.code === "unsupported_format";
        if (needsSidecar) return file;
        throw error;
      }
    },
    beside: async () => {
      const existing = await organiser.originals.sidecar(picture);
      if (!existing && !needsSidecar) return [];
      return [{ ...sidecarOutputOf(organiser, picture), path: `${path}.xmp` }];
    },
  };
}

/**
 * A picture's sidecar: the one that is there with the tags added, or a new one.
 * @param {Organiser} organiser
 * @param {PlannedMove} picture
 * @returns {Output}
 */
export function sidecarOutputOf(organiser, picture) {
  return {
    path: `${plainPath(picture)}.xmp`,
    modified: Date.now(),
    open: async () => (await sidecarOf(organiser, picture)).merged,
  };
}

/**
 * Write sidecars where the pictures lie. One that is there is replaced by itself with the tags added, in one step.
 * @param {Organiser} organiser
 * @param {readonly PlannedMove[]} pictures
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport & {unchanged: number}>}
 */
export async function writeBeside(organiser, pictures, { signal, onProgress }) {
  const report = { ...emptyReport(), unchanged: 0 };
  for (const [index, picture] of pictures.entries()) {
    if (signal.aborted) {
      report.isCancelled = true;
      break;
    }
    const path = `${pathOf(picture)}.xmp`;
    try {
      const place = await writablePlace(organiser.originals, picture);
      const { existing, merged } = await sidecarOf(organiser, picture);
      if (existing && (await isSame(existing, merged))) report.unchanged += 1;
      else {
        await replaceFile(place.folder, `${place.name}.xmp`, merged);
        report.written += 1;
      }
    } catch (error) {
      report.failures.push({ path, message: wordsOf(error) });
    }
    onProgress(index + 1, pictures.length, path);
  }
  return report;
}

/**
 * @param {Originals} originals
 * @param {PlannedMove} picture
 */
async function writablePlace(originals, picture) {
  try {
    return await deletable(originals, picture);
  } catch (error) {
    throw new OnsightError({
      code: "unwritable_file",
      message: "Onsight cannot write beside this picture. Save its sidecar as a ZIP.",
      detail: String(error),
    });
  }
}

/**
 * @param {Organiser} organiser
 * @param {PlannedMove} picture
 */
async function sidecarOf({ library, originals }, picture) {
  const existing = await originals.sidecar(picture);
  const image = existing ?? new Blob([]);
  return { existing, merged: blobOf(await library.ask("sidecar", { image, id: picture.id })) };
}

/** @param {OutputFile} file */
function blobOf({ data, media_type: type }) {
  return new Blob([data], { type });
}

/**
 * Where a picture lies, without what could lead elsewhere: an archive may say anything.
 * @param {PlannedMove} picture
 */
export function plainPath(picture) {
  const parts = pathOf(picture).replaceAll("\\", "_").split("/");
  return parts.filter((part) => part && part !== "." && part !== "..").join("/");
}
