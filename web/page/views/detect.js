/** Detect: a labelled box around each thing. */

import { notice } from "../announce.js";
import { download } from "../bench/export.js";
import { mountTool } from "../bench/view.js";
import { drawAnnotated } from "../detect/annotated.js";
import { BoxLayer } from "../detect/box-layer.js";
import { BoxList } from "../detect/box-list.js";
import { LEAST, minimumPercent, setMinimumPercent, shownBoxes } from "../detect/confidence.js";
import { Spotlight } from "../detect/spotlight.js";
import { findingText, shortFinding } from "../detect/wording.js";
import { box, button, fromTemplate, listen, part } from "../dom.js";
import { formatPercent } from "../format.js";

/** @import { Detection } from "../../protocol.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Tool } from "../bench/tool.js" */

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
  run: (onsight, file, options) => onsight.detect(file, { ...options, score: LEAST }),
  short: shortFinding,
  text: findingText,
  data: (result) => ({ ...result, boxes: shownBoxes(result) }),
  display({ stage, answer, actions, changed }) {
    const spotlight = new Spotlight();
    const list = new BoxList(answer, spotlight);
    const layer = new BoxLayer(stage, spotlight);
    stage.controls.append(fromTemplate("detect-controls"));
    actions.append(fromTemplate("detect-actions"));
    setUpSlider(stage.controls, changed);
    const save = button(actions, "save-picture");
    /** @type {Detection | null} */
    let shown = null;
    listen(save, "click", async () => {
      if (!shown) return;
      const blob = await drawAnnotated(stage.image, shown.image, shownBoxes(shown));
      if (blob) download(blob, `${stage.image.alt.replace(/\.[^.]*$/, "")}-boxes.png`);
      else notice("This browser could not make the picture.");
    });
    const off = stage.on("image", (isShown) => (save.disabled = !isShown));
    return {
      show(result) {
        shown = result;
        layer.show(result);
      },
      tell: (result) => list.tell(result),
      keys: {},
      close() {
        off();
        layer.close();
        list.close();
      },
    };
  },
};

/**
 * @param {HTMLElement} root
 * @param {() => void} changed
 */
function setUpSlider(root, changed) {
  const slider = part(root, "confidence", HTMLInputElement);
  const write = () => {
    const text = formatPercent(minimumPercent() / 100);
    box(root, "confidence-text").textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  slider.value = String(minimumPercent());
  listen(slider, "input", () => {
    setMinimumPercent(slider.valueAsNumber);
    write();
    changed();
  });
  write();
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function mountDetect(host, app) {
  return mountTool(host, app, DETECT);
}
