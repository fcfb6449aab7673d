/** The dialog that sorts pictures into folders: shows where each would go, then copies, moves or archives them. */

import { notice } from "../../lib/announce.js";
import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";
import { OnsightError } from "../../../common/messenger.js";
import { JobPanel } from "./job-panel.js";
import { hasDirectoryChooser, chooseArchive, chooseDirectory, mayUse } from "./pickers.js";
import { askToChange, copyInto, moveInto, outputsOf, planWhole, ruleText } from "./placing.js";
import { preferences } from "./preferences.js";
import { ReachPanel } from "./reach-panel.js";
import { showPreview } from "./sort-preview.js";
import { SortRules } from "./sort-rules.js";
import { writeZip } from "../../lib/writing.js";

/** @import { LibraryChoices, PlannedMove, SortingPlan } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */
/** @import { Sorting } from "./preferences.js" */
/** @import { WriteReport } from "../../lib/writing.js" */

/** The plan is updated this many milliseconds after the last key press. */
const PAUSE_MS = 300;

/** How many example names are shown below the pattern. */
const EXAMPLES = 3;

/** Up to this many pictures are planned in one step; with more, the examples are planned first. */
const AT_ONCE = 1000;

/** How many levels of folders there can be. */
const MAX_LEVELS = 4;

const OWN_RULES = "rule";

/**
 * @param {{library: Library, originals: Originals, ids: readonly number[]}} what
 * @returns {HTMLDialogElement}
 */
export function openSorting(what) {
  return new SortDialog(what).root;
}

class SortDialog {
  root = /** @type {HTMLDialogElement} */ (elementFromTemplate("sort-dialog"));
  #library;
  #originals;
  #ids;
  #pattern = part(this.root, "pattern", HTMLInputElement);
  #rules;
  #reach;
  #job;
  /** @type {string[]} */
  #by;
  /** @type {LibraryChoices["groupings"]} */
  #groupings = [];
  /** @type {SortingPlan | null} */
  #plan = null;
  #timer = 0;
  /** Counts requests, so that a late answer to an earlier one can be ignored. */
  #asked = 0;
  /** The folder to move pictures to, until the user confirms. @type {FileSystemDirectoryHandle | null} */
  #target = null;

