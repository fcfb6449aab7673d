/** The grid of pictures. Only visible rows have elements, so tens of thousands cost no more than a screenful. */

import { beforePaint, elementFromTemplate, part, ref } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/texts.js";

/** @import { Selection } from "./selection.js" */
/** @import { Tile, Tiles } from "./tiles.js" */

const OVERSCAN_ROWS = 2;

export class Grid {
  #root;
  #space;
  #tiles;
  #selection;
  #onOpen;
  /** @type {readonly number[]} */
  #ids = [];
  /** Index of the picture that the keyboard acts on. */
  #active = 0;
  /** @type {Map<number, HTMLElement>} */
  #shown = new Map();
  #columns = 1;
  #rowHeight = 0;
  #resize = new ResizeObserver(() => {
    this.#rowHeight = 0;
    this.refresh();
  });
  #off;

  /** Redraw the visible rows before the next paint. */
  refresh = beforePaint(() => this.#draw());

  /**
   * @param {HTMLElement} root the scrolling listbox; its only child contains the tiles
   * @param {Tiles} tiles
   * @param {Selection} selection
   * @param {(id: number) => void} onOpen
   */
  constructor(root, tiles, selection, onOpen) {
    this.#root = root;
    this.#space = /** @type {HTMLElement} */ (root.firstElementChild);
    this.#tiles = tiles;
    this.#selection = selection;
    this.#onOpen = onOpen;
    root.addEventListener("scroll", this.refresh, { passive: true });
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("click", (event) => this.#onClick(event));
    this.#resize.observe(root);
    this.#off = [tiles.on("change", this.refresh), selection.on("change", this.refresh)];
  }

  /** @param {readonly number[]} ids */
  setIds(ids) {
    const activeId = this.#ids[this.#active];
    this.#ids = ids;
    const index = activeId === undefined ? -1 : ids.indexOf(activeId);
    this.#active = index >= 0 ? index : Math.min(this.#active, Math.max(ids.length - 1, 0));
    this.refresh();
  }

  scrollToTop() {
    this.#active = 0;
    this.#root.scrollTop = 0;
  }

  /**
   * Make a picture the active one, and scroll to it.
   * @param {number} id
   */
  moveTo(id) {
    const index = this.#ids.indexOf(id);
    if (index >= 0) this.#goTo(index);
  }

  close() {
    this.#resize.disconnect();
    this.#off.forEach((end) => end());
  }

  #draw() {
    if (!this.#root.isConnected || !this.#measure()) return;
    const rows = Math.ceil(this.#ids.length / this.#columns);
    this.#space.style.blockSize = `${rows * this.#rowHeight}px`;
    const firstRow = Math.max(0, Math.floor(this.#root.scrollTop / this.#rowHeight) - OVERSCAN_ROWS);
    const lastRow = Math.ceil((this.#root.scrollTop + this.#root.clientHeight) / this.#rowHeight) + OVERSCAN_ROWS;
    const first = firstRow * this.#columns;
    const ids = this.#ids.slice(first, lastRow * this.#columns);
    this.#tiles.want(ids);
    const before = this.#shown;
    this.#shown = new Map();
    let previous = null;
    for (const [offset, id] of ids.entries()) {
      const element = before.get(id) ?? elementFromTemplate("organise-tile");
      before.delete(id);
      this.#shown.set(id, element);
      this.#place(element, id, first + offset);
      // Screen readers read in the order of the document.
      if (element.previousElementSibling !== previous || element.parentElement !== this.#space) {
        if (previous) /** @type {HTMLElement} */ (previous).after(element);
        else this.#space.prepend(element);
      }
      previous = element;
    }
    for (const element of before.values()) element.remove();
    const active = this.#ids[this.#active];
    const element = active === undefined ? undefined : this.#shown.get(active);
    if (element) this.#root.setAttribute("aria-activedescendant", element.id);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {HTMLElement} element
   * @param {number} id
   * @param {number} index
   */
  #place(element, id, index) {
    const isSelected = this.#selection.has(id);
    element.id = `tile-${id}`;
    element.dataset.index = String(index);
    element.style.insetBlockStart = `${Math.floor(index / this.#columns) * this.#rowHeight}px`;
    element.style.insetInlineStart = `${((index % this.#columns) / this.#columns) * 100}%`;
    element.style.inlineSize = `${100 / this.#columns}%`;
    element.setAttribute("aria-posinset", String(index + 1));
    element.setAttribute("aria-setsize", String(this.#ids.length));
    element.setAttribute("aria-selected", String(isSelected));
    element.classList.toggle("tile--active", index === this.#active);
    const tile = this.#tiles.get(id);
    if (tile) fill(element, tile);
  }

  /** @returns {boolean} whether the grid is laid out */
  #measure() {
    if (this.#rowHeight) return true;
    const style = getComputedStyle(this.#root);
    const least = parseFloat(style.getPropertyValue("--tile")) * parseFloat(style.fontSize);
    const width = this.#space.clientWidth;
    if (!width || !least) return false;
    this.#columns = Math.max(2, Math.floor(width / least));
    const probe = elementFromTemplate("organise-tile");
    probe.style.inlineSize = `${100 / this.#columns}%`;
    this.#space.append(probe);
    this.#rowHeight = probe.getBoundingClientRect().height;
    probe.remove();
    return this.#rowHeight > 0;
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const target = event.target instanceof Element ? event.target : null;
    const element = target?.closest('[role="option"]');
    if (!(element instanceof HTMLElement)) return;
    const index = Number(element.dataset.index);
    this.#active = index;
    if (event.shiftKey) this.#selection.extendTo(index);
    else if (event.ctrlKey || event.metaKey || target?.closest("[data-check]") || this.#selection.size) {
      this.#selection.toggle(index);
    } else {
      this.#root.focus({ preventScroll: true }); // the dialog returns the focus here when it closes
      this.#open(index);
    }
    this.refresh();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.altKey || !this.#ids.length) return;
    const page = Math.max(1, Math.floor(this.#root.clientHeight / (this.#rowHeight || 1)) - 1) * this.#columns;
    /** @type {Record<string, number>} */
    const steps = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: this.#columns,
      ArrowUp: -this.#columns,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const wanted = this.#active + step;
      // Down from the last row but one goes to the last picture; up from the first row does nothing.
      if (wanted < 0 && event.key !== "Home" && event.key !== "PageUp") {
        event.preventDefault();
        return;
      }
      if (event.shiftKey && !this.#selection.has(this.#ids[this.#active] ?? 0)) this.#selection.startAt(this.#active);
      this.#goTo(Math.min(Math.max(wanted, 0), this.#ids.length - 1));
      if (event.shiftKey) this.#selection.extendTo(this.#active);
    } else if (event.key === " ") this.#selection.toggle(this.#active);
    else if (event.key === "Enter") this.#open(this.#active);
    else if (event.key === "Escape" && this.#selection.size) this.#selection.clear();
    else if (isCommand && event.key.toLowerCase() === "a") this.#selection.all();
    else return;
    event.preventDefault();
  }

  /** @param {number} index */
  #goTo(index) {
    this.#active = index;
    if (!this.#measure()) return;
    const top = Math.floor(index / this.#columns) * this.#rowHeight;
    const { scrollTop, clientHeight } = this.#root;
    if (top < scrollTop) this.#root.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + clientHeight) {
      this.#root.scrollTop = top + this.#rowHeight - clientHeight;
    }
    this.refresh();
  }

  /** @param {number} index */
  #open(index) {
    const id = this.#ids[index];
    if (id !== undefined) this.#onOpen(id);
  }
}

/**
 * @param {HTMLElement} element
 * @param {Tile} tile
 */
function fill(element, { source, label, score, name, missing }) {
  const image = part(element, "image", HTMLImageElement);
  if (image.src !== source) image.src = source;
  ref(element, "label").textContent = label;
  ref(element, "score").textContent = formatPercent(score);
  ref(element, "missing").hidden = !missing;
  const values = { name, label, score: formatPercent(score) };
  element.setAttribute(
    "aria-label",
    missing ? t("{name}, missing, {label} {score}", values) : t("{name}, {label} {score}", values),
  );
  element.title = missing ? t("{name}: missing, because another picture’s file has replaced it", { name }) : name;
}
