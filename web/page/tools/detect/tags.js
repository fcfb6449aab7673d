/** Places the names of boxes next to their boxes, inside the picture, without overlaps. */

/** @typedef {{x: number, y: number, width: number, height: number}} Rectangle */

/**
 * Find a place for each tag. Earlier tags take precedence.
 * @param {readonly Rectangle[]} boxes in CSS pixels
 * @param {readonly {width: number, height: number}[]} tags the size of each box's tag, in CSS pixels
 * @param {{width: number, height: number}} picture its size, in CSS pixels
 * @returns {{x: number, y: number, isFree: boolean}[]} top left corners; not free if the tag overlaps another
 */
export function placeTags(boxes, tags, picture) {
  /** @type {Rectangle[]} */
  const taken = [];
  return boxes.map((box, index) => {
    const { width, height } = tags[index] ?? { width: 0, height: 0 };
    const right = box.x + box.width - width;
    const bottom = box.y + box.height;
    const places = [
      [box.x, box.y - height], // above
      [box.x, box.y],
      [right, box.y - height],
      [right, box.y],
      [box.x, bottom - height],
      [box.x, bottom], // below
    ].flatMap(([x = 0, y = 0]) => {
      if (y < 0 || y + height > picture.height) return [];
      return { x: Math.max(0, Math.min(x, picture.width - width)), y, width, height };
    });
    const free = places.find((place) => !taken.some((other) => overlap(place, other)));
    if (free) taken.push(free);
    const { x, y } = free ?? places[0] ?? { x: 0, y: 0 };
    return { x, y, isFree: free !== undefined };
  });
}

/** @param {Rectangle} a @param {Rectangle} b */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
