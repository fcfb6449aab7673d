/** Deletes or moves duplicates. One file of each group always stays: the last copy is never touched. */

import { OnsightError } from "../../../common/messenger.js";
import { deletable, moveBeside, outputsOf, removeOriginal } from "./placing.js";
import { plainPath } from "./tagged-files.js";
import { t } from "../../lib/texts.js";
import { emptyReport, isSame, wordsOf, writeIntoFolder } from "../../lib/writing.js";

/** @import { PlannedMove } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */
/** @import { WriteOptions, WriteReport } from "../../lib/writing.js" */

/** The folder for moved duplicates, inside the chosen folder. */
const FOLDER = "Duplicates";

/**
 * A picture to delete or move, and the pictures of its group that stay.
 * @typedef {object} Spare
 * @property {PlannedMove} picture
 * @property {PlannedMove[]} kept
 */

/** @typedef {{library: Library, originals: Originals}} Organiser */

/**
 * Delete files, and remove their pictures from the library.
 * @param {Organiser} organiser
 * @param {readonly Spare[]} spares
 * @param {{mustBeSame: boolean}} how whether to delete a file only if a kept one is identical, byte for byte
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export async function deleteSpares({ library, originals }, spares, how, { signal, onProgress }) {
  const report = emptyReport();
  /** @type {number[]} */
  const gone = [];
  for (const [index, spare] of spares.entries()) {
    if (signal.aborted) {
      report.isCancelled = true;
      break;
    }
    const { id, name } = spare.picture;
    try {
      await removeOriginal(await checked(originals, spare, how));
      gone.push(id);
      report.written += 1;
    } catch (error) {
      report.failures.push({ path: plainPath(spare.picture), message: wordsOf(error) });
    }
    onProgress(index + 1, spares.length, name);
  }
  if (gone.length) await library.retrying.remove({ ids: gone });
  return report;
}

/**
 * Move files into a folder "Duplicates", and remove their pictures from the library.
 * @param {Organiser} organiser
 * @param {FileSystemDirectoryHandle} directory
 * @param {readonly Spare[]} spares
 * @param {WriteOptions} options
 * @returns {Promise<WriteReport>}
 */
export async function moveSpares({ library, originals }, directory, spares, options) {
  /** @type {number[]} */
  const gone = [];
  const moves = await movesOf({ library, originals }, spares);
  const outputs = outputsOf(originals, moves).map((output, index) => {
    const [spare, move] = /** @type {const} */ ([/** @type {Spare} */ (spares[index]), moves[index]]);
    return {
      ...output,
      open: async () => {
        await checked(originals, spare, { mustBeSame: false });
        return output.open();
      },
      placed: async () => {
        const place = await checked(originals, spare, { mustBeSame: false });
        for (const one of move?.companions ?? []) {
          if (!one.sharers.length) await moveBeside(place, directory, one);
        }
        await removeOriginal(place);
        gone.push(spare.picture.id);
      },
    };
  });
  const report = await writeIntoFolder(directory, outputs, options);
  report.written = gone.length;
  if (gone.length) await library.retrying.remove({ ids: gone });
  return report;
}

/**
 * Plan where duplicates go, with the files that belong to them.
 * @param {Organiser} organiser
 * @param {readonly Spare[]} spares
 * @returns {Promise<PlannedMove[]>}
 */
async function movesOf({ library, originals }, spares) {
  const pictures = spares.map(({ picture }) => picture);
  const beside = await originals.listBeside(pictures);
  const { moves } = await library.retrying.plan({ ids: pictures.map(({ id }) => id), by: [], beside });
  const companions = new Map(moves.map((move) => [move.id, move.companions]));
  return pictures.map((picture) => {
    const target = `${FOLDER}/${plainPath(picture)}`;
    const folder = target.slice(0, target.lastIndexOf("/"));
    const along = (companions.get(picture.id) ?? []).map((one) => ({ ...one, target: `${folder}/${one.name}` }));
    return { ...picture, target, companions: along };
  });
}

/**
 * Return where a picture's file is, after checking that it is safe to delete.
 * @param {Originals} originals
 * @param {Spare} spare
 * @param {{mustBeSame: boolean}} how
 * @throws {OnsightError} it must stay; the message says why
 */
async function checked(originals, { picture, kept }, { mustBeSame }) {
  const file = await originals.open(picture);
  const place = await deletable(originals, picture);
  const handle = await place.folder.getFileHandle(place.name);
  for (const other of kept) {
    const otherPlace = await originals.placeOf(other).catch(() => null);
    const otherHandle = await otherPlace?.folder.getFileHandle(otherPlace.name).catch(() => null);
    if (!otherHandle) continue; // gone or out of reach; it might be the same file under another path
    if (await otherHandle.isSameEntry(handle)) {
      throw unchanged(t("The file was not changed: it is the one to keep, in the library under two paths."));
    }
    const otherFile = await originals.open(other).catch(() => null);
    if (otherFile && (!mustBeSame || (await isSame(file, otherFile)))) return place;
  }
  throw unchanged(
    mustBeSame
      ? t("The file was not changed: none of the files to keep is identical any more.")
      : t("The file was not changed: the picture to keep cannot be reached."),
  );
}

/** @param {string} message */
function unchanged(message) {
  return new OnsightError({ code: "unwritable_file", message });
}
