/** Files that contain tags: copies of pictures with keywords, and sidecars. */

import { OnsightError } from "../../../common/messenger.js";
import { pathOf } from "./entries.js";
import { deletable } from "./placing.js";
import { t } from "../../lib/texts.js";
import { emptyReport, replaceFile, wordsOf } from "../../lib/writing.js";

/** @import { PlannedMove } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Listings, Originals } from "./originals.js" */
/** @import { Output, WriteOptions, WriteReport } from "../../lib/writing.js" */

/** @typedef {{library: Library, originals: Originals, listings: Listings}} Organiser */

/**
 * A copy of a picture with its tags inside, and with its sidecars, to which the tags are added.
 * @param {Organiser} organiser
 * @param {PlannedMove} picture
 * @param {{withOthers: boolean}} options whether formats without keywords are copied unchanged, with a sidecar
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
        return blobOf(await organiser.library.retrying.keywords({ image: file, id: picture.id }));
      } catch (error) {
        needsSidecar = withOthers && error instanceof OnsightError && error.code === "unsupported_format";
        if (needsSidecar) return file;
        throw error;
      }
    },
    beside: async () => {
      const { sidecars } = await organiser.originals.sidecars(picture, organiser.listings);
      if (!sidecars.length && !needsSidecar) return [];
      const [first] = await sidecarsOf(organiser, picture);
      return first ? [{ path: `${path}.xmp`, modified: Date.now(), open: async () => blobOf(first) }] : [];
    },
  };
}

/**
 * A picture's existing sidecars with the tags added, or a new one.
 * @param {Organiser} organiser
 * @param {PlannedMove} picture
 * @returns {Output}
 */
export function sidecarOutputOf(organiser, picture) {
  const path = plainPath(picture);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return {
    path: `${path}.xmp`,
    modified: Date.now(),
    open: async () => new Blob(),
    instead: async () => {
      const sidecars = await sidecarsOf(organiser, picture);
      return sidecars.map((one) => ({
        path: plainPath({ ...picture, folder, name: one.name }),
        modified: Date.now(),
        open: async () => blobOf(one),
      }));
    },
  };
}

/**
 * Write sidecars next to the pictures. The tags are added to existing sidecars, which are replaced in one step.
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
      const changed = (await sidecarsOf(organiser, picture)).filter((one) => one.is_changed);
      for (const one of changed) await replaceFile(place.folder, one.name, blobOf(one));
      if (changed.length) report.written += changed.length;
      else report.unchanged += 1;
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
      message: t("Onsight cannot write to this picture’s folder. Save its sidecar as a ZIP instead."),
      detail: String(error),
    });
  }
}

/**
 * @param {Organiser} organiser
 * @param {PlannedMove} picture
 */
async function sidecarsOf({ library, originals, listings }, picture) {
  const found = await originals.sidecars(picture, listings);
  const sidecars = await Promise.all(
    found.sidecars.map(async ({ name, open }) => ({ name, data: new Uint8Array(await (await open()).arrayBuffer()) })),
  );
  // A new or empty sidecar starts with the metadata of the picture's file, if that can be read.
  const isNew = sidecars.every(({ data }) => !data.length);
  const image = !isNew ? new Blob() : await originals.open(picture).catch(() => new Blob());
  const params = { image, id: picture.id, sidecars, same_stem: found.sameStem };
  return (await library.retrying.sidecars(params)).sidecars;
}

/** @param {{data: Uint8Array<ArrayBuffer>, media_type?: string}} file */
function blobOf({ data, media_type: type = "application/rdf+xml" }) {
  return new Blob([data], { type });
}

/**
 * A picture's path without parts such as "..", because paths in archives cannot be trusted.
 * @param {PlannedMove} picture
 */
export function plainPath(picture) {
  const parts = pathOf(picture).replaceAll("\\", "_").split("/");
  return parts.filter((part) => part && part !== "." && part !== "..").join("/");
}
