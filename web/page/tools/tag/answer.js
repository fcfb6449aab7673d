/** The result of Tag, next to the picture: sentence, tags in rows, everything that was found, and camera data. */

import { copyFrom } from "../../lib/clipboard.js";
import { button, fillFacts, fromTemplate, listen, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { allTags, fileOf, otherTags, sentenceOf, shownTags } from "./answers.js";
import { Chips } from "./chips.js";
import { TagField } from "./completion.js";
import { factsOf, headingOf } from "./wording.js";

/** @import { Colour, Tagging } from "../../../protocol.d.ts" */
/** @import { Onsight } from "../../client.js" */
/** @import { Highlight } from "../../workspace/highlight.js" */
/** @import { ChipActions } from "./chips.js" */

/** @typedef {ChipActions & {add: (names: string[]) => Promise<boolean>}} AnswerActions */

export class TagAnswer {
  #root;
  #chips;
  #field;
  /** @type {File | undefined} */
  #file;

  /**
   * @param {HTMLElement} root
   * @param {Onsight} onsight
   * @param {Highlight<string>} highlight ids of tags
   * @param {AnswerActions} actions
   */
  constructor(root, onsight, highlight, actions) {
    this.#root = root;
    root.append(fromTemplate("tag-answer"));
    this.#chips = new Chips(root, highlight, actions);
    this.#field = new TagField(root, onsight, actions.add);
    const copy = button(root, "copy-sentence");
    listen(copy, "click", () => copyFrom(copy, ref(root, "sentence").textContent ?? ""));
  }

  /** Focus the field for the user's own tags. */
  focusField() {
    this.#field.focus();
  }

  /**
   * @param {Tagging} result of the engine
   * @param {string | null} lastStep describes the edit that can be undone; null if there is none
   */
  render(result, lastStep) {
    const root = this.#root;
    const shown = shownTags(result);
    const { colours, style, rest } = otherTags(result);
    const hidden = allTags(result).length - shown.length - colours.length - style.length - rest.length;
    this.#keepHeight(fileOf(result));
    const sentence = sentenceOf(result);
    const hasSentence = sentence !== "";
    const reason = result.description
      ? t("You corrected the tags, so there is no description.")
      : t("Too little is certain for a description.");
    ref(root, "sentence").textContent = sentence || reason;
    ref(root, "sentence").classList.toggle("muted", !hasSentence);
    button(root, "copy-sentence").hidden = !hasSentence;
    ref(root, "heading").textContent = headingOf(shown);
    ref(root, "none").hidden = shown.length > 0;
    ref(root, "undo-row").hidden = lastStep === null;
    ref(root, "undo-text").textContent = lastStep ?? "";
    const own = shown.filter(({ source }) => source === "user");
    const main = shown.filter(({ source }) => source !== "user");
    this.#chips.show(result, { own, main, colours, style, rest });
    ref(root, "colours-row").hidden = result.colours.length === 0;
    ref(root, "style-row").hidden = style.length === 0;
    part(root, "everything", HTMLDetailsElement).hidden = rest.length + hidden === 0;
    ref(root, "everything-text").textContent = rest.length
      ? plural(rest.length, "Everything found: {count} more tag", "Everything found: {count} more tags")
      : t("Everything found");
    ref(root, "weaker").textContent = hidden
      ? plural(hidden, "{count} less likely tag is not shown.", "{count} less likely tags are not shown.")
      : "";
    showColours(ref(root, "palette"), result.colours);
    fillFacts(ref(root, "photo-facts"), factsOf(result.photo));
  }

  close() {
    this.#chips.close();
  }

  /**
   * Keep the rows of chips at least as high as they are while a better result for the same picture replaces a first one,
   * so that nothing below them moves up.
   * @param {File} file
   */
  #keepHeight(file) {
    const list = ref(this.#root, "main");
    const isSame = file === this.#file;
    this.#file = file;
    list.style.minBlockSize = isSame && list.childElementCount ? `${list.offsetHeight}px` : "";
  }
}

/**
 * Show the colours as a strip in which each is as wide as its share.
 * @param {HTMLElement} strip
 * @param {readonly Colour[]} colours
 */
function showColours(strip, colours) {
  const words = colours.map(({ name, share }) => t("{colour} {share}", { colour: name, share: formatPercent(share) }));
  strip.setAttribute("aria-label", t("Colours: {colours}", { colours: words.join(", ") }));
  strip.replaceChildren(
    ...colours.map(({ hex, share }, index) => {
      const piece = document.createElement("span");
      piece.style.backgroundColor = hex;
      piece.style.flexGrow = String(share);
      piece.title = words[index] ?? "";
      return piece;
    }),
  );
}
