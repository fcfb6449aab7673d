/**
 * The tools, in the order of the navigation. A new tool is a folder in `page/tools/` and a row here.
 *
 * The folder holds `view.js`, `templates.html` and style sheets. They are loaded when the tool is first opened.
 */

/** @import { FileWithPath } from "../lib/picture-files.js" */
/** @import { App, ToolEntry } from "../workspace/app.js" */

/** @typedef {(host: HTMLElement, app: App) => () => void} Mount fills the host; returns a function that leaves the view */

/**
 * @typedef {(app: App, files: FileWithPath[], isWhole: boolean, beside: FileWithPath[]) => void} Receive takes pictures
 *   that arrive while the tool is shown
 */

/** @typedef {{mount: Mount, receive?: Receive}} ToolModule */

/**
 * @typedef {object} Loading
 * @property {string} folder of the tool, below the site
 * @property {readonly string[]} styles names of its style sheets, in their order
 * @property {() => Promise<ToolModule>} load
 * @property {boolean} [receives] whether it takes pictures itself; for other tools they go into the list of pictures
 */

/** @typedef {ToolEntry & Loading} Tool */

/** @type {readonly Tool[]} */
export const TOOLS = [
  {
    name: "Classify",
    path: "/classify",
    icon: "i-label",
    text: "One label for the whole picture, and where the network looked.",
    drop: "Drop to classify",
    folder: "page/tools/classify/",
    styles: ["style.css"],
    load: () => import("../tools/classify/view.js"),
  },
  {
    name: "Tag",
    path: "/tag",
    icon: "i-tags",
    text: "Everything in the picture: objects, scene, colours, each with its confidence.",
    drop: "Drop to tag",
    folder: "page/tools/tag/",
    styles: ["style.css"],
    load: () => import("../tools/tag/view.js"),
  },
  {
    name: "Detect",
    path: "/detect",
    icon: "i-boxes",
    text: "A labelled box around each thing, and how many there are.",
    drop: "Drop to find things",
    folder: "page/tools/detect/",
    styles: ["style.css"],
    load: () => import("../tools/detect/view.js"),
  },
  {
    name: "Enhance",
    path: "/enhance",
    icon: "i-enhance",
    text: "Better light and colour, less noise, more pixels.",
    drop: "Drop to enhance",
    folder: "page/tools/enhance/",
    styles: ["viewer.css", "style.css"],
    load: () => import("../tools/enhance/view.js"),
  },
  {
    name: "Organise",
    path: "/organise",
    icon: "i-grid",
    text: "Sort a folder of thousands, search it, find duplicates.",
    drop: "Drop to add to the library",
    accept: "image/*,.zip",
    receives: true,
    folder: "page/tools/organise/",
    styles: ["style.css", "picture.css", "sorting.css"],
    load: () => import("../tools/organise/view.js"),
  },
  {
    name: "Compare",
    path: "/compare",
    icon: "i-compare",
    text: "Classification and tagging side by side, on your own picture.",
    drop: "Drop to compare",
    folder: "page/tools/compare/",
    styles: ["style.css"],
    load: () => import("../tools/compare/view.js"),
  },
];

/**
 * Save all libraries.
 * @param {App} app
 * @param {(text: string) => void} report how it ended, in a sentence
 */
export async function backUp(app, report) {
  const { saveLibraries } = await import("../tools/organise/backup.js");
  await saveLibraries(app, report);
}
