/** Detect: a labelled box around each object. */

import { announce, tryTo } from "../../lib/announce.js";
import { download } from "../../lib/download.js";
import { setUpSaving } from "../../workspace/save-one.js";
import { Highlight } from "../../workspace/highlight.js";
import { ToolView } from "../../workspace/tool-view.js";
import { choose, isCurrent, look, shownBoxes, shownDetection } from "./answers.js";
import { BoxLayer } from "./box-layer.js";
import { BoxList } from "./box-list.js";
import { titleOf } from "./classes.js";
import { Privacy } from "./privacy.js";
import { RegionLayer } from "./region-layer.js";
import { regions } from "./regions.js";
import { formatNames, saveAll, saveOne } from "./saving.js";
import { settings } from "./settings.js";
import { setUpTuning } from "./tuning.js";
import { findingText, shortFinding } from "./wording.js";
import { fromTemplate } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";

// End-to-end tests reset it.
export { settings } from "./settings.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Tool } from "../../workspace/tool.js" */
/** @import { Format } from "./saving.js" */
/** @import { Picture } from "../../workspace/pictures.js" */


/** @type {Tool<Detection>} */
const DETECT = {
  key: "detect",
  get title() {
    return t("Detect");
  },
  get lead() {
    return t("A labelled box around each object, and how many there are.");
  },
  get again() {
    return t("Find objects");
  },
  get stages() {
    return /** @type {const} */ ([
      ["preprocess", t("Preparing it for the networks…"), t("Preparing")],
      [
        "infer",
        t("Looking for objects. The first picture takes longer, because the networks have to be loaded."),
        t("Networks"),
      ],
      ["postprocess", t("Drawing the boxes…"), t("Merging")],
    ]);
  },
  found: (count) => plural(count, "{count} with objects", "{count} with objects"),
  unsure: {
    get name() {
      return t("Nothing found");
    },
    count: (count) => plural(count, "{count} with nothing found", "{count} with nothing found"),
  },
  isUnsure: (result) => shownBoxes(result).length === 0,
  run: look,
  short: shortFinding,
  text: findingText,
  data: shownDetection,
  saving: {
    get formats() {
      const { json: _, ...formats } = formatNames();
      return formats;
    },
    save: (onsight, looks, format, progress) =>
      saveAll(onsight, looks, /** @type {Exclude<Format, "json">} */ (format), progress),
  },
};

/** @extends {ToolView<Detection>} */
class DetectView extends ToolView {
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Detection | null} */
  #result = null;
  #isAsking = false;
  /** @type {Highlight<Box>} */
  #highlight = new Highlight();
  #layer;
  #regionLayer;
  #list;
  #privacy;
  #off;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    super(host, app, DETECT);
    const { onsight } = app;
    this.#layer = new BoxLayer(this.pane, this.#highlight);
    this.#regionLayer = new RegionLayer(this.pane, () => this.#privacy.focus());
    this.#list = new BoxList(this.answer, this.#highlight, {
      crop: (box) => this.#cut(box, (file) => download(file, file.name)),
      classify: (box) => this.#cut(box, (file) => this.#classify(file)),
      blur: (box) => this.#toggleBlur([box]),
      blurAll: (boxes) => this.#toggleBlur(boxes),
      isBlurred: (box) => this.#picture !== undefined && regions.find(this.#picture, box) !== undefined,
    });
    this.answer.append(fromTemplate("detect-privacy"));
    this.#privacy = new Privacy(this.answer, onsight, this.#regionLayer);
    this.pane.controls.append(fromTemplate("detect-controls"));
    setUpSaving(this.actions, formatNames(), (format) =>
      this.#picture && this.#result ? saveOne(onsight, this.#picture, this.#result, format) : undefined,
    );
    this.#off = [
      setUpTuning(this.pane.controls),
      settings.on("change", (what) => (what === "look" ? this.runAgain() : this.redraw())),
      regions.on("change", () => this.#list.refresh()),
    ];
  }

  /**
   * @override
   * @param {Detection | null} result
   * @param {Picture} selected
   */
  showResult(result, selected) {
    this.#picture = selected;
    this.#result = result;
    this.#layer.show(result);
    this.#regionLayer.show(selected, result?.image);
    this.#privacy.show(selected, result?.image);
    void this.#ask();
  }

  /**
   * @override
   * @param {Detection} result
   */
  render(result) {
    this.#list.render(result);
  }

  /** @override */
  close() {
    for (const off of this.#off) off();
    this.#layer.close();
    this.#regionLayer.close();
    this.#privacy.close();
    this.#list.close();
    super.close();
  }

  /** Ask Python to choose the boxes again if the overlap or the classes have changed; one request at a time. */
  async #ask() {
    if (this.#isAsking || !this.#picture || !this.#result || isCurrent(this.#result)) return;
    this.#isAsking = true;
    const isAnswered = await tryTo(choose(this.app.onsight, this.#picture.file, this.#result, { urgent: true }));
    this.#isAsking = false;
    if (isAnswered) this.redraw();
  }

  /**
   * @param {Box} box
   * @param {(file: File) => void} use
   */
  #cut({ label, x1, y1, x2, y2 }, use) {
    const picture = this.#picture;
    if (!picture) return;
    void tryTo(this.app.onsight.crop(picture.file, [x1, y1, x2, y2], { label, name: picture.name }).then(use));
  }

  /** @param {File} file */
  #classify(file) {
    const { pictures } = this.app;
    pictures.add([{ file, path: file.name }]);
    pictures.select(pictures.items.at(-1));
    location.hash = "/classify";
  }

  /** @param {Box[]} boxes */
  #toggleBlur(boxes) {
    const picture = this.#picture;
    if (!picture) return;
    const missing = boxes.filter((box) => !regions.find(picture, box));
    for (const { label, x1, y1, x2, y2 } of missing) regions.add(picture, { name: titleOf(label), x1, y1, x2, y2 });
    if (missing.length) return announce(t("Marked for blurring."));
    for (const box of boxes) {
      const region = regions.find(picture, box);
      if (region) regions.remove(picture, region);
    }
    announce(t("No longer marked for blurring."));
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void} closes the view
 */
export function mount(host, app) {
  const view = new DetectView(host, app);
  return () => view.close();
}
