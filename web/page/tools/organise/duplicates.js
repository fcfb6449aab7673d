/** Finds identical, nearly identical and similar pictures. The user marks those to keep, and removes the rest. */

import { notice, tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatBytes, formatCount } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { deleteSpares, moveSpares } from "./discarding.js";
import { JobPanel } from "./job-panel.js";
import { hasDirectoryChooser, chooseDirectory, mayUse } from "./pickers.js";
import { askToChange } from "./placing.js";
import { ReachPanel } from "./reach-panel.js";
import { Tiles } from "./tiles.js";

/** @import { PictureGroup, PlannedMove } from "../../../protocol.d.ts" */
/** @import { Spare } from "./discarding.js" */
/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */

/** @typedef {"exact" | "near" | "similar"} Kind */

/**
 * @typedef {object} DuplicatesOptions
 * @property {Library} library
 * @property {Originals} originals
 * @property {(id: number) => void} onShow
 * @property {(ids: number[]) => void} onSelect
 */

/** How many groups are added at a time, and how many pictures of a group are shown. */
const STEP = 20;
const OF_GROUP = 24;

/** @type {Readonly<Record<Kind, () => string>>} */
const ABOUT = {
  exact: () => t("Identical files, byte for byte."),
  near: () =>
    t(
      "The same picture in another size, format or exposure, rotated or mirrored. " +
        "Only the likely original of each group is marked to keep.",
    ),
  similar: () => t("Pictures that look alike. All are marked to keep; clear the mark of those you do not want."),
};

/** What to do with the rest; the user has to confirm it. @typedef {"forget" | "delete" | "move"} Action */

/**
 * @param {HTMLElement} host
 * @param {DuplicatesOptions} options
 * @returns {() => void} closes the view
 */
export function mountDuplicates(host, options) {
  const view = new DuplicatesView(host, options);
  return () => view.close();
}

class DuplicatesView {
  #root;
  #options;
  #tiles;
  #reach;
  #job;
  /** @type {Kind} */
  #kind = "near";
  /** @type {readonly PictureGroup[]} */
  #groups = [];
  /** Ids that are marked to keep, one set per group. @type {Set<number>[]} */
  #kept = [];
  /** @type {Map<number, PlannedMove>} */
  #files = new Map();
  #shown = 0;
  /** Counts requests, so that a late answer to an earlier one can be ignored. */
  #asked = 0;
  /** @type {{action: Action, directory?: FileSystemDirectoryHandle} | null} */
  #pending = null;
  /** Whether an action is in progress, until the remaining groups have been found again. */
  #isActing = false;
  #off;

