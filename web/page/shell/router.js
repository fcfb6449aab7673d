/** Shows the view that belongs to the address (`#/classify`). */

import { button, elementFromTemplate, part, ref } from "../lib/dom.js";
import { t } from "../lib/texts.js";
import { mountHome } from "./home.js";
import { mountPrivacy } from "./privacy.js";
import { loadTool, loadedTool } from "./tool-loader.js";
import { TOOLS } from "./tools.js";

/** @import { App } from "../workspace/app.js" */
/** @import { Mount, Tool } from "./tools.js" */

/** @typedef {Tool | {path: string, name: string, mount: Mount}} Route */

const HOME = { path: "/", name: "Onsight", mount: mountHome };

/** @type {readonly Route[]} */
const ROUTES = [
  HOME,
  ...TOOLS,
  {
    path: "/privacy",
    get name() {
      return t("Privacy");
    },
    mount: mountPrivacy,
  },
];

/** How long a tool may take to load before the page shows "Loading…". */
const PATIENCE_MS = 300;

/** @type {Route} */
let current = HOME;

/** The tool that is shown or being loaded, if any. */
export function currentTool() {
  return "load" in current ? current : undefined;
}

/** Open the first tool if no tool is open, because pictures were added. */
export function goToTool() {
  const [first] = TOOLS;
  if (first && !currentTool()) location.hash = first.path;
}

/** @param {App} app */
export function setUpRouter(app) {
  const main = part(document, "main", HTMLElement);
  const links = TOOLS.map(({ path, name }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${path}`;
    link.textContent = name;
    item.append(link);
    return { path, link, item };
  });
  ref(document, "nav").append(...links.map(({ item }) => item));
  document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
    event.preventDefault(); // its fragment is not a route
    main.focus();
  });

  let leave = () => {};
  let isFirst = true;

  addEventListener("hashchange", () => {
    if (main.hidden) return location.reload(); // everything was deleted
    isFirst = false;
    show();
    scrollTo(0, 0);
  });
  show();
  // Pictures dropped on the home page go to the first tool.
  if (current === HOME && TOOLS[0]) loadTool(TOOLS[0]).catch(() => {});

  function show() {
    const path = location.hash.replace(/^#/, "");
    current = ROUTES.find((route) => route.path === path) ?? HOME;
    const tool = currentTool();
    leave();
    leave = () => {};
    document.title = current === HOME ? "Onsight" : t("{view} · Onsight", { view: current.name });
    part(document, "files", HTMLInputElement).accept = tool?.accept ?? "image/*";
    ref(document, "veil-text").textContent = tool?.drop ?? TOOLS[0]?.drop ?? "";
    for (const { path: target, link } of links) {
      if (target === current.path) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "center" }); // if the navigation is wider than the screen
      } else {
        link.removeAttribute("aria-current");
      }
    }
    if ("mount" in current) return open(current.mount);
    const module = loadedTool(current);
    if (module) open(module.mount);
    else void openWhenLoaded(current);
  }

  /** @param {Mount} mount */
  function open(mount) {
    leave = mount(main, app);
    if (!isFirst) main.querySelector("h1")?.focus({ preventScroll: true });
  }

  /**
   * Load a tool and show it, unless another view has been opened by then.
   * @param {Tool} tool
   */
  async function openWhenLoaded(tool) {
    let isLeft = false;
    main.replaceChildren();
    const timer = setTimeout(() => main.replaceChildren(waitingView(tool, t("Loading…"))), PATIENCE_MS);
    leave = () => {
      isLeft = true;
      clearTimeout(timer);
    };
    try {
      const { mount } = await loadTool(tool);
      if (isLeft || main.hidden) return; // or everything was deleted
      leave();
      open(mount);
    } catch (error) {
      if (isLeft || main.hidden) return;
      console.debug(`${tool.name} could not be loaded: ${error}`);
      leave();
      main.replaceChildren(failedView(tool));
      if (!isFirst) main.querySelector("h1")?.focus({ preventScroll: true });
    }
  }

  /** @param {Tool} tool */
  function failedView(tool) {
    const text = t("{tool} could not be loaded. Check the connection and try again.", { tool: tool.name });
    const view = waitingView(tool, text);
    const again = button(view, "again");
    again.hidden = false;
    again.addEventListener("click", () => {
      isFirst = false;
      void openWhenLoaded(tool);
    });
    return view;
  }
}

/**
 * The view that replaces a tool while it is not loaded.
 * @param {Tool} tool
 * @param {string} text
 */
function waitingView(tool, text) {
  const view = elementFromTemplate("tool-waiting");
  ref(view, "title").textContent = tool.name;
  ref(view, "text").textContent = text;
  return view;
}
