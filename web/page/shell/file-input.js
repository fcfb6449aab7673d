/** Receives files from file and folder choosers, by drag and drop, and from the clipboard, with their paths. */

import { notice } from "../lib/announce.js";
import { part, ref } from "../lib/dom.js";
import { plural, t } from "../lib/texts.js";
import { chooseFiles, isPicture } from "../lib/picture-files.js";
import { setUpPaste } from "./paste.js";

/** @import { FileWithPath } from "../lib/picture-files.js" */

const byName = new Intl.Collator("en", { numeric: true });

/**
 * @callback Receive called once or, while folders are searched, several times
 * @param {FileWithPath[]} files
 * @param {boolean} [isWhole] whether these are all the pictures of a folder and its subfolders
 * @param {FileWithPath[]} [beside] the other files of the same folders, such as sidecars and videos
 */

/** @param {Receive} receive */
export function setUpFileInput(receive) {
  const files = part(document, "files", HTMLInputElement);
  const folder = part(document, "folder", HTMLInputElement);
  files.addEventListener("change", () => {
    receive([...(files.files ?? [])].map((file) => ({ file, path: file.name })));
    files.value = ""; // otherwise, choosing the same file again would not fire a change event
  });
  folder.addEventListener("change", () => {
    const all = [...(folder.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    const pictures = all.filter(({ file }) => isPicture(file)).sort((a, b) => byName.compare(a.path, b.path));
    receive(pictures, true, all.filter(({ file }) => !isPicture(file)));
    reportFolder(pictures.length, all.length - pictures.length);
    folder.value = "";
  });
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-action]") : null;
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.action === "choose") chooseFiles();
    if (button.dataset.action === "choose-folder") folder.click();
  });
  setUpPaste(receive);
  setUpDrop(receive);
}

/** @param {Receive} receive */
function setUpDrop(receive) {
  const veil = ref(document, "veil");
  let depth = 0; // dragenter and dragleave fire for every element that the pointer crosses
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
    event.preventDefault(); // otherwise the browser opens a file that is dropped
    if (event.dataTransfer) event.dataTransfer.dropEffect = has(event, "Files") ? "copy" : "none";
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    hide();
    const { dataTransfer } = event;
    if (!dataTransfer) return;
    if (!has(event, "Files")) {
      if (has(event, "text/uri-list")) notice(linkDropped());
      return;
    }
    // The list is emptied when this handler returns, so read it now and search the folders later.
    const folders = [...dataTransfer.items].flatMap((item) => {
      const entry = item.webkitGetAsEntry();
      return entry?.isDirectory ? [/** @type {FileSystemDirectoryEntry} */ (entry)] : [];
    });
    const names = new Set(folders.map(({ name }) => name));
    // A folder is also listed as a file, without a type.
    const files = [...dataTransfer.files].filter((file) => !(names.has(file.name) && file.type === ""));
    receive(files.map((file) => ({ file, path: file.name })));
    if (folders.length) await receiveFolders(folders, receive);
  });
}

let lastDrop = 0;

/**
 * Pass on the pictures in dropped folders, folder by folder.
 * @param {FileSystemDirectoryEntry[]} folders
 * @param {Receive} receive
 */
async function receiveFolders(folders, receive) {
  let kept = 0;
  let skipped = 0;
  const drops = new Map(folders.map((folder) => [folder, `drop ${Date.now()} ${(lastDrop += 1)}`]));
  for (let folder = folders.shift(); folder; folder = folders.shift()) {
    const drop = drops.get(folder) ?? "";
    const entries = await readEntries(folder).catch(() => []);
    entries.sort((a, b) => byName.compare(a.name, b.name));
    const files = entries.filter(({ isFile }) => isFile);
    const read = await Promise.allSettled(files.map((file) => readFile(/** @type {FileSystemFileEntry} */ (file))));
    const found = read.flatMap((result) => (result.status === "fulfilled" ? [{ ...result.value, drop }] : []));
    const pictures = found.filter(({ file }) => isPicture(file));
    receive(pictures, false, found.filter(({ file }) => !isPicture(file)));
    kept += pictures.length;
    skipped += files.length - pictures.length;
    const inner = /** @type {FileSystemDirectoryEntry[]} */ (entries.filter(({ isDirectory }) => isDirectory));
    for (const one of inner) drops.set(one, drop);
    folders.unshift(...inner);
  }
  reportFolder(kept, skipped);
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
    // A reader returns about a hundred entries at a time, and none at the end.
    const some = await new Promise((/** @type {(some: FileSystemEntry[]) => void} */ resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (!some.length) return entries;
    entries.push(...some);
  }
}

/**
 * @param {number} kept number of pictures
 * @param {number} skipped number of other files
 */
function reportFolder(kept, skipped) {
  if (!kept) notice(t("There are no pictures in this folder."));
  else if (skipped) {
    const pictures = plural(kept, "{count} picture found in the folder.", "{count} pictures found in the folder.");
    const others = plural(skipped, "{count} other file was skipped.", "{count} other files were skipped.");
    notice(`${pictures} ${others}`);
  }
}

function linkDropped() {
  return t("That was a link, not a file. Save the picture first, or copy the picture itself and paste it here.");
}
