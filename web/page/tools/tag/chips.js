/** The tags as chips, in rows. Each can be removed or renamed, and shows its confidence to the pointer and the focus. */

import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";
import { fileOf } from "./answers.js";
import { aboutTag } from "./wording.js";

/** @import { Colour, Tag, Tagging } from "../../../protocol.d.ts" */
/** @import { Highlight } from "../../workspace/highlight.js" */

/**
 * @typedef {object} ChipActions
 * @property {(tag: Tag) => void} remove
 * @property {(tag: Tag, name: string) => void} rename
 */

/**
 * The tags by the row in which they stand; `rest` is listed by group.
 * @typedef {object} Rows
 * @property {readonly Tag[]} own
 * @property {readonly Tag[]} main
 * @property {readonly Tag[]} colours
 * @property {readonly Tag[]} style
 * @property {readonly Tag[]} rest
 */

/** @typedef {{tag: Tag, chip: HTMLElement}} Entry */

export class Chips {
  #root;
  #highlight;
  #actions;
  /** @type {Map<string, Entry>} by id */
  #chips = new Map();
  /** Whether the user is renaming a tag. */
  #isRenaming = false;
  /** What to show after the renaming, or when the pointer has left the chips. @type {{result: Tagging, rows: Rows} | undefined} */
  #late;
  /** @type {Tagging | undefined} */
  #result;
  #off;

