/** The ways in: file and folder choosers, dropping, pasting. What comes out is the same: files with their paths. */

import { notice } from "./announce.js";
import { box, part } from "./dom.js";
import { formatPlural } from "./format.js";

/** @typedef {{file: File, path: string}} FileWithPath */

/** Names of pictures to which some systems give no media type. Folders hold other things too; these are kept. */
const PICTURE_NAME = /\.(?:jpe?g|jfif|png|apng|webp|gif|bmp|tiff?|avif|hei[cf]|jp2|jxl|svg|ico|tga|p[bgpn]m|dng|nef|cr[23]|arw|raf|orf|rw2)$/i;
const LINK_DROPPED =
  "That was a link, not a file. Save the picture first, or copy the picture itself and paste it here.";
const byName = new Intl.Collator("en", { numeric: true });

/**
 * @param {(files: FileWithPath[]) => void} receive called once or, while folders are walked, several times
 */
export function setUpIntake(receive) {
  const files = part(document, "files", HTMLInputElement);
  const folder = part(document, "folder", HTMLInputElement);
  files.addEventListener("change", () => {
    receive([...(files.files ?? [])].map((file) => ({ file, path: file.name })));
    files.value = ""; // so that choosing the same file again is a change again
  });
  folder.addEventListener("change", () => {
    const all = [...(folder.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    receiveFolder(all.sort((a, b) => byName.compare(a.path, b.path)));
    folder.value = "";
  });
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-action]") : null;
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.action === "choose") chooseFiles();
    if (button.dataset.action === "choose-folder") folder.click();
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const pasted = [...(clipboardData?.files ?? [])];
    if (pasted.length) receive(pasted.map((file) => ({ file, path: file.name })));
  });
  setUpDrop(receive, receiveFolder);

  /** @param {FileWithPath[]} all */
  function receiveFolder(all) {
    const pictures = all.filter(({ file }) => isPicture(file));
    if (pictures.length) receive(pictures);
    tellSkipped(all.length - pictures.length, pictures.length);
  }
}

export function chooseFiles() {
  part(document, "files", HTMLInputElement).click();
}

/** Whether this device lets a person choose a whole folder. Phones have the attribute and no such chooser. */
export function canChooseFolder() {
  return "webkitdirectory" in HTMLInputElement.prototype && matchMedia("(any-pointer: fine)").matches;
}

/**
 * @param {(files: FileWithPath[]) => void} receive
 * @param {(files: FileWithPath[]) => void} receiveFolder
 */
function setUpDrop(receive, receiveFolder) {
  const veil = box(document, "veil");
  let depth = 0; // dragenter and dragleave come for every element that the pointer crosses
  /** @param {DragEvent} event @param {string} type */
  const has = ({ dataTransfer }, type) => dataTransfer?.types.includes(type) ?? false;
  const hide = () => {
    depth = 0;
    veil.hidden = true;
  };

  addEventListener("dragenter", (event) => {
    if (!has(event, "Files")) return;
    depth += 1;
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (has(event, "Files") && --depth <= 0) hide();
  });
  addEventListener("dragover", (event) => {
    event.preventDefault(); // else a missed drop makes the browser leave the page
    if (event.dataTransfer) event.dataTransfer.dropEffect = has(event, "Files") ? "copy" : "none";
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    hide();
    const { dataTransfer } = event;
    if (!dataTransfer) return;
    if (!has(event, "Files")) {
      if (has(event, "text/uri-list")) notice(LINK_DROPPED);
      return;
    }
    // The list is emptied when this handler returns: take what is in it now, walk the folders later.
    const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry());
    const files = [...dataTransfer.files];
    if (!entries.some((entry) => entry?.isDirectory)) {
      receive(files.map((file) => ({ file, path: file.name })));
      return;
    }
    for (const entry of entries) {
      if (entry) await walk(entry, receiveFolder);
    }
  });
}

/**
 * Hand over a dropped folder's files, folder by folder.
 * @param {FileSystemEntry} entry
 * @param {(files: FileWithPath[]) => void} receive
 */
async function walk(entry, receive) {
  if (entry.isFile) {
    receive([await readFile(/** @type {FileSystemFileEntry} */ (entry))]);
    return;
  }
  const entries = await readEntries(/** @type {FileSystemDirectoryEntry} */ (entry));
  entries.sort((a, b) => byName.compare(a.name, b.name));
  const files = entries.filter(({ isFile, name }) => isFile && !name.startsWith("."));
  const read = await Promise.allSettled(files.map((file) => readFile(/** @type {FileSystemFileEntry} */ (file))));
  receive(read.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
  const lost = read.filter(({ status }) => status === "rejected").length;
  if (lost) notice(`${formatPlural(lost, "file")} could not be read.`);
  for (const child of entries) {
    if (child.isDirectory) await walk(child, receive);
  }
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<FileWithPath>}
 */
async function readFile(entry) {
  const file = await new Promise((/** @type {(file: File) => void} */ resolve, reject) => entry.file(resolve, reject));
  return { file, path: entry.fullPath.replace(/^\//, "") };
}

/**
 * @param {FileSystemDirectoryEntry} directory
 * @returns {Promise<FileSystemEntry[]>}
 */
async function readEntries(directory) {
  const reader = directory.createReader();
  /** @type {FileSystemEntry[]} */
  const entries = [];
  for (;;) {
    // A reader gives about a hundred at a time, and none at the end.
    const some = await new Promise((/** @type {(some: FileSystemEntry[]) => void} */ resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (!some.length) return entries;
    entries.push(...some);
  }
}

/** @param {File} file */
function isPicture({ name, type }) {
  return !name.startsWith(".") && (type.startsWith("image/") || PICTURE_NAME.test(name));
}

/**
 * @param {number} skipped
 * @param {number} kept
 */
function tellSkipped(skipped, kept) {
  if (skipped) notice(`${formatPlural(kept, "picture")} added. Skipped ${formatPlural(skipped, "other file")}.`);
  else if (!kept) notice("There are no pictures in this folder.");
}
