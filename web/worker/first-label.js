/** Decides which requests can be answered before all of Python is loaded: labels for the most common file formats. */

const STARTS = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
];

/**
 * Whether a request needs only the files of a first label, which the build determines (web/trace_first_label.mjs).
 * @param {string} method
 * @param {{image?: unknown}} params
 */
export async function isFirstLabel(method, { image }) {
  if (method !== "classify" || !(image instanceof Blob)) return false;
  const bytes = new Uint8Array(await image.slice(0, 4).arrayBuffer());
  return STARTS.some((start) => start.every((byte, index) => bytes[index] === byte));
}
