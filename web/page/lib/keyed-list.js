/** A list whose rows stay the same elements while their numbers change: bars can grow, and the focus stays where it is. */

/**
 * @template Item
 * @template {HTMLElement} Row
 * @param {HTMLElement} list
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => Row} create
 * @param {(row: Row, item: Item) => void} fill
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
    // Moving an element that has the focus would take the focus from it.
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
}
