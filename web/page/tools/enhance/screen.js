/** Measures elements in device pixels. */

/**
 * A length in device pixels. The browser's value is exact; rounding here may be off by one, which blurs the picture. When
 * the developer tools emulate another screen, the browser reports pixels of the real one, so that value is ignored.
 * @param {number} length in CSS pixels
 * @param {number | undefined} reported by the browser
 * @param {number} ratio
 */
export function toScreen(length, reported, ratio) {
  return reported !== undefined && Math.abs(reported - length * ratio) < 2 ? reported : Math.round(length * ratio);
}

/**
 * @param {ResizeObserver} observer
 * @param {Element} element
 */
export function observe(observer, element) {
  try {
    observer.observe(element, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(element); // Safari only reports CSS pixels
  }
}
