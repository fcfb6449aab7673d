import assert from "node:assert/strict";
import test from "node:test";

import { random } from "./random.js";
import { setUpGestures } from "../../web/page/tools/enhance/gestures.js";

/** A surface that takes the picture along: a point p of it is shown at `scale * p + (x, y)`. */
function createSurface({ isNear = true } = {}) {
  const root = new EventTarget();
  const surface = new EventTarget();
  const captured = [];
  surface.setPointerCapture = (id) => captured.push(id);
  const shown = { scale: 1, x: 0, y: 0, toggles: 0 };
  const end = setUpGestures(root, surface, {
    zoom: (factor, at) => {
      shown.x = at.x + (shown.x - at.x) * factor;
      shown.y = at.y + (shown.y - at.y) * factor;
      shown.scale *= factor;
    },
    pan: (dx, dy) => {
      shown.x += dx;
      shown.y += dy;
    },
    toggle: () => (shown.toggles += 1),
    isNear: () => isNear,
  });
  const send = (target, type, { time = 0, ...facts } = {}) => {
    const event = new Event(type, { cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: time });
    target.dispatchEvent(Object.assign(event, facts));
    return event;
  };
  const point = (type, id, x, y, time = 0) =>
    send(surface, `pointer${type}`, { pointerId: id, pointerType: "touch", button: 0, clientX: x, clientY: y, time });
  const tap = (x, y, time) => (point("down", 1, x, y, time), point("up", 1, x, y, time + 50));
  return { root, surface, shown, captured, send, point, tap, end };
}

/** The point of the picture that is shown at a point. */
const under = ({ scale, x, y }, at) => ({ x: (at.x - x) / scale, y: (at.y - y) / scale });

test("one finger takes the picture along", () => {
  const { shown, point } = createSurface();
  point("down", 1, 100, 100);
  point("move", 1, 130, 80);
  point("move", 1, 150, 90);
  assert.deepEqual(shown, { scale: 1, x: 50, y: -10, toggles: 0 });
});

test("what lies between two fingers stays between them, however far they move at a time", () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const draw = random(seed);
    const { shown, point } = createSurface();
    const fingers = [{ x: draw(0, 100), y: draw(0, 400) }, { x: draw(300, 400), y: draw(0, 400) }];
    const middle = () => ({ x: (fingers[0].x + fingers[1].x) / 2, y: (fingers[0].y + fingers[1].y) / 2 });
    fingers.forEach(({ x, y }, id) => point("down", id, x, y));
    const held = under(shown, middle());
    const apart = () => Math.hypot(fingers[0].x - fingers[1].x, fingers[0].y - fingers[1].y);
    const before = apart();
    for (let step = 0; step < 6; step += 1) {
      const id = step % 2;
      fingers[id] = { x: fingers[id].x + draw(-90, 90), y: fingers[id].y + draw(-90, 90) };
      point("move", id, fingers[id].x, fingers[id].y);
    }
    const now = under(shown, middle());
    assert.ok(Math.hypot(now.x - held.x, now.y - held.y) < 1e-6, `seed ${seed}: ${JSON.stringify([held, now])}`);
    assert.ok(Math.abs(shown.scale - apart() / before) < 1e-6, `seed ${seed}`);
  }
});

test("two quick taps at one place toggle; slow ones, distant ones and a third do not", () => {
  const { shown, tap } = createSurface();
  tap(10, 10, 1000);
  tap(12, 9, 1200);
  assert.equal(shown.toggles, 1);
  tap(12, 9, 1350);
  assert.equal(shown.toggles, 1);
  tap(12, 9, 5000);
  tap(12, 9, 5500);
  assert.equal(shown.toggles, 1);
  tap(10, 10, 9000);
  tap(90, 10, 9100);
  assert.equal(shown.toggles, 1);
});

test("a finger that moves the picture does not tap", () => {
  const { shown, point } = createSurface();
  for (const time of [1000, 1150, 1300]) {
    point("down", 1, 300, 200, time);
    point("move", 1, 200, 200, time + 40);
    point("move", 1, 100, 200, time + 80);
    point("up", 1, 100, 200, time + 90);
  }
  assert.equal(shown.toggles, 0);
});

test("the last of two fingers does not tap when it is lifted", () => {
  const { shown, point, tap } = createSurface();
  point("down", 1, 100, 100, 1000);
  point("down", 2, 200, 100, 1010);
  point("up", 1, 100, 100, 1100);
  point("up", 2, 200, 100, 1120);
  tap(200, 100, 1200);
  assert.equal(shown.toggles, 0);
});

test("a double click that the browser makes of a double tap toggles once", () => {
  const { surface, shown, tap, send } = createSurface();
  tap(10, 10, 1000);
  tap(10, 10, 1200);
  send(surface, "dblclick", { clientX: 10, clientY: 10, time: 1255 });
  assert.equal(shown.toggles, 1);
  send(surface, "dblclick", { clientX: 10, clientY: 10, time: 3000 });
  assert.equal(shown.toggles, 2);
});

test("the wheel zooms at the pointer, and scrolls the page outwards from the whole picture", () => {
  const whole = createSurface({ isNear: false });
  const facts = { deltaMode: 0, ctrlKey: false, metaKey: false, clientX: 40, clientY: 30 };
  assert.equal(whole.send(whole.root, "wheel", { ...facts, deltaY: 100 }).defaultPrevented, false);
  assert.equal(whole.shown.scale, 1);
  assert.equal(whole.send(whole.root, "wheel", { ...facts, deltaY: -100 }).defaultPrevented, true);
  assert.ok(whole.shown.scale > 1);
  const at = under(whole.shown, { x: 40, y: 30 });
  assert.ok(Math.hypot(at.x - 40, at.y - 30) < 1e-9);
});

test("a line of the wheel counts as sixteen pixels, and there and back is nowhere", () => {
  const { root, shown, send } = createSurface();
  const facts = { ctrlKey: false, metaKey: false, clientX: 0, clientY: 0 };
  send(root, "wheel", { ...facts, deltaMode: 1, deltaY: -3 });
  send(root, "wheel", { ...facts, deltaMode: 0, deltaY: 48 });
  assert.ok(Math.abs(shown.scale - 1) < 1e-12);
});

test("nothing is heard any more after the end", () => {
  const { root, shown, send, point, end } = createSurface();
  end();
  point("down", 1, 0, 0);
  point("move", 1, 50, 50);
  send(root, "wheel", { deltaMode: 0, deltaY: -100, clientX: 0, clientY: 0 });
  assert.deepEqual(shown, { scale: 1, x: 0, y: 0, toggles: 0 });
});
