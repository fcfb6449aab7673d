/** What every tool stands on: wires the picture, the answer and the list to what happens. */

import { announce } from "../lib/announce.js";
import { beforePaint, fromTemplate, keepFocus, listen, part, ref, setProgress } from "../lib/dom.js";
import { showDropZone } from "./drop-zone.js";
import { formatPlural } from "../lib/format.js";
import { canChooseFolder } from "../lib/picture-files.js";
import { onKeys } from "../lib/shortcuts.js";
import { AnswerPanel } from "./answer-panel.js";
import { BatchPanel } from "./batch-panel.js";
import { ImagePane } from "./image-pane.js";
import { jobText } from "./tool.js";

/** @import { App } from "./app.js" */
/** @import { Picture } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/**
 * @template {AnyResult} Result
 * @param {HTMLElement} host
 * @param {App} app
 * @param {Tool<Result>} tool
 * @returns {() => void}
 */
export function mountTool(host, app, tool) {
  const { onsight, pictures, batch: batchOf } = app;
  const batch = batchOf(tool.key, (file, options) => tool.run(onsight, file, options));
  host.replaceChildren(fromTemplate("view-tool"));
  showDropZone(host);
  const root = /** @type {HTMLElement} */ (host.firstElementChild);
  if (tool.layout) root.dataset.layout = tool.layout;
  const pane = new ImagePane(ref(root, "pane"), onsight, step);
  const list = new BatchPanel(ref(root, "batch"), onsight, pictures, batch, tool);
  const answerRoot = ref(root, "answer");
  answerRoot.replaceChildren(fromTemplate("answer"));
  const display = tool.display({
    app,
    pane,
    answer: ref(answerRoot, "result"),
    actions: ref(answerRoot, "result-actions"),
    again: () => batch.again(),
    changed: () => {
      answer.refresh();
      show();
    },
  });
  const actions = {
    cancel: (/** @type {Picture} */ picture) => batch.cancel(picture),
    retry: (/** @type {Picture} */ picture) => batch.retry(picture),
    remove: (/** @type {Picture} */ picture) => pictures.remove(picture),
    restart: () => void onsight.restart().catch(() => {}), // its failure is shown as an engine state
  };
  const answer = new AnswerPanel(answerRoot, onsight, tool, actions, display.tell);
  const title = part(root, "title", HTMLHeadingElement);
  title.textContent = tool.title;
  ref(root, "lead").textContent = tool.lead;
  const clearDialog = part(document, "clear", HTMLDialogElement);
  const folderButton = root.querySelector(".for-folders");
  if (folderButton instanceof HTMLElement) folderButton.hidden = !canChooseFolder();

  const show = beforePaint(() => {
    if (!root.isConnected) return;
    const { items, selected } = pictures;
    const isEmpty = items.length === 0;
    root.dataset.count = isEmpty ? "none" : items.length === 1 ? "one" : "many";
    keepFocus(root, isEmpty ? title : answerRoot, () => {
      ref(root, "drop").hidden = !isEmpty;
      ref(root, "workspace").hidden = isEmpty;
      ref(root, "actions").hidden = isEmpty;
      ref(root, "batch").hidden = items.length < 2;
    });
    list.show();
    showBrief(items.length > 1 ? list.progress : null);
    const job = selected && batch.job(selected);
    pane.showPicture(selected, job?.state === "done" ? job.result.image : null);
    if (!selected || !job) return;
    display.show(job.state === "done" ? job.result : null, selected);
    pane.showPosition(list.visible.indexOf(selected), list.visible.length);
    answer.show(selected, job, onsight.engine);
  });

  const off = [
    pictures.on("add", show),
    pictures.on("remove", show),
    pictures.on("select", show),
    batch.on("job", show),
    batch.on("job", tell),
    listen(onsight, "engine", show),
    listen(root, "click", ({ target }) => {
      if (target instanceof Element && target.closest('[data-action="clear"]')) askToClear();
    }),
    listen(clearDialog, "close", () => {
      if (clearDialog.returnValue === "clear") pictures.clear();
      clearDialog.returnValue = "";
    }),
    onKeys({
      ArrowLeft: () => step(-1),
      ArrowRight: () => step(1),
      Delete: remove,
      Backspace: remove, // the key that a Mac calls delete
      c: () => answer.copyText(),
      ...display.keys,
    }),
    () => display.close(),
    () => pane.close(),
    () => list.close(),
  ];
  show();
  return () => off.forEach((end) => end());

  function remove() {
    if (pictures.selected) pictures.remove(pictures.selected);
  }

  function askToClear() {
    ref(clearDialog, "clear-title").textContent = `Remove all ${formatPlural(pictures.items.length, "picture")}?`;
    clearDialog.showModal();
  }

  /**
   * On narrow screens the list is below the answer; how far it is stands on top, too.
   * @param {{text: string, fraction: number} | null} progress
   */
  function showBrief(progress) {
    ref(root, "brief").hidden = !progress;
    ref(root, "brief-text").textContent = progress?.text ?? "";
    setProgress(part(root, "brief-progress", HTMLProgressElement), progress?.fraction ?? 1);
  }

  /** @param {1 | -1} by */
  function step(by) {
    const { selected } = pictures;
    const index = selected ? list.visible.indexOf(selected) : -1;
    const next = list.visible[index + by];
    if (next) pictures.select(next);
  }

  /** @param {Picture} picture */
  function tell(picture) {
    const job = batch.job(picture);
    if (picture === pictures.selected && (job.state === "done" || job.state === "failed")) {
      announce(`${picture.name}: ${jobText(job, tool.short)}`);
    }
  }
}
