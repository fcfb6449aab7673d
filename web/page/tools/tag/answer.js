/** The tags of a picture beside it: heading, own tags, groups, colours, facts of the photo. */

import { fillFacts, fromTemplate, ref } from "../../lib/dom.js";
import { formatCount, formatPercent } from "../../lib/format.js";
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

  /** Go to the field for one's own tags. */
  focusField() {
    this.#field.focus();
  }

  /**
   * @param {Tagging} result of the look
   * @param {string | null} lastStep what can be undone
   */
  render(result, lastStep) {
    const tags = shownTags(result);
    const hidden = allTags(result).length - tags.length;
    ref(this.#root, "heading").textContent = headingOf(tags);
    ref(this.#root, "weaker").textContent = hidden
      ? `${formatCount(hidden)} less likely ${hidden === 1 ? "one is" : "ones are"} not shown.`
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
 * The colours as a strip, each as wide as its share.
 * @param {HTMLElement} strip
 * @param {readonly Colour[]} colours
 */
function showColours(strip, colours) {
  const words = colours.map(({ name, share }) => `${name} ${formatPercent(share)}`);
  strip.setAttribute("aria-label", `Colours: ${words.join(", ")}`);
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
