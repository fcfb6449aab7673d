/** Which requests can be answered before the rest of Python is there: labels of the most common kinds of files. */

const STARTS = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
];

/**
 * The build traces what such a label reads (web/trace_first_label.mjs).
 * @param {string} method
 * @param {{image?: unknown}} params
 */
export async function isFirstLabel(method, { image }) {
  if (method !== "classify" || !(image instanceof Blob)) return false;
  const bytes = new Uint8Array(await image.slice(0, 4).arrayBuffer());
  return STARTS.some((start) => start.every((byte, index) => bytes[index] === byte));
}
