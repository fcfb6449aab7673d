/** The outline of a box over a picture. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * A rectangle that is visible on any picture, for an SVG whose units are the picture's pixels.
 * @param {readonly [x1: number, y1: number, x2: number, y2: number]} edges
 * @param {string} colour
 */
export function outlineOf([x1, y1, x2, y2], colour) {
  const group = document.createElementNS(SVG, "g");
  group.style.color = colour;
  for (const name of ["box__halo", "box__line"]) {
    const rect = document.createElementNS(SVG, "rect");
    rect.classList.add(name);
    rect.setAttribute("x", String(x1));
    rect.setAttribute("y", String(y1));
    rect.setAttribute("width", String(Math.max(x2 - x1, 0)));
    rect.setAttribute("height", String(Math.max(y2 - y1, 0)));
    rect.setAttribute("vector-effect", "non-scaling-stroke");
    group.append(rect);
  }
  return group;
}
