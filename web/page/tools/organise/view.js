/** Organise: a library of thousands of pictures, searched, tagged, sorted. */

import { tryTo } from "../../lib/announce.js";
import { PREVIEW_SIDE } from "../../workspace/image-pane.js";
import { button, fromTemplate, keepFocus, listen, part, ref } from "../../lib/dom.js";
import { showDropZone } from "../../workspace/drop-zone.js";
import { plural, t } from "../../lib/texts.js";
import { canChooseFolder, chooseFiles, isPicture } from "../../lib/picture-files.js";
import { OnsightError } from "../../../common/messenger.js";
import { Advice } from "./advice.js";
import { Detail } from "./detail.js";
import { SINGLE_FILES, entriesIn, entryOf, pathOf } from "./entries.js";
import { openDuplicates } from "./duplicates-dialog.js";
import { openExporting } from "./export-dialog.js";
import { Facets } from "./facets.js";
import { Grid } from "./grid.js";
import { ImportPanel } from "./import-panel.js";
import { LibraryMenu } from "./library-menu.js";
import { organiserOf } from "./organiser.js";
import { chooseDirectory, hasDirectoryChooser } from "./pickers.js";
import { preferences } from "./preferences.js";
import { SearchBar } from "./search-bar.js";
import { Search } from "./search.js";
import { Selection } from "./selection.js";
import { openSorting } from "./sort-dialog.js";
import { turn } from "./tag-editing.js";
import { openTagsDialog } from "./tags-dialog.js";
import { Tiles } from "./tiles.js";
import { onKeys } from "../../lib/shortcuts.js";
import { isSidecar } from "../../lib/suffixes.js";

// Benchmarks open a library without the page.
export { Library } from "./library.js";

/** @import { App } from "../../workspace/app.js" */
/** @import { FileWithPath } from "../../lib/picture-files.js" */
/** @import { Arrival, Entry } from "./entries.js" */
/** @import { Found } from "./search.js" */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {() => void}
 */
