import assert from "node:assert/strict";
import test from "node:test";

import { random } from "./random.js";
import { isWhole, moved, resized, shaped, WHOLE } from "../../web/page/tools/enhance/rectangle.js";

const EDGES = [
  { left: true },
  { right: true },
  { top: true },
  { bottom: true },
  { left: true, top: true },
  { right: true, top: true },
  { left: true, bottom: true },
  { right: true, bottom: true },
];
const near = (one, other, message) => assert.ok(Math.abs(one - other) < 1e-9, `${message}: ${one} is not ${other}`);

function forMany(property) {
  for (let seed = 0; seed < 2000; seed += 1) {
    const draw = random(seed);
    const [width, height] = [draw(0.05, 1), draw(0.05, 1)];
    const [x, y] = [draw(0, 1 - width), draw(0, 1 - height)];
    property({ from: [x, y, x + width, y + height], draw, edges: EDGES[seed % 8], message: `seed ${seed}` });
  }
}

function assertInside([x1, y1, x2, y2], message) {
  assert.ok(x1 >= 0 && y1 >= 0 && x2 <= 1 + 1e-12 && y2 <= 1 + 1e-12 && x1 < x2 && y1 < y2, `${message}: ${[x1, y1, x2, y2]}`);
}

test("a rectangle that is moved keeps its size and stays inside", () => {
  forMany(({ from, draw, message }) => {
    const to = moved(from, draw(-2, 2), draw(-2, 2));
    assertInside(to, message);
    near(to[2] - to[0], from[2] - from[0], message);
    near(to[3] - to[1], from[3] - from[1], message);
  });
});

test("edges that are dragged move; the opposite ones stay", () => {
  forMany(({ from, draw, edges, message }) => {
    const to = resized(from, edges, draw(-2, 2), draw(-2, 2), null);
    assertInside(to, message);
    const still = [!edges.left, !edges.top, !edges.right, !edges.bottom];
    for (const [index, stays] of still.entries()) if (stays) near(to[index], from[index], message);
    assert.ok(to[2] - to[0] > 0.0199 && to[3] - to[1] > 0.0199, message);
  });
});

test("a small drag moves an edge by just as much", () => {
  const to = resized([0.2, 0.2, 0.6, 0.7], { right: true, bottom: true }, 0.1, -0.05, null);
  for (const [index, value] of [0.2, 0.2, 0.7, 0.65].entries()) near(to[index], value, "edge");
});

test("a rectangle with a shape keeps it, stays inside and keeps the edges opposite to those that are dragged", () => {
  forMany(({ from, draw, edges, message }) => {
    const ratio = draw(0.3, 3);
    const to = resized(from, edges, draw(-1, 1), draw(-1, 1), ratio);
    assertInside(to, message);
    near((to[2] - to[0]) / (to[3] - to[1]) / ratio, 1, message);
    if (edges.left) near(to[2], from[2], message);
    if (edges.right) near(to[0], from[0], message);
    if (edges.top) near(to[3], from[3], message);
    if (edges.bottom) near(to[1], from[1], message);
  });
});

test("the largest rectangle of a shape touches two edges of the picture", () => {
  forMany(({ from, draw, message }) => {
    const ratio = draw(0.2, 5);
    const to = shaped(from, ratio);
    assertInside(to, message);
    near((to[2] - to[0]) / (to[3] - to[1]) / ratio, 1, message);
    near(Math.max(to[2] - to[0], to[3] - to[1]), 1, message);
  });
});

test("only the whole picture is the whole picture", () => {
  assert.ok(isWhole(WHOLE));
  assert.ok(isWhole([0, 0, 1, 0.99999]));
  assert.ok(!isWhole([0, 0, 1, 0.99]));
});
