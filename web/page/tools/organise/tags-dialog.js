/** The dialog in which the tags of many pictures are changed together. */

import { tryTo } from "../../lib/announce.js";
import { button, elementFromTemplate, listen, part, redrawRows, ref } from "../../lib/dom.js";
import { formatCount, formatPlural } from "../../lib/format.js";
import { editTags, namesIn } from "./tag-editing.js";

/** @import { TagCount } from "../../../protocol.d.ts" */
/** @import { Library } from "./library.js" */

/** Tags that are listed: the most frequent of a large selection are what a person changes. */
const LISTED = 80;

/**
 * @param {Library} library
 * @param {readonly number[]} ids
 */
export function openTagsDialog(library, ids) {
  const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("organise-tags"));
  const field = part(dialog, "new-tags", HTMLInputElement);
  const list = ref(dialog, "tag-list");
  /** Whether the list is to be written anew when nothing is typed into it any more. */
  let isStale = false;
  ref(dialog, "tags-title").textContent = `Tags of ${formatPlural(ids.length, "picture")}`;
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
    // What is being typed must not go.
    isStale = list.querySelector("input:not([hidden])") !== null;
    if (isStale) return;
    await tryTo(
      library.methods.tags({ ids: [...ids] }).then(({ tags }) => {
        isStale = list.querySelector("input:not([hidden])") !== null;
        if (isStale) return;
        redrawRows(list, () => list.replaceChildren(...tags.slice(0, LISTED).map(rowOf)));
        ref(dialog, "no-tags").hidden = tags.length > 0;
        ref(dialog, "more-tags").hidden = tags.length <= LISTED;
        ref(dialog, "more-tags").textContent = `and ${formatCount(tags.length - LISTED)} rarer ones`;
      }),
    );
  }

  /** @param {TagCount} tag */
  function rowOf({ name, count, own }) {
    const row = elementFromTemplate("organise-tag-row");
    row.dataset.key = name;
    ref(row, "name").textContent = name;
    const whose = own === count ? "yours" : own ? `${formatCount(own)} yours` : "";
    const all = count === ids.length ? "all" : formatCount(count);
    ref(row, "count").textContent = whose ? `${all}, ${whose}` : all;
    const actions = /** @type {const} */ ([
      ["accept", "accept", own < count, `Keep “${name}” for good`],
      ["add-to-all", "add", count < ids.length, `Give “${name}” to all`],
      ["remove-tag", "remove", true, `Remove “${name}”`],
    ]);
    for (const [name_, action, isPossible, label] of actions) {
      const press = button(row, name_);
      press.hidden = !isPossible;
      press.setAttribute("aria-label", label);
      press.title = label;
      listen(press, "click", () => void change({ action, tags: [name] }));
    }
    const rename = button(row, "rename");
    rename.setAttribute("aria-label", `Rename “${name}”`);
    const input = part(row, "other-name", HTMLInputElement);
    listen(rename, "click", () => {
      input.hidden = false;
      input.value = name;
      input.setAttribute("aria-label", `Other name for “${name}”`);
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
