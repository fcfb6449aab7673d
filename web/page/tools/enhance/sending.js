/** Opens the result in another tool, as a new picture. */

import { notice } from "../../lib/announce.js";
import { isAbort } from "../../client.js";
import { button, elementFromTemplate, keepFocus, listen, part, ref, setProgress } from "../../lib/dom.js";
import { makeFile } from "./exporting.js";

/** @import { EnhanceSettings } from "../../../protocol.d.ts" */
/** @import { App } from "../../workspace/app.js" */
/** @import { Picture } from "../../workspace/pictures.js" */
/** @import { Size } from "./transform.js" */

/** Paths of the tools for single pictures. */
const TARGETS = ["/classify", "/tag", "/detect"];

/**
 * @param {HTMLElement} root contains the panel
 * @param {App} app
 * @param {() => {picture: Picture, settings: EnhanceSettings | null, size: Size | null} | undefined} current what to send
 * @returns {() => void} cancels a transfer in progress
 */
export function setUpSending(root, { onsight, pictures, tools }, current) {
  /** @type {AbortController | undefined} */
  let abort;
  const progress = ref(root, "send-progress");
  const buttons = tools.flatMap(({ name, path, icon }) => {
    if (!TARGETS.includes(path)) return [];
    const control = elementFromTemplate("enhance-send");
    part(control, "icon", SVGUseElement).setAttribute("href", `#${icon}`);
    ref(control, "name").textContent = name;
    listen(control, "click", () => send(path, control));
    return [control];
  });
  ref(root, "send").append(...buttons);
  listen(button(root, "send-cancel"), "click", () => abort?.abort());
  return () => abort?.abort();

  /**
   * @param {string} path
   * @param {HTMLElement} control that was pressed
   */
  async function send(path, control) {
    const now = current();
    if (!now?.settings || abort) return;
    abort = new AbortController();
    keepFocus(document.body, button(root, "send-cancel"), () => show(true));
    try {
      const { signal } = abort;
      const onProgress = (/** @type {{fraction: number | null}} */ { fraction }) =>
        setProgress(part(root, "send-bar", HTMLProgressElement), fraction);
      const file = await makeFile(onsight, now.picture, now.settings, { size: now.size, signal, onProgress });
      if (signal.aborted) return;
      pictures.add([{ file, path: file.name }]);
      pictures.select(pictures.items.at(-1));
      location.hash = path;
    } catch (error) {
      if (!isAbort(error)) notice(error instanceof Error ? error.message : String(error));
    } finally {
      abort = undefined;
      keepFocus(document.body, control, () => show(false));
    }
  }

  /** @param {boolean} busy */
  function show(busy) {
    progress.hidden = !busy;
    for (const control of buttons) if (control instanceof HTMLButtonElement) control.disabled = busy;
  }
}
