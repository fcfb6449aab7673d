/** How large an element is in pixels of the screen. */

/**
 * A length in pixels of the screen. The browser knows it best: a rounding of ours may be one off, and blur. Where it
 * only pretends to have another screen, as in its developer tools, it tells those of the real one.
 * @param {number} length in pixels of the style sheet
 * @param {number | undefined} told by the browser
 * @param {number} ratio
 */
export function toScreen(length, told, ratio) {
  return told !== undefined && Math.abs(told - length * ratio) < 2 ? told : Math.round(length * ratio);
}

/**
 * @param {ResizeObserver} observer
 * @param {Element} element
 */
export function observe(observer, element) {
  try {
    observer.observe(element, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(element); // Safari tells pixels of the style sheet only
  }
}
