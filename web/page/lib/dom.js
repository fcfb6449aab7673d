/** Finds the page's elements by name and checks their type. Markup is in templates in HTML files, never in strings. */

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
 * The only element of a template.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function elementFromTemplate(id) {
  const element = fromTemplate(id).firstElementChild;
  if (!(element instanceof HTMLElement)) throw new TypeError(`The template "${id}" has no element.`);
  return element;
}

/**
 * Add an event listener, and return a function that removes it.
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
 * Fill a definition list, leaving out rows without a value.
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
 * Return a function that schedules `draw` to run once before the next paint, however often it is called.
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
 * Change what is shown inside `root`. If the focused element disappears or is disabled, move the focus to `heir`.
 * @param {HTMLElement} root
 * @param {HTMLElement} heir
 * @param {() => void} change hides, shows, enables and disables elements
 */
export function keepFocus(root, heir, change) {
  const focused = document.activeElement;
  const isInside = focused instanceof HTMLElement && root.contains(focused);
  change();
  // A removed element loses the focus immediately; a hidden or disabled one keeps it until the next frame.
  const isElsewhere = document.activeElement !== focused && document.activeElement !== document.body;
  if (!isInside || isElsewhere) return;
  if (!focused.checkVisibility() || focused.matches(":disabled")) heir.focus({ preventScroll: true });
}

/**
 * Redraw rows, and restore the focus if one of their buttons had it. The new button is found by its row's `data-key` and
 * its name, or is else the first button of the row. If the row is gone, the row now in its place gets the focus.
 * @param {HTMLElement} root contains the rows
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
 * Enable the buttons "previous" and "next" where there is something to go to. A button that becomes disabled passes the
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
 * Show progress.
 * @param {HTMLProgressElement} progress
 * @param {number | null} fraction null shows an indeterminate bar
 */
export function setProgress(progress, fraction) {
  if (fraction === null) progress.removeAttribute("value");
  else progress.value = fraction;
}
