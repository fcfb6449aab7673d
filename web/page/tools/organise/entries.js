/** The files to import: from file pickers, from dropped folders, from ZIP archives. */

import { OnsightError } from "../../../common/messenger.js";
import { t } from "../../lib/texts.js";

/** @import { ArchiveMember, ArrivalOptions } from "../../../protocol.d.ts" */
/** @import { FileWithPath } from "../../lib/picture-files.js" */
/** @import { Library } from "./library.js" */

/**
 * Identifies files that were added together: a folder, or single files. They share one object.
 * @typedef {Required<ArrivalOptions>} Arrival
 */

/** Files that were added one by one. @type {Arrival} */
export const SINGLE_FILES = Object.freeze({ key: "", lasting: false, whole: false });

/**
 * A file as its folder lists it, and how to open it.
 * @typedef {object} Entry
 * @property {string} folder path with `/`, starting with the chosen folder's name
 * @property {string} name
 * @property {number} size
 * @property {number} modified_ms
 * @property {Arrival} arrival
 * @property {() => Promise<File>} open
 * @property {Entry[]} [beside] the files in the same folder that describe the picture
 */

const MAX_BESIDE_BYTES = 8 << 20;

const ARCHIVE = /\.zip$/i;

/** @param {{name: string}} file */
export function isArchive({ name }) {
  return ARCHIVE.test(name);
}

/** @param {Pick<Entry, "folder" | "name">} entry */
export function pathOf({ folder, name }) {
  return folder ? `${folder}/${name}` : name;
}

/**
 * @param {FileWithPath} chosen
 * @param {Arrival} [arrival]
 * @returns {Entry}
 */
export function entryOf({ file, path }, arrival = SINGLE_FILES) {
  return {
    folder: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "",
    name: path.slice(path.lastIndexOf("/") + 1),
    size: file.size,
    modified_ms: Math.trunc(file.lastModified),
    arrival,
    open: async () => file,
  };
}

/**
 * List the pictures in an archive and the files next to them, as if it were a folder.
 * @param {Library} library
 * @param {Entry} archive
 * @returns {Promise<{pictures: Entry[], beside: Entry[]}>}
 */
export async function entriesOfArchive(library, archive) {
  const file = await archive.open();
  const number = numberOf(file);
  const { members, others } = await library.methods.archiveMembers({ image: file, picture: number });
  const root = pathOf(archive);
  const entry = (/** @type {ArchiveMember} */ { path, size, modified_ms }) => ({
    ...entryOf({ file, path: `${root}/${path}` }, archive.arrival),
    size,
    modified_ms,
    open: async () => {
      const { data, name } = await library.methods.archiveMember({ image: file, picture: number, path });
      return new File([data], name, { lastModified: modified_ms });
    },
  });
  return { pictures: members.map(entry), beside: others.map(entry) };
}

/**
 * Yield the pictures in a folder and its subfolders.
 * @param {FileSystemDirectoryHandle} directory
 * @param {(file: File) => boolean} isWanted
 * @param {Arrival} arrival
 * @param {string} [path] of the folder
 * @returns {AsyncGenerator<Entry>}
 */
export async function* entriesIn(directory, isWanted, arrival, path = directory.name) {
  const handles = [];
  for await (const handle of directory.values()) if (!handle.name.startsWith(".")) handles.push(handle);
  handles.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
  for (const handle of handles) {
    if (handle.kind === "directory") {
      yield* entriesIn(/** @type {FileSystemDirectoryHandle} */ (handle), isWanted, arrival, `${path}/${handle.name}`);
      continue;
    }
    const file = await /** @type {FileSystemFileHandle} */ (handle).getFile().catch(() => null);
    if (!file || !(isWanted(file) || isArchive(file))) continue;
    // Gets the file again, because an old reference cannot be read after the file has changed.
    const open = () => fileOf(/** @type {FileSystemFileHandle} */ (handle));
    yield { ...entryOf({ file, path: `${path}/${file.name}` }, arrival), open };
  }
}

/** @param {FileSystemFileHandle} handle */
async function fileOf(handle) {
  try {
    return await handle.getFile();
  } catch (error) {
    throw new OnsightError({
      code: "unreadable_file",
      message: t("The file could not be read: it was moved, deleted or locked after it was chosen."),
      detail: String(error),
    });
  }
}

/**
 * A string that changes when a file that describes the picture is added, removed or changed.
 * @param {Entry} entry
 */
export function besideMarkOf({ beside = [] }) {
  return beside.map(({ name, size, modified_ms }) => `${name} ${size} ${modified_ms}`).join("; ");
}

/**
 * Read the files that describe a picture. Unreadable files and those too large to be sidecars are left out.
 * @param {Entry} entry
 */
export async function readBeside({ beside = [] }) {
  const read = beside.map(async ({ name, size, open }) => {
    const file = size <= MAX_BESIDE_BYTES ? await open().catch(() => null) : null;
    return file ? [{ name, data: new Uint8Array(await file.arrayBuffer()) }] : [];
  });
  return (await Promise.all(read)).flat();
}

/** The numbers that identify archives to the engine, so that it opens each only once. @type {WeakMap<File, number>} */
const numbers = new WeakMap();
let last = 0;

/** @param {File} file */
function numberOf(file) {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  numbers.set(file, ++last);
  return last;
}
