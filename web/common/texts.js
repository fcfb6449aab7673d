/**
 * Translates sentences, in the page and in workers. The English sentence in the code is the key of its translation.
 *
 * Every sentence that reaches a user goes through `t` or `plural`. `python -m web.texts` collects these sentences in a
 * catalogue (web/page.pot) for translation tools.
 */

/** @typedef {Readonly<Record<string, string | readonly string[]>>} Translation by English text; for `plural`, by the singular */

/** @type {Translation} */
let translation = {};
let language = "en";
let rules = new Intl.PluralRules(language);

/**
 * Use a translation for everything that is shown from now on.
 * @param {string} name of the language, BCP 47
 * @param {Translation} texts the forms of a plural are in the order of `Intl.PluralRules`' categories
 */
export function useTranslation(name, texts) {
  language = name;
  translation = texts;
  rules = new Intl.PluralRules(name);
}

/** The language of the interface, BCP 47. Dates and numbers are formatted for it. */
export function currentLanguage() {
  return language;
}

/** Whether the interface is shown in a language other than English. */
export function hasTranslation() {
  return Object.keys(translation).length > 0;
}

/**
 * A text in the user's language.
 * @param {string} source the English text, a literal with fields: "Opening {name}…"
 * @param {Readonly<Record<string, string | number>>} [values] of the fields
 * @returns {string}
 */
export function t(source, values) {
  return fill(translationOf(source) ?? source, values);
}

/**
 * The form of a text that fits a number.
 * @param {number} count the field `{count}`, shown with thousands separators
 * @param {string} one the English text for 1, a literal
 * @param {string} many the English text for other numbers, a literal
 * @param {Readonly<Record<string, string | number>>} [values] of other fields
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
 * The translation of a text that is not a literal here, such as an error from a worker, which has no translation.
 * @param {string} source
 * @returns {string | undefined} undefined if there is none
 */
export function translationOf(source) {
  const translated = translation[source];
  return typeof translated === "string" ? translated : undefined;
}

/**
 * @param {string} text
 * @param {Readonly<Record<string, string | number>>} [values]
 */
function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (field, name) => String(values[name] ?? field)) : text;
}
