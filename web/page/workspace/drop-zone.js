import { elementFromTemplate, ref } from "../lib/dom.js";
import { canChooseFolder } from "../lib/picture-files.js";

/**
 * Put the drop zone into a view. The shell handles its buttons, and drops anywhere on the page.
 * @param {HTMLElement} host
 */
export function showDropZone(host) {
  const zone = elementFromTemplate("drop-zone");
  const folder = zone.querySelector('[data-action="choose-folder"]');
  if (folder instanceof HTMLElement) folder.hidden = !canChooseFolder();
  ref(host, "drop").replaceChildren(zone);
}
