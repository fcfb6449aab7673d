/** The export dialog: tables, boxes, contact sheets, copies with keywords, sidecars. */

import { notice } from "../../lib/announce.js";
import { download } from "../../lib/download.js";
import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";
import { JobPanel } from "./job-panel.js";
import { hasDirectoryChooser, chooseArchive, chooseDirectory, mayUse } from "./pickers.js";
import { askToChange } from "./placing.js";
import { preferences } from "./preferences.js";
import { ReachPanel } from "./reach-panel.js";
import { zipSummary } from "./sort-dialog.js";
import { keywordCopyOf, sidecarOutputOf, writeBeside } from "./tagged-files.js";
import { emptyReport, writeIntoFolder, writeZip } from "../../lib/writing.js";

/** @import { PlannedMove } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */
/** @import { Originals } from "./originals.js" */
/** @import { Output } from "../../lib/writing.js" */

/** Formats made from the pictures' files; the library writes all other formats by itself. */
const COPIES = "copies";
const SIDECARS = "sidecars";

/** Formats that include the pictures as well as their labels. */
const DATA_SETS = ["yolo", "voc"];

const boxes = () => t("Contains only pictures that were imported with “Detect objects too”.");
const dataSet = () =>
  `${boxes()} ${t("Save with the pictures for a data set ready for training, or save only the labels and add the pictures yourself.")}`;

/** Explains formats whose names do not say enough. @type {Readonly<Record<string, () => string>>} */
const HELP = {
  [COPIES]: () => t("Copies of JPEG, PNG and WebP pictures with their tags inside, so that other programs can find them."),
  [SIDECARS]: () => t("NAME.jpg.xmp for each picture. Tags are added to existing sidecars; their other content is kept."),
  xmp: () =>
    t("NAME.jpg.xmp for each picture, with its tags, rating, title and description, without the file’s other metadata."),
  coco: boxes,
  yolo: dataSet,
  voc: dataSet,
  labelstudio: boxes,
  html: () => t("A single page to view or print, with all pictures inside."),
};

/**
 * @param {{library: Library, originals: Originals, ids: readonly number[]}} what
 * @returns {HTMLDialogElement}
 */
export function openExporting(what) {
  return new ExportDialog(what).root;
}

class ExportDialog {
  root = /** @type {HTMLDialogElement} */ (elementFromTemplate("export-library-dialog"));
  #library;
  #originals;
  #ids;
  #format = part(this.root, "format", HTMLSelectElement);
  #name = part(this.root, "file-name", HTMLInputElement);
  #others = part(this.root, "others", HTMLInputElement);
  #reach;
  #job;
  /** The pictures' files; null until the library has listed them. @type {PlannedMove[] | null} */
  #files = null;

