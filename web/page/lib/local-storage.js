/** Small choices in the browser's storage. Where storage is forbidden or full, they last as long as the page. */

let isClosed = false;

/**
 * @param {string} key one of those that `stored-data.js` lists
 * @returns {string | null}
 */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key one of those that `stored-data.js` lists
 * @param {string | null} value null forgets it
 */
export function remember(key, value) {
  if (isClosed) return;
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // see above
  }
}

/** Write nothing any more: everything is being deleted. */
export function stopRemembering() {
  isClosed = true;
}
