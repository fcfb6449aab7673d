/** Tag: everything that the picture shows, each tag with its own confidence. */

import { announce, tryTo } from "../../lib/announce.js";
import { setUpSaving } from "../../workspace/save-one.js";
import { Highlight } from "../../workspace/highlight.js";
import { ToolView } from "../../workspace/tool-view.js";
import { copyFrom } from "../../lib/clipboard.js";
import { button, fromTemplate, listen, ref } from "../../lib/dom.js";
import { plural, t } from "../../lib/texts.js";
import { TagAnswer } from "./answer.js";
import { allTags, change, currentTagging, fileOf, isCurrent, look, placesOf, refresh, shownTags } from "./answers.js";
import { edits, renamingTo, tidy, withMore, withName, without } from "./edits.js";
import { PlaceLayer } from "./place-layer.js";
import { formatNames, saveAll, saveOne } from "./saving.js";
import { settings } from "./settings.js";
import { setUpLeaving, setUpTuning } from "./tuning.js";
import { shortTagging } from "./wording.js";

// End-to-end tests reset it.
export { settings } from "./settings.js";

/** @import { Tag, Tagging } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Tool } from "../../workspace/tool.js" */
/** @import { Changes } from "./edits.js" */
/** @import { Format } from "./saving.js" */
/** @import { Picture } from "../../workspace/pictures.js" */


/** @type {Tool<Tagging>} */
const TAG = {
  key: "tag",
  get title() {
    return t("Tag");
  },
  get lead() {
    return t("The tags that describe the picture, and a sentence about it.");
  },
  get again() {
    return t("Tag it");
  },
  get stages() {
    return /** @type {const} */ ([
      ["preprocess", t("Preparing it for the network…"), t("Preparing")],
      ["infer", t("Running the networks…"), t("Networks")],
      ["postprocess", t("Choosing the tags…"), t("Naming")],
    ]);
  },
  found: (count) => plural(count, "{count} tagged", "{count} tagged"),
  unsure: {
    get name() {
      return t("No tags");
    },
    count: (count) => plural(count, "{count} without tags", "{count} without tags"),
  },
  isUnsure: (result) => shownTags(result).length === 0,
  run: look,
  short: shortTagging,
  text: (_name, result, onsight) => onsight.tagText("list", currentTagging(result).tags, { keywords: settings.keywords, urgent: true }),
  data: currentTagging,
  saving: {
    isFirst: true,
    get formats() {
      const { json: _, ...formats } = formatNames();
      return formats;
    },
    save: (onsight, looks, format, progress) =>
      saveAll(onsight, looks, /** @type {Exclude<Format, "json">} */ (format), progress),
  },
};

/** @extends {ToolView<Tagging>} */
class TagView extends ToolView {
  /** @type {Picture | undefined} */
  #picture;
  /** @type {Tagging | null} */
  #result = null;
  #isAsking = false;
  /** Ids of tags. @type {Highlight<string>} */
  #highlight = new Highlight();
  #layer;
  #tagAnswer;
  #off;

