/** What the start of the page hands to every view. The shell makes it (`page/app.js`). */

/** @import { Onsight } from "../client.js" */
/** @import { Batch } from "./batch.js" */
/** @import { Pictures } from "./pictures.js" */
/** @import { AnyResult, Tool } from "./tool.js" */

/**
 * @typedef {object} ToolEntry a tool in the table of tools
 * @property {string} name also its title
 * @property {string} path after the `#`
 * @property {string} icon id of a symbol in index.html
 * @property {string} text one sentence for the card on the home page
 * @property {string} drop what dropping pictures on the tool does
 * @property {string} [accept] what the file chooser offers, if not pictures alone
 */

/**
 * @typedef {object} BackgroundWork work of a tool that goes on while other views are shown
 * @property {boolean} busy whether leaving the page would stop something
 * @property {() => Promise<void>} close ends it and lets go of all files
 */

/**
 * @typedef {object} App
 * @property {Onsight} onsight
 * @property {Pictures} pictures
 * @property {readonly ToolEntry[]} tools
 * @property {<Result extends AnyResult>(tool: Tool<Result>) => Batch<Result>} batch the work of a tool on the pictures,
 *   which goes on while other views are shown
 * @property {Set<BackgroundWork>} background
 * @property {() => Promise<string[]>} deleteAll deletes everything that is stored on this device; returns the titles of
 *   what could not be deleted, because something still uses it
 */

export {};
