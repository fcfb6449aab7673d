/** Small settings in the browser's local storage. If storage is blocked or full, they last as long as the page. */

let isClosed = false;

/**
 * @param {string} key listed in `stored-data.js`
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
 * @param {string} key listed in `stored-data.js`
 * @param {string | null} value null removes it
 */
export function remember(key, value) {
  if (isClosed) return;
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is blocked or full.
  }
}

/** Stop writing, because everything is being deleted. */
export function stopRemembering() {
  isClosed = true;
}
