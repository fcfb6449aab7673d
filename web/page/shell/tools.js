/** The tools, in the order of the navigation. A new tool is a folder in `page/tools/` and a row here. */

import { mountClassify } from "../tools/classify/view.js";
import { mountCompare } from "../tools/compare/view.js";
import { mountDetect } from "../tools/detect/view.js";
import { mountEnhance } from "../tools/enhance/view.js";
import { mountOrganise, receiveIntoLibrary } from "../tools/organise/view.js";
import { mountTag } from "../tools/tag/view.js";

/** @import { FileWithPath } from "../lib/picture-files.js" */
/** @import { App, ToolEntry } from "../workspace/app.js" */
/** @import { Mount } from "./router.js" */

/**
 * @typedef {object} Loading
 * @property {Mount} mount
 * @property {(app: App, files: FileWithPath[], isWhole: boolean, beside: FileWithPath[]) => void} [receive] what becomes
 *   of pictures that come while this is shown; elsewhere they are loaded for the tools
 */

/** @type {readonly (ToolEntry & Loading)[]} */
export const TOOLS = [
  {
    name: "Classify",
    path: "/classify",
    icon: "i-label",
    text: "One label for the whole picture, and where the network looked.",
    drop: "Drop to classify",
    mount: mountClassify,
  },
  {
    name: "Tag",
    path: "/tag",
    icon: "i-tags",
    text: "Everything in the picture: objects, scene, colours, each with its confidence.",
    drop: "Drop to tag",
    mount: mountTag,
  },
  {
    name: "Detect",
    path: "/detect",
    icon: "i-boxes",
    text: "A labelled box around each thing, and how many there are.",
    drop: "Drop to find things",
    mount: mountDetect,
  },
  {
    name: "Enhance",
    path: "/enhance",
    icon: "i-enhance",
    text: "Better light and colour, less noise, more pixels.",
    drop: "Drop to enhance",
    mount: mountEnhance,
  },
  {
    name: "Organise",
    path: "/organise",
    icon: "i-grid",
    text: "Sort a folder of thousands, search it, find duplicates.",
    drop: "Drop to add to the library",
    accept: "image/*,.zip",
    receive: receiveIntoLibrary,
    mount: mountOrganise,
  },
  {
    name: "Compare",
    path: "/compare",
    icon: "i-compare",
    text: "Classification and tagging side by side, on your own picture.",
    drop: "Drop to compare",
    mount: mountCompare,
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
