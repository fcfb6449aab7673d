/** The tools and the other views. A new tool is a view module and its row here: address, navigation and card follow. */

import { mountClassify } from "./views/classify.js";
import { mountCompare } from "./views/compare.js";
import { mountDetect } from "./views/detect.js";
import { mountEnhance } from "./views/enhance.js";
import { mountHome } from "./views/home.js";
import { mountOrganise, receiveIntoLibrary } from "./views/organise.js";
import { mountPrivacy } from "./views/privacy.js";
import { mountTag } from "./views/tag.js";

/** @import { App } from "./app.js" */
/** @import { FileWithPath } from "./intake.js" */

/** @typedef {(host: HTMLElement, app: App) => () => void} Mount fills the host; returns how to leave */

/**
 * @typedef {object} Route
 * @property {string} path after the `#`
 * @property {string} title
 * @property {string} [drop] what dropping pictures here does; elsewhere they go to the first tool
 * @property {(app: App, files: FileWithPath[], isWhole: boolean, beside: FileWithPath[]) => void} [receive] what becomes
 *   of pictures that come
 *   while this is shown; elsewhere they are loaded for the tools
 * @property {string} [accept] what the chooser offers, if not pictures alone
 * @property {Mount} mount
 */

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} icon id of a symbol in index.html
 * @property {string} text
 * @property {Route} [route] a tool without one is still to come
 */

/** @type {readonly Tool[]} */
export const TOOLS = [
  {
    name: "Classify",
    icon: "i-label",
    text: "One label for the whole picture, and where the network looked.",
    route: { path: "/classify", title: "Classify", drop: "Drop to classify", mount: mountClassify },
  },
  {
    name: "Tag",
    icon: "i-tags",
    text: "Everything in the picture: objects, scene, colours, each with its confidence.",
    route: { path: "/tag", title: "Tag", drop: "Drop to tag", mount: mountTag },
  },
  {
    name: "Detect",
    icon: "i-boxes",
    text: "A labelled box around each thing, and how many there are.",
    route: { path: "/detect", title: "Detect", drop: "Drop to find things", mount: mountDetect },
  },
  {
    name: "Enhance",
    icon: "i-enhance",
    text: "Better light and colour, less noise, more pixels.",
    route: { path: "/enhance", title: "Enhance", drop: "Drop to enhance", mount: mountEnhance },
  },
  {
    name: "Organise",
    icon: "i-grid",
    text: "Sort a folder of thousands, search it, find duplicates.",
    route: {
      path: "/organise",
      title: "Organise",
      drop: "Drop to add to the library",
      accept: "image/*,.zip",
      receive: receiveIntoLibrary,
      mount: mountOrganise,
    },
  },
  {
    name: "Compare",
    icon: "i-compare",
    text: "Classification and tagging side by side, on your own picture.",
    route: { path: "/compare", title: "Compare", drop: "Drop to compare", mount: mountCompare },
  },
];

/** @type {readonly Route[]} */
export const TOOL_ROUTES = TOOLS.flatMap(({ route }) => route ?? []);

/** @type {Route} */
export const HOME = { path: "/", title: "Onsight", mount: mountHome };

/** @type {readonly Route[]} */
export const ROUTES = [HOME, ...TOOL_ROUTES, { path: "/privacy", title: "Privacy", mount: mountPrivacy }];
