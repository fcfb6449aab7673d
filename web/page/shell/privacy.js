/** The Privacy page: how to check that pictures stay on the device, what is stored there, and how to delete it. */

import { tryTo } from "../lib/announce.js";
import { button, elementFromTemplate, fromTemplate, listen, ref } from "../lib/dom.js";
import { formatBytes } from "../lib/format.js";
import { plural, t } from "../lib/texts.js";
import { backUp } from "./tools.js";
import { STORED_DATA, isThere, measure } from "./stored-data.js";

/** @import { App } from "../workspace/app.js" */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void}
 */
export function mountPrivacy(host, app) {
  host.replaceChildren(fromTemplate("view-privacy"));
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]');
  ref(host, "policy").textContent = (policy?.getAttribute("content") ?? "").replaceAll("; ", ";\n");
  const requests = ref(host, "requests");
  const show = () => (requests.textContent = requestWords());
  const observer = new PerformanceObserver(show);
  observer.observe({ type: "resource" });
  show();
  listKept(ref(host, "kept"));
  listen(button(host, "delete-all"), "click", () => void askToDelete(app));
  return () => observer.disconnect();
}

/** Where this page's files came from, as recorded by the browser. */
function requestWords() {
  /** @type {Map<string, number>} */
  const counts = new Map([[location.host, 1]]); // the page itself
  for (const { name } of performance.getEntriesByType("resource")) {
    const { protocol, host } = new URL(name);
    if (protocol !== "blob:" && protocol !== "data:") counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return [...counts].map(([host, count]) => plural(count, "{count} file from {host}", "{count} files from {host}", { host })).join("\n");
}

/** @param {HTMLElement} list */
function listKept(list) {
  for (const kept of STORED_DATA) {
    const row = elementFromTemplate("privacy-kept");
    for (const name of /** @type {const} */ (["title", "what", "why", "until", "where"])) {
      ref(row, name).textContent = kept[name];
    }
    const size = ref(row, "size");
    measureWords(kept).then(
      (words) => (size.textContent = words),
      () => (size.textContent = t("size unknown")),
    );
    list.append(row);
  }
}

/** @param {import("./stored-data.js").StoredData} kept */
async function measureWords(kept) {
  return (await isThere(kept)) ? formatBytes(await measure(kept)) : t("nothing stored");
}

/** @param {App} app */
async function askToDelete(app) {
  const dialog = /** @type {HTMLDialogElement} */ (elementFromTemplate("privacy-delete"));
  const libraries = STORED_DATA.find(({ folders }) => folders);
  const save = button(dialog, "save-first");
  save.hidden = !libraries || !(await isThere(libraries));
  listen(save, "click", async () => {
    save.disabled = true;
    ref(dialog, "save-text").textContent = t("Saving…");
    const isSaved = await tryTo(backUp(app, (text) => (ref(dialog, "save-text").textContent = text)));
    if (!isSaved) ref(dialog, "save-text").textContent = t("The libraries were not saved. Open Organise to see why.");
    save.disabled = false;
  });
  listen(dialog, "close", () => {
    const isWanted = dialog.returnValue === "yes";
    dialog.remove();
    if (isWanted) void deleteAll(app);
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {App} app */
async function deleteAll(app) {
  const left = await app.deleteAll();
  const text = document.querySelector("[data-part=deleted-text]");
  if (!text) return;
  text.textContent = left.length
    ? t(
        "Some things are in use and could not be deleted: {things}. Close all other tabs of this site, reload this one, " +
          "and try again.",
        { things: left.join(", ") },
      )
    : t("Everything that Onsight stored on this device is deleted. Nothing is stored until you reload the page.");
}
