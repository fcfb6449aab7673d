/** What every view is given. The shell creates it when the page starts (`page/app.js`). */

/** @import { Onsight } from "../client.js" */
/** @import { Batch } from "./batch.js" */
/** @import { Pictures } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/**
 * @typedef {object} ToolEntry a tool in the table of tools
 * @property {string} name in the navigation and on the home page; read it when it is shown, as for all texts here
 * @property {string} path after the `#`
 * @property {string} icon id of a symbol in index.html
 * @property {string} text one sentence for the card on the home page
 * @property {string} drop what the page shows while files are dragged over it
 * @property {string} [accept] files that the file chooser offers, if not only pictures
 */

/**
 * @typedef {object} BackgroundWork work of a tool that continues while other views are shown
 * @property {boolean} busy whether leaving the page would interrupt something
 * @property {() => Promise<void>} close stops it and closes all files
 */

/**
 * @typedef {object} App
 * @property {Onsight} onsight
 * @property {Pictures} pictures
 * @property {readonly ToolEntry[]} tools
 * @property {<Result extends AnyResult>(tool: Tool<Result>) => Batch<Result>} batch a tool's work on the
 *   pictures, which continues while other views are shown
 * @property {Set<BackgroundWork>} background
 * @property {() => Promise<string[]>} deleteAll deletes everything stored on this device; returns the titles of what
 *   could not be deleted because it is in use
 */

export {};
