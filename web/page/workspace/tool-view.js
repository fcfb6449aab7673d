/** The view of a picture tool: the list of pictures, the selected picture, and its result. */

import { announce } from "../lib/announce.js";
import { beforePaint, fromTemplate, keepFocus, listen, part, ref, setProgress } from "../lib/dom.js";
import { plural, t } from "../lib/texts.js";
import { canChooseFolder } from "../lib/picture-files.js";
import { onKeys } from "../lib/shortcuts.js";
import { AnswerPanel } from "./answer-panel.js";
import { jobText, resultOf } from "./batch.js";
import { BatchPanel } from "./batch-panel.js";
import { showDropZone } from "./drop-zone.js";
import { ImagePane } from "./image-pane.js";

/** @import { App } from "./app.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/**
 * Each tool extends this class to show its results. A view is created when its tool is opened and closed when another
 * view is opened; the work on the pictures (`Batch`) continues.
 * @template {AnyResult} Result
 */
export class ToolView {
  #root;
  #batch;
  #list;
  #answerPanel;
  #answerRoot;
  #title;
  #off;
  /** Update everything before the next paint. */
  #draw = beforePaint(() => this.#drawNow());

  /**
   * @param {HTMLElement} host is filled by the view
   * @param {App} app
   * @param {Tool<Result>} tool
   */
  constructor(host, app, tool) {
    const { onsight, pictures } = app;
    this.app = app;
    this.tool = tool;
    this.#batch = app.batch(tool);
    host.replaceChildren(fromTemplate("view-tool"));
    showDropZone(host);
    const root = /** @type {HTMLElement} */ (host.firstElementChild);
    this.#root = root;
    if (tool.layout) root.dataset.layout = tool.layout;
    /** Shows the selected picture. */
    this.pane = new ImagePane(ref(root, "pane"), onsight, (by) => this.#step(by));
    this.#list = new BatchPanel(ref(root, "batch"), onsight, pictures, this.#batch, tool);
    this.#answerRoot = ref(root, "answer");
    this.#answerRoot.replaceChildren(fromTemplate("answer"));
    /** Contains the result, next to the picture. */
    this.answer = ref(this.#answerRoot, "result");
    /** Contains the buttons for the result. */
    this.actions = ref(this.#answerRoot, "result-actions");
    this.#answerPanel = new AnswerPanel(this.#answerRoot, this);
    this.#title = part(root, "title", HTMLHeadingElement);
    this.#title.textContent = tool.title;
    ref(root, "lead").textContent = tool.lead;
    const clearDialog = part(document, "clear", HTMLDialogElement);
    const folderButton = root.querySelector(".for-folders");
    if (folderButton instanceof HTMLElement) folderButton.hidden = !canChooseFolder();

    this.#off = [
      pictures.on("add", this.#draw),
      pictures.on("remove", this.#draw),
      pictures.on("select", this.#draw),
      this.#batch.on("job", this.#draw),
      this.#batch.on("job", (picture) => this.#announce(picture)),
      listen(onsight, "engine", this.#draw),
      listen(root, "click", ({ target }) => {
        if (target instanceof Element && target.closest('[data-action="clear"]')) this.#askToClear(clearDialog);
      }),
      listen(clearDialog, "close", () => {
        if (clearDialog.returnValue === "clear") pictures.clear();
        clearDialog.returnValue = "";
      }),
      onKeys({
        ArrowLeft: () => this.#step(-1),
        ArrowRight: () => this.#step(1),
        Delete: () => this.#removeSelected(),
        Backspace: () => this.#removeSelected(), // the Delete key on a Mac
        c: () => this.#answerPanel.copyText(),
        ...this.keys,
      }),
    ];
    this.#draw();
  }

  /**
   * Draw a result over the picture.
   * @param {Result | null} _result null while there is none
   * @param {Picture} _picture the selected picture
   */
  showResult(_result, _picture) {}

  /**
   * Render a result next to the picture.
   * @param {Result} _result
   */
  render(_result) {}

  /** The tool's keyboard shortcuts. They are read once, before the constructor of the tool's class has run. */
  get keys() {
    return /** @type {Record<string, () => void>} */ ({});
  }

  /** Show results again, because the user changed how they are shown. */
  redraw() {
    this.#answerPanel.refresh();
    this.#draw();
  }

  /** Run the tool again on all pictures, because its settings have changed. */
  runAgain() {
    this.#batch.again();
  }

  /** @param {Picture} picture */
  cancel(picture) {
    this.#batch.cancel(picture);
  }

  /** @param {Picture} picture */
  retry(picture) {
    this.#batch.retry(picture);
  }

  close() {
    for (const off of this.#off) off();
    this.pane.close();
    this.#list.close();
  }

  #drawNow() {
    const { onsight, pictures } = this.app;
    const root = this.#root;
    if (!root.isConnected) return;
    const { items, selected } = pictures;
    const isEmpty = items.length === 0;
    root.dataset.count = isEmpty ? "none" : items.length === 1 ? "one" : "many";
    keepFocus(root, isEmpty ? this.#title : this.#answerRoot, () => {
      ref(root, "drop").hidden = !isEmpty;
      ref(root, "workspace").hidden = isEmpty;
      ref(root, "actions").hidden = isEmpty;
      ref(root, "batch").hidden = items.length < 2;
    });
    this.#list.show();
    this.#showBrief(items.length > 1 ? this.#list.progress : null);
    const job = selected && this.#batch.job(selected);
    const result = job ? resultOf(job) : null;
    this.pane.showPicture(selected, result?.image ?? null);
    if (!selected || !job) return;
    this.showResult(result, selected);
    this.pane.showPosition(this.#list.visible.indexOf(selected), this.#list.visible.length);
    this.#answerPanel.show(selected, job, onsight.engine);
  }

  #removeSelected() {
    const { pictures } = this.app;
    if (pictures.selected) pictures.remove(pictures.selected);
  }

  /** @param {HTMLDialogElement} dialog */
  #askToClear(dialog) {
    const count = this.app.pictures.items.length;
    ref(dialog, "clear-title").textContent = plural(count, "Remove {count} picture?", "Remove all {count} pictures?");
    dialog.showModal();
  }

  /**
   * On narrow screens the list is below the answer, so its progress is repeated at the top.
   * @param {{text: string, fraction: number} | null} progress
   */
  #showBrief(progress) {
    ref(this.#root, "brief").hidden = !progress;
    ref(this.#root, "brief-text").textContent = progress?.text ?? "";
    setProgress(part(this.#root, "brief-progress", HTMLProgressElement), progress?.fraction ?? 1);
  }

  /** @param {1 | -1} by */
  #step(by) {
    const { pictures } = this.app;
    const { visible } = this.#list;
    const index = pictures.selected ? visible.indexOf(pictures.selected) : -1;
    const next = visible[index + by];
    if (next) pictures.select(next);
  }

  /** @param {Picture} picture */
  #announce(picture) {
    const job = this.#batch.job(picture);
    if (picture === this.app.pictures.selected && (job.state === "done" || job.state === "failed")) {
      announce(t("{name}: {text}", { name: picture.name, text: jobText(job, this.tool.short) }));
    }
  }
}