  /** @param {{library: Library, originals: Originals, ids: readonly number[]}} what */
  constructor({ library, originals, ids }) {
    this.#library = library;
    this.#originals = originals;
    this.#ids = ids;
    const { root } = this;
    this.#reach = new ReachPanel(ref(root, "reach"), { library, originals }, () => this.#write());
    this.#job = new JobPanel(ref(root, "job"), () => this.#write());
    ref(root, "export-title").textContent = plural(ids.length, "Export {count} picture", "Export {count} pictures");
    listen(this.#format, "change", () => void this.#choose());
    listen(button(root, "save"), "click", () => void this.#save());
    listen(button(root, "zip"), "click", () => void this.#intoZip());
    listen(button(root, "folder"), "click", () => void this.#intoFolder());
    listen(button(root, "beside"), "click", () => void this.#besidePictures());
    listen(button(root, "export-close"), "click", () => root.close());
    listen(button(root, "export-cancel"), "click", () => (this.#job.busy ? this.#job.cancel() : root.close()));
    listen(root, "cancel", (event) => this.#job.busy && event.preventDefault());
    listen(root, "click", ({ target }) => target === root && !this.#job.busy && root.close());
    listen(root, "close", () => {
      this.#job.cancel();
      root.remove();
    });
    document.body.append(root);
    root.showModal();
    this.#write();
    void this.#begin();
  }

  async #begin() {
    const [{ formats }, { moves }] = await Promise.all([
      this.#library.methods.choices(),
      this.#library.methods.plan({ ids: [...this.#ids], by: [] }),
    ]);
    this.#files = moves;
    this.#format.append(...formats.map(({ id, name }) => new Option(name, id)));
    const wanted = preferences.exportFormat;
    if ([...this.#format.options].some(({ value }) => value === wanted)) this.#format.value = wanted;
    await this.#choose();
  }

  async #choose() {
    const format = this.#format.value;
    preferences.exportFormat = format;
    this.#job.clear();
    this.#write();
    const isOfFiles = format === COPIES || format === SIDECARS || DATA_SETS.includes(format);
    await this.#reach.show(isOfFiles ? (this.#files ?? []) : [], { sidecars: format === SIDECARS });
  }

  /** Show and enable the actions that are possible now. */
  #write() {
    const { root } = this;
    const format = this.#format.value;
    const isBusy = this.#job.busy;
    const [isCopies, isSidecars] = [format === COPIES, format === SIDECARS];
    const isDataSet = DATA_SETS.includes(format);
    const isPlain = !isCopies && !isSidecars;
    part(root, "export-choices", HTMLFieldSetElement).disabled = isBusy;
    ref(root, "format-help").textContent = HELP[format]?.() ?? "";
    ref(root, "others-row").hidden = !isCopies;
    button(root, "save").hidden = isBusy || !isPlain;
    button(root, "zip").hidden = isBusy || (isPlain && !isDataSet);
    ref(root, "zip-text").textContent = isDataSet ? t("Save with the pictures") : t("Save as ZIP");
    button(root, "folder").hidden = isBusy || !(isCopies || isDataSet) || !hasDirectoryChooser();
    button(root, "beside").hidden = isBusy || !isSidecars || !hasDirectoryChooser();
    for (const name of ["zip", "folder", "beside"]) button(root, name).disabled = this.#files === null;
    button(root, "zip").classList.toggle("button--primary", !hasDirectoryChooser());
    button(root, "export-cancel").textContent = isBusy ? t("Cancel") : t("Close");
    button(root, "export-close").disabled = isBusy;
  }

  get #stem() {
    return this.#name.value.trim().replace(/[\\/:*?"<>|]/g, "-").slice(0, 100) || "onsight";
  }

  async #outputs() {
    if (DATA_SETS.includes(this.#format.value)) return this.#dataSet();
    const organiser = { library: this.#library, originals: this.#originals, listings: new Map() };
    const files = this.#files ?? [];
    if (this.#format.value === SIDECARS) return files.map((file) => sidecarOutputOf(organiser, file));
    return files.map((file) => keywordCopyOf(organiser, file, { withOthers: this.#others.checked }));
  }

  /** @returns {Promise<Output[]>} */
  async #dataSet() {
    const format = this.#format.value;
    const { texts, images } = await this.#library.retrying.dataset({ ids: [...this.#ids], format });
    const files = new Map((this.#files ?? []).map((file) => [file.id, file]));
    const modified = Date.now();
    return [
      ...texts.map(({ path, text }) => ({ path, modified, open: async () => new Blob([text]) })),
      ...images.flatMap(({ id, path }) => {
        const file = files.get(id);
        return file ? [{ path, modified: file.modified_ms, open: () => this.#originals.open(file) }] : [];
      }),
    ];
  }

  async #save() {
    let saved = "";
    await this.#job.run(
      async ({ say, signal }) => {
        say(t("Writing the file…"));
        const { value: format } = this.#format;
        const file = await this.#library.retrying.export({ ids: [...this.#ids], format, name: this.#stem }, { signal });
        saved = file.name;
        download(new Blob([file.data], { type: file.media_type }), file.name);
        return { ...emptyReport(), written: this.#ids.length };
      },
      ({ written }) => (written ? t("Saved as “{name}”.", { name: saved }) : t("Nothing was saved.")),
    );
  }

  async #intoZip() {
    const name = `${this.#stem}.zip`;
    const target = await chooseArchive(name);
    if (target === null) return;
    const format = this.#format.value;
    const content = format === COPIES ? "pictures" : format === SIDECARS ? "sidecars" : "files";
    await this.#job.run(
      async (options) => writeZip(name, target, await this.#outputs(), options),
      (report) => zipSummary(report, target?.name ?? name, content),
    );
  }

  async #intoFolder() {
    const directory = await chooseDirectory("onsight-export", "readwrite");
    if (!directory) return;
    if (!(await mayUse(directory, "readwrite"))) {
      notice(t("Onsight is not allowed to write to “{folder}”. Nothing was written.", { folder: directory.name }));
      return;
    }
    const isDataSet = DATA_SETS.includes(this.#format.value);
    const folder = { folder: directory.name };
    await this.#job.run(
      async (options) => writeIntoFolder(directory, await this.#outputs(), options),
      ({ written }) =>
        isDataSet
          ? plural(written, "{count} file written to “{folder}”.", "{count} files written to “{folder}”.", folder)
          : plural(written, "{count} picture copied to “{folder}”.", "{count} pictures copied to “{folder}”.", folder),
    );
  }

  async #besidePictures() {
    const files = this.#files ?? [];
    const count = await askToChange(this.#originals, files);
    if (!count) {
      notice(t("Onsight is not allowed to write to the folders of these pictures. Save the sidecars as a ZIP instead."));
      return;
    }
    let unchanged = 0;
    await this.#job.run(
      async (options) => {
        const organiser = { library: this.#library, originals: this.#originals, listings: new Map() };
        const report = await writeBeside(organiser, files, options);
        unchanged = report.unchanged;
        return report;
      },
      ({ written }) => {
        const saved = plural(
          written,
          "{count} sidecar written next to its picture.",
          "{count} sidecars written next to their pictures.",
        );
        if (!unchanged) return saved;
        return `${saved} ${plural(unchanged, "{count} already had all tags.", "{count} already had all tags.")}`;
      },
    );
  }
}
