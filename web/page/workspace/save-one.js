/** The choice of a format, and the button that saves the result of the selected picture. */

import { tryTo } from "../lib/announce.js";
import { button, fromTemplate, listen, part } from "../lib/dom.js";

/**
 * @template {string} Format
 * @param {HTMLElement} actions
 * @param {Readonly<Record<Format, string>>} formats names by format
 * @param {(format: Format) => Promise<void> | undefined} save undefined if there is nothing to save
 */
export function setUpSaving(actions, formats, save) {
  actions.append(fromTemplate("save-actions"));
  const format = part(actions, "save-format", HTMLSelectElement);
  for (const [value, text] of Object.entries(formats)) format.append(new Option(String(text), value));
  const press = button(actions, "save");
  listen(press, "click", async () => {
    const saving = save(/** @type {Format} */ (format.value));
    if (!saving) return;
    press.disabled = true;
    await tryTo(saving);
    press.disabled = false;
  });
}