export function mount(host, app) {
  const { library, importer, originals } = organiserOf(app);
  host.replaceChildren(fromTemplate("view-organise"));
  showDropZone(host);
  const root = /** @type {HTMLElement} */ (host.firstElementChild);
  const tiles = new Tiles(library);
  const selection = new Selection();
  const search = new Search(library);
  const bar = new SearchBar(ref(root, "search"), library, search);
  const advice = new Advice(ref(root, "none"), library, (query) => bar.write(query));
  const grid = new Grid(ref(root, "grid"), tiles, selection, openDetail);
  const facets = new Facets(ref(root, "facets"), (query) => bar.write(query));
  const panel = new ImportPanel(ref(root, "import"), importer, library, () => void goOn());
  const menu = new LibraryMenu(ref(root, "library-menu"), library, () => importer.busy);
  const title = part(root, "title", HTMLHeadingElement);
  const dropHint = root.querySelector(".drop__title");
  if (dropHint) dropHint.textContent = t("Drop a folder of pictures here");
  // On narrow screens the facets are closed at first.
  part(root, "narrow", HTMLDetailsElement).open = matchMedia("(min-width: 64rem)").matches;

  listen(button(root, "add-folder"), "click", addFolder);
  button(root, "add-folder").hidden = !canChooseFolder();
  listen(button(root, "select-all"), "click", () => selection.all());
  listen(button(root, "clear-selection"), "click", () => selection.clear());
  listen(button(root, "edit-tags"), "click", () => openTagsDialog(library, selection.ids));
  listen(button(root, "find-similar"), "click", () => findSimilar(selection.ids[0] ?? 0));
  listen(button(root, "duplicates"), "click", () =>
    openDuplicates({ library, originals, onShow: (id) => openDetail(id, [id]), onSelect: chooseInGrid }),
  );
  listen(button(root, "sort"), "click", () => openSorting({ library, originals, ids: selection.ids }));
  listen(button(root, "export"), "click", () => openExporting({ library, originals, ids: selection.ids }));
  listen(button(root, "forget"), "click", askToForget);
  listen(button(root, "show-all"), "click", () => bar.write(""));
  listen(button(root, "undo"), "click", () => void turn(library, "undo"));
  listen(button(root, "redo"), "click", () => void turn(library, "redo"));
  listen(button(root, "start-again"), "click", () => void library.start());
  listen(button(root, "take-over"), "click", () => void library.takeOver());
  listen(root, "keydown", (event) => {
    if (event.target instanceof HTMLInputElement || !(event.ctrlKey || event.metaKey)) return;
    if (event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    void turn(library, event.shiftKey ? "redo" : "undo");
  });
  const forgetDialog = part(root, "forget-dialog", HTMLDialogElement);
  listen(forgetDialog, "close", () => {
    if (forgetDialog.returnValue === "forget") void forget();
    forgetDialog.returnValue = "";
  });

  /** The pictures in the grid: those found, or the nearest ones. @type {readonly number[]} */
  let shown = [];
  let isRefreshing = false;
  let isImporting = importer.busy;
  let lastName = "";
  const off = [
    library.on("state", showState),
    library.on("status", () => showState()),
    library.on("change", () => {
      const { state } = library;
      const name = state.state === "open" ? state.name : "";
      if (name !== lastName) {
        lastName = name;
        tiles.clear();
        selection.clear();
        grid.scrollToTop();
        void offerChoices();
      }
      search.refresh();
    }),
    search.on("found", (found) => {
      bar.show(found);
      advice.hide();
      showPictures(found.ids);
      showFound();
      if (!found.ids.length && !found.error && found.query.trim()) void showAdvice(found);
    }),
    search.on("facets", (found) => {
      keepFocus(root, button(root, "show-all"), () => facets.show(found, search.query));
    }),
    selection.on("change", showSelection),
    importer.on("state", refreshWhileImporting),
    onKeys({ "/": () => bar.focus() }),
    () => grid.close(),
    () => panel.close(),
    () => menu.close(),
    () => tiles.clear(),
  ];
  showState();
  showSelection();
  void library.start();
  if (library.state.state === "open") {
    lastName = library.state.name;
    void offerChoices();
    void search.run();
  }
  return () => off.forEach((end) => end());

  /** Show the pictures, the drop zone if there are none, or the library's state if it is not open. */
  function showState() {
    const { state, status } = library;
    const isOpen = state.state === "open";
    const isEmpty = isOpen && status?.pictures === 0 && !importer.busy;
    root.dataset.state = state.state;
    ref(root, "waiting").hidden = state.state !== "starting" && state.state !== "closed";
    ref(root, "elsewhere").hidden = state.state !== "elsewhere";
    ref(root, "broken").hidden = state.state !== "failed";
    if (state.state === "failed") ref(root, "broken-text").textContent = state.error.message;
    keepFocus(root, title, () => {
      ref(root, "drop").hidden = !isEmpty;
      ref(root, "shelf").hidden = !isOpen || isEmpty;
      ref(root, "actions").hidden = !isOpen;
    });
    if (!status) return;
    bar.showSaved(status);
    const undo = button(root, "undo");
    undo.title = status.undo === null ? t("Nothing to undo") : t("Undo: {action}", { action: status.undo });
    const redo = button(root, "redo");
    redo.title = t("Redo: {action}", { action: status.redo ?? "" });
    keepFocus(root, ref(root, "grid"), () => {
      undo.disabled = status.undo === null;
      redo.hidden = status.redo === null;
    });
  }

  /** @param {number[]} ids */
  function showPictures(ids) {
    shown = ids;
    selection.setShown(ids);
    grid.setIds(ids);
  }

  /**
   * Nothing was found: say why, and show the nearest pictures instead.
   * @param {Found} found
   */
  async function showAdvice(found) {
    const nearest = await advice.show(found.query);
    if (!nearest.length || search.found !== found) return;
    showPictures(nearest);
    ref(root, "grid").hidden = false;
    button(root, "select-all").disabled = false;
  }

  function showFound() {
    const { ids, error } = search.found;
    const isAll = !search.query.trim();
    ref(root, "found-count").textContent = isAll
      ? plural(ids.length, "{count} picture", "{count} pictures")
      : plural(ids.length, "{count} picture found", "{count} pictures found");
    keepFocus(root, ids.length ? ref(root, "grid") : button(root, "show-all"), () => {
      button(root, "show-all").hidden = isAll || error !== null;
      ref(root, "none").hidden = ids.length > 0 || error !== null || isAll;
      ref(root, "grid").hidden = ids.length === 0;
      button(root, "select-all").disabled = ids.length === 0;
    });
  }

  function showSelection() {
    const { size } = selection;
    ref(root, "chosen-count").textContent = plural(size, "{count} picture selected", "{count} pictures selected");
    keepFocus(root, ref(root, "grid"), () => {
      ref(root, "chosen").hidden = size === 0;
      button(root, "find-similar").hidden = size !== 1;
    });
    root.dataset.choosing = String(size > 0);
  }

  async function offerChoices() {
    await tryTo(library.methods.choices().then((choices) => bar.offer(choices)));
  }

  function refreshWhileImporting() {
    showState();
    const { phase, counts } = importer.state;
    if (phase === "running" && counts.seen) refreshStatus();
    if (phase === "done" && isImporting) {
      tiles.clear(); // pictures may have changed, or be missing now
      grid.refresh();
      void search.run(); // now, without the pause between searches during an import
    }
    isImporting = importer.busy;
  }

  /** Request the library's status, at most once per second. */
  function refreshStatus() {
    if (isRefreshing) return;
    isRefreshing = true;
    setTimeout(() => {
      isRefreshing = false;
      if (root.isConnected && library.state.state === "open") void library.refresh().catch(() => {});
    }, 1000);
  }

  /**
   * Show all pictures, and select some of them.
   * @param {number[]} ids
   */
  function chooseInGrid(ids) {
    const end = search.on("found", () => {
      end();
      selection.set(ids);
    });
    bar.write("");
  }

  /**
   * @param {number} id
   * @param {readonly number[]} [among] the pictures that the user can step through
   */
  function openDetail(id, among = shown) {
    new Detail(library, tiles, among, id, {
      open: (picture) => originals.open(picture),
      view: (file, signal) => app.onsight.preview(file, { maxSide: PREVIEW_SIDE, ifNeeded: true, urgent: true, signal }),
      use: (file, picture, tool) => {
        app.pictures.add([{ file, path: pathOf(picture) }]);
        app.pictures.select(app.pictures.items.at(-1));
        location.hash = tool.path;
      },
      findSimilar,
      search: (query) => bar.write(query),
      query: () => (among === shown ? search.found.query : ""),
      onStep: (shown) => grid.moveTo(shown),
      tools: app.tools,
    });
  }

  /** @param {number} id */
  function findSimilar(id) {
    selection.clear();
    grid.scrollToTop();
    bar.write(`similar:${id}`);
  }

  function askToForget() {
    ref(forgetDialog, "forget-title").textContent = plural(
      selection.size,
      "Remove {count} picture from the library?",
      "Remove {count} pictures from the library?",
    );
    forgetDialog.showModal();
  }

  async function forget() {
    const { ids } = selection;
    await tryTo(library.methods.remove({ ids }).then(() => library.refresh()));
  }

  /** Resume the import that an earlier visit did not finish. If its folder is not remembered, the user chooses it again. */
  async function goOn() {
    const { root: name = "", key = name } = preferences.unfinished ?? {};
    const handle = (await originals.handles()).get(key);
    if (!handle) return name ? addFolder() : chooseFiles();
    await tryTo(importDirectory(app, handle));
  }

  async function addFolder() {
    if (!hasDirectoryChooser()) return part(document, "folder", HTMLInputElement).click();
    const handle = await chooseDirectory("onsight", "read");
    if (handle) await tryTo(importDirectory(app, handle));
  }
}

/**
 * Import a folder, and remember it for later visits.
 * @param {App} app
 * @param {FileSystemDirectoryHandle} handle
 */
async function importDirectory(app, handle) {
  const { originals, importer } = organiserOf(app);
  const arrival = { key: await originals.rememberHandle(handle), lasting: true, whole: true };
  /** @type {Entry[]} */
  const entries = [];
  await originals.ask(handle);
  /** @type {Entry[]} */
  const beside = [];
  const isWanted = (/** @type {File} */ file) => isPicture(file) || isSidecar(file);
  for await (const entry of entriesIn(handle, isWanted, arrival)) (isSidecar(entry) ? beside : entries).push(entry);
  if (!entries.length) {
    throw new OnsightError({ code: "unreadable_file", message: t("There are no pictures in this folder.") });
  }
  await importer.add(entries, { detect: preferences.detect, gone: await originals.gone(), beside });
}

/**
 * Import pictures that were dropped, pasted or chosen while Organise is shown.
 * @param {App} app
 * @param {FileWithPath[]} files
 * @param {boolean} isWhole whether these are all the pictures in their folders
 * @param {FileWithPath[]} [others] the other files in the same folders, such as sidecars and videos
 */
export function receive(app, files, isWhole, others = []) {
  const single = { ...SINGLE_FILES, whole: isWhole };
  /** @type {Map<string | undefined, Arrival>} */
  const arrivals = new Map([[undefined, single]]);
  const entry = (/** @type {FileWithPath} */ file) => {
    const arrival = arrivals.get(file.drop) ?? { ...single, key: file.drop ?? "" };
    arrivals.set(file.drop, arrival);
    return entryOf(file, arrival);
  };
  const pictures = files.filter(({ file }) => !isSidecar(file));
  const beside = [...files.filter(({ file }) => isSidecar(file)), ...others].map(entry);
  void organiserOf(app).importer.add(pictures.map(entry), { detect: preferences.detect, beside });
}
