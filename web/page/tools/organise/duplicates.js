/** Pictures that are the same, all but the same, or alike: which one to keep, and what becomes of the rest. */

import { notice, tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatBytes, formatCount, formatPlural } from "../../lib/format.js";
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

/** Groups that are written at a time, and pictures of one group. */
const STEP = 20;
const OF_GROUP = 24;

/** @type {Readonly<Record<Kind, string>>} */
const ABOUT = {
  exact: "Files that are the same, byte for byte.",
  near: "The same picture in another size, format or light, turned or mirrored. Only the one that the others seem to be made from is marked to be kept.",
  similar: "Pictures of much the same thing. All are marked to be kept; take the mark from those that you do not want.",
};

/** What is done with the rest, after a question. @typedef {"forget" | "delete" | "move"} Deed */

/**
 * @param {HTMLElement} host
 * @param {DuplicatesOptions} options
 * @returns {() => void} ends it
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
  /** Ids that are marked to be kept, a set for each group. @type {Set<number>[]} */
  #kept = [];
  /** @type {Map<number, PlannedMove>} */
  #files = new Map();
  #shown = 0;
  /** Counts questions: what comes late is of no use. */
  #asked = 0;
  /** @type {{deed: Deed, directory?: FileSystemDirectoryHandle} | null} */
  #pending = null;
  /** Whether a deed goes on, until what is left has been found again. */
  #isDoing = false;
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

  /** Whether something is under way. */
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
    ref(this.#root, "about").textContent = ABOUT[kind];
    ref(this.#root, "summary").textContent = "Looking for them…";
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
    ref(row, "title").textContent = formatPlural(ids.length, "picture");
    ref(row, "rest").hidden = ids.length <= OF_GROUP;
    ref(row, "rest").textContent = `and ${formatCount(ids.length - OF_GROUP)} more`;
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
      notice("One of each group is kept.");
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
        part(row, "keep", HTMLInputElement).setAttribute("aria-label", `Keep ${file.folder}/${file.name}`);
        button(row, "show").setAttribute("aria-label", `Show ${file.folder}/${file.name}`);
      }
      if (!tile) continue;
      const image = part(row, "image", HTMLImageElement);
      if (image.src !== tile.source) image.src = tile.source;
      ref(row, "dimensions").textContent = `${formatCount(tile.width)} × ${formatCount(tile.height)}`;
    }
  }

  /** What is not marked to be kept. */
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
    const words = rest.length
      ? `${formatPlural(rest.length, "picture")} not marked to be kept, ${formatBytes(bytes)}.`
      : "All are marked to be kept.";
    ref(this.#root, "summary").textContent = this.#groups.length
      ? `${formatPlural(this.#groups.length, "group")}. ${words}`
      : "There are none.";
  }

  /** Show what can be done now. */
  #write() {
    const root = this.#root;
    const isBusy = this.#job.busy || this.#isDoing;
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
    else notice(`Onsight may not write into “${directory.name}”. Nothing was moved.`);
  }

  /**
   * @param {Deed} deed
   * @param {FileSystemDirectoryHandle} [directory]
   */
  #askFirst(deed, directory) {
    const rest = this.#rest();
    const count = formatPlural(rest.length, "picture");
    const bytes = formatBytes(rest.reduce((sum, one) => sum + one.bytes, 0));
    this.#pending = directory ? { deed, directory } : { deed };
    const [title, text, yes] = {
      forget: [`Take ${count} out of the library?`, "What the library knows of them goes, with your own tags. The files stay where they are.", "Take out"],
      delete: [`Delete the files of ${count} for good?`, `${bytes} become free. One of each group stays. There is no way back.`, "Delete for good"],
      move: [`Move ${count} into “${directory?.name ?? ""}/Duplicates”?`, "They leave their folders and the library. One of each group stays.", "Move"],
    }[deed];
    ref(this.#root, "asking-title").textContent = title ?? "";
    ref(this.#root, "asking-text").textContent = text ?? "";
    button(this.#root, "yes").textContent = yes ?? "";
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
      this.#isDoing = true;
      await this.#do(pending).finally(() => (this.#isDoing = false));
    }
    this.#write();
    button(this.#root, "select").focus();
  }

  /** @param {{deed: Deed, directory?: FileSystemDirectoryHandle}} pending */
  async #do({ deed, directory }) {
    const { library } = this.#options;
    if (deed === "forget") {
      const ids = this.#rest().map(({ id }) => id);
      await tryTo(library.methods.remove({ ids }));
    } else {
      const spares = this.#spares();
      if (!(await askToChange(this.#options.originals, spares.map(({ picture }) => picture)))) {
        notice("Nothing was changed: Onsight may not change the folders that these files lie in.");
        return;
      }
      const mustBeSame = this.#kind === "exact";
      await this.#job.run(
        (options) =>
          directory
            ? moveSpares(this.#options, directory, spares, options)
            : deleteSpares(this.#options, spares, { mustBeSame }, options),
        ({ written }) => `${formatPlural(written, "file")} ${directory ? "moved" : "deleted"}.`,
      );
    }
    await library.refresh();
    await this.#find(this.#kind);
  }
}
