/** The library menu: shows the open library and its size; switches, saves, opens, creates and deletes libraries. */

import { announce, notice, tryTo } from "../../lib/announce.js";
import { download } from "../../lib/download.js";
import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatBytes } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { preferences } from "./preferences.js";

/** @import { Library } from "./library.js" */

export class LibraryMenu {
  #root;
  #library;
  #off;

  /**
   * @param {HTMLElement} root
   * @param {Library} library
   * @param {() => boolean} isBusy whether an import is in progress
   */
  constructor(root, library, isBusy) {
    this.#root = root;
    this.#library = library;
    const guarded = (/** @type {() => Promise<unknown>} */ work) => () => {
      if (isBusy()) return notice(t("An import is in progress. Wait until it ends, or cancel it first."));
      return tryTo(work());
    };
    listen(part(root, "which", HTMLSelectElement), "change", ({ target }) => {
      void guarded(() => library.switchTo(target.value))();
    });
    listen(button(root, "new-library"), "click", () => this.#askForName(guarded));
    listen(button(root, "save-library"), "click", guarded(() => this.#save()));
    const file = part(root, "library-file", HTMLInputElement);
    listen(button(root, "open-library"), "click", () => file.click());
    listen(file, "change", () => {
      const [chosen] = file.files ?? [];
      file.value = "";
      if (chosen) void guarded(() => library.addFile(chosen).then(() => announce(t("The library is open."))))();
    });
    listen(button(root, "delete-library"), "click", () => this.#askToDelete(guarded));
    listen(button(root, "show-failures"), "click", () => void this.#listFailures());
    const detect = part(root, "detect", HTMLInputElement);
    detect.checked = preferences.detect;
    listen(detect, "change", () => (preferences.detect = detect.checked));
    listen(ref(root, "panel"), "toggle", ({ newState }) => newState === "open" && void this.show());
    this.#off = [library.on("state", () => void this.show()), library.on("status", () => void this.show())];
    void this.show();
  }

  close() {
    this.#off.forEach((end) => end());
  }

  async show() {
    const { state } = this.#library;
    const toggle = button(this.#root, "menu");
    toggle.hidden = state.state !== "open";
    if (state.state !== "open") return;
    ref(toggle, "name").textContent = state.name;
    const { status } = this.#library;
    if (!status || !ref(this.#root, "panel").matches(":popover-open")) return;
    ref(this.#root, "usage").textContent = plural(
      status.pictures,
      "{count} picture, {size} on this device.",
      "{count} pictures, {size} on this device.",
      { size: formatBytes(status.bytes) },
    );
    const failed = button(this.#root, "show-failures");
    failed.hidden = !status.failed;
    failed.textContent = plural(
      status.failed,
      "{count} file could not be opened",
      "{count} files could not be opened",
    );
    const libraries = await this.#library.list().catch(() => []);
    const select = part(this.#root, "which", HTMLSelectElement);
    select.replaceChildren(...libraries.map(({ name }) => new Option(name, name)));
    select.value = state.name;
    ref(this.#root, "which-row").hidden = libraries.length < 2;
    ref(this.#root, "room").textContent = await roomText();
  }

  async #save() {
    const file = await this.#library.copy();
    download(file, file.name);
    announce(t("The library was saved as a file."));
  }

  /** @param {(work: () => Promise<unknown>) => () => unknown} guarded */
  #askForName(guarded) {
    const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("organise-new-library"));
    const field = part(dialog, "library-name", HTMLInputElement);
    this.#open(dialog, async () => {
      const name = await this.#library.freeName(field.value);
      await guarded(() => this.#library.switchTo(name))();
    });
  }

  /** @param {(work: () => Promise<unknown>) => () => unknown} guarded */
  #askToDelete(guarded) {
    const { state, status } = this.#library;
    if (state.state !== "open" || !status) return;
    const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("organise-delete-library"));
    ref(dialog, "delete-title").textContent = t("Delete the library “{name}”?", { name: state.name });
    ref(dialog, "delete-text").textContent = plural(
      status.pictures,
      "This permanently deletes everything the library knows about {count} picture, including your own tags. " +
        "The picture itself stays where it is.",
      "This permanently deletes everything the library knows about {count} pictures, including your own tags. " +
        "The pictures themselves stay where they are.",
    );
    listen(button(dialog, "save-first"), "click", guarded(() => this.#save()));
    this.#open(dialog, async () => void (await guarded(() => this.#library.remove())()));
  }

  async #listFailures() {
    const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("organise-failures"));
    await tryTo(
      this.#library.methods.failures().then(({ files }) => {
        ref(dialog, "failure-list").replaceChildren(
          ...files.map(({ folder, name, message }) => {
            const row = elementFromTemplate("organise-failure");
            ref(row, "path").textContent = folder ? `${folder}/${name}` : name;
            ref(row, "message").textContent = message;
            return row;
          }),
        );
        this.#open(dialog, async () => {});
      }),
    );
  }

  /**
   * Show a dialog, and remove it when it closes. `yes` runs if the user confirmed.
   * @param {HTMLDialogElement} dialog
   * @param {() => Promise<void>} yes
   */
  #open(dialog, yes) {
    listen(dialog, "close", () => {
      if (dialog.returnValue === "yes") void yes();
      dialog.remove();
    });
    document.body.append(dialog);
    ref(this.#root, "panel").hidePopover(); // returns the focus to the menu button, which remains after the dialog
    dialog.showModal();
  }
}

/** A sentence about the free space, and whether the browser may delete the library when the disk is full. */
async function roomText() {
  try {
    const [{ quota = 0, usage = 0 }, isKept] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ]);
    const size = formatBytes(Math.max(0, quota - usage));
    return isKept
      ? t("{size} available.", { size })
      : t("{size} available. The browser may delete the library when the disk is full, so save a copy from time to time.", {
          size,
        });
  } catch {
    return "";
  }
}
