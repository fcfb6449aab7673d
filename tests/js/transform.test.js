import assert from "node:assert/strict";
import test from "node:test";

import { random } from "./random.js";
import { fit, inside, pan, place, seenOf, zoom } from "../../web/page/tools/enhance/transform.js";

const CASES = 500;
const near = (one, other, message) => assert.ok(Math.abs(one - other) < 1e-6 * Math.max(1, Math.abs(other)), message);

/** Calls a property with many panes, pictures and views that are within bounds. */
function forMany(property) {
  for (let seed = 0; seed < CASES; seed += 1) {
    const draw = random(seed);
    const pane = { width: draw(50, 3000), height: draw(50, 2000) };
    const picture = { width: Math.ceil(draw(1, 12_000)), height: Math.ceil(draw(1, 9000)) };
    const scale = fit(pane, picture).scale * draw(1, 20);
    const view = inside({ scale, x: draw(0, picture.width), y: draw(0, picture.height) }, pane, picture);
    property({ pane, picture, view, draw, message: `seed ${seed}` });
  }
}

/** The point of the picture that is shown at a point of the pane. */
function under({ scale, x, y }, at, pane) {
  return { x: x + (at.x - pane.width / 2) / scale, y: y + (at.y - pane.height / 2) / scale };
}

test("a picture that is fitted lies inside the pane, in its middle, and touches it unless it is small", () => {
  forMany(({ pane, picture, message }) => {
    const view = fit(pane, picture);
    const { x, y, width, height } = place(view, pane, picture);
    assert.ok(width <= Math.ceil(pane.width) && height <= Math.ceil(pane.height), message);
    assert.ok(Math.abs(x + width / 2 - pane.width / 2) <= 1 && Math.abs(y + height / 2 - pane.height / 2) <= 1, message);
    const fills = Math.max((picture.width * view.scale) / pane.width, (picture.height * view.scale) / pane.height);
    if (view.scale < 4) near(fills, 1, message);
  });
});

test("zooming keeps the point under the pointer where it is, unless an edge would leave a gap", () => {
  let kept = 0;
  forMany(({ pane, picture, view, draw, message }) => {
    const at = { x: draw(0, pane.width), y: draw(0, pane.height) };
    const zoomed = zoom(view, view.scale * draw(0.5, 3), at, pane, picture);
    const [before, after] = [under(view, at, pane), under(zoomed, at, pane)];
    for (const [axis, length] of [["x", "width"], ["y", "height"]]) {
      const seen = pane[length] / zoomed.scale;
      const isAtEdge = zoomed[axis] - seen / 2 < 1e-6 || zoomed[axis] + seen / 2 > picture[length] - 1e-6;
      if (isAtEdge) continue;
      near(after[axis], before[axis], message);
      kept += 1;
    }
  });
  assert.ok(kept > CASES / 4, "most cases were at an edge");
});

test("the scale stays between the whole picture and sixteen times its pixels", () => {
  forMany(({ pane, picture, view, message }) => {
    const at = { x: 0, y: 0 };
    near(zoom(view, 1e9, at, pane, picture).scale, 16, message);
    near(zoom(view, 0, at, pane, picture).scale, Math.min(1, fit(pane, picture).scale), message);
  });
});

test("wherever a picture is moved, no edge leaves a gap and what is smaller than the pane is in its middle", () => {
  forMany(({ pane, picture, view, draw, message }) => {
    const moved = pan(view, draw(-1e4, 1e4), draw(-1e4, 1e4), pane, picture);
    const shown = place(moved, pane, picture);
    for (const [start, length] of [["x", "width"], ["y", "height"]]) {
      if (picture[length] * moved.scale >= pane[length]) {
        assert.ok(shown[start] <= 0.5 && shown[start] + shown[length] >= pane[length] - 1, message);
      } else {
        assert.ok(Math.abs(shown[start] + shown[length] / 2 - pane[length] / 2) <= 1, message);
      }
    }
    assert.deepEqual(inside(moved, pane, picture), moved, message);
  });
});

test("moving there and back ends where it began, away from the edges", () => {
  const [pane, picture] = [{ width: 100, height: 100 }, { width: 1000, height: 1000 }];
  const view = { scale: 2, x: 500, y: 500 };
  assert.deepEqual(pan(pan(view, 30, -14, pane, picture), -30, 14, pane, picture), view);
});

test("the part that is drawn covers all that is seen, on whole pixels of the picture", () => {
  forMany(({ pane, picture, view, message }) => {
    const [x1, y1, x2, y2] = seenOf(view, pane, picture);
    for (const [low, high, middle, length] of [[x1, x2, view.x, "width"], [y1, y2, view.y, "height"]]) {
      assert.ok(low >= 0 && low < high && high <= 1, message);
      near(low * picture[length], Math.round(low * picture[length]), message);
      near(high * picture[length], Math.round(high * picture[length]), message);
      const half = pane[length] / view.scale / 2;
      assert.ok(low * picture[length] <= Math.max(0, middle - half) + 1e-6, message);
      assert.ok(high * picture[length] >= Math.min(picture[length], middle + half) - 1e-6, message);
    }
  });
});
