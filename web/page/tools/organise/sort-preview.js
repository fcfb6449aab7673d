/** Where pictures would go, as a tree of folders that are filled when they are opened. */

import { button, elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { formatCount, formatPlural } from "../../lib/format.js";

/** @import { LeftBehind, PlannedMove } from "../../../protocol.d.ts" */

/** Rows that are written at a time, of folders and of files: the rest comes when it is asked for. */
const STEP = 100;

/**
 * @typedef {object} Folder
 * @property {string} name
 * @property {number} count of files in it and in the folders in it
 * @property {Map<string, Folder>} folders
 * @property {PlannedMove[]} files
 */

/**
 * @param {HTMLElement} host
 * @param {readonly PlannedMove[]} moves
 * @param {readonly LeftBehind[]} [left] what has a picture's name and stays
 */
export function showPreview(host, moves, left = []) {
  const root = treeOf(moves);
  host.replaceChildren(contentOf(root));
  if (left.length) host.append(leftBehind(left));
  // A single folder, and the first of few, need no press to be seen.
  const first = host.querySelector("details");
  if (first && root.folders.size <= 3) first.open = true;
}

/** @param {readonly PlannedMove[]} moves */
function treeOf(moves) {
  const root = emptyFolder("");
  for (const move of moves) {
    let folder = root;
    folder.count += 1;
    for (const part of move.target.split("/").slice(0, -1)) {
      let inner = folder.folders.get(part);
      if (!inner) folder.folders.set(part, (inner = emptyFolder(part)));
      folder = inner;
      folder.count += 1;
    }
    folder.files.push(move);
  }
  return root;
}

/**
 * @param {string} name
 * @returns {Folder}
 */
function emptyFolder(name) {
  return { name, count: 0, folders: new Map(), files: [] };
}

/** @param {Folder} folder */
function contentOf(folder) {
  const list = document.createElement("ul");
  const names = new Intl.Collator("en", { numeric: true });
  const folders = [...folder.folders.values()].sort((one, other) => names.compare(one.name, other.name));
  const rows = [...folders.map((one) => () => folderRow(one)), ...folder.files.map((one) => () => fileRow(one))];
  append(list, rows, 0);
  return list;
}

/**
 * @param {HTMLElement} list
 * @param {readonly (() => HTMLElement)[]} rows
 * @param {number} from
 */
function append(list, rows, from) {
  const until = from + STEP;
  list.append(...rows.slice(from, until).map((make) => make()));
  if (until >= rows.length) return;
  const more = elementFromTemplate("sort-more");
  const press = button(more, "more");
  press.textContent = `Show ${formatCount(Math.min(STEP, rows.length - until))} more of ${formatCount(rows.length - until)}`;
  listen(press, "click", () => {
    more.remove();
    append(list, rows, until);
    const next = list.children[until]?.querySelector("summary, button") ?? list.querySelector("button");
    if (next instanceof HTMLElement) next.focus();
  });
  list.append(more);
}

/** @param {Folder} folder */
function folderRow(folder) {
  const row = elementFromTemplate("sort-folder");
  ref(row, "name").textContent = folder.name;
  ref(row, "count").textContent = formatCount(folder.count);
  const details = /** @type {HTMLDetailsElement} */ (row.firstElementChild);
  listen(details, "toggle", () => {
    if (details.open && details.children.length === 1) details.append(contentOf(folder));
  });
  return row;
}

/** @param {PlannedMove} move */
function fileRow({ target, name, is_there: isThere, companions }) {
  const row = elementFromTemplate("sort-file");
  const newName = target.slice(target.lastIndexOf("/") + 1);
  ref(row, "name").textContent = newName;
  const notes = [
    isThere ? "there already" : newName === name ? "" : `was ${name}`,
    companions.length ? `with ${companions.map((one) => one.target.slice(one.target.lastIndexOf("/") + 1)).join(", ")}` : "",
  ];
  ref(row, "note").textContent = notes.filter(Boolean).join("; ");
  return row;
}

/** @param {readonly LeftBehind[]} left */
function leftBehind(left) {
  const details = /** @type {HTMLDetailsElement} */ (elementFromTemplate("sort-left"));
  ref(details, "left-count").textContent = `${formatPlural(left.length, "file")} of these names ${left.length === 1 ? "stays" : "stay"}`;
  const list = document.createElement("ul");
  const rows = left.map(({ name, reason }) => () => {
    const row = elementFromTemplate("sort-file");
    ref(row, "name").textContent = name;
    ref(row, "note").textContent = reason;
    return row;
  });
  append(list, rows, 0);
  details.append(list);
  return details;
}
