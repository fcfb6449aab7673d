/** The dialog that shows one picture of the library, with its tags and facts. */

import { announce, tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, enableSteps, fillFacts, listen, part, redrawRows, ref } from "../../lib/dom.js";
import { formatBytes, formatCount, formatList, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { quoted } from "./query-text.js";
import { editTags, namesIn } from "./tag-editing.js";

/** @import { LibraryPicture, Tag } from "../../../protocol.d.ts" */
/** @import { ToolEntry } from "../../workspace/app.js" */
/** @import { Library } from "./library.js" */
/** @import { Tiles } from "./tiles.js" */

/**
 * @typedef {object} DetailActions
 * @property {(picture: LibraryPicture) => Promise<File>} open opens the picture's file
 * @property {(file: File, signal: AbortSignal) => Promise<Blob>} view returns the file, or a preview if browsers cannot show it as it is
 * @property {(file: File, picture: LibraryPicture, tool: ToolEntry) => void} use opens it in another tool
 * @property {(id: number) => void} findSimilar
 * @property {(query: string) => void} search
 * @property {() => string} query returns the query that found the pictures; empty if none did
 * @property {(id: number) => void} onStep called with the next or previous picture when the user goes to it
 * @property {readonly ToolEntry[]} tools
 */

export class Detail {
  #library;
  #tiles;
  #actions;
  /** @type {readonly number[]} */
  #ids;
  /** The picture that was requested last. */
  #id;
  #dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("organise-detail"));
  #image = part(this.#dialog, "large", HTMLImageElement);
  /** URL of the file or its preview, if it could be loaded. */
  #source = "";
  /** Aborted when another picture is shown. */
  #viewing = new AbortController();
  /** The visible picture, which all actions refer to. @type {LibraryPicture | undefined} */
  #picture;

  /**
   * @param {Library} library
   * @param {Tiles} tiles
   * @param {readonly number[]} ids the pictures that the user can step through
   * @param {number} id
   * @param {DetailActions} actions
   */
  constructor(library, tiles, ids, id, actions) {
    this.#library = library;
    this.#tiles = tiles;
    this.#ids = ids;
    this.#id = id;
    this.#actions = actions;
    const dialog = this.#dialog;
    listen(button(dialog, "previous"), "click", () => this.#step(-1));
    listen(button(dialog, "next"), "click", () => this.#step(1));
    listen(button(dialog, "detail-close"), "click", () => dialog.close());
    listen(button(dialog, "similar"), "click", () => {
      dialog.close();
      actions.findSimilar(this.#seenId);
    });
    listen(dialog, "keydown", (event) => {
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "ArrowLeft") this.#step(-1);
      if (event.key === "ArrowRight") this.#step(1);
    });
    listen(part(dialog, "add-form", HTMLFormElement), "submit", (event) => {
      event.preventDefault();
      const field = part(dialog, "new-tags", HTMLInputElement);
      const tags = namesIn(field.value);
      if (tags.length) void this.#edit("add", tags).then((isDone) => isDone && (field.value = ""));
    });
    listen(this.#image, "error", () => {
      // The browser cannot show this format, so fall back to the thumbnail.
      const tile = this.#tiles.get(this.#seenId);
      if (tile && this.#image.src !== tile.source) this.#image.src = tile.source;
    });
    listen(dialog, "close", () => {
      this.#viewing.abort();
      URL.revokeObjectURL(this.#source);
      dialog.remove();
    });
    const tools = actions.tools.filter(({ name }) => name !== "Organise");
    ref(dialog, "tools").replaceChildren(...tools.map((tool) => this.#toolButton(tool)));
    document.body.append(dialog);
    dialog.showModal();
    // Not the button "previous", which is disabled at the first picture: the dialog must receive keys.
    ref(dialog, "heading").focus({ preventScroll: true });
    void this.#show();
  }

  /** The id of the visible picture; before the first one is visible, of the requested one. */
  get #seenId() {
    return this.#picture?.id ?? this.#id;
  }

  /** @param {1 | -1} by */
  #step(by) {
    const next = this.#ids[this.#ids.indexOf(this.#id) + by];
    if (next === undefined) return;
    this.#id = next;
    this.#actions.onStep(next);
    void this.#show();
  }

  async #show() {
    const id = this.#id;
    const index = this.#ids.indexOf(id);
    this.#tiles.want(this.#ids.slice(Math.max(0, index - 2), index + 3));
    await tryTo(this.#library.methods.picture({ id }).then((picture) => id === this.#id && this.#fill(picture)));
  }

  /** @param {LibraryPicture} picture */
  #fill(picture) {
    const isOther = picture.id !== this.#picture?.id;
    this.#picture = picture;
    const dialog = this.#dialog;
    const index = this.#ids.indexOf(picture.id);
    enableSteps(dialog, index, this.#ids.length);
    ref(dialog, "position").textContent = t("{number} of {total}", {
      number: formatCount(index + 1),
      total: formatCount(this.#ids.length),
    });
    ref(dialog, "file").textContent = picture.name;
    ref(dialog, "label").textContent = picture.label;
    ref(dialog, "score").textContent = formatPercent(picture.score);
    ref(dialog, "category").textContent = picture.category;
    this.#fillTags(picture);
    ref(dialog, "objects").textContent = objectsOf(picture);
    ref(dialog, "objects").hidden = picture.boxes === null;
    fillFacts(ref(dialog, "facts"), [
      [t("Folder"), picture.folder || null],
      [t("File size"), formatBytes(picture.size)],
      ...picture.facts.map(({ name, value }) => /** @type {const} */ ([name, value])),
      [t("Colours"), formatList(picture.colours.map(({ name }) => name)) || null],
    ]);
    if (!isOther) return;
    const { name, label } = picture;
    announce(t("{name}: {label}, {score}", { name, label, score: formatPercent(picture.score) }));
    this.#image.alt = t("{name}: {label}", { name, label });
    this.#image.src = this.#tiles.get(picture.id)?.source ?? "";
    this.#image.style.aspectRatio = `${picture.width} / ${picture.height}`;
    void this.#showLarge(picture);
    void this.#showReasons(picture);
  }

  /**
   * Say why the query found the picture.
   * @param {LibraryPicture} picture
   */
  async #showReasons({ id }) {
    const why = ref(this.#dialog, "why");
    why.hidden = true;
    const query = this.#actions.query();
    if (!query.trim()) return;
    const { sentences } = await this.#library.methods.explain({ id, query });
    if (id !== this.#id) return;
    ref(why, "reasons").replaceChildren(
      ...sentences.map((sentence) => {
        const line = document.createElement("li");
        line.textContent = sentence;
        return line;
      }),
    );
    why.hidden = sentences.length === 0;
  }

  /** @param {LibraryPicture} picture */
  #fillTags({ tags, rejected }) {
    const list = ref(this.#dialog, "tag-list");
    const rows = [...tags.map((tag) => this.#tag(tag)), ...rejected.map((name) => this.#rejected(name))];
    redrawRows(list, () => list.replaceChildren(...rows));
  }

  /** @param {LibraryPicture} picture */
  async #showLarge(picture) {
    const note = ref(this.#dialog, "small-only");
    this.#viewing.abort();
    this.#viewing = new AbortController();
    const { signal } = this.#viewing;
    try {
      const view = await this.#actions.view(await this.#actions.open(picture), signal);
      if (signal.aborted) return;
      URL.revokeObjectURL(this.#source);
      this.#source = URL.createObjectURL(view);
      this.#image.src = this.#source;
      note.hidden = true;
    } catch (error) {
      if (signal.aborted) return;
      note.textContent = t("Only the thumbnail is available. {reason}", {
        reason: /** @type {Error} */ (error).message,
      });
      note.hidden = false;
    }
  }

  /** @param {Tag} tag */
  #tag({ name, score, source }) {
    const isOwn = source === "user";
    const row = elementFromTemplate("organise-detail-tag");
    row.dataset.key = name;
    row.classList.toggle("chip--own", isOwn);
    const press = button(row, "find");
    ref(press, "name").textContent = name;
    ref(press, "tag-score").textContent = isOwn ? "" : formatPercent(score);
    press.title = t("Search for “{name}”", { name });
    listen(press, "click", () => {
      this.#dialog.close();
      this.#actions.search(`tag:${quoted(name)}`);
    });
    const accept = button(row, "accept");
    accept.hidden = isOwn;
    accept.setAttribute("aria-label", t("Keep “{name}” permanently", { name }));
    accept.title = t("Keep permanently");
    listen(accept, "click", () => void this.#edit("accept", [name]));
    const remove = button(row, "remove-tag");
    remove.setAttribute("aria-label", t("Remove “{name}”", { name }));
    remove.title = t("Remove");
    listen(remove, "click", () => void this.#edit("remove", [name]));
    return row;
  }

  /** @param {string} name */
  #rejected(name) {
    const row = elementFromTemplate("organise-rejected-tag");
    row.dataset.key = `-${name}`;
    const back = button(row, "back");
    ref(back, "name").textContent = name;
    back.title = t("Removed. Click to restore.");
    back.setAttribute("aria-label", t("Restore “{name}”", { name }));
    listen(back, "click", () => void this.#edit("add", [name]));
    return row;
  }

  /** @param {ToolEntry} tool */
  #toolButton(tool) {
    const press = document.createElement("button");
    press.type = "button";
    press.className = "button button--small";
    press.textContent = tool.name;
    listen(press, "click", async () => {
      const picture = this.#picture;
      if (!picture) return;
      await tryTo(
        this.#actions.open(picture).then((file) => {
          this.#dialog.close();
          this.#actions.use(file, picture, tool);
        }),
      );
    });
    return press;
  }

  /**
   * @param {"add" | "remove" | "accept" | "reject"} action
   * @param {string[]} tags
   */
  async #edit(action, tags) {
    const isDone = await editTags(this.#library, { action, ids: [this.#seenId], tags });
    await this.#show();
    return isDone;
  }
}

/** @param {LibraryPicture} picture */
function objectsOf({ boxes, objects }) {
  if (!boxes) return "";
  return objects.length ? t("Objects: {names}", { names: formatList(objects) }) : t("No objects were found.");
}

