/** Translates the page's texts: the sentences in the code (see common/texts.js) and, when they are used, the templates. */

import { hasTranslation, translationOf } from "../../common/texts.js";

export { currentLanguage, plural, t, useTranslation } from "../../common/texts.js";

/** Attributes whose values people read or hear; web/texts.py has the same list. */
const READ_ATTRIBUTES = ["aria-label", "aria-description", "title", "placeholder", "alt"];

/** Elements that are part of the sentence around them; web/texts.py has the same list. */
const INLINE = new Set("a abbr b code em i kbd output small span strong time".split(" "));

/**
 * Translate the texts of markup in place. A sentence with inline elements is one text with numbered elements:
 * "Press <1>Esc</1> to close."
 * @template {ParentNode & Node} T
 * @param {T} root
 * @returns {T} the same
 */
export function translateMarkup(root) {
  if (!hasTranslation()) return root;
  translateTexts(root);
  for (const name of READ_ATTRIBUTES) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      const source = element.getAttribute(name) ?? "";
      element.setAttribute(name, translationOf(normalised(source)) ?? source);
    }
  }
  return root;
}

/** @param {ParentNode & Node} parent */
function translateTexts(parent) {
  const elements = [...parent.children].filter(({ localName }) => localName !== "svg");
  const texts = [...parent.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  const isSentence =
    elements.length > 0 &&
    elements.every(({ localName }) => INLINE.has(localName)) &&
    texts.some(({ nodeValue }) => /[A-Za-z]{2}/.test(nodeValue ?? ""));
  if (isSentence) return translateSentence(parent);
  for (const text of texts) {
    const source = text.nodeValue ?? "";
    const translated = translationOf(normalised(source));
    if (translated !== undefined) text.nodeValue = source.replace(/\S[^]*\S|\S/, () => translated);
  }
  for (const element of elements) {
    if (!["script", "style"].includes(element.localName)) translateTexts(element);
  }
}

/** @param {ParentNode & Node} parent */
function translateSentence(parent) {
  const elements = [...parent.children];
  let number = 0;
  const source = [...parent.childNodes]
    .map((node) => {
      if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeValue ?? "";
      number += 1;
      const words = /** @type {Element} */ (node).localName === "svg" ? "" : (node.textContent ?? "");
      return words ? `<${number}>${words}</${number}>` : `<${number}/>`;
    })
    .join("");
  const translated = translationOf(normalised(source));
  if (translated === undefined) return;
  const parts = translated.split(/(<\d+\/>|<(?:\d+)>[^<]*<\/\d+>)/).map((part) => {
    const [, index, words] = /^<(\d+)(?:\/>|>([^<]*)<)/.exec(part) ?? [];
    const element = index && elements[Number(index) - 1];
    if (!element) return part;
    if (words && words !== element.textContent) element.textContent = words;
    return element;
  });
  parent.replaceChildren(...parts);
}

/**
 * The text as the catalogue has it: line breaks and indentation in the markup make no difference.
 * @param {string} text
 */
function normalised(text) {
  return text.replace(/\s+/g, " ").trim();
}