  /**
   * @param {HTMLElement} host
   * @param {App} app
   */
  constructor(host, app) {
    super(host, app, TAG);
    const { onsight } = app;
    const { answer, actions, pane } = this;
    this.#layer = new PlaceLayer(pane, (result, tag) => this.#where(result, tag));
    this.#tagAnswer = new TagAnswer(answer, onsight, this.#highlight, {
      remove: (tag) => this.#edit((changes) => without(changes, tag), t("Removed “{name}”", { name: tag.name })),
      rename: (tag, name) =>
        this.#edit((changes) => withName(changes, tag, tidy(name)), t("Renamed “{name}”", { name: tag.name })),
      add: (names) =>
        this.#edit((changes) => withMore(changes, names), t("Added “{names}”", { names: names.join("”, “") })),
    });
    pane.controls.append(fromTemplate("tag-controls"));
    ref(button(actions, "copy-text"), "copy-text-label").textContent = t("Copy list");
    button(actions, "copy-text").after(fromTemplate("tag-actions"));
    const hashtags = button(actions, "copy-hashtags");
    listen(hashtags, "click", () => {
      if (!this.#result) return;
      const { keywords } = settings;
      copyFrom(hashtags, onsight.tagText("hashtags", currentTagging(this.#result).tags, { keywords, urgent: true }));
    });
    setUpSaving(actions, formatNames(), (format) =>
      this.#picture && this.#result ? saveOne(onsight, this.#picture, this.#result, format) : undefined,
    );
    actions.append(fromTemplate("tag-keywords"));
    setUpLeaving(actions);
    listen(button(answer, "undo"), "click", () => this.#undo());
    listen(answer, "keydown", (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      // In a text field, the key undoes typing.
      if (!isUndo || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      this.#undo();
    });
    this.#off = [
      setUpTuning(pane.controls),
      settings.on("change", (what) => (what === "look" ? this.runAgain() : this.redraw())),
      edits.on("change", () => void this.#ask()),
      this.#highlight.on("change", () => this.#showPlace()),
    ];
  }

  /**
   * @override
   * @param {Tagging | null} result
   * @param {Picture} selected
   */
  showResult(result, selected) {
    this.#picture = selected;
    this.#result = result;
    this.#showPlace();
    void this.#ask();
  }

  /**
   * @override
   * @param {Tagging} result
   */
  render(result) {
    this.#tagAnswer.render(result, edits.lastStep(fileOf(result)));
  }

  /** @override */
  get keys() {
    return { t: () => this.#tagAnswer.focusField() };
  }

  /** @override */
  close() {
    for (const off of this.#off) off();
    this.#layer.close();
    this.#tagAnswer.close();
    super.close();
  }

  /** Ask Python to apply the user's edits to the tags, if the edits have changed; one request at a time. */
  async #ask() {
    const result = this.#result;
    if (this.#isAsking || !result || isCurrent(result)) return;
    this.#isAsking = true;
    const isAnswered = await tryTo(refresh(this.app.onsight, result));
    this.#isAsking = false;
    if (isAnswered) this.redraw();
  }

  /**
   * Edit the tags. Python checks the edit first: if it rejects a name, nothing changes.
   * @param {(changes: Changes) => Changes} make
   * @param {string} text describes the edit
   * @returns {Promise<boolean>} whether it was made
   */
  async #edit(make, text) {
    const result = this.#result;
    if (!result) return false;
    const file = fileOf(result);
    const changes = make(edits.of(file));
    const isFine = await tryTo(change(this.app.onsight, result, changes));
    if (isFine) {
      edits.set(file, changes, text);
      announce(`${text}.`);
    } else this.redraw();
    return isFine;
  }

  #undo() {
    if (!this.#result) return;
    const file = fileOf(this.#result);
    const text = edits.lastStep(file);
    if (!text) return;
    edits.undo(file);
    announce(t("Undone: {edit}.", { edit: text }));
  }

  #showPlace() {
    const result = this.#result;
    const { active, pinned } = this.#highlight;
    const tag = result && active !== null ? allTags(result).find(({ id }) => id === active) : undefined;
    this.pane.frame.closest(".pane")?.classList.toggle("pane--held", result !== null && pinned !== null);
    void this.#layer.show(result, tag ?? null);
  }

  /**
   * @param {Tagging} result
   * @param {Tag} tag
   */
  async #where(result, tag) {
    try {
      const places = await placesOf(this.app.onsight, result);
      const origin = tag.source === "user" ? renamingTo(edits.of(fileOf(result)), tag.name)?.id : undefined;
      return places.get(origin ?? tag.id) ?? null;
    } catch {
      return null; // the tag is shown without its place
    }
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void} closes the view
 */
export function mount(host, app) {
  const view = new TagView(host, app);
  return () => view.close();
}
