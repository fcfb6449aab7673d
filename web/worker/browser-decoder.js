/** Decodes pictures that Pillow cannot open but this browser can, such as HEIC in Safari. */

/**
 * @param {Blob} blob
 * @returns {Promise<ArrayBuffer>} the upright picture as a PNG file
 */
export async function decodeInBrowser(blob) {
  const bitmap = await createImageBitmap(blob);
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("The picture is too large for this browser's canvas.");
    context.drawImage(bitmap, 0, 0);
    const png = await canvas.convertToBlob({ type: "image/png" });
    return await png.arrayBuffer();
  } finally {
    bitmap.close();
  }
}
