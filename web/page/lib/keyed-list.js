/** Updates lists without replacing their rows, so that bars can be animated and the focus is kept. */

/**
 * Show items as rows, reusing the rows that exist.
 * @template Item
 * @template {HTMLElement} Row
 * @param {HTMLElement} list
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf identifies an item
 * @param {(item: Item) => Row} create makes a row
 * @param {(row: Row, item: Item) => void} fill updates a row, new or old
 */
export function showRows(list, items, keyOf, create, fill) {
  const rows = new Map([...list.children].map((row) => [row.getAttribute("data-key"), /** @type {Row} */ (row)]));
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const row = rows.get(key) ?? create(item);
    row.dataset.key = key;
    fill(row, item);
    return row;
  });
  for (const row of rows.values()) if (!wanted.includes(row)) row.remove();
  wanted.forEach((row, index) => {
    // Moving a focused element would make it lose the focus.
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
}
