import { box, elementFromTemplate, fromTemplate, part } from "../dom.js";
import { showDropZone } from "../drop-zone.js";

/** @import { App } from "../app.js" */
/** @import { Tool } from "../routes.js" */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void}
 */
export function mountHome(host, { tools }) {
  host.replaceChildren(fromTemplate("view-home"));
  showDropZone(host);
  box(host, "tools").append(...tools.map(cardOf));
  return () => {};
}

/** @param {Tool} tool */
function cardOf({ name, icon, text, route }) {
  const card = elementFromTemplate("tool-card");
  const link = part(card, "link", HTMLAnchorElement);
  const plain = box(card, "name");
  part(card, "icon", SVGUseElement).setAttribute("href", `#${icon}`);
  box(card, "text").textContent = text;
  box(card, "state").textContent = route ? "Ready" : "Coming";
  card.classList.toggle("tool--coming", !route);
  if (route) {
    link.href = `#${route.path}`;
    link.textContent = name;
    plain.remove();
  } else {
    plain.textContent = name;
    link.remove();
  }
  return card;
}