  /**
   * @param {HTMLElement} host
   * @param {DuplicatesOptions} options
   */
  constructor(host, options) {
    this.#options = options;
    host.replaceChildren(fromTemplate("duplicates-view"));
    const root = (this.#root = /** @type {HTMLElement} */ (host.firstElementChild));
    this.#tiles = new Tiles(options.library);
    this.#reach = new ReachPanel(ref(root, "reach"), options, () => {});
    this.#job = new JobPanel(ref(root, "job"), () => this.#write());
    this.#off = this.#tiles.on("change", () => this.#fillPictures());
    listen(ref(root, "kinds"), "change", ({ target }) => void this.#find(/** @type {Kind} */ (target.value)));
    listen(button(root, "more"), "click", () => this.#showMore());
    listen(button(root, "select"), "click", () => options.onSelect(this.#rest().map(({ id }) => id)));
    listen(button(root, "forget"), "click", () => this.#askFirst("forget"));
    listen(button(root, "delete"), "click", () => this.#askFirst("delete"));
    listen(button(root, "move"), "click", () => void this.#chooseTarget());
    listen(button(root, "cancel"), "click", () => this.#job.cancel());
    listen(button(root, "not"), "click", () => this.#answer(false));
    listen(button(root, "yes"), "click", () => this.#answer(true));
    void this.#find(this.#kind);
  }

  /** Whether files are being deleted or moved. */
  get busy() {
    return this.#job.busy;
  }

  close() {
    this.#job.cancel();
    this.#off();
    this.#tiles.clear();
  }

  /** @param {Kind} kind */
  async #find(kind) {
    this.#kind = kind;
    const asked = ++this.#asked;
    const { library } = this.#options;
    ref(this.#root, "about").textContent = ABOUT[kind]();
    ref(this.#root, "summary").textContent = t("Searching…");
    this.#pending = null;
    this.#setGroups([]);
    await tryTo(
      (async () => {
        const { groups } = await library.methods.duplicates({ kind });
        const { moves } = await library.methods.plan({ ids: groups.flatMap(({ ids }) => ids), by: [] });
        if (asked !== this.#asked) return;
        this.#files = new Map(moves.map((move) => [move.id, move]));
        this.#setGroups(groups);
        this.#summarise();
        await this.#reach.show(moves);
      })(),
    );
  }

  /** @param {readonly PictureGroup[]} groups */
  #setGroups(groups) {
    this.#groups = groups;
    this.#kept = groups.map(({ ids }) => new Set(this.#kind === "similar" ? ids : ids.slice(0, 1)));
    this.#shown = 0;
    ref(this.#root, "groups").replaceChildren();
    this.#showMore();
    this.#write();
  }

  #showMore() {
    const list = ref(this.#root, "groups");
    const until = Math.min(this.#shown + STEP, this.#groups.length);
    for (let index = this.#shown; index < until; index += 1) list.append(this.#groupRow(index));
    this.#shown = until;
    button(this.#root, "more").hidden = until >= this.#groups.length;
    this.#fillPictures();
    this.#tiles.want([...list.querySelectorAll("[data-id]")].map((row) => Number(/** @type {HTMLElement} */ (row).dataset.id)));
  }

  /** @param {number} index */
  #groupRow(index) {
    const { ids, sizes, reason, turns } = /** @type {PictureGroup} */ (this.#groups[index]);
    const row = elementFromTemplate("duplicates-group");
    ref(row, "title").textContent = plural(ids.length, "{count} picture", "{count} pictures");
    const rest = Math.max(0, ids.length - OF_GROUP);
    ref(row, "rest").hidden = !rest;
    ref(row, "rest").textContent = plural(rest, "and {count} more", "and {count} more");
    ref(row, "pictures").replaceChildren(
      ...ids.slice(0, OF_GROUP).map((id, place) => {
        const picture = elementFromTemplate("duplicates-picture");
        picture.dataset.id = String(id);
        ref(picture, "bytes").textContent = formatBytes(sizes[place] ?? 0);
        const best = ref(picture, "reason");
        best.hidden = place !== 0 || !reason;
        best.textContent = reason;
        ref(picture, "turn").hidden = !turns[place];
        ref(picture, "turn").textContent = turns[place] ?? "";
        const keep = part(picture, "keep", HTMLInputElement);
        keep.checked = this.#kept[index]?.has(id) ?? false;
        listen(keep, "change", () => this.#mark(index, id, keep));
        listen(button(picture, "show"), "click", () => this.#options.onShow(id));
        return picture;
      }),
    );
    return row;
  }

  /**
   * @param {number} index
   * @param {number} id
   * @param {HTMLInputElement} box_
   */
  #mark(index, id, box_) {
    const kept = this.#kept[index];
    if (!kept) return;
    if (box_.checked) kept.add(id);
    else if (kept.size > 1) kept.delete(id);
    else {
      box_.checked = true;
      notice(t("Keep at least one picture of each group."));
    }
    this.#summarise();
    this.#write();
  }

  #fillPictures() {
    for (const row of ref(this.#root, "groups").querySelectorAll("[data-id]")) {
      const id = Number(/** @type {HTMLElement} */ (row).dataset.id);
      const tile = this.#tiles.get(id);
      const file = this.#files.get(id);
      if (file) {
        ref(row, "name").textContent = file.name;
        ref(row, "folder").textContent = file.folder;
        const path = `${file.folder}/${file.name}`;
        part(row, "keep", HTMLInputElement).setAttribute("aria-label", t("Keep {path}", { path }));
        button(row, "show").setAttribute("aria-label", t("Show {path}", { path }));
      }
      if (!tile) continue;
      const image = part(row, "image", HTMLImageElement);
      if (image.src !== tile.source) image.src = tile.source;
      ref(row, "dimensions").textContent = `${formatCount(tile.width)} × ${formatCount(tile.height)}`;
    }
  }

  /** The pictures that are not marked to keep. */
  #rest() {
    return this.#groups.flatMap(({ ids, sizes }, index) =>
      ids.flatMap((id, place) => (this.#kept[index]?.has(id) ? [] : [{ id, bytes: sizes[place] ?? 0, index }])),
    );
  }

  /** @returns {Spare[]} */
  #spares() {
    return this.#rest().flatMap(({ id, index }) => {
      const picture = this.#files.get(id);
      const kept = [...(this.#kept[index] ?? [])].flatMap((one) => this.#files.get(one) ?? []);
      return picture && kept.length ? [{ picture, kept }] : [];
    });
  }

  #summarise() {
    const rest = this.#rest();
    const bytes = rest.reduce((sum, one) => sum + one.bytes, 0);
    const unmarked = rest.length
      ? plural(rest.length, "{count} picture not marked to keep, {size}.", "{count} pictures not marked to keep, {size}.", {
          size: formatBytes(bytes),
        })
      : t("All are marked to keep.");
    ref(this.#root, "summary").textContent = this.#groups.length
      ? `${plural(this.#groups.length, "{count} group.", "{count} groups.")} ${unmarked}`
      : t("None found.");
  }

  /** Show and enable the actions that are possible now. */
  #write() {
    const root = this.#root;
    const isBusy = this.#job.busy || this.#isActing;
    const isAsking = this.#pending !== null;
    const isNone = !this.#rest().length;
    ref(root, "actions").hidden = isBusy || isAsking || !this.#groups.length;
    for (const name of ["select", "forget", "delete", "move"]) button(root, name).disabled = isNone;
    for (const name of ["delete", "move"]) button(root, name).hidden = !hasDirectoryChooser();
    button(root, "cancel").hidden = !this.#job.busy;
    ref(root, "asking").hidden = !isAsking;
    part(root, "choices", HTMLFieldSetElement).disabled = isBusy || isAsking;
  }

  async #chooseTarget() {
    const directory = await chooseDirectory("onsight-sort", "readwrite");
    if (!directory) return;
    if (await mayUse(directory, "readwrite")) this.#askFirst("move", directory);
    else notice(t("Onsight is not allowed to write to “{folder}”. Nothing was moved.", { folder: directory.name }));
  }

  /**
   * @param {Action} action
   * @param {FileSystemDirectoryHandle} [directory]
   */
  #askFirst(action, directory) {
    const rest = this.#rest();
    const bytes = rest.reduce((sum, one) => sum + one.bytes, 0);
    this.#pending = directory ? { action, directory } : { action };
    const { title, text, yes } = question(action, rest.length, bytes, directory?.name ?? "");
    ref(this.#root, "asking-title").textContent = title;
    ref(this.#root, "asking-text").textContent = text;
    button(this.#root, "yes").textContent = yes;
    this.#job.clear();
    this.#write();
    button(this.#root, "not").focus();
  }

  /** @param {boolean} isYes */
  async #answer(isYes) {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = null;
    if (isYes) {
      this.#isActing = true;
      await this.#act(pending).finally(() => (this.#isActing = false));
    }
    this.#write();
    button(this.#root, "select").focus();
  }

  /** @param {{action: Action, directory?: FileSystemDirectoryHandle}} pending */
  async #act({ action, directory }) {
    const { library } = this.#options;
    if (action === "forget") {
      const ids = this.#rest().map(({ id }) => id);
      await tryTo(library.methods.remove({ ids }));
    } else {
      const spares = this.#spares();
      if (!(await askToChange(this.#options.originals, spares.map(({ picture }) => picture)))) {
        notice(t("Nothing was changed: Onsight is not allowed to change the folders of these files."));
        return;
      }
      const mustBeSame = this.#kind === "exact";
      await this.#job.run(
        (options) =>
          directory
            ? moveSpares(this.#options, directory, spares, options)
            : deleteSpares(this.#options, spares, { mustBeSame }, options),
        ({ written }) =>
          directory
            ? plural(written, "{count} file moved.", "{count} files moved.")
            : plural(written, "{count} file deleted.", "{count} files deleted."),
      );
    }
    await library.refresh();
    await this.#find(this.#kind);
  }
}

/**
 * The question before an action.
 * @param {Action} action
 * @param {number} count of pictures
 * @param {number} bytes
 * @param {string} folder that files would be moved to
 */
function question(action, count, bytes, folder) {
  if (action === "forget") {
    return {
      title: plural(count, "Remove {count} picture from the library?", "Remove {count} pictures from the library?"),
      text: t("The library forgets everything about them, including your own tags. The files stay where they are."),
      yes: t("Remove"),
    };
  }
  if (action === "delete") {
    return {
      title: plural(
        count,
        "Delete the file of {count} picture permanently?",
        "Delete the files of {count} pictures permanently?",
      ),
      text: t("This frees {size}. One picture of each group stays. You cannot undo this.", { size: formatBytes(bytes) }),
      yes: t("Delete permanently"),
    };
  }
  return {
    title: plural(
      count,
      "Move {count} picture to “{folder}/Duplicates”?",
      "Move {count} pictures to “{folder}/Duplicates”?",
      { folder },
    ),
    text: t("They are removed from their folders and from the library. One picture of each group stays."),
    yes: t("Move"),
  };
}
