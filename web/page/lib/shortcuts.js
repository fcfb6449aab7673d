/** Single-key shortcuts. Users can switch them off, because voice input may trigger them by accident (WCAG 2.1.4). */

import { button, part, ref } from "./dom.js";
import { recall, remember } from "./local-storage.js";

const KEY = "onsight.single-keys";
let enabled = recall(KEY) !== "off";

/**
 * @param {Record<string, () => void>} actions by `KeyboardEvent.key`, letters in lower case
 * @returns {() => void} removes the shortcuts
 */
export function onKeys(actions) {
  const abort = new AbortController();
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isBusyElsewhere(event)) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action = actions[key];
      if (!action || (!enabled && event.key.length === 1)) return;
      event.preventDefault();
      action();
    },
    { signal: abort.signal },
  );
  return () => abort.abort();
}

/** Set up the dialog that lists the shortcuts. */
export function setUpShortcuts() {
  const dialog = part(document, "shortcuts", HTMLDialogElement);
  const toggle = part(dialog, "single-keys", HTMLInputElement);
  toggle.checked = enabled;
  toggle.addEventListener("change", () => {
    enabled = toggle.checked;
    remember(KEY, enabled ? null : "off");
  });
  button(document, "keys").addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close(); // the backdrop
  });
  onKeys({ "?": () => dialog.showModal() });
  ref(document, "keys").hidden = !matchMedia("(any-pointer: fine)").matches;
}

/**
 * Whether the focused element needs the key itself: a text field, radio buttons, an open dialog.
 * @param {KeyboardEvent} event
 */
function isBusyElsewhere({ target }) {
  if (document.querySelector("dialog[open]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target.isContentEditable || target.matches("textarea, select");
}
