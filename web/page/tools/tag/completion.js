/** The field for the user's own tags. It suggests names that Onsight knows. */

import { announce } from "../../lib/announce.js";
import { button, elementFromTemplate, listen, part, ref } from "../../lib/dom.js";
import { OptionList } from "../../lib/option-list.js";
import { plural } from "../../lib/texts.js";
import { tidy } from "./edits.js";

/** @import { TagName } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */

/** How many names are suggested at a time. */
const MANY = 8;

/** The names that Onsight knows, requested once. @type {Promise<TagName[]> | undefined} */
let learning;

export class TagField {
  #onsight;
  #onAdd;
  #input;
  #options;
  /** @type {TagName[]} */
  #known = [];
  /** The current suggestions. @type {TagName[]} */
  #offered = [];

  /**
   * @param {HTMLElement} root contains the field's template
   * @param {Onsight} onsight
   * @param {(names: string[]) => Promise<boolean>} onAdd returns whether the tags were added
   */
  constructor(root, onsight, onAdd) {
    this.#onsight = onsight;
    this.#onAdd = onAdd;
    this.#input = part(root, "new-tag", HTMLInputElement);
    this.#options = new OptionList(this.#input, ref(root, "offers"), {
      onChoose: (index) => this.#add(this.#offered[index]?.name ?? ""),
      reveal: (option) => option.scrollIntoView({ block: "nearest" }),
    });
    listen(this.#input, "focus", () => this.#learn());
    listen(this.#input, "input", () => this.#change());
    listen(this.#input, "blur", () => this.#close());
    listen(this.#input, "keydown", (event) => this.#press(event));
    listen(button(root, "add"), "click", () => this.#add(this.#input.value));
  }

  focus() {
    this.#input.focus();
  }

  async #learn() {
    learning ??= this.#onsight.tagNames({ urgent: true }).then(({ names }) => names);
    try {
      this.#known = await learning;
    } catch {
      learning = undefined; // the field works without suggestions
    }
    if (document.activeElement === this.#input) this.#offer();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!this.#options.isOpen) this.#offer();
      this.#options.move(key);
    } else if (key === "Enter") {
      event.preventDefault();
      this.#add(this.#offered[this.#options.active]?.name ?? this.#input.value);
    } else if (key === "Escape" && this.#options.isOpen) {
      event.preventDefault();
      this.#close();
    }
  }

  #change() {
    // A comma ends a tag. Pasted text may contain several.
    if (/[,\n]/u.test(this.#input.value)) this.#add(this.#input.value);
    else this.#offer();
  }

  #offer() {
    const text = tidy(this.#input.value).toLowerCase();
    this.#offered = text ? bestOf(this.#known, text) : [];
    this.#options.show(this.#offered.map((offer, index) => optionOf(offer, text, `offer-${index}`)));
    const count = this.#offered.length;
    if (count) announce(plural(count, "{count} suggestion.", "{count} suggestions."));
  }

  #close() {
    this.#offered = [];
    this.#options.show([]);
  }

  /** @param {string} text */
  async #add(text) {
    const names = text.split(/[,\n]/u).map(tidy).filter(Boolean);
    this.#close();
    if (!names.length) {
      if (!tidy(this.#input.value)) this.#input.value = "";
      return this.#input.focus();
    }
    const before = this.#input.value;
    this.#input.value = "";
    const isAdded = await this.#onAdd(names);
    // Let the user correct a name that was rejected.
    if (!isAdded && !this.#input.value) this.#input.value = before;
    this.#input.focus();
  }
}

/**
 * The best suggestions: first names that start with the text, then names with a word that does, then matching aliases.
 * @param {readonly TagName[]} names
 * @param {string} text in lower case
 */
function bestOf(names, text) {
  const ranked = names.flatMap((name) => {
    const rank = rankOf(name, text);
    return rank === null ? [] : [{ name, rank }];
  });
  // The names are sorted by importance, and the sort is stable.
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, MANY).map(({ name }) => name);
}

/**
 * @param {TagName} name
 * @param {string} text
 */
function rankOf({ name, aliases }, text) {
  const low = name.toLowerCase();
  if (low === text) return 0;
  if (low.startsWith(text)) return 1;
  if (beginsWord(low, text)) return 2;
  return aliases.some((alias) => beginsWord(alias.toLowerCase(), text)) ? 3 : null;
}

/** @param {string} name @param {string} text */
function beginsWord(name, text) {
  return name.startsWith(text) || name.includes(` ${text}`) || name.includes(`-${text}`);
}

/**
 * @param {TagName} offer
 * @param {string} text
 * @param {string} id
 */
function optionOf({ name, group, aliases }, text, id) {
  const option = elementFromTemplate("offer");
  option.id = id;
  ref(option, "name").textContent = name;
  const alias = rankOf({ name, group, aliases: [], id: "", parents: [] }, text) === null
    ? aliases.find((one) => beginsWord(one.toLowerCase(), text))
    : undefined;
  ref(option, "hint").textContent = alias ? `${alias} · ${group}` : group;
  return option;
}
