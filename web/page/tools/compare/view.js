/** Compare: one label beside many tags, and the difference explained on the picture that is shown. */

import { announce, tryTo } from "../../lib/announce.js";
import { Highlight } from "../../workspace/highlight.js";
import { mountTool } from "../../workspace/view.js";
import { current, isCurrent, look, refresh } from "./answers.js";
import { choices } from "./choices.js";
import { tellDifference } from "./difference.js";
import { Gauges } from "./gauges.js";
import { LookLayer } from "./look-layer.js";
import { Whole } from "./whole.js";
import { comparisonText, shortComparison } from "./wording.js";
import { fromTemplate } from "../../lib/dom.js";

/** @import { Comparison } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Sight } from "./look-layer.js" */
/** @import { Workspace, Display, Tool } from "../../workspace/tool.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

/** @type {Tool<Comparison>} */
const COMPARE = {
  key: "compare",
  title: "Compare",
  lead: "Classification and tagging, side by side on your own picture.",
  layout: "wide",
  again: "Compare it",
  stageWords: {
    queued: "Next in line…",
    read: "Reading the file…",
    decode: "Opening the picture…",
    preprocess: "Preparing it for the network…",
    infer: "Looking at it: once for the label, once for the tags…",
    postprocess: "Finding the right words…",
  },
  stageNames: [
    ["read", "Reading"],
    ["decode", "Decoding"],
    ["preprocess", "Preparing"],
    ["infer", "Network, twice"],
    ["postprocess", "Comparing"],
  ],
  found: "compared",
  unsure: { name: "Not sure", word: "without a label" },
  isUnsure: ({ classification }) => !classification.certain,
  run: look,
  short: (result) => shortComparison(current(result)),
  text: (name, result) => comparisonText(name, current(result)),
  data: current,
  display,
};

/**
 * @param {Workspace} workspace
 * @returns {Display<Comparison>}
 */
function display({ app, pane, answer, changed }) {
  /** @type {Picture | undefined} */
  let picture;
  /** @type {Comparison | null} */
  let shown = null;
  let isAsking = false;
  answer.append(fromTemplate("compare-answer"));
  /** @type {Highlight<Sight>} */
  const highlight = new Highlight((a, b) => a.key === b.key);
  const layer = new LookLayer(pane, highlight);
  const whole = new Whole(answer, highlight, () => picture?.file);
  const gauges = new Gauges(answer, highlight);
  const off = choices.on("change", ask);

  return {
    show(result, selected) {
      if (picture !== selected) highlight.clear();
      picture = selected;
      shown = result;
      layer.show(result?.image ?? null);
      void ask();
    },
    tell(result) {
      const now = current(result);
      whole.tell(now);
      gauges.tell(now);
      tellDifference(answer, now);
    },
    keys: {},
    close() {
      off();
      layer.close();
      gauges.close();
    },
  };

  /** Have Python answer to the choices of now; one question at a time. */
  async function ask() {
    if (isAsking || !picture || !shown || isCurrent(picture.file, shown)) return;
    const { file } = picture;
    const before = picture;
    const result = shown;
    const label = current(result).classification.label;
    isAsking = true;
    const isAnswered = await tryTo(refresh(app.onsight, file, result));
    isAsking = false;
    if (!isAnswered) return;
    if (picture === before && current(result).classification.label !== label) {
      announce(`The label is now: ${current(result).classification.label}`);
    }
    changed();
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function mount(host, app) {
  return mountTool(host, app, COMPARE);
}
