/**
 * Translates the texts that people read. The English text in the code is the key of its translation.
 *
 * Every sentence that reaches a person goes through `t` or `plural`; the texts of templates are translated when they are
 * used. `python -m web.texts` collects all of them in a catalogue (web/page.pot) that translation tools read.
 */

/** @typedef {Readonly<Record<string, string | readonly string[]>>} Translation by English text; for `plural` by the singular */

/** Attributes whose values people read or hear. */
const READ_ATTRIBUTES = ["aria-label", "aria-description", "title", "placeholder", "alt"];

/** Elements that are part of the sentence around them. */
const INLINE = new Set("a abbr b code em i kbd output small span strong time".split(" "));

/** @type {Translation} */
let translation = {};
let language = "en";
let rules = new Intl.PluralRules(language);

/**
 * Make a translation take effect for everything that is shown from now on.
 * @param {string} name of the language, BCP 47
 * @param {Translation} texts forms of a plural are in the order of `Intl.PluralRules`' categories
 */
export function useTranslation(name, texts) {
  language = name;
  translation = texts;
  rules = new Intl.PluralRules(name);
}

/** The language of the texts, BCP 47: dates and numbers follow it. */
export function currentLanguage() {
  return language;
}

/**
 * A text in the user's language.
 * @param {string} source the English text, a literal with fields: "Opening {name}…"
 * @param {Readonly<Record<string, string | number>>} [values] of the fields
 * @returns {string}
 */
export function t(source, values) {
  const translated = translation[source];
  return fill(typeof translated === "string" ? translated : source, values);
}

/**
 * The form of a text that fits a number.
 * @param {number} count the field `{count}`, shown with thousands separators
 * @param {string} one the English text for 1, a literal
 * @param {string} many the English text for other numbers, a literal
 * @param {Readonly<Record<string, string | number>>} [values] of further fields
 * @returns {string}
 */
export function plural(count, one, many, values) {
  const forms = translation[one];
  const index = rules.resolvedOptions().pluralCategories.indexOf(rules.select(count));
  const english = count === 1 ? one : many;
  const chosen = Array.isArray(forms) ? (forms[index] ?? forms.at(-1) ?? english) : english;
  return fill(chosen, { ...values, count: count.toLocaleString(language) });
}

/**
 * Translate the texts of markup in place. A sentence with inline elements is one text in which they are numbered:
 * "Press <1>Esc</1> to close."
 * @template {ParentNode & Node} T
 * @param {T} root
 * @returns {T} the same
 */
export function translateMarkup(root) {
  if (!Object.keys(translation).length) return root;
  translateTexts(root);
  for (const name of READ_ATTRIBUTES) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      element.setAttribute(name, translationOf(element.getAttribute(name) ?? "") ?? element.getAttribute(name) ?? "");
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
    const translated = translationOf(source);
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
  const translated = translationOf(source);
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

/** @param {string} source */
function translationOf(source) {
  const translated = translation[normalised(source)];
  return typeof translated === "string" ? translated : undefined;
}

/**
 * As the catalogue has it: line breaks and indentation of the markup do not count.
 * @param {string} text
 */
function normalised(text) {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * @param {string} text
 * @param {Readonly<Record<string, string | number>>} [values]
 */
function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (field, name) => String(values[name] ?? field)) : text;
}
