/** The controls next to the picture: what Auto did, presets, and groups of sliders. */

import { elementFromTemplate, fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { t } from "../../lib/texts.js";
import { Histogram } from "./histogram.js";
import { lookAlike, lookOf, presetsOf } from "./settings.js";
import { Slider } from "./sliders.js";
import { headline } from "./wording.js";

/** @import { EnhanceAnalysis, EnhanceControl, EnhancePreset, EnhanceSettings } from "../../../protocol.d.ts" */

/**
 * @typedef {object} PanelActions
 * @property {(values: Partial<EnhanceSettings>, name: string, key?: string) => void} set
 * @property {() => void} pause a gesture has ended
 * @property {(on: boolean) => void} grid show or hide the lines for straightening
 */

/** Groups with more than sliders; the template already has the first. */
const SHAPE_GROUP = "Geometry";
const COLOUR_GROUP = "Colour";
/** The open groups. What the user opens and closes stays that way for other pictures. */
const open = new Set(["Light", "Colour"]);

export class Panel {
  histogram;
  #root;
  #actions;
  /** @type {Slider[]} */
  #sliders = [];
  /** @type {{group: string, element: HTMLElement}[]} */
  #groups = [];
  /** @type {HTMLInputElement | undefined} */
  #blackAndWhite;
  /** @type {readonly EnhancePreset[]} */
  #presets = [];
  /** @type {EnhanceSettings | null} */
  #settings = null;

  /**
   * @param {HTMLElement} root receives the panel
   * @param {PanelActions} actions
   */
  constructor(root, actions) {
    root.append(fromTemplate("enhance-panel"));
    this.#root = root;
    this.#actions = actions;
    this.histogram = new Histogram(root);
    for (const group of root.querySelectorAll("details[data-group]")) {
      if (group instanceof HTMLElement) this.#keepOpen(group, group.dataset.group ?? "");
    }
  }

  /** @param {readonly EnhanceControl[]} controls */
  learn(controls) {
    const set = (/** @type {EnhanceControl} */ { id, name }, /** @type {number} */ value) => {
      if (id === "straighten") this.#actions.grid(true);
      this.#actions.set({ [id]: value }, name.toLowerCase(), id);
    };
    const pause = () => {
      this.#actions.grid(false);
      this.#actions.pause();
    };
    const first = ref(this.#root, "groups").firstElementChild;
    for (const name of new Set(controls.map(({ group }) => group))) {
      const sliders = controls.filter(({ group }) => group === name).map((control) => new Slider(control, { set, pause }));
      this.#sliders.push(...sliders);
      const elements = sliders.map(({ root }) => root);
      if (name === SHAPE_GROUP) {
        ref(this.#root, "shape-sliders").replaceChildren(...elements);
        continue;
      }
      const group = elementFromTemplate("enhance-group");
      ref(group, "group-name").textContent = name;
      ref(group, "group-controls").append(...elements);
      if (name === COLOUR_GROUP) this.#addBlackAndWhite(ref(group, "group-controls"));
      this.#keepOpen(group, name);
      this.#groups.push({ group: name, element: group });
      first?.before(group);
    }
  }

  /**
   * @param {EnhanceSettings} settings
   * @param {EnhanceAnalysis} analysis
   */
  show(settings, analysis) {
    this.#settings = settings;
    for (const slider of this.#sliders) slider.show(settings);
    if (this.#blackAndWhite) this.#blackAndWhite.checked = settings.black_and_white;
    const { title, text } = headline(settings, analysis);
    ref(this.#root, "summary").textContent = title;
    ref(this.#root, "summary-more").textContent = text;
    ref(this.#root, "summary-more").hidden = !text;
    this.#showPresets(presetsOf(analysis), settings);
    for (const { group, element } of this.#groups) {
      const isMoved = this.#sliders.some((slider) => slider.group === group && slider.isMoved);
      element.toggleAttribute("data-moved", isMoved || (group === COLOUR_GROUP && settings.black_and_white));
    }
    const shape = part(this.#root, "shape", HTMLDetailsElement);
    shape.toggleAttribute("data-moved", settings.rotate !== 0 || settings.straighten !== 0 || settings.crop.length > 0);
    part(this.#root, "size", HTMLDetailsElement).toggleAttribute("data-moved", settings.upscale > 1 || settings.max_side > 0);
  }

  /**
   * @param {readonly EnhancePreset[]} presets
   * @param {EnhanceSettings} settings
   */
  #showPresets(presets, settings) {
    this.#presets = presets;
    const root = ref(this.#root, "presets");
    // Reuse the buttons: one of them may have the focus.
    while (root.children.length > presets.length) root.lastElementChild?.remove();
    while (root.children.length < presets.length) {
      const index = root.children.length;
      const button = elementFromTemplate("enhance-preset");
      listen(button, "click", () => this.#apply(this.#presets[index]));
      root.append(button);
    }
    const chosen = presets.find((preset) => lookAlike(preset.settings, settings));
    for (const [index, button] of [...root.children].entries()) {
      const preset = presets[index];
      button.textContent = preset?.name ?? "";
      button.setAttribute("aria-pressed", String(preset === chosen));
    }
  }

  /** @param {EnhancePreset | undefined} preset */
  #apply(preset) {
    if (!preset || !this.#settings) return;
    this.#actions.set(lookOf(preset.settings), preset.name);
  }

  /** @param {HTMLElement} controls */
  #addBlackAndWhite(controls) {
    controls.append(fromTemplate("enhance-black-and-white"));
    const input = part(controls, "black-and-white", HTMLInputElement);
    listen(input, "change", () => this.#actions.set({ black_and_white: input.checked }, t("black and white")));
    this.#blackAndWhite = input;
  }

  /**
   * @param {HTMLElement} element
   * @param {string} name
   */
  #keepOpen(element, name) {
    if (!(element instanceof HTMLDetailsElement)) return;
    element.open = open.has(name);
    listen(element, "toggle", () => {
      if (element.open) open.add(name);
      else open.delete(name);
    });
  }
}
