/** The dialog that edits the tags of many pictures together. */

import { tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, listen, part, redrawRows, ref } from "../../lib/dom.js";
import { formatCount } from "../../lib/format.js";
import { plural, t } from "../../lib/texts.js";
import { editTags, namesIn } from "./tag-editing.js";

/** @import { TagCount } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** How many tags are listed at most, the most frequent first. */
const LISTED = 80;

/**
 * @param {Library} library
 * @param {readonly number[]} ids
 */
export function openTagsDialog(library, ids) {
  const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("organise-tags"));
  const field = part(dialog, "new-tags", HTMLInputElement);
  const list = ref(dialog, "tag-list");
  /** Whether the list must be redrawn once the user has finished renaming a tag in it. */
  let isStale = false;
  ref(dialog, "tags-title").textContent = plural(ids.length, "Tags of {count} picture", "Tags of {count} pictures");
  listen(part(dialog, "add-form", HTMLFormElement), "submit", (event) => {
    event.preventDefault();
    const tags = namesIn(field.value);
    if (tags.length) void change({ action: "add", tags }).then((isDone) => isDone && (field.value = ""));
  });
  listen(button(dialog, "tags-close"), "click", () => dialog.close());
  listen(dialog, "click", ({ target }) => target === dialog && dialog.close());
  listen(dialog, "close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  void show();

  /** @param {{action: "add" | "remove" | "rename" | "accept", tags: string[], name?: string}} edit */
  async function change(edit) {
    const isDone = await editTags(library, { ids: [...ids], ...edit });
    await show();
    return isDone;
  }

  async function show() {
    // Do not discard what the user is typing.
    isStale = list.querySelector("input:not([hidden])") !== null;
    if (isStale) return;
    await tryTo(
      library.methods.tags({ ids: [...ids] }).then(({ tags }) => {
        isStale = list.querySelector("input:not([hidden])") !== null;
        if (isStale) return;
        redrawRows(list, () => list.replaceChildren(...tags.slice(0, LISTED).map(rowOf)));
        ref(dialog, "no-tags").hidden = tags.length > 0;
        const rest = Math.max(0, tags.length - LISTED);
        ref(dialog, "more-tags").hidden = !rest;
        ref(dialog, "more-tags").textContent = plural(rest, "and {count} rarer one", "and {count} rarer ones");
      }),
    );
  }

  /** @param {TagCount} tag */
  function rowOf({ name, count, own }) {
    const row = elementFromTemplate("organise-tag-row");
    row.dataset.key = name;
    ref(row, "name").textContent = name;
    ref(row, "count").textContent = countText(count, own, ids.length);
    const actions = /** @type {const} */ ([
      ["accept", "accept", own < count, t("Keep “{name}” permanently", { name })],
      ["add-to-all", "add", count < ids.length, t("Add “{name}” to all", { name })],
      ["remove-tag", "remove", true, t("Remove “{name}”", { name })],
    ]);
    for (const [name_, action, isPossible, label] of actions) {
      const press = button(row, name_);
      press.hidden = !isPossible;
      press.setAttribute("aria-label", label);
      press.title = label;
      listen(press, "click", () => void change({ action, tags: [name] }));
    }
    const rename = button(row, "rename");
    rename.setAttribute("aria-label", t("Rename “{name}”", { name }));
    const input = part(row, "other-name", HTMLInputElement);
    listen(rename, "click", () => {
      input.hidden = false;
      input.value = name;
      input.setAttribute("aria-label", t("New name for “{name}”", { name }));
      input.focus();
      input.select();
    });
    const end = (/** @type {boolean} */ isDone) => {
      if (input.hidden) return;
      input.hidden = true;
      const other = input.value.trim();
      if (isDone && other && other !== name) void change({ action: "rename", tags: [name], name: other });
      if (isStale) void show();
    };
    listen(input, "keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === "Enter");
      rename.focus();
    });
    listen(input, "blur", () => end(false));
    return row;
  }
}

/**
 * How many pictures have a tag, and on how many the user has set it.
 * @param {number} count
 * @param {number} own
 * @param {number} total of selected pictures
 */
function countText(count, own, total) {
  if (count === total) {
    if (own === count) return t("all, yours");
    return own ? plural(own, "all, {count} yours", "all, {count} yours") : t("all");
  }
  if (own === count) return plural(count, "{count}, yours", "{count}, yours");
  return own
    ? plural(count, "{count}, {own} yours", "{count}, {own} yours", { own: formatCount(own) })
    : formatCount(count);
}
