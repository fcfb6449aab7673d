/** The part of a dialog that tells which files cannot be reached, and what a person can do about it. */

import { button, elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { formatPlural } from "../../lib/format.js";
import { entriesOfArchive, entryOf, isArchive, pathOf } from "./entries.js";
import { hasDirectoryChooser, chooseDirectory, mayUse } from "./pickers.js";
import { folderAt } from "../../lib/writing.js";

/** @import { FileWithPath } from "../../lib/picture-files.js" */
/** @import { Library } from "./library.js" */
/** @import { Barrier, Original, Originals } from "./originals.js" */

/** Files that are looked for to know a folder again: some of them may be gone. */
const SAMPLES = 20;

export class ReachPanel {
  #root;
  #library;
  #originals;
  /** @type {readonly Original[]} */
  #wanted = [];
  #sidecars = false;
  #onChange;

  /**
   * @param {HTMLElement} host
   * @param {{library: Library, originals: Originals}} organiser
   * @param {() => void} onChange told when more can be reached
   */
  constructor(host, { library, originals }, onChange) {
    this.#root = elementFromTemplate("sort-reach");
    this.#library = library;
    this.#originals = originals;
    this.#onChange = onChange;
    host.replaceChildren(this.#root);
  }

  /**
   * Tell what stands between here and files.
   * @param {readonly Original[]} wanted
   * @param {{sidecars?: boolean}} [options] whether the files beside the pictures must be seen, too
   * @returns {Promise<boolean>} whether all can be reached
   */
  async show(wanted, { sidecars = false } = {}) {
    this.#wanted = wanted;
    this.#sidecars = sidecars;
    await this.#openArchives();
    const barriers = await this.#originals.barriers(wanted, { sidecars });
    if (wanted !== this.#wanted) return false; // another question came meanwhile
    const count = barriers.reduce((sum, { originals }) => sum + originals.length, 0);
    this.#root.hidden = !count;
    ref(this.#root, "reach-text").textContent = sidecars
      ? `Onsight does not see yet what lies beside ${formatPlural(count, "picture")}. Sidecars that are there would not be merged.`
      : `Onsight cannot read the files of ${formatPlural(count, "picture")} yet.`;
    ref(this.#root, "reach-list").replaceChildren(...barriers.map((barrier) => this.#row(barrier)));
    return count === 0;
  }

  /** @param {Barrier} barrier */
  #row(barrier) {
    const { root, handle, originals } = barrier;
    const row = elementFromTemplate("sort-reach-row");
    const press = button(row, "reach");
    if (handle) press.textContent = `Let Onsight read “${root}”`;
    else if (isArchive({ name: root })) press.textContent = `Choose the archive “${root}” again`;
    else press.textContent = root ? `Choose the folder “${root}” again` : "Choose these files again";
    ref(row, "reach-count").textContent = formatPlural(originals.length, "picture");
    listen(press, "click", async () => {
      const problem = await this.#overcome(barrier);
      ref(row, "reach-problem").textContent = problem ?? "";
      ref(row, "reach-problem").hidden = problem === null;
      if (problem !== null) return;
      await this.show(this.#wanted, { sidecars: this.#sidecars });
      this.#onChange();
    });
    return row;
  }

  /**
   * @param {Barrier} barrier
   * @returns {Promise<string | null>} why it did not help
   */
  async #overcome({ root, handle, originals }) {
    if (handle) return (await mayUse(handle, "read")) ? null : `The browser was told not to let Onsight read “${root}”.`;
    if (isArchive({ name: root })) return this.#archiveAgain(root, originals);
    if (!root) return this.#filesAgain(originals);
    if (hasDirectoryChooser()) return this.#folderAgain(root, originals);
    const files = (await chooseFiles({ folder: true })).map(({ file, path }) => ({
      file,
      path: path.slice(path.indexOf("/") + 1),
    }));
    if (!files.length) return "";
    const byPath = new Map(files.map(({ file, path }) => [path, file]));
    if (!(await this.#hasAny(originals, async (one) => byPath.get(insideOf(one))))) return notThere(root);
    this.#originals.rejoinFiles(root, files);
    return null;
  }

  /**
   * @param {string} root
   * @param {readonly Original[]} originals
   */
  async #folderAgain(root, originals) {
    const handle = await chooseDirectory("onsight", "read");
    if (!handle) return "";
    if (!(await this.#hasAny(originals.slice(0, SAMPLES), (one) => fileIn(handle, insideOf(one))))) return notThere(root);
    await this.#originals.rejoin(root, handle);
    return null;
  }

  /** @param {readonly Original[]} originals */
  async #filesAgain(originals) {
    const files = await chooseFiles({ folder: false });
    let count = 0;
    for (const original of originals) {
      for (const { file } of files) {
        if (file.name !== original.name || !(await this.#originals.isOwn(original, file))) continue;
        this.#originals.remember(pathOf(original), async () => file);
        count += 1;
        break;
      }
    }
    return count || !files.length ? (count ? null : "") : "None of these is a picture of the library.";
  }

  /**
   * Whether any of some pictures' files is where it is looked for.
   * @param {readonly Original[]} originals
   * @param {(original: Original) => Promise<File | null | undefined>} find
   */
  async #hasAny(originals, find) {
    for (const original of originals) {
      const file = await find(original);
      if (file && (await this.#originals.isOwn(original, file))) return true;
    }
    return false;
  }

  /**
   * @param {string} root
   * @param {readonly Original[]} originals
   */
  async #archiveAgain(root, originals) {
    const [chosen] = await chooseFiles({ folder: false, accept: ".zip" });
    if (!chosen) return "";
    try {
      const content = await entriesOfArchive(this.#library, entryOf({ file: chosen.file, path: root }));
      const sizes = new Map(content.pictures.map((entry) => [pathOf(entry), entry.size]));
      if (!originals.some((one) => sizes.get(pathOf(one)) === one.size)) return notThere(root);
      this.#originals.rememberArchive(content);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Open the archives that lie in folders which can be read. */
  async #openArchives() {
    /** @type {Set<string>} */
    const archives = new Set();
    for (const { folder } of this.#wanted) {
      const parts = folder.split("/");
      const index = parts.findIndex((name, place) => place > 0 && isArchive({ name }));
      if (index > 0) archives.add(parts.slice(0, index + 1).join("/"));
    }
    for (const path of archives) {
      const slash = path.lastIndexOf("/");
      const original = { folder: path.slice(0, slash), name: path.slice(slash + 1) };
      try {
        const place = await this.#originals.placeOf(original);
        if (!place) continue;
        const file = await (await place.folder.getFileHandle(place.name)).getFile();
        this.#originals.rememberArchive(await entriesOfArchive(this.#library, entryOf({ file, path })));
      } catch {
        // A folder of that name, or none that may be read: its pictures are told of like any others.
      }
    }
  }
}

/**
 * Where a picture lies in the folder that was taken in.
 * @param {Original} original
 */
function insideOf(original) {
  const path = pathOf(original);
  return path.slice(path.indexOf("/") + 1);
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} path
 * @returns {Promise<File | null>} null if there is no such file
 */
async function fileIn(directory, path) {
  try {
    const slash = path.lastIndexOf("/");
    const folder = await folderAt(directory, path.slice(0, Math.max(0, slash)), false);
    return await (await folder.getFileHandle(path.slice(slash + 1))).getFile();
  } catch {
    return null;
  }
}

/** @param {string} root */
function notThere(root) {
  return `None of these pictures is in there. Choose what was added as “${root}”.`;
}

/**
 * Let the person choose files, or a folder where its chooser gives no handle.
 * @param {{folder: boolean, accept?: string}} options
 * @returns {Promise<FileWithPath[]>} none if she chose none
 */
function chooseFiles({ folder, accept = "" }) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  input.accept = accept;
  return new Promise((resolve) => {
    input.addEventListener("cancel", () => resolve([]), { once: true });
    input.addEventListener(
      "change",
      () => resolve([...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }))),
      { once: true },
    );
    input.click();
  });
}
