/** The picture with its boxes drawn on it, as a file. */

import { formatPercent } from "../format.js";
import { colourOf, titleOf } from "./classes.js";
import { placeTags } from "./tags.js";

/** @import { Box, ImageInfo } from "../../protocol.d.ts" */

/** Phones refuse canvases that are much larger. */
const MAX_SIDE = 4096;

/**
 * @param {HTMLImageElement} image upright
 * @param {ImageInfo} size of the picture that the boxes are measured in
 * @param {readonly Box[]} boxes
 * @returns {Promise<Blob | null>} a PNG; null where the browser cannot make one
 */
export async function drawAnnotated(image, size, boxes) {
  const canvas = document.createElement("canvas");
  const shrink = Math.min(1, MAX_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const width = (canvas.width = Math.max(1, Math.round(image.naturalWidth * shrink)));
  const height = (canvas.height = Math.max(1, Math.round(image.naturalHeight * shrink)));
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.drawImage(image, 0, 0, width, height);
  // Seen as a whole on a screen, a picture of any size has lines and letters of about the same size.
  const unit = Math.max(1, Math.max(width, height) / 640);
  const scaleX = width / size.width;
  const scaleY = height / size.height;
  context.font = `600 ${12 * unit}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const texts = boxes.map(({ label, score }) => `${titleOf(label)} ${formatPercent(score)}`);
  const rectangles = boxes.map(({ x1, y1, x2, y2 }) => {
    return { x: x1 * scaleX, y: y1 * scaleY, width: (x2 - x1) * scaleX, height: (y2 - y1) * scaleY };
  });
  for (const [colour, line] of /** @type {const} */ ([["#fff", 4], ["", 2.5]])) {
    for (const [index, { x, y, width: across, height: down }] of rectangles.entries()) {
      context.strokeStyle = colour || colourOf(boxes[index]?.label ?? "");
      context.lineWidth = line * unit;
      context.strokeRect(x, y, across, down);
    }
  }
  const tags = texts.map((text) => ({ width: context.measureText(text).width + 10 * unit, height: 18 * unit }));
  for (const [index, { x, y, isFree }] of placeTags(rectangles, tags, { width, height }).entries()) {
    const tag = tags[index];
    if (!isFree || !tag) continue;
    context.fillStyle = colourOf(boxes[index]?.label ?? "");
    context.fillRect(x, y, tag.width, tag.height);
    context.fillStyle = "#fff";
    context.fillText(texts[index] ?? "", x + 5 * unit, y + tag.height / 2);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
