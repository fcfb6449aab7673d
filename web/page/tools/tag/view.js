/** Tag: everything that the picture shows, each with its own confidence. */

import { announce, tryTo } from "../../lib/announce.js";
import { setUpSaving } from "../../workspace/save-one.js";
import { Highlight } from "../../workspace/highlight.js";
import { mountTool } from "../../workspace/view.js";
import { copyFrom } from "../../lib/clipboard.js";
import { button, fromTemplate, listen, ref } from "../../lib/dom.js";
import { TagAnswer } from "./answer.js";
import { allTags, change, currentTagging, fileOf, isCurrent, look, placesOf, refresh, shownTags } from "./answers.js";
import { edits, renamingTo, tidy, withMore, withName, without } from "./edits.js";
import { PlaceLayer } from "./place-layer.js";
import { FORMATS, saveAll, saveOne } from "./saving.js";
import { settings } from "./settings.js";
import { setUpTuning } from "./tuning.js";
import { shortTagging } from "./wording.js";

/** @import { Tag, Tagging } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Workspace, Display, Tool } from "../../workspace/tool.js" */
/** @import { Changes } from "./edits.js" */
/** @import { Format } from "./saving.js" */
/** @import { Picture } from "../../workspace/pictures.js" */

const { json: _, ...FORMATS_OF_MANY } = FORMATS;

/** @type {Tool<Tagging>} */
const TAG = {
  key: "tag",
  title: "Tag",
  lead: "Everything in the picture, each with its own confidence.",
  again: "Tag it",
  stageWords: {
    queued: "Next in line…",
    read: "Reading the file…",
    decode: "Opening the picture…",
    preprocess: "Preparing it for the network…",
    infer: "Looking at all of it…",
    postprocess: "Finding the right words…",
  },
  stageNames: [
    ["read", "Reading"],
    ["decode", "Decoding"],
    ["preprocess", "Preparing"],
    ["infer", "Networks"],
    ["postprocess", "Naming"],
  ],
  found: "tagged",
  unsure: { name: "No tags", word: "without tags" },
  isUnsure: (result) => shownTags(result).length === 0,
  run: look,
  short: shortTagging,
  text: (_name, result, onsight) => onsight.tagText("list", currentTagging(result).tags, { urgent: true }),
  data: currentTagging,
  saving: {
    formats: FORMATS_OF_MANY,
    save: (onsight, looks, format, progress) =>
      saveAll(onsight, looks, /** @type {Exclude<Format, "json">} */ (format), progress),
  },
  display,
};

/**
 * @param {Workspace} workspace
 * @returns {Display<Tagging>}
 */
function display({ app, pane, answer, actions, again, changed }) {
  const { onsight } = app;
  /** @type {Picture | undefined} */
  let picture;
  /** @type {Tagging | null} */
  let shown = null;
  let isAsking = false;

  /** @type {Highlight<string>} ids of tags */
  const highlight = new Highlight();
  const layer = new PlaceLayer(pane, where);
  const told = new TagAnswer(answer, onsight, highlight, {
    remove: (tag) => edit((changes) => without(changes, tag), `Removed “${tag.name}”`),
    rename: (tag, name) => edit((changes) => withName(changes, tag, tidy(name)), `Renamed “${tag.name}”`),
    add: (names) => edit((changes) => withMore(changes, names), `Added ${names.map((name) => `“${name}”`).join(", ")}`),
  });
  pane.controls.append(fromTemplate("tag-controls"));
  ref(button(actions, "copy-text"), "copy-text-label").textContent = "Copy list";
  button(actions, "copy-text").after(fromTemplate("tag-actions"));
  const hashtags = button(actions, "copy-hashtags");
  listen(hashtags, "click", () => {
    if (shown) copyFrom(hashtags, onsight.tagText("hashtags", currentTagging(shown).tags, { urgent: true }));
  });
  setUpSaving(actions, FORMATS, (format) => (picture && shown ? saveOne(onsight, picture, shown, format) : undefined));
  listen(button(answer, "undo"), "click", undo);
  listen(answer, "keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    // In a field the key undoes what was typed.
    if (!isUndo || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    undo();
  });
  const off = [
    setUpTuning(pane.controls),
    settings.on("change", (what) => (what === "look" ? again() : changed())),
    edits.on("change", () => void ask()),
    highlight.on("change", showPlace),
  ];

  return {
    show(result, selected) {
      picture = selected;
      shown = result;
      showPlace();
      void ask();
    },
    tell: (result) => told.tell(result, edits.lastStep(fileOf(result))),
    keys: { t: () => told.focusField() },
    close() {
      off.forEach((end) => end());
      layer.close();
      told.close();
    },
  };

  /** Have Python put changes over the tags, if they have changed; one question at a time. */
  async function ask() {
    const result = shown;
    if (isAsking || !result || isCurrent(result)) return;
    isAsking = true;
    const isAnswered = await tryTo(refresh(onsight, result));
    isAsking = false;
    if (isAnswered) changed();
  }

  /**
   * Change something. Python is asked first: a name that is none is refused, and nothing changes.
   * @param {(changes: Changes) => Changes} make
   * @param {string} text what is done
   * @returns {Promise<boolean>} whether it was
   */
  async function edit(make, text) {
    const result = shown;
    if (!result) return false;
    const file = fileOf(result);
    const changes = make(edits.of(file));
    const isFine = await tryTo(change(onsight, result, changes));
    if (isFine) {
      edits.set(file, changes, text);
      announce(`${text}.`);
    } else changed();
    return isFine;
  }

  function undo() {
    if (!shown) return;
    const file = fileOf(shown);
    const text = edits.lastStep(file);
    if (!text) return;
    edits.undo(file);
    announce(`Undone: ${text}.`);
  }

  function showPlace() {
    const { active } = highlight;
    const tag = shown && active !== null ? allTags(shown).find(({ id }) => id === active) : undefined;
    pane.frame.closest(".pane")?.classList.toggle("pane--held", shown !== null && highlight.pinned !== null);
    void layer.show(shown, tag ?? null);
  }

  /**
   * @param {Tagging} result
   * @param {Tag} tag
   */
  async function where(result, tag) {
    try {
      const places = await placesOf(onsight, result);
      const origin = tag.source === "user" ? renamingTo(edits.of(fileOf(result)), tag.name)?.id : undefined;
      return places.get(origin ?? tag.id) ?? null;
    } catch {
      return null; // it is only where; the tag stands
    }
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function mount(host, app) {
  return mountTool(host, app, TAG);
}
