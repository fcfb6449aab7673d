/** Announces messages: to screen readers only, or to everybody in a notice that disappears after some seconds. */

import { ref } from "./dom.js";

const NOTICE_MS = 6000;

const live = ref(document, "live");
const noticeBox = ref(document, "notice");
const places = [live, noticeBox].map((element) => ({ element, home: /** @type {HTMLElement} */ (element.parentElement) }));
let noticeTimer = 0;

// A dialog may be removed when it closes, with everything in it. The event does not bubble, hence the capture phase.
document.addEventListener("close", moveToFront, true);

/**
 * Announce a message to screen readers.
 * @param {string} text
 */
export function announce(text) {
  moveToFront();
  // Screen readers skip a text that has not changed, even if the message is new.
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

/**
 * Show a message for some seconds, and announce it to screen readers.
 * @param {string} text
 */
export function notice(text) {
  announce(text);
  noticeBox.textContent = text;
  noticeBox.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (noticeBox.hidden = true), NOTICE_MS);
}

/** Move into the open dialog, if there is one: screen readers ignore what is outside, and a large dialog covers it. */
function moveToFront() {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  for (const { element, home } of places) {
    if (dialog && element.parentElement !== dialog) dialog.append(element);
    else if (!dialog && element.parentElement !== home) home.prepend(element);
  }
}

/**
 * Wait for a promise, and show a notice if it fails.
 * @param {Promise<unknown>} work
 * @returns {Promise<boolean>} whether it succeeded
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
