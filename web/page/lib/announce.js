/** What is said to people: to screen readers alone, or to everybody in a passing notice. */

import { ref } from "./dom.js";

const NOTICE_MS = 6000;

const live = ref(document, "live");
const noticeBox = ref(document, "notice");
const places = [live, noticeBox].map((element) => ({ element, home: /** @type {HTMLElement} */ (element.parentElement) }));
let noticeTimer = 0;

// The dialog that closes may be taken away with all that is in it. The event does not bubble.
document.addEventListener("close", comeForward, true);

/**
 * Say something through a screen reader.
 * @param {string} text
 */
export function announce(text) {
  comeForward();
  // The same words twice are news twice: an unchanged text would not be read.
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

/**
 * Say something to everybody: it is shown for a moment, too.
 * @param {string} text
 */
export function notice(text) {
  announce(text);
  noticeBox.textContent = text;
  noticeBox.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (noticeBox.hidden = true), NOTICE_MS);
}

/** Go into the dialog that is open, if one is: what is outside of it is neither read nor, if the dialog is large, seen. */
function comeForward() {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  for (const { element, home } of places) {
    if (dialog && element.parentElement !== dialog) dialog.append(element);
    else if (!dialog && element.parentElement !== home) home.prepend(element);
  }
}

/**
 * Say what went wrong, if something does.
 * @param {Promise<unknown>} work
 * @returns {Promise<boolean>} whether it went well
 */
export async function tryTo(work) {
  try {
    await work;
    return true;
  } catch (error) {
    notice(error instanceof Error ? error.message : String(error));
    return false;
  }
}
