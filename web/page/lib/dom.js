/** The page's elements, found by name and checked by type. Markup lives in templates in HTML files, never in strings. */

import { translateMarkup } from "./texts.js";

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} name value of its `data-part`
 * @param {{new (): T, prototype: T}} type
 * @returns {T}
 */
export function part(root, name, type) {
  const element = root.querySelector(`[data-part="${name}"]`);
  if (!(element instanceof type)) throw new TypeError(`There is no ${type.name} named "${name}" here.`);
  return element;
}

/**
 * @param {ParentNode} root
 * @param {string} name
 */
export function button(root, name) {
  return part(root, name, HTMLButtonElement);
}

/**
 * @param {ParentNode} root
 * @param {string} name
 */
export function ref(root, name) {
  return part(root, name, HTMLElement);
}

/**
 * @param {string} id of a template
 * @returns {DocumentFragment}
 */
export function fromTemplate(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new TypeError(`There is no template "${id}".`);
  return translateMarkup(document.importNode(template.content, true));
}

/**
 * The one element of a template.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function elementFromTemplate(id) {
  const element = fromTemplate(id).firstElementChild;
  if (!(element instanceof HTMLElement)) throw new TypeError(`The template "${id}" has no element.`);
  return element;
}

/**
 * Listen, and return how to stop.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @returns {() => void}
 */
export function listen(target, type, listener) {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}

/**
 * Fill a definition list; rows without a value are left out.
 * @param {HTMLElement} list
 * @param {ReadonlyArray<readonly [string, string | null]>} facts
 */
export function fillFacts(list, facts) {
  list.replaceChildren(
    ...facts.flatMap(([name, value]) => {
      if (value === null) return [];
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const text = document.createElement("dd");
      term.textContent = name;
      text.textContent = value;
      row.append(term, text);
      return [row];
    }),
  );
}

/**
 * A function that runs `draw` once before the next paint, however often it is called.
 * @param {() => void} draw
 * @returns {() => void}
 */
export function beforePaint(draw) {
  let pending = false;
  return () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      draw();
    });
  };
}

/**
 * Hide, show, disable things inside `root`; if what had the focus is gone then, the focus goes to `heir`.
 * @param {HTMLElement} root
 * @param {HTMLElement} heir
 * @param {() => void} change
 */
export function keepFocus(root, heir, change) {
  const focused = document.activeElement;
  const isInside = focused instanceof HTMLElement && root.contains(focused);
  change();
  // What is removed loses the focus at once, what is hidden or disabled with the next frame.
  const isElsewhere = document.activeElement !== focused && document.activeElement !== document.body;
  if (!isInside || isElsewhere) return;
  if (!focused.checkVisibility() || focused.matches(":disabled")) heir.focus({ preventScroll: true });
}

/**
 * Write rows anew. If one of their buttons had the focus, it has it again: found by its row's `data-key` and its name, or
 * else the first of the row; of a row that is gone, the one of the row that has its place now.
 * @param {HTMLElement} root of the rows
 * @param {() => void} draw
 */
export function redrawRows(root, draw) {
  const rows = () => /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-key]")]);
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("[data-key]");
  if (!(focused instanceof HTMLElement) || !(row instanceof HTMLElement)) return draw();
  const index = rows().indexOf(row);
  draw();
  const after = rows();
  const heir = after.find(({ dataset }) => dataset.key === row.dataset.key) ?? after[Math.min(index, after.length - 1)];
  const buttons = [...(heir?.querySelectorAll("button") ?? [])].filter(({ hidden, disabled }) => !hidden && !disabled);
  (buttons.find(({ dataset }) => dataset.part === focused.dataset.part) ?? buttons[0])?.focus();
}

/**
 * Let the buttons "previous" and "next" lead as far as there is something; one that leads nowhere any more hands the
 * focus to the other.
 * @param {ParentNode} root
 * @param {number} index
 * @param {number} count
 */
export function enableSteps(root, index, count) {
  const previous = button(root, "previous");
  const next = button(root, "next");
  const enable = () => {
    previous.disabled = index <= 0;
    next.disabled = index >= count - 1;
  };
  keepFocus(previous, next, () => keepFocus(next, previous, enable));
}

/**
 * Show how far something is; without a fraction the bar only says that it goes on.
 * @param {HTMLProgressElement} progress
 * @param {number | null} fraction
 */
export function setProgress(progress, fraction) {
  if (fraction === null) progress.removeAttribute("value");
  else progress.value = fraction;
}
