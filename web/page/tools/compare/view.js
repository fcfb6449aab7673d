/** Compare: one label next to many tags, and the difference explained with the selected picture. */

import { announce, tryTo } from "../../lib/announce.js";
import { Highlight } from "../../workspace/highlight.js";
import { ToolView } from "../../workspace/tool-view.js";
import { current, isCurrent, look, refresh } from "./answers.js";
import { choices } from "./choices.js";
import { renderDifference } from "./difference.js";
import { Gauges } from "./gauges.js";
import { LookLayer } from "./look-layer.js";
import { Whole } from "./whole.js";
import { comparisonText, shortComparison } from "./wording.js";
import { fromTemplate } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";

// End-to-end tests reset it.
export { choices } from "./choices.js";

/** @import { Comparison } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Sight } from "./look-layer.js" */
/** @import { Tool } from "../../workspace/tool.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

/** @type {Tool<Comparison>} */
const COMPARE = {
  key: "compare",
  get title() {
    return t("Compare");
  },
  get lead() {
    return t("Classification and tagging, side by side on your own picture.");
  },
  layout: "wide",
  get again() {
    return t("Compare it");
  },
  get stages() {
    return /** @type {const} */ ([
      ["preprocess", t("Preparing it for the network…"), t("Preparing")],
      ["infer", t("Running the network: once for the label, once for the tags…"), t("Network, twice")],
      ["postprocess", t("Choosing the label and the tags…"), t("Comparing")],
    ]);
  },
  found: (count) => plural(count, "{count} compared", "{count} compared"),
  unsure: {
    get name() {
      return t("Not sure");
    },
    count: (count) => plural(count, "{count} without a label", "{count} without a label"),
  },
  isUnsure: ({ classification }) => !classification.certain,
  run: look,
  short: (result) => shortComparison(current(result)),
  text: (name, result) => comparisonText(name, current(result)),
  data: current,
};

/** @extends {ToolView<Comparison>} */
class CompareView extends ToolView {
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Comparison | null} */
  #result = null;
  #isAsking = false;
  /** @type {Highlight<Sight>} */
  #highlight = new Highlight((a, b) => a.key === b.key);
  #layer;
  #whole;
  #gauges;
  #stopListening;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    super(host, app, COMPARE);
    this.answer.append(fromTemplate("compare-answer"));
    this.#layer = new LookLayer(this.pane, this.#highlight);
    this.#whole = new Whole(this.answer, this.#highlight, () => this.#picture?.file);
    this.#gauges = new Gauges(this.answer, this.#highlight);
    this.#stopListening = choices.on("change", () => void this.#ask());
  }

  /**
   * @override
   * @param {Comparison | null} result
   * @param {Picture} selected
   */
  showResult(result, selected) {
    if (this.#picture !== selected) this.#highlight.clear();
    this.#picture = selected;
    this.#result = result;
    this.#layer.show(result?.image ?? null);
    void this.#ask();
  }

  /**
   * @override
   * @param {Comparison} result
   */
  render(result) {
    const now = current(result);
    this.#whole.render(now);
    this.#gauges.render(now);
    renderDifference(this.answer, now);
  }

  /** @override */
  close() {
    this.#stopListening();
    this.#layer.close();
    this.#gauges.close();
    super.close();
  }

  /** Ask Python for the result with the current choices; one request at a time. */
  async #ask() {
    const picture = this.#picture;
    const result = this.#result;
    if (this.#isAsking || !picture || !result || isCurrent(picture.file, result)) return;
    const { label } = current(result).classification;
    this.#isAsking = true;
    const isAnswered = await tryTo(refresh(this.app.onsight, picture.file, result));
    this.#isAsking = false;
    if (!isAnswered) return;
    if (this.#picture === picture && current(result).classification.label !== label) {
      announce(t("The label is now: {label}", { label: current(result).classification.label }));
    }
    this.redraw();
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void} closes the view
 */
export function mount(host, app) {
  const view = new CompareView(host, app);
  return () => view.close();
}