  /** @param {{library: Library, originals: Originals, ids: readonly number[]}} what */
  constructor({ library, originals, ids }) {
    this.#library = library;
    this.#originals = originals;
    this.#ids = ids;
    const { root } = this;
    const { by, rules, pattern } = preferences.sorting;
    this.#by = by;
    this.#pattern.value = pattern;
    this.#rules = new SortRules(ref(root, "rules"), rules, () => this.#changed());
    this.#rules.offer(library.status?.searches ?? []);
    this.#reach = new ReachPanel(ref(root, "reach"), { library, originals }, () => void this.#ask());
    this.#job = new JobPanel(ref(root, "job"), () => this.#write());
    ref(root, "sort-title").textContent = plural(
      ids.length,
      "Sort {count} picture into folders",
      "Sort {count} pictures into folders",
    );
    listen(this.#pattern, "input", () => this.#changed());
    listen(button(root, "copy"), "click", () => void this.#intoFolder());
    listen(button(root, "move"), "click", () => void this.#chooseWhereToMove());
    listen(button(root, "move-now"), "click", () => void this.#move());
    listen(button(root, "move-not"), "click", () => {
      this.#target = null;
      this.#write();
      button(root, "move").focus();
    });
    listen(button(root, "zip"), "click", () => void this.#intoZip());
    listen(button(root, "sort-close"), "click", () => root.close());
    listen(button(root, "sort-cancel"), "click", () => (this.#job.busy ? this.#job.cancel() : root.close()));
    listen(root, "cancel", (event) => this.#job.busy && event.preventDefault());
    listen(root, "click", ({ target }) => target === root && !this.#job.busy && root.close());
    listen(root, "close", () => {
      this.#job.cancel();
      clearTimeout(this.#timer);
      root.remove();
    });
    document.body.append(root);
    root.showModal();
    this.#write();
    void this.#begin();
  }

  async #begin() {
    const { groupings, pattern } = await this.#library.methods.choices();
    this.#groupings = [...groupings, { id: OWN_RULES, name: t("Custom rules") }];
    const known = new Set(this.#groupings.map(({ id }) => id));
    this.#by = this.#by.filter((id) => known.has(id));
    ref(this.root, "legend").replaceChildren(
      ...pattern.map(({ id, name }) => {
        const row = elementFromTemplate("sort-field");
        const press = button(row, "insert");
        press.textContent = id;
        ref(row, "help").textContent = name;
        listen(press, "click", () => this.#insert(id));
        return row;
      }),
    );
    this.#writeLevels();
    await this.#ask();
  }

  /** @returns {Sorting} */
  get #sorting() {
    return { by: this.#by, rules: this.#rules.rules, pattern: this.#pattern.value };
  }

  #changed() {
    this.#job.clear();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), PAUSE_MS);
  }

  /** Request a plan, and show it. */
  async #ask() {
    const asked = ++this.#asked;
    const sorting = this.#sorting;
    preferences.sorting = sorting;
    const rules = sorting.by.includes(OWN_RULES) ? sorting.rules.map(ruleText) : [];
    ref(this.root, "summary").textContent = t("Planning…");
    /** @type {OnsightError | null} */
    let error = null;
    try {
      const { by, pattern } = sorting;
      if (this.#ids.length > AT_ONCE) {
        const some = await this.#library.methods.plan({ ids: this.#ids.slice(0, EXAMPLES), by, rules, pattern });
        if (asked !== this.#asked) return;
        this.#showExamples(some.moves);
      }
      const plan = await this.#library.methods.plan({ ids: [...this.#ids], by, rules, pattern });
      const whole = asked === this.#asked ? await planWhole(this.#organiser, this.#ids, sorting, plan) : plan;
      if (asked !== this.#asked) return;
      this.#plan = whole;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      if (!(thrown instanceof OnsightError)) throw thrown;
      error = thrown;
      this.#plan = null;
    }
    this.#showError(error);
    this.#showPlan();
    this.#write();
    if (this.#plan) await this.#reach.show(this.#plan.moves);
  }

  /** @param {OnsightError | null} error */
  #showError(error) {
    const index = /** @type {{rule?: number} | null} */ (error?.detail ?? null)?.rule ?? null;
    this.#rules.showError(index, index === null ? null : error);
    const line = ref(this.root, "pattern-error");
    const isOfRules = index !== null || this.#isWithoutRules;
    line.hidden = !error || isOfRules;
    line.textContent = error?.message ?? "";
    this.#pattern.setAttribute("aria-invalid", String(!line.hidden));
  }

  get #organiser() {
    return { library: this.#library, originals: this.#originals };
  }

  get #isWithoutRules() {
    return this.#by.includes(OWN_RULES) && !this.#rules.rules.length;
  }

  #showPlan() {
    const summary = ref(this.root, "summary");
    const tree = ref(this.root, "tree");
    if (!this.#plan) {
      summary.textContent = this.#isWithoutRules ? t("Write a rule to see where the pictures go.") : "";
      tree.replaceChildren();
      this.#showExamples([]);
      return;
    }
    const { moves, folders, left } = this.#plan;
    const count = folders.filter(({ name }) => name).length;
    const where = { folders: plural(count, "{count} folder", "{count} folders") };
    summary.textContent = count
      ? plural(moves.length, "{count} picture goes into {folders}:", "{count} pictures go into {folders}:", where)
      : plural(moves.length, "{count} picture, without folders:", "{count} pictures, without folders:");
    showPreview(tree, moves, left);
    this.#showExamples(moves.slice(0, EXAMPLES));
  }

  /** @param {readonly PlannedMove[]} moves */
  #showExamples(moves) {
    ref(this.root, "examples").replaceChildren(
      ...moves.map(({ name, target }) => {
        const row = elementFromTemplate("sort-example");
        ref(row, "before").textContent = name;
        ref(row, "after").textContent = target.slice(target.lastIndexOf("/") + 1);
        return row;
      }),
    );
  }

  /** Show a choice of grouping for each level of folders. */
  #writeLevels() {
    const count = Math.min(this.#by.length + 1, MAX_LEVELS);
    const selects = Array.from({ length: count }, (_, level) => {
      const select = /** @type {HTMLSelectElement} */ (elementFromTemplate("sort-level"));
      const others = this.#by.filter((_, other) => other !== level);
      select.append(
        new Option(level ? t("no subfolders") : t("no folders"), ""),
        ...this.#groupings.filter(({ id }) => !others.includes(id)).map(({ id, name }) => new Option(name, id)),
      );
      select.value = this.#by[level] ?? "";
      const label = level ? t("Subfolders by, level {level}", { level: level + 1 }) : t("Folders by");
      select.setAttribute("aria-label", label);
      listen(select, "change", () => {
        this.#by.splice(level, 1, ...(select.value ? [select.value] : []));
        if (select.value === OWN_RULES) this.#rules.begin();
        this.#writeLevels();
        const heirs = ref(this.root, "levels").querySelectorAll("select");
        heirs[Math.min(level, heirs.length - 1)]?.focus();
        this.#changed();
      });
      return select;
    });
    ref(this.root, "levels").replaceChildren(...selects);
    ref(this.root, "rules").hidden = !this.#by.includes(OWN_RULES);
  }

  /** @param {string} field to insert at the cursor */
  #insert(field) {
    const { value, selectionStart, selectionEnd } = this.#pattern;
    const from = selectionStart ?? value.length;
    this.#pattern.setRangeText(field, from, selectionEnd ?? from, "end");
    this.#pattern.focus();
    this.#changed();
  }

  /** Show and enable the actions that are possible now. */
  #write() {
    const { root } = this;
    const isBusy = this.#job.busy;
    const isMoving = this.#target !== null && !isBusy;
    part(root, "sort-choices", HTMLFieldSetElement).disabled = isBusy || isMoving;
    for (const name of ["copy", "move", "zip"]) button(root, name).disabled = !this.#plan?.moves.length;
    button(root, "copy").hidden = isBusy || isMoving || !hasDirectoryChooser();
    button(root, "move").hidden = isBusy || isMoving || !hasDirectoryChooser();
    button(root, "zip").hidden = isBusy || isMoving;
    button(root, "zip").classList.toggle("button--primary", !hasDirectoryChooser());
    button(root, "sort-cancel").hidden = isMoving;
    button(root, "sort-cancel").textContent = isBusy ? t("Cancel") : t("Close");
    button(root, "sort-close").disabled = isBusy;
    ref(root, "moving").hidden = !isMoving;
  }

  async #intoFolder() {
    const directory = await this.#chooseTarget();
    const plan = this.#plan;
    if (!directory || !plan) return;
    let there = 0;
    await this.#job.run(
      async (options) => {
        const fitting = await planWhole(this.#organiser, this.#ids, this.#sorting, plan, directory);
        there = fitting.moves.filter((move) => move.is_there).length;
        return copyInto(this.#originals, directory, fitting, options);
      },
      ({ written }) => {
        const folder = { folder: directory.name };
        const copied = plural(
          written,
          "{count} picture copied to “{folder}”.",
          "{count} pictures copied to “{folder}”.",
          folder,
        );
        return there ? `${copied} ${plural(there, "{count} was already there.", "{count} were already there.")}` : copied;
      },
    );
  }

  async #chooseWhereToMove() {
    this.#target = await this.#chooseTarget();
    if (!this.#target || !this.#plan) return;
    const roots = await this.#originals.roots();
    const { moves } = this.#plan;
    const count = moves.filter(({ folder }) => roots.has(folder.split("/", 1)[0] ?? "")).length;
    ref(this.root, "moving-title").textContent = t("Move to “{folder}”?", { folder: this.#target.name });
    const rest = moves.length - count;
    const words = [
      count
        ? plural(
            count,
            "The original of {count} picture is deleted once its copy is complete.",
            "The originals of {count} pictures are deleted once their copies are complete.",
          )
        : "",
      rest
        ? plural(
            rest,
            "{count} picture can only be copied, because the browser does not let Onsight delete the original. " +
              "That needs a folder that was added with “Add a folder”.",
            "{count} pictures can only be copied, because the browser does not let Onsight delete the originals. " +
              "That needs a folder that was added with “Add a folder”.",
          )
        : "",
    ];
    ref(this.root, "moving-text").textContent = words.filter(Boolean).join(" ");
    this.#write();
    button(this.root, "move-not").focus();
  }

  async #move() {
    const directory = this.#target;
    const plan = this.#plan;
    if (!directory || !plan) return;
    const permitted = await askToChange(this.#originals, plan.moves);
    this.#target = null;
    if (!permitted) {
      this.#write();
      notice(t("Nothing was moved: Onsight is not allowed to change these folders."));
      return;
    }
    await this.#job.run(
      async (options) => {
        const fitting = await planWhole(this.#organiser, this.#ids, this.#sorting, plan, directory);
        return moveInto(this.#organiser, directory, fitting, options);
      },
      ({ written, failures }) => {
        const folder = { folder: directory.name };
        const moved = plural(
          written,
          "{count} picture moved to “{folder}”.",
          "{count} pictures moved to “{folder}”.",
          folder,
        );
        return failures.length ? `${moved} ${t("Some originals may not have been deleted; see below.")}` : moved;
      },
    );
    await this.#library.refresh();
  }

  async #chooseTarget() {
    const directory = await chooseDirectory("onsight-sort", "readwrite");
    if (!directory || (await mayUse(directory, "readwrite"))) return directory;
    notice(t("Onsight is not allowed to write to “{folder}”. Nothing was written.", { folder: directory.name }));
    return null;
  }

  async #intoZip() {
    const plan = this.#plan;
    if (!plan) return;
    const name = "onsight-sorted.zip";
    const target = await chooseArchive(name);
    if (target === null) return;
    await this.#job.run(
      async (options) => {
        const whole = await planWhole(this.#organiser, this.#ids, this.#sorting, plan);
        const outputs = outputsOf(this.#originals, whole.moves);
        return writeZip(name, target, outputs, options);
      },
      (report) => zipSummary(report, target?.name ?? name, "pictures"),
    );
  }
}

/**
 * A sentence about a saved archive.
 * @param {WriteReport} report
 * @param {string} name of the archive
 * @param {"pictures" | "sidecars" | "files"} content
 */
export function zipSummary({ written, problem, isCancelled }, name, content) {
  if (problem || isCancelled) return t("Nothing was saved.");
  if (content === "pictures") {
    return plural(written, "{count} picture saved in “{name}”.", "{count} pictures saved in “{name}”.", { name });
  }
  if (content === "sidecars") {
    return plural(written, "{count} sidecar saved in “{name}”.", "{count} sidecars saved in “{name}”.", { name });
  }
  return plural(written, "{count} file saved in “{name}”.", "{count} files saved in “{name}”.", { name });
}
