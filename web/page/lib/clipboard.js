/** Copies text to the clipboard. */

import { announce } from "./announce.js";
import { t } from "./texts.js";

const FEEDBACK_MS = 1600;

/** @type {WeakMap<HTMLElement, {text: string | null, timer: number}>} */
const flashing = new WeakMap();

/**
 * Copy a text, and show the outcome in the button that was pressed.
 * @param {HTMLButtonElement} button
 * @param {string | Promise<string>} text
 */
export async function copyFrom(button, text) {
  const copied = await Promise.resolve(text).then(copy, () => false);
  const words = copied ? t("Copied") : t("Could not copy");
  announce(words);
  const label = button.querySelector("[data-label]");
  if (!(label instanceof HTMLElement)) return;
  const before = flashing.get(label);
  clearTimeout(before?.timer);
  const original = before?.text ?? label.textContent;
  label.textContent = words;
  const timer = setTimeout(() => {
    label.textContent = original;
    flashing.delete(label);
  }, FEEDBACK_MS);
  flashing.set(label, { text: original, timer });
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * Copy without the clipboard API, which insecure origins lack, such as a test server on the local network.
 * @param {string} text
 */
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
