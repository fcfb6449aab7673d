/** Takes away files of which others are kept. Whatever happens, one of them stays: the last copy is never touched. */

import { OnsightError } from "../../../common/messenger.js";
import { deletable, moveBeside, outputsOf, removeOriginal } from "./placing.js";
import { plainPath } from "./tagged-files.js";
import { emptyReport, isSame, wordsOf, writeIntoFolder } from "../../lib/writing.js";

/** @import { PlannedMove } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */
/** @import { WriteOptions, WriteReport } from "../../lib/writing.js" */

/** The folder that they are moved into, in the one that was chosen. */
const FOLDER = "Duplicates";

/**
 * A picture that is to go, and those of its group that stay.
 * @typedef {object} Spare
 * @property {PlannedMove} picture
 * @property {PlannedMove[]} kept
 */

/** @typedef {{library: Library, originals: Originals}} Organiser */

/**
 * Delete files, and take them out of the library.
 * @param {Organiser} organiser
 * @param {readonly Spare[]} spares
 * @param {{mustBeSame: boolean}} how whether a file goes only if one that stays is the same byte for byte
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
 * Move files into a folder "Duplicates", and take them out of the library.
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
 * Where spares go, each with what belongs to it.
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
 * Where a picture's file lies, if it may go.
 * @param {Originals} originals
 * @param {Spare} spare
 * @param {{mustBeSame: boolean}} how
 * @throws {OnsightError} it must stay, and why
 */
async function checked(originals, { picture, kept }, { mustBeSame }) {
  const file = await originals.open(picture);
  const place = await deletable(originals, picture);
  const handle = await place.folder.getFileHandle(place.name);
  for (const other of kept) {
    const otherPlace = await originals.placeOf(other).catch(() => null);
    const otherHandle = await otherPlace?.folder.getFileHandle(otherPlace.name).catch(() => null);
    if (!otherHandle) continue; // gone, or out of sight: it might be this very file
    if (await otherHandle.isSameEntry(handle)) throw stays("it is the very file that is kept, known by two paths");
    const otherFile = await originals.open(other).catch(() => null);
    if (otherFile && (!mustBeSame || (await isSame(file, otherFile)))) return place;
  }
  throw stays(mustBeSame ? "no file that is kept is the same any more" : "the picture that is kept cannot be reached");
}

/** @param {string} reason */
function stays(reason) {
  return new OnsightError({ code: "unwritable_file", message: `It stays where it is: ${reason}.` });
}
