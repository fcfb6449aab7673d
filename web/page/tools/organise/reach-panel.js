/** The part of a dialog that lists files which cannot be read yet, with a button for each folder to change that. */

import { button, elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";
import { entriesOfArchive, entryOf, isArchive, pathOf } from "./entries.js";
import { hasDirectoryChooser, chooseDirectory, mayUse } from "./pickers.js";
import { folderAt } from "../../lib/writing.js";

/** @import { FileWithPath } from "../../lib/picture-files.js" */
/** @import { Library } from "./library.js" */
/** @import { Barrier, Original, Originals } from "./originals.js" */

/** How many files to look for to recognise a folder: some of them may be gone. */
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
   * @param {() => void} onChange called when more files can be read
   */
  constructor(host, { library, originals }, onChange) {
    this.#root = elementFromTemplate("sort-reach");
    this.#library = library;
    this.#originals = originals;
    this.#onChange = onChange;
    host.replaceChildren(this.#root);
  }

  /**
   * List the folders that have to be opened before files can be read.
   * @param {readonly Original[]} wanted
   * @param {{sidecars?: boolean}} [options] whether the sidecars next to the pictures are needed too
   * @returns {Promise<boolean>} whether all files can be read
   */
  async show(wanted, { sidecars = false } = {}) {
    this.#wanted = wanted;
    this.#sidecars = sidecars;
    await this.#openArchives();
    const barriers = await this.#originals.barriers(wanted, { sidecars });
    if (wanted !== this.#wanted) return false; // a later call has replaced this one
    const count = barriers.reduce((sum, { originals }) => sum + originals.length, 0);
    this.#root.hidden = !count;
    ref(this.#root, "reach-text").textContent = sidecars
      ? plural(
          count,
          "Onsight cannot read the folder of {count} picture yet. An existing sidecar would not be merged.",
          "Onsight cannot read the folders of {count} pictures yet. Existing sidecars would not be merged.",
        )
      : plural(
          count,
          "Onsight cannot read the file of {count} picture yet.",
          "Onsight cannot read the files of {count} pictures yet.",
        );
    ref(this.#root, "reach-list").replaceChildren(...barriers.map((barrier) => this.#row(barrier)));
    return count === 0;
  }

  /** @param {Barrier} barrier */
  #row(barrier) {
    const { root, handle, originals } = barrier;
    const row = elementFromTemplate("sort-reach-row");
    const press = button(row, "reach");
    if (handle) press.textContent = t("Let Onsight read “{root}”", { root });
    else if (isArchive({ name: root })) press.textContent = t("Choose the archive “{root}” again", { root });
    else press.textContent = root ? t("Choose the folder “{root}” again", { root }) : t("Choose these files again");
    ref(row, "reach-count").textContent = plural(originals.length, "{count} picture", "{count} pictures");
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
   * @returns {Promise<string | null>} why the files still cannot be read; empty if the user cancelled, null if they can be
   */
  async #overcome({ root, handle, originals }) {
    if (handle) {
      return (await mayUse(handle, "read")) ? null : t("The browser did not allow Onsight to read “{root}”.", { root });
    }
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
    return count || !files.length ? (count ? null : "") : t("None of these files is a picture from the library.");
  }

  /**
   * Whether the file of at least one picture is found.
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

  /** Open the archives in folders that can be read. */
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
        // A folder with such a name, or one that may not be read: its pictures are listed like all others.
      }
    }
  }
}

/**
 * A picture's path relative to the imported folder.
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
  return t("None of these pictures is in there. Choose what was added as “{root}”.", { root });
}

/**
 * Open the file picker, or the folder picker of browsers that give no handles.
 * @param {{folder: boolean, accept?: string}} options
 * @returns {Promise<FileWithPath[]>} empty if the user cancelled
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
