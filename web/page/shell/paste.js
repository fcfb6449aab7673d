/** Adds pictures from the clipboard: decides which of them the user means, and names them. */

import { notice } from "../lib/announce.js";
import { t } from "../lib/texts.js";

/** @import { FileWithPath } from "../lib/picture-files.js" */
/** @import { Receive } from "./file-input.js" */

/** Browsers' names for pictures on the clipboard that are not files: screenshots and pictures copied from pages. */
const RENDERED = /^(?:image|unknown|blob|)(?:\.\w+)?$/i;

/** Types of `<input>` without text. */
const NO_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

/** Tags of HTML that is more than a picture. */
const OTHER_CONTENT = /<(?:table|svg|video|audio|object|embed|iframe|canvas|input|textarea|hr|math)\b/i;

/** Parts of HTML that are not shown: comments, and elements with their content. */
const UNSEEN = /<!--[^]*?-->|<(style|script|title|head|xml)\b[^]*?<\/\1\s*>/gi;

const TAG = /<(?:"[^"]*"|'[^']*'|[^"'>])*>/g;

const SPACE = /\s|&(?:nbsp|#160|#xa0);|[\u200b\ufeff]/gi;

const EXTENSIONS = new Map([
  ["image/jpeg", "jpg"],
  ["image/svg+xml", "svg"],
  ["image/tiff", "tif"],
  ["image/x-icon", "ico"],
]);


/** @param {Receive} receive */
export function setUpPaste(receive) {
  document.addEventListener("paste", (event) => {
    const { clipboardData, defaultPrevented } = event;
    if (!clipboardData || defaultPrevented) return;
    const files = picturesIn(clipboardData);
    if (!files.length) return;
    if (isInTextField(event)) {
      // The browser pastes text by itself.
      if (!clipboardData.getData("text/plain")) {
        notice(t("To add the picture, click outside the text field, then paste again."));
      }
      return;
    }
    receive(files);
  });
}

/**
 * Whether something that accepts text has the focus or is the target of the paste.
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
 * @returns {FileWithPath[]} the files that the user means to add; those without a proper name get one
 */
export function picturesIn(clipboard) {
  const files = [...clipboard.files];
  if (!files.length) return [];
  // Files copied in a file manager have names. Often the clipboard also has the names as text.
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
 * Whether the user copied the picture rather than the text on the clipboard: spreadsheets and word processors add a
 * picture of the copied cells or lines.
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
 * Whether HTML consists of one picture and nothing else, which is what a browser's "Copy image" adds to the picture. The
 * page's security policy does not allow parsing it, but that is not needed.
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
 * @returns {File} with a unique name that contains the time
 */
function withName(file) {
  const now = new Date();
  const stamp = timestamp(now);
  sameStamp = stamp === lastStamp ? sameStamp + 1 : 1;
  lastStamp = stamp;
  const number = sameStamp > 1 ? ` (${sameStamp})` : "";
  const stem = t("Pasted {time}", { time: stamp });
  const extension = EXTENSIONS.get(file.type) ?? file.type.replace(/^image\/(?:x-)?/, "").replace(/\W.*$/, "");
  const name = `${stem}${number}${extension ? `.${extension}` : ""}`;
  return new File([file], name, { type: file.type, lastModified: now.getTime() });
}

/**
 * @param {Date} date
 * @returns {string} local time, in a form that every file system accepts and that sorts by time
 */
function timestamp(date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(".")}`;
}
