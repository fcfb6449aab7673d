/** Connects the viewer, the controls and the dialogs of Enhance with the edits of the picture. */

import { announce, notice } from "../../lib/announce.js";
import { button, listen, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { CopyDialog } from "./copy-dialog.js";
import { edits } from "./edits.js";
import { ExportDialog } from "./export-dialog.js";
import { Panel } from "./panel.js";
import { Previews } from "./previews.js";
import { setUpSending } from "./sending.js";
import { SHAPE, SIZE, groupsOf, learnControls, neutral, pick, shapeAlike } from "./settings.js";
import { ShapePanel } from "./shape-panel.js";
import { SizePanel } from "./size-panel.js";
import { Toolbar } from "./toolbar.js";
import { Viewer } from "./viewer.js";
import { ToolView } from "../../workspace/tool-view.js";
import { detailOf, isTooSmall, previewRequestsFor } from "./preview-requests.js";

/** @import { EnhanceAnalysis, EnhanceControls, EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Tool } from "../../workspace/tool.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Slot } from "./previews.js" */
/** @import { Detail, Scene } from "./painting.js" */

/** The "Updating…" sign appears only if a preview takes longer than this. */
const BUSY_MS = 400;

/** @extends {ToolView<EnhanceAnalysis>} */
export class EnhanceView extends ToolView {
  #viewer = new Viewer();
  #previews;
  #panel;
  #shape;
  #size;
  #toolbar;
  #export;
  #copy;
  /** @type {Picture | undefined} */
  #picture;
  /** @type {EnhanceAnalysis | null} */
  #analysis = null;
  /** @type {EnhanceControls | null} */
  #controls = null;
  #busyTimer = 0;
  #off;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {Tool<EnhanceAnalysis>} tool
   */
  constructor(host, app, tool) {
    super(host, app, tool);
    const { pane, answer } = this;
    const { onsight, pictures } = app;
    pane.replace(this.#viewer.root);
    this.#previews = new Previews(onsight);
    const set = this.#set.bind(this);
    this.#panel = new Panel(answer, { set, pause: () => edits.pause(), grid: (on) => this.#viewer.root.toggleAttribute("data-grid", on) });
    this.#shape = new ShapePanel(answer, this.#viewer, {
      settings: () => (this.#picture ? edits.of(this.#picture) : null),
      set,
      changed: () => {
        this.#toolbar.isComparing = !this.#shape.isCropping;
        this.#refresh();
      },
    });
    this.#size = new SizePanel(answer, { set });
    this.#toolbar = new Toolbar(pane.controls, this.#viewer, {
      undo: () => this.#step("undo"),
      redo: () => this.#step("redo"),
      reset: () => neutral && set(neutral, t("reset")),
    });
    this.#export = new ExportDialog(answer, onsight, pictures);
    this.#copy = new CopyDialog(answer, pictures);
    const save = button(answer, "export");
    const copy = button(answer, "copy-to-all");
    const endSending = setUpSending(answer, app, () => {
      this.#shape.apply();
      return this.#picture && { picture: this.#picture, settings: edits.of(this.#picture), size: this.#fullSize };
    });
    const off = [
      listen(save, "click", () => {
        this.#shape.apply();
        if (this.#picture) this.#export.open(this.#picture, this.#fullSize);
      }),
      listen(copy, "click", () => {
        this.#shape.apply();
        this.#copy.open();
      }),
      edits.on("change", (changed) => {
        if (this.#picture && changed.has(this.#picture)) this.#refresh();
        this.redraw();
      }),
      this.#previews.on("change", () => this.#draw()),
      this.#previews.on("busy", (busy) => this.#showBusy(busy)),
      this.#previews.on("error", (error) => pane.note(t("The preview could not be made: {reason}", { reason: error.message }))),
      this.#viewer.on("view", () => {
        this.#requestPreviews();
        this.#showPixelsNote();
      }),
      pane.on("image", () => this.#draw()),
      endSending,
    ];
    this.#off = () => off.forEach((end) => end());
    void this.#learn();
  }

  /**
   * Show the picture with its settings, and the panel.
   * @override
   * @param {EnhanceAnalysis | null} analysis
   * @param {Picture} picture
   */
  showResult(analysis, picture) {
    const { pictures } = this.app;
    button(this.answer, "copy-to-all").hidden = pictures.items.length < 2;
    if (picture === this.#picture && analysis === this.#analysis) return;
    if (picture !== this.#picture) this.#shape.apply();
    this.#picture = picture;
    this.#analysis = analysis;
    this.#previews.picture = analysis ? picture : undefined;
    this.pane.note("");
    this.#refresh();
    this.#draw();
  }

  /** @override */
  get keys() {
    return {
      "+": () => this.#viewer.zoomIn(),
      "=": () => this.#viewer.zoomIn(),
      "-": () => this.#viewer.zoomOut(),
      0: () => this.#viewer.zoomToFit(),
      1: () => this.#viewer.zoomToPixels(),
      b: () => this.#toolbar.hold(true),
    };
  }

  /** @override */
  close() {
    this.#shape.apply();
    clearTimeout(this.#busyTimer);
    this.#off();
    this.#previews.close();
    this.#shape.close();
    this.#toolbar.close();
    this.#export.close();
    this.#copy.close();
    this.#viewer.close();
    super.close();
  }

  async #learn() {
    try {
      const controls = await learnControls(this.app.onsight);
      this.#controls = controls;
      this.#panel.learn(controls.controls);
      this.#export.quality = controls.quality;
      this.#copy.learn(groupsOf(controls), controls.neutral);
      this.redraw();
      this.#refresh();
    } catch (error) {
      notice(error instanceof Error ? error.message : String(error));
    }
  }

  /** Width and height of the result; null until they are known. */
  get #fullSize() {
    const after = this.#previews.get("after");
    const settings = this.#picture ? edits.of(this.#picture) : null;
    if (!after || !settings || !shapeAlike(after.settings, settings)) return null;
    return { width: after.preview.full_width, height: after.preview.full_height };
  }

  /**
   * @param {Partial<EnhanceSettings>} values
   * @param {string} name
   * @param {string} [key]
   */
  #set(values, name, key) {
    if (this.#picture) edits.set(this.#picture, values, name, key);
  }

  /** @param {"undo" | "redo"} way */
  #step(way) {
    if (!this.#picture) return;
    if (this.#shape.isCropping) return this.#shape.cancel(); // cropping is the latest action
    const walked = edits[way](this.#picture);
    if (!walked) return;
    const { name, count, left } = walked;
    if (count <= 1 && !left) {
      announce(way === "undo" ? t("Undone: {change}.", { change: name }) : t("Redone: {change}.", { change: name }));
      return;
    }
    const values = { change: name, done: formatCount(count) };
    const text =
      way === "undo"
        ? plural(
            count + left,
            "Undone: {change}, in {done} of {count} picture.",
            "Undone: {change}, in {done} of {count} pictures.",
            values,
          )
        : plural(
            count + left,
            "Redone: {change}, in {done} of {count} picture.",
            "Redone: {change}, in {done} of {count} pictures.",
            values,
          );
    notice(left ? `${text} ${t("The others have been changed since.")}` : text);
  }

  /** Show the settings everywhere, and request previews of them. */
  #refresh() {
    const settings = this.#picture ? edits.of(this.#picture) : null;
    const isUsable = settings !== null && this.#analysis !== null && this.#controls !== null;
    this.#toolbar.isUsable = this.#analysis !== null;
    if (!this.#picture || !settings || !this.#analysis || !isUsable) return;
    this.#panel.show(settings, this.#analysis);
    this.#size.show(settings, this.#fullSize);
    const canReset = neutral !== null && JSON.stringify(settings) !== JSON.stringify({ ...settings, ...neutral });
    this.#toolbar.show({ ...edits.names(this.#picture), canReset });
    this.#requestPreviews();
    this.#draw();
  }

  /** The settings to preview: while cropping, those of the whole picture. */
  get #shown() {
    const settings = this.#picture ? edits.of(this.#picture) : null;
    if (!settings || !this.#analysis || !neutral) return null;
    return this.#shape.isCropping ? { ...settings, crop: [], ...pick(neutral, SIZE) } : settings;
  }

  #requestPreviews() {
    const settings = this.#shown;
    if (!settings || !neutral) return;
    const original = { ...neutral, ...pick(settings, [...SHAPE, ...SIZE]) };
    const { wantedSide, region, scale } = this.#viewer;
    const after = this.#previews.get("after");
    const detail = region && after && isTooSmall(after, scale) ? detailOf(after, region, scale) : null;
    const requests = previewRequestsFor(settings, this.#shape.isCropping ? null : original, wantedSide ?? 0, detail);
    this.#previews.want(requests, edits.moving);
  }

  #draw() {
    this.#viewer.show(this.#scene(), this.#picture);
    this.#showPixelsNote();
  }

  /** @returns {Scene | null} */
  #scene() {
    const settings = this.#shown;
    const after = this.#previews.get("after");
    if (!after) {
      const { image, isShown, size } = this.pane;
      if (!isShown) return null;
      return { size, before: image, after: null, beforeDetail: null, afterDetail: null };
    }
    const { preview } = after;
    const size = { width: preview.full_width, height: preview.full_height };
    if (this.#shape.isCropping) this.#shape.whole = size;
    const before = this.#matching("before", after.settings);
    if (settings && shapeAlike(settings, after.settings)) this.#size.show(settings, size);
    this.#panel.histogram.show(preview.histogram);
    return {
      size,
      before: before?.source ?? null,
      after: after.source,
      beforeDetail: this.#detail("beforeDetail", before),
      afterDetail: this.#detail("afterDetail", after),
    };
  }

  /**
   * A preview with the same outline as the given settings, so that it can be drawn over theirs.
   * @param {Slot} slot
   * @param {EnhanceSettings} settings
   */
  #matching(slot, settings) {
    const view = this.#previews.get(slot);
    return view && shapeAlike(view.settings, settings) ? view : undefined;
  }

  /**
   * A region in full resolution, unless it shows older settings than the whole.
   * @param {Slot} slot
   * @param {{settings: EnhanceSettings, order: number} | undefined} whole
   * @returns {Detail | null}
   */
  #detail(slot, whole) {
    const view = whole && this.#viewer.isNear ? this.#matching(slot, whole.settings) : undefined;
    if (!view?.region || !whole) return null;
    const isNewer = view.order > whole.order || JSON.stringify(view.settings) === JSON.stringify(whole.settings);
    return isNewer ? { source: view.source, region: view.region } : null;
  }

  /** Tell the user if the preview lacks detail that the saved picture will have. */
  #showPixelsNote() {
    const settings = this.#shown;
    const isEnlarged = settings !== null && settings.upscale > 1 && this.#viewer.isNear;
    ref(this.#viewer.root, "pixels").hidden = !isEnlarged;
  }

  /** @param {boolean} busy */
  #showBusy(busy) {
    const sign = ref(this.#viewer.root, "busy");
    clearTimeout(this.#busyTimer);
    if (busy) this.#busyTimer = setTimeout(() => (sign.hidden = false), BUSY_MS);
    else sign.hidden = true;
    this.#viewer.root.toggleAttribute("data-busy", busy);
  }
}
