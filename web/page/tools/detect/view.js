/** Detect: a labelled box around each thing. */

import { announce, tryTo } from "../../lib/announce.js";
import { download } from "../../lib/download.js";
import { setUpSaving } from "../../workspace/save-one.js";
import { Highlight } from "../../workspace/highlight.js";
import { mountTool } from "../../workspace/view.js";
import { choose, isCurrent, look, shownBoxes, shownDetection } from "./answers.js";
import { BoxLayer } from "./box-layer.js";
import { BoxList } from "./box-list.js";
import { titleOf } from "./classes.js";
import { Privacy } from "./privacy.js";
import { RegionLayer } from "./region-layer.js";
import { regions } from "./regions.js";
import { FORMATS, saveAll, saveOne } from "./saving.js";
import { settings } from "./settings.js";
import { setUpTuning } from "./tuning.js";
import { findingText, shortFinding } from "./wording.js";
import { fromTemplate } from "../../lib/dom.js";

/** @import { Box, Detection } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Workspace, Display, Tool } from "../../workspace/tool.js" */
/** @import { Format } from "./saving.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

const { json: _, ...FORMATS_OF_MANY } = FORMATS;

/** @type {Tool<Detection>} */
const DETECT = {
  key: "detect",
  title: "Detect",
  lead: "A labelled box around each thing, and how many there are.",
  again: "Look at it",
  stageWords: {
    queued: "Next in line…",
    read: "Reading the file…",
    decode: "Opening the picture…",
    preprocess: "Preparing it for the networks…",
    infer: "Looking for things. The first picture takes longer: its networks have to be loaded.",
    postprocess: "Drawing the boxes…",
  },
  stageNames: [
    ["read", "Reading"],
    ["decode", "Decoding"],
    ["preprocess", "Preparing"],
    ["infer", "Networks"],
    ["postprocess", "Merging"],
  ],
  found: "with objects",
  unsure: { name: "Nothing found", word: "with nothing found" },
  isUnsure: (result) => shownBoxes(result).length === 0,
  run: look,
  short: shortFinding,
  text: findingText,
  data: shownDetection,
  saving: {
    formats: FORMATS_OF_MANY,
    save: (onsight, looks, format, progress) =>
      saveAll(onsight, looks, /** @type {Exclude<Format, "json">} */ (format), progress),
  },
  display: display,
};

/**
 * @param {Workspace} workspace
 * @returns {Display<Detection>}
 */
function display({ app, pane, answer, actions, again, changed }) {
  const { onsight, pictures } = app;
  /** @type {Picture | undefined} */
  let picture;
  /** @type {Detection | null} */
  let shown = null;
  let isAsking = false;

  /** @type {Highlight<Box>} */
  const highlight = new Highlight();
  const layer = new BoxLayer(pane, highlight);
  const regionLayer = new RegionLayer(pane, () => privacy.focus());
  const list = new BoxList(answer, highlight, {
    crop: (box) => cut(box, (file) => download(file, file.name)),
    classify: (box) => cut(box, classify),
    blur: (box) => toggleBlur([box]),
    blurAll: toggleBlur,
    isBlurred: (box) => picture !== undefined && regions.find(picture, box) !== undefined,
  });
  answer.append(fromTemplate("detect-privacy"));
  const privacy = new Privacy(answer, onsight, regionLayer);
  pane.controls.append(fromTemplate("detect-controls"));
  setUpSaving(actions, FORMATS, (format) => (picture && shown ? saveOne(onsight, picture, shown, format) : undefined));
  const off = [
    setUpTuning(pane.controls),
    settings.on("change", (what) => (what === "look" ? again() : changed())),
    regions.on("change", () => list.refresh()),
  ];

  return {
    show(result, selected) {
      picture = selected;
      shown = result;
      layer.show(result);
      regionLayer.show(selected, result?.image);
      privacy.show(selected, result?.image);
      ask();
    },
    tell: (result) => list.tell(result),
    keys: {},
    close() {
      off.forEach((end) => end());
      layer.close();
      regionLayer.close();
      privacy.close();
      list.close();
    },
  };

  /** Have Python choose the boxes anew where overlap or kinds have changed; one question at a time. */
  async function ask() {
    if (isAsking || !picture || !shown || isCurrent(shown)) return;
    isAsking = true;
    const isAnswered = await tryTo(choose(onsight, picture.file, shown, { urgent: true }));
    isAsking = false;
    if (isAnswered) changed();
  }

  /**
   * @param {Box} box
   * @param {(file: File) => void} use
   */
  function cut({ label, x1, y1, x2, y2 }, use) {
    if (!picture) return;
    void tryTo(onsight.crop(picture.file, [x1, y1, x2, y2], { label, name: picture.name }).then(use));
  }

  /** @param {File} file */
  function classify(file) {
    pictures.add([{ file, path: file.name }]);
    pictures.select(pictures.items.at(-1));
    location.hash = "/classify";
  }

  /** @param {Box[]} boxes */
  function toggleBlur(boxes) {
    if (!picture) return;
    const missing = boxes.filter((box) => picture && !regions.find(picture, box));
    for (const { label, x1, y1, x2, y2 } of missing) regions.add(picture, { name: titleOf(label), x1, y1, x2, y2 });
    if (missing.length) return announce("Marked to be blurred.");
    for (const box of boxes) {
      const region = regions.find(picture, box);
      if (region) regions.remove(picture, region);
    }
    announce("No longer marked.");
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function mount(host, app) {
  return mountTool(host, app, DETECT);
}