  /**
   * @param {HTMLElement} root contains the rows
   * @param {Highlight<string>} highlight ids of tags
   * @param {ChipActions} actions
   */
  constructor(root, highlight, actions) {
    this.#root = root;
    this.#highlight = highlight;
    this.#actions = actions;
    this.#off = highlight.on("change", (active) => this.#light(active));
    listen(ref(root, "main"), "pointerleave", () => this.#showLate());
  }

  close() {
    this.#off();
  }

  /**
   * @param {Tagging} result
   * @param {Rows} rows
   */
  show(result, rows) {
    if (this.#isRenaming || this.#isPointedAt(result)) {
      this.#late = { result, rows };
      return;
    }
    this.#late = undefined;
    this.#result = result;
    const focused = this.#focused();
    const colours = new Map(result.colours.map((colour) => [`colour_${colour.id}`, colour]));
    const before = this.#chips;
    // Keep the chip of a tag: it may have the focus.
    this.#chips = new Map(
      Object.values(rows).flat().map((tag) => {
        const entry = before.get(tag.id) ?? this.#entryOf(tag);
        write(entry, tag, colours.get(tag.id));
        return [tag.id, entry];
      }),
    );
    for (const name of /** @type {const} */ (["own", "main", "colours", "style"])) {
      fill(ref(this.#root, name), this.#chipsOf(rows[name]));
    }
    const groups = result.groups.map((name) => ({
      name,
      chips: this.#chipsOf(rows.rest.filter(({ group }) => group === name)),
    }));
    this.#showGroups(groups.filter(({ chips }) => chips.length));
    this.#highlight.keep([...this.#chips.keys()]);
    this.#light(this.#highlight.active);
    if (focused) this.#restore(focused);
  }

  /**
   * Whether the user points at a chip of the same picture: then a better result must not move what they are about to press.
   * @param {Tagging} result
   */
  #isPointedAt(result) {
    const shown = this.#result;
    const isBetter = shown !== undefined && shown !== result && fileOf(shown) === fileOf(result);
    return isBetter && shown.model !== result.model && ref(this.#root, "main").matches(":hover");
  }

  #showLate() {
    if (!this.#late || this.#isRenaming) return;
    const { result, rows } = this.#late;
    this.#late = undefined;
    this.#result = undefined;
    this.show(result, rows);
  }

  /** @param {readonly Tag[]} tags */
  #chipsOf(tags) {
    return tags.flatMap(({ id }) => this.#chips.get(id)?.chip ?? []);
  }

  /** @param {{name: string, chips: HTMLElement[]}[]} groups */
  #showGroups(groups) {
    const list = ref(this.#root, "groups");
    const known = new Map([...list.children].map((element) => [/** @type {HTMLElement} */ (element).dataset.group, element]));
    const sections = groups.map(({ name, chips }) => {
      const section = /** @type {HTMLElement} */ (known.get(name) ?? sectionOf(name));
      fill(ref(section, "chips"), chips);
      return section;
    });
    fill(list, sections);
  }

  /** @param {Tag} tag */
  #entryOf(tag) {
    const chip = elementFromTemplate("tag-chip");
    /** @type {Entry} */
    const entry = { tag, chip };
    const { id } = tag;
    const press = button(chip, "press");
    listen(chip, "pointerenter", ({ pointerType }) => pointerType === "mouse" && this.#highlight.point(id));
    listen(chip, "pointerleave", () => this.#highlight.point(null));
    // A click also moves the focus here, but a click pins.
    listen(press, "focus", () => press.matches(":focus-visible") && this.#highlight.focus(id));
    listen(press, "blur", () => this.#highlight.focus(null));
    listen(press, "click", () => this.#highlight.pin(id));
    listen(button(chip, "rename"), "click", () => this.#startRenaming(entry.tag, chip));
    listen(button(chip, "remove-tag"), "click", () => this.#remove(entry.tag, chip));
    listen(chip, "keydown", (event) => this.#press(event, entry.tag, chip));
    listen(press, "dblclick", () => this.#startRenaming(entry.tag, chip));
    return entry;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Tag} tag
   * @param {HTMLElement} chip
   */
  #press(event, tag, chip) {
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      // The key removes the tag, not the picture. Holding it down does not remove all tags.
      event.preventDefault();
      if (!event.repeat) this.#remove(tag, chip);
    } else if (event.key === "F2") {
      event.preventDefault();
      this.#startRenaming(tag, chip);
    }
  }

  /**
   * @param {Tag} tag
   * @param {HTMLElement} chip
   */
  #remove(tag, chip) {
    chip.classList.add("tagchip--leaving");
    this.#actions.remove(tag);
  }

  /**
   * Rename a tag in its chip. Enter or leaving the field accepts the name, Escape cancels.
   * @param {Tag} tag
   * @param {HTMLElement} chip
   */
  #startRenaming(tag, chip) {
    if (this.#isRenaming) return;
    this.#isRenaming = true;
    this.#highlight.point(null);
    const field = elementFromTemplate("tag-name");
    const input = part(field, "input", HTMLInputElement);
    input.value = tag.name;
    input.size = Math.max(8, tag.name.length + 1);
    input.setAttribute("aria-label", t("New name for {name}", { name: tag.name }));
    chip.replaceWith(field);
    input.focus();
    input.select();
    const end = (/** @type {boolean} */ isKept, /** @type {boolean} */ keepsFocus) => {
      if (!this.#isRenaming) return;
      this.#isRenaming = false;
      const name = input.value.trim();
      field.replaceWith(chip);
      if (keepsFocus) button(chip, "press").focus();
      this.#showLate();
      if (isKept && name && name !== tag.name) this.#actions.rename(tag, name);
    };
    listen(input, "keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      end(event.key === "Enter", true);
    });
    listen(input, "blur", () => end(true, false));
  }

  /** The chip that has the focus, and its index among all chips. */
  #focused() {
    const order = [...this.#root.querySelectorAll(".tagchip")];
    const index = order.findIndex((chip) => chip.contains(document.activeElement));
    const entry = [...this.#chips.values()].find(({ chip }) => chip === order[index]);
    return entry ? { tag: entry.tag, index } : null;
  }

  /**
   * Restore the focus to the tag that had it, or to the one now in its place.
   * @param {{tag: Tag, index: number}} focused
   */
  #restore({ tag, index }) {
    const entry = this.#chips.get(tag.id);
    if (entry?.chip.contains(document.activeElement)) return;
    const order = [...this.#root.querySelectorAll(".tagchip")];
    const heir = entry?.chip ?? order[Math.min(index, order.length - 1)];
    if (heir instanceof HTMLElement) button(heir, "press").focus({ preventScroll: true });
    else part(this.#root, "new-tag", HTMLInputElement).focus({ preventScroll: true });
  }

  /** @param {string | null} active id */
  #light(active) {
    for (const [id, { chip }] of this.#chips) {
      const isPinned = id === this.#highlight.pinned;
      chip.classList.toggle("tagchip--active", id === active);
      button(chip, "press").setAttribute("aria-pressed", String(isPinned));
      button(chip, "rename").hidden = !isPinned;
      // Keyboard users have shortcuts; next to a pinned chip, they can also reach its buttons.
      button(chip, "remove-tag").tabIndex = isPinned ? 0 : -1;
    }
  }
}

/**
 * Write a tag into its chip.
 * @param {Entry} entry
 * @param {Tag} tag
 * @param {Colour | undefined} colour
 */
function write(entry, tag, colour) {
  const { chip } = entry;
  entry.tag = tag;
  const isOwn = tag.source === "user";
  const press = button(chip, "press");
  ref(press, "name").textContent = tag.name;
  ref(press, "score").textContent = isOwn ? "" : formatPercent(tag.score);
  ref(chip, "bar").style.inlineSize = `${tag.score * 100}%`;
  ref(chip, "bar").hidden = isOwn;
  const swatch = ref(press, "swatch");
  swatch.hidden = !colour;
  if (colour) swatch.style.backgroundColor = colour.hex;
  press.title = aboutTag(tag);
  chip.classList.toggle("tagchip--own", isOwn);
  chip.classList.remove("tagchip--leaving");
  button(chip, "rename").setAttribute("aria-label", t("Rename {name}", { name: tag.name }));
  button(chip, "remove-tag").setAttribute("aria-label", t("Remove {name}", { name: tag.name }));
}

/** @param {string} name */
function sectionOf(name) {
  const section = elementFromTemplate("tag-group");
  section.dataset.group = name;
  ref(section, "title").textContent = name;
  ref(section, "chips").setAttribute("aria-label", name);
  return section;
}

/**
 * Put children in order without moving those already in place: moving the focused element would blur it.
 * @param {HTMLElement} parent
 * @param {readonly HTMLElement[]} children
 */
function fill(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
  for (const [index, child] of children.entries()) {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  }
}
