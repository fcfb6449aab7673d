/** Classify: one label for the whole picture. */

import { elementFromTemplate, fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { paintScale, placeHeatMap } from "../../workspace/heat-map.js";
import { shortAnswer } from "../../workspace/short-label.js";
import { ToolView } from "../../workspace/tool-view.js";

/** @import { Candidate, Classification } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { ImagePane } from "../../workspace/image-pane.js" */
/** @import { Tool } from "../../workspace/tool.js" */

/** @type {Tool<Classification>} */
const CLASSIFY = {
  key: "classify",
  get title() {
    return t("Classify");
  },
  get lead() {
    return t("One label for the whole picture.");
  },
  get again() {
    return t("Classify it");
  },
  get stages() {
    return /** @type {const} */ ([
      ["preprocess", t("Preparing it for the network…"), t("Preparing")],
      ["infer", t("Running the network…"), t("Network")],
      ["postprocess", t("Choosing the label…"), t("Naming")],
    ]);
  },
  found: (count) => plural(count, "{count} labelled", "{count} labelled"),
  unsure: {
    get name() {
      return t("Not sure");
    },
    count: (count) => plural(count, "{count} not sure", "{count} not sure"),
  },
  isUnsure: ({ certain }) => !certain,
  run: (onsight, file, options) => onsight.classify(file, options),
  short: shortAnswer,
  text: answerText,
  data: (result) => result,
};

/** @extends {ToolView<Classification>} */
class ClassifyView extends ToolView {
  #heat;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    super(host, app, CLASSIFY);
    this.#heat = new HeatLayer(this.pane);
    this.answer.append(fromTemplate("classify-answer"));
  }

  /**
   * Show the heat map, if the user turned it on.
   * @override
   * @param {Classification | null} result
   */
  showResult(result) {
    this.#heat.show(result);
  }

  /**
   * Show the label, its path in the taxonomy and the candidates.
   * @override
   * @param {Classification} result
   */
  render(result) {
    renderAnswer(this.answer, result);
  }

  /** @override */
  get keys() {
    return { h: () => this.#heat.toggle() };
  }

  /** @override */
  close() {
    this.#heat.close();
    super.close();
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void} closes the view
 */
export function mount(host, app) {
  const view = new ClassifyView(host, app);
  return () => view.close();
}

/** Whether the user wants heat maps. The choice applies to all pictures and outlives the view. */
let heatWanted = false;

/** The heat map over the picture, and the switch for it. */
class HeatLayer {
  #pane;
  #seen;
  #canvas;
  #legend;
  #switch;
  /** @type {Classification | null} */
  #result = null;
  #off;

  /** @param {ImagePane} pane */
  constructor(pane) {
    this.#pane = pane;
    pane.frame.append(fromTemplate("heat-layer"));
    pane.controls.append(fromTemplate("heat-controls"));
    this.#seen = ref(pane.frame, "seen");
    this.#canvas = part(pane.frame, "heat", HTMLCanvasElement);
    this.#legend = ref(pane.controls, "legend");
    this.#switch = part(pane.controls, "heat-switch", HTMLInputElement);
    this.#switch.checked = heatWanted;
    this.#switch.disabled = true;
    paintScale(part(pane.controls, "legend-scale", HTMLCanvasElement));
    listen(this.#switch, "change", () => {
      heatWanted = this.#switch.checked;
      this.#draw();
    });
    this.#off = pane.on("image", () => this.#draw());
  }

  toggle() {
    if (!this.#switch.disabled) this.#switch.click();
  }

  /** @param {Classification | null} result of the picture that is shown */
  show(result) {
    if (result === this.#result) return;
    this.#result = result;
    const heatMap = result?.heat_map ?? null;
    this.#switch.disabled = heatMap === null;
    if (result && heatMap) placeHeatMap(this.#seen, this.#canvas, heatMap, result.image);
    this.#draw();
  }

  close() {
    this.#off();
  }

  #draw() {
    const result = this.#result;
    const on = heatWanted && Boolean(result?.heat_map) && this.#pane.isShown;
    this.#seen.hidden = !on;
    this.#legend.hidden = !on;
    this.#pane.note(on ? heatMapNote(/** @type {Classification} */ (result)) : "");
  }
}

/** @param {Classification} result */
function heatMapNote({ certain, label }) {
  return certain
    ? t("Where the network found “{label}”. It sees only the middle of the picture: the framed part.", { label })
    : t("Where the network found its best guess. It sees only the middle of the picture: the framed part.");
}

/**
 * @param {HTMLElement} root made from the template "classify-answer"
 * @param {Classification} result
 */
function renderAnswer(root, { label, score, certain, category, path, candidates }) {
  ref(root, "label").textContent = label;
  ref(root, "score").textContent = certain ? formatPercent(score) : "";
  ref(root, "unsure").hidden = certain;
  const pathList = ref(root, "path");
  // A path of one step would only repeat the label.
  pathList.hidden = path.length < 2;
  pathList.replaceChildren(...path.map(listItem));
  const chip = ref(root, "category");
  chip.hidden = !category;
  chip.textContent = category;
  // A label that is broader than its candidates ("Lizard" for geckos and agamas) is not one of them.
  const isListed = candidates.some((candidate) => candidate.label === label);
  ref(root, "bars-title").textContent = barsTitle(isListed, certain);
  ref(root, "bars").replaceChildren(
    ...candidates.map((candidate) => barOf(candidate, certain && candidate.label === label)),
  );
}

/**
 * @param {boolean} isListed whether the label is one of the candidates
 * @param {boolean} isCertain
 */
function barsTitle(isListed, isCertain) {
  if (isListed) return t("Confidence");
  return isCertain ? t("Closest matches") : t("Best guesses");
}

/** @param {string} text */
function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

/**
 * @param {Candidate} candidate
 * @param {boolean} isAnswer
 */
function barOf({ label, score }, isAnswer) {
  const item = elementFromTemplate("bar");
  const meter = ref(item, "meter");
  item.classList.toggle("bars__item--answer", isAnswer);
  ref(item, "name").textContent = label;
  ref(item, "score").textContent = formatPercent(score);
  ref(item, "fill").style.inlineSize = `${score * 100}%`;
  meter.setAttribute("aria-label", label);
  meter.setAttribute("aria-valuenow", String(Math.round(score * 100)));
  meter.setAttribute("aria-valuetext", formatPercent(score));
  return item;
}

/**
 * "chelsea.png: Cat · 97% (Animal › Cat; Pets)".
 * @param {string} name
 * @param {Classification} result
 */
function answerText(name, result) {
  const { certain, candidates, path, category } = result;
  const answer = shortAnswer(result);
  if (!certain) {
    const guesses = candidates.map(({ label, score }) => `${label} ${formatPercent(score)}`).join(", ");
    return t("{name}: {answer} (best guesses: {guesses})", { name, answer, guesses });
  }
  const more = [path.join(" › "), category].filter(Boolean).join("; ");
  return more ? t("{name}: {answer} ({more})", { name, answer, more }) : t("{name}: {answer}", { name, answer });
}
