/** The page's elements, found by name and checked by type. Markup lives in index.html's templates, never in strings. */

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
export function box(root, name) {
  return part(root, name, HTMLElement);
}

/**
 * @param {string} id of a template
 * @returns {DocumentFragment}
 */
export function fromTemplate(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new TypeError(`There is no template "${id}".`);
  return document.importNode(template.content, true);
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
  if (isInside && (!focused.checkVisibility() || focused.matches(":disabled"))) heir.focus({ preventScroll: true });
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
