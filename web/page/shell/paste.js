/** Pictures from the clipboard: which of them a person means to add, and what they are called. */

import { notice } from "../lib/announce.js";

/** @import { FileWithPath } from "../lib/picture-files.js" */
/** @import { Receive } from "./file-input.js" */

/** What browsers call a picture on the clipboard that is not a file: a screenshot, or a picture copied from a page. */
const RENDERED = /^(?:image|unknown|blob|)(?:\.\w+)?$/i;

/** Kinds of `<input>` that hold no text. */
const NO_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

/** Tags of HTML that is more than a picture. */
const OTHER_CONTENT = /<(?:table|svg|video|audio|object|embed|iframe|canvas|input|textarea|hr|math)\b/i;

/** What of HTML is not shown: comments, and elements with what is in them. */
const UNSEEN = /<!--[^]*?-->|<(style|script|title|head|xml)\b[^]*?<\/\1\s*>/gi;

const TAG = /<(?:"[^"]*"|'[^']*'|[^"'>])*>/g;

const SPACE = /\s|&(?:nbsp|#160|#xa0);|[\u200b\ufeff]/gi;

const EXTENSIONS = new Map([
  ["image/jpeg", "jpg"],
  ["image/svg+xml", "svg"],
  ["image/tiff", "tif"],
  ["image/x-icon", "ico"],
]);

const IN_TEXT_FIELD = "To add the picture, click outside of the text field, then paste again.";

/** @param {Receive} receive */
export function setUpPaste(receive) {
  document.addEventListener("paste", (event) => {
    const { clipboardData, defaultPrevented } = event;
    if (!clipboardData || defaultPrevented) return;
    const files = picturesIn(clipboardData);
    if (!files.length) return;
    if (isInTextField(event)) {
      // Text goes there by itself.
      if (!clipboardData.getData("text/plain")) notice(IN_TEXT_FIELD);
      return;
    }
    receive(files);
  });
}

/**
 * Whether a paste goes into something that takes text.
 * @param {ClipboardEvent} event
 */
function isInTextField(event) {
  const targets = [event.composedPath()[0], deepestFocus()];
  return targets.some((target) => {
    if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
    return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
  });
}

function deepestFocus() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

/**
 * @param {DataTransfer} clipboard
 * @returns {FileWithPath[]} the files that are meant to be added, those without a name of their own with a new one
 */
export function picturesIn(clipboard) {
  const files = [...clipboard.files];
  if (!files.length) return [];
  // Files that were copied in a file manager have names; beside them it often puts their names as text.
  const rendered = files.filter(isRendered);
  if (rendered.length && !isPictureMeant(files, clipboard.getData("text/html"), clipboard.getData("text/plain"))) {
    return files.filter((file) => !isRendered(file)).map((file) => ({ file, path: file.name }));
  }
  return files.map((file) => {
    const named = isRendered(file) ? withName(file) : file;
    return { file: named, path: named.name };
  });
}

/** @param {File} file */
function isRendered({ name, type }) {
  return RENDERED.test(name) && (type.startsWith("image/") || type === "");
}

/**
 * Whether a picture that has text beside it is what was copied: programs for spreadsheets and texts put a picture of the
 * copied cells or lines beside them.
 * @param {readonly File[]} files
 * @param {string} html
 * @param {string} text
 */
function isPictureMeant(files, html, text) {
  if (html.trim()) return isOnePicture(html);
  const lines = text.split(/[\r\n\0]+/).flatMap((line) => line.trim() || []);
  return lines.every((line) => /^(?:https?|file|blob|data):\S+$/i.test(line) || files.some(({ name }) => isNameOf(line, name)));
}

/**
 * @param {string} line
 * @param {string} name
 */
function isNameOf(line, name) {
  return name !== "" && (line === name || line.endsWith(`/${name}`) || line.endsWith(`\\${name}`));
}

/**
 * Whether a piece of HTML is one picture and nothing else, as "Copy image" of a browser puts beside the picture. The
 * page's security policy forbids to parse it, and there is no need to.
 * @param {string} html
 */
function isOnePicture(html) {
  const seen = html.replace(UNSEEN, "");
  const pictures = seen.match(/<img\b/gi) ?? [];
  return pictures.length === 1 && !OTHER_CONTENT.test(seen) && seen.replace(TAG, "").replace(SPACE, "") === "";
}

let lastStamp = "";
let sameStamp = 1;

/**
 * @param {File} file
 * @returns {File} with a name that says when it was pasted, and that no other pasted file has
 */
function withName(file) {
  const now = new Date();
  const stamp = timestamp(now);
  sameStamp = stamp === lastStamp ? sameStamp + 1 : 1;
  lastStamp = stamp;
  const number = sameStamp > 1 ? ` (${sameStamp})` : "";
  const extension = EXTENSIONS.get(file.type) ?? file.type.replace(/^image\/(?:x-)?/, "").replace(/\W.*$/, "");
  const name = `Pasted ${stamp}${number}${extension ? `.${extension}` : ""}`;
  return new File([file], name, { type: file.type, lastModified: now.getTime() });
}

/**
 * @param {Date} date
 * @returns {string} local time, in a form that every file system takes and that sorts by time
 */
function timestamp(date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(".")}`;
}
