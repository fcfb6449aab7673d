/**
 * What the shell knows about tools. The table of tools itself is generated from Python's (`onsight.tools.TOOLS`).
 *
 * The folder of a tool holds `view.js`, `templates.html`, style sheets and `icon.svg`. Except for the icon they are loaded
 * when the tool is first opened.
 */

export { TOOLS } from "./tool-table.js";

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
 * @property {() => Promise<ToolModule>} load
 * @property {boolean} [receives] whether it handles added pictures itself; otherwise they are added to the list of pictures
 */

/** @typedef {ToolEntry & Loading} Tool */

/**
 * Save all libraries to files.
 * @param {App} app
 * @param {(text: string) => void} report receives the outcome, in a sentence
 */
export async function backUp(app, report) {
  const { saveLibraries } = await import("../tools/organise/backup.js");
  await saveLibraries(app, report);
}
