/** The preview of a plan: a tree of folders, whose content is added when they are opened. */

import { button, elementFromTemplate, listen, ref } from "../../lib/dom.js";
import { formatCount, formatList } from "../../lib/format.js";
import { currentLanguage, plural, t } from "../../lib/texts.js";

/** @import { LeftBehind, PlannedMove } from "../../../protocol.d.ts" */

/** How many rows are added at a time. */
const STEP = 100;

/**
 * @typedef {object} Folder
 * @property {string} name
 * @property {number} count of files, including those in subfolders
 * @property {Map<string, Folder>} folders
 * @property {PlannedMove[]} files
 */

/**
 * @param {HTMLElement} host
 * @param {readonly PlannedMove[]} moves
 * @param {readonly LeftBehind[]} [left] files with a picture's name that are not moved
 */
export function showPreview(host, moves, left = []) {
  const root = treeOf(moves);
  host.replaceChildren(contentOf(root));
  if (left.length) host.append(leftBehind(left));
  // Open the first folder if there are only a few.
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
  const names = new Intl.Collator(currentLanguage(), { numeric: true });
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
  const rest = rows.length - until;
  press.textContent =
    rest > STEP
      ? plural(rest, "Show {step} more of {count}", "Show {step} more of {count}", { step: formatCount(STEP) })
      : plural(rest, "Show {count} more", "Show {count} more");
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
    isThere ? t("already exists") : newName === name ? "" : t("was {name}", { name }),
    companions.length
      ? t("with {names}", { names: formatList(companions.map((one) => one.target.slice(one.target.lastIndexOf("/") + 1))) })
      : "",
  ];
  ref(row, "note").textContent = notes.filter(Boolean).join("; ");
  return row;
}

/** @param {readonly LeftBehind[]} left */
function leftBehind(left) {
  const details = /** @type {HTMLDetailsElement} */ (elementFromTemplate("sort-left"));
  ref(details, "left-count").textContent = plural(
    left.length,
    "{count} file with the same name as a picture stays where it is",
    "{count} files with the same name as a picture stay where they are",
  );
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
