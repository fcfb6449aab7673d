/** A listbox that only has elements for the visible rows, so that thousands of items cost no more than twenty. */

import { beforePaint } from "./dom.js";

const OVERSCAN = 6;

/**
 * @template {{id: number}} Item
 * @typedef {object} ListOptions
 * @property {() => HTMLElement} create makes an empty row, an element with `role="option"`
 * @property {(row: HTMLElement, item: Item) => void} fill shows an item in its row; called again after every change
 * @property {(item: Item) => void} onSelect
 */

/** @template {{id: number}} Item */
export class VirtualList {
  #root;
  #rows;
  /** @type {ListOptions<Item>} */
  #options;
  /** @type {readonly Item[]} */
  #items = [];
  /** @type {number | undefined} */
  #selected;
  /** @type {Map<number, HTMLElement>} */
  #shown = new Map();
  #rowHeight = 0;
  #resize = new ResizeObserver(() => {
    this.#rowHeight = 0; // the text size may have changed
    this.refresh();
  });

  /** Redraw the visible rows before the next paint. */
  refresh = beforePaint(() => this.#draw());

  /**
   * @param {HTMLElement} root the scrolling element with `role="listbox"`; its only child contains the rows
   * @param {ListOptions<Item>} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#rows = /** @type {HTMLElement} */ (root.firstElementChild);
    this.#options = options;
    root.addEventListener("scroll", this.refresh, { passive: true });
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("click", ({ target }) => {
      const row = target instanceof Element ? target.closest('[role="option"]') : null;
      const item = row instanceof HTMLElement ? this.#items[Number(row.dataset.index)] : undefined;
      if (item) options.onSelect(item);
    });
    this.#resize.observe(root);
  }

  /** @param {readonly Item[]} items */
  setItems(items) {
    this.#items = items;
    this.refresh();
  }

  /** @param {number | undefined} id */
  select(id) {
    if (id === this.#selected) return;
    this.#selected = id;
    const index = this.#items.findIndex((item) => item.id === id);
    if (index >= 0) this.#scrollTo(index);
    this.refresh();
  }

  close() {
    this.#resize.disconnect();
  }

  #draw() {
    if (!this.#root.isConnected) return;
    const height = this.#measure();
    if (!height) return;
    this.#rows.style.blockSize = `${this.#items.length * height}px`;
    const first = Math.max(0, Math.floor(this.#root.scrollTop / height) - OVERSCAN);
    const last = Math.ceil((this.#root.scrollTop + this.#root.clientHeight) / height) + OVERSCAN;
    const before = this.#shown;
    this.#shown = new Map();
    let previous = null;
    for (const [offset, item] of this.#items.slice(first, last).entries()) {
      const row = before.get(item.id) ?? this.#options.create();
      before.delete(item.id);
      this.#shown.set(item.id, row);
      this.#place(row, item, first + offset, height);
      // Screen readers read in the order of the document.
      if (row.previousElementSibling !== previous || row.parentElement !== this.#rows) {
        if (previous) /** @type {HTMLElement} */ (previous).after(row);
        else this.#rows.prepend(row);
      }
      previous = row;
    }
    for (const row of before.values()) row.remove();
    const active = this.#selected === undefined ? undefined : this.#shown.get(this.#selected);
    if (active) this.#root.setAttribute("aria-activedescendant", active.id);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {HTMLElement} row
   * @param {Item} item
   * @param {number} index
   * @param {number} height
   */
  #place(row, item, index, height) {
    row.id = `item-${item.id}`;
    row.dataset.index = String(index);
    row.style.insetBlockStart = `${index * height}px`;
    row.setAttribute("aria-posinset", String(index + 1));
    row.setAttribute("aria-setsize", String(this.#items.length));
    row.setAttribute("aria-selected", String(item.id === this.#selected));
    this.#options.fill(row, item);
  }

  /** @returns {number} a row's height in pixels; 0 before layout */
  #measure() {
    if (!this.#rowHeight) {
      const probe = this.#options.create();
      this.#rows.append(probe);
      this.#rowHeight = probe.offsetHeight;
      probe.remove();
    }
    return this.#rowHeight;
  }

  /** @param {number} index */
  #scrollTo(index) {
    const height = this.#measure();
    const top = index * height;
    const { scrollTop, clientHeight } = this.#root;
    if (top < scrollTop) this.#root.scrollTop = top;
    else if (top + height > scrollTop + clientHeight) this.#root.scrollTop = top + height - clientHeight;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#root.clientHeight / (this.#rowHeight || 1)) - 1);
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined || !this.#items.length) return;
    event.preventDefault();
    const index = this.#items.findIndex((item) => item.id === this.#selected);
    const item = this.#items[Math.min(Math.max(index + step, 0), this.#items.length - 1)];
    if (item) this.#options.onSelect(item);
  }
}
