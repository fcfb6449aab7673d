/** The home page, with a card for each tool. */

import { elementFromTemplate, fromTemplate, part, ref } from "../lib/dom.js";
import { showDropZone } from "../workspace/drop-zone.js";

/** @import { App } from "../workspace/app.js" */
/** @import { ToolEntry } from "../workspace/app.js" */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void}
 */
export function mountHome(host, { tools }) {
  host.replaceChildren(fromTemplate("view-home"));
  showDropZone(host);
  ref(host, "tools").append(...tools.map(cardOf));
  return () => {};
}

/** @param {ToolEntry} tool */
function cardOf({ name, path, icon, text }) {
  const card = elementFromTemplate("tool-card");
  const link = part(card, "link", HTMLAnchorElement);
  part(card, "icon", SVGUseElement).setAttribute("href", `#${icon}`);
  ref(card, "text").textContent = text;
  link.href = `#${path}`;
  link.textContent = name;
  return card;
}
