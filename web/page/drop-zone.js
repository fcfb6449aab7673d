import { box, elementFromTemplate } from "./dom.js";
import { canChooseFolder } from "./intake.js";

/**
 * Put the drop zone into a view's slot for it. The page listens for its buttons, and for drops everywhere.
 * @param {HTMLElement} host
 */
export function showDropZone(host) {
  const zone = elementFromTemplate("drop-zone");
  const folder = zone.querySelector('[data-action="choose-folder"]');
  if (folder instanceof HTMLElement) folder.hidden = !canChooseFolder();
  box(host, "drop").replaceChildren(zone);
}
