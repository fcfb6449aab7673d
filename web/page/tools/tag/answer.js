/** The result of Tag, next to the picture: heading, the user's tags, groups of tags, colours and camera data. */

import { fillFacts, fromTemplate, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { allTags, shownTags } from "./answers.js";
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
    const tags = shownTags(result);
    const hidden = allTags(result).length - tags.length;
    ref(this.#root, "heading").textContent = headingOf(tags);
    ref(this.#root, "weaker").textContent = hidden
      ? plural(hidden, "{count} less likely tag is not shown.", "{count} less likely tags are not shown.")
      : "";
    ref(this.#root, "none").hidden = tags.length > 0;
    ref(this.#root, "undo-row").hidden = lastStep === null;
    ref(this.#root, "undo-text").textContent = lastStep ?? "";
    this.#chips.show(result, tags);
    showColours(ref(this.#root, "palette"), result.colours);
    fillFacts(ref(this.#root, "photo-facts"), factsOf(result.photo));
  }

  close() {
    this.#chips.close();
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
