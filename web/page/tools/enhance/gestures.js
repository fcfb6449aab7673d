/** Zooming and panning with mouse, wheel and fingers. Points are in window coordinates. */

import { listen } from "../../lib/dom.js";

/** @typedef {{x: number, y: number}} Point */

/**
 * @typedef {object} Gestures
 * @property {(factor: number, at: Point) => void} zoom
 * @property {(dx: number, dy: number) => void} pan
 * @property {(at: Point) => void} toggle a double click or double tap
 * @property {() => boolean} isNear whether the picture is zoomed in, so that it can be panned
 */

/** Pixels per unit of the wheel: pixel, line, page. */
const WHEEL_UNITS = [1, 16, 400];
/** Zoom per pixel of the wheel. Browsers report a pinch on a touchpad as a wheel with finer steps. */
const WHEEL_ZOOM = 0.0016;
const PINCH_ZOOM = 0.01;
/** Two taps within this time and this many pixels are one double tap. */
const DOUBLE_TAP_MS = 320;
const DOUBLE_TAP_PX = 24;

/**
 * @param {HTMLElement} root receives the wheel
 * @param {HTMLElement} surface receives the pointers
 * @param {Gestures} gestures
 * @returns {() => void}
 */
export function setUpGestures(root, surface, { zoom, pan, toggle, isNear }) {
  /** @type {Map<number, Point>} */
  const pointers = new Map();
  /** Where the only pointer was pressed, until it moves or another joins it. @type {Point | null} */
  let pressed = null;
  let lastTap = { time: 0, x: 0, y: 0 };
  let toggled = -Infinity;
  const wheel = (/** @type {WheelEvent} */ event) => {
    const { deltaY, deltaMode, ctrlKey, metaKey, clientX: x, clientY: y } = event;
    // The whole picture is visible, so zooming out would do nothing: let the page scroll.
    if (deltaY >= 0 && !isNear() && !ctrlKey) return;
    event.preventDefault();
    const way = deltaY * (WHEEL_UNITS[deltaMode] ?? 1);
    zoom(Math.exp(-way * (ctrlKey || metaKey ? PINCH_ZOOM : WHEEL_ZOOM)), { x, y });
  };
  root.addEventListener("wheel", wheel, { passive: false });

  const off = [
    listen(surface, "pointerdown", (event) => {
      if (event.button !== 0) return;
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      pressed = pointers.size === 1 ? { x: event.clientX, y: event.clientY } : null;
      if (event.pointerType !== "touch" || isNear() || pointers.size > 1) surface.setPointerCapture(event.pointerId);
    }),
    listen(surface, "pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      pointers.set(event.pointerId, now);
      if (pressed && Math.hypot(now.x - pressed.x, now.y - pressed.y) >= DOUBLE_TAP_PX) pressed = null;
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (!other) return pan(now.x - before.x, now.y - before.y);
      const middle = { x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 };
      const apart = Math.hypot(before.x - other.x, before.y - other.y);
      if (apart > 0) zoom(Math.hypot(now.x - other.x, now.y - other.y) / apart, middle);
      pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    }),
    ...["pointerup", "pointercancel"].map((type) =>
      listen(surface, type, (event) => {
        pointers.delete(event.pointerId);
        const isTap = type === "pointerup" && event.pointerType === "touch" && pressed;
        pressed = null;
        if (isTap) tap(event);
      }),
    ),
    listen(surface, "dblclick", ({ clientX: x, clientY: y, timeStamp }) => {
      if (timeStamp - toggled > DOUBLE_TAP_MS) toggle({ x, y }); // some browsers also send it after a double tap
    }),
    () => root.removeEventListener("wheel", wheel),
  ];
  return () => off.forEach((end) => end());

  /** Detect double taps: browsers do not send a double click if zooming is disabled. @param {PointerEvent} event */
  function tap({ clientX: x, clientY: y, timeStamp: time }) {
    const isSecond = time - lastTap.time < DOUBLE_TAP_MS && Math.hypot(x - lastTap.x, y - lastTap.y) < DOUBLE_TAP_PX;
    if (isSecond) {
      toggled = time;
      toggle({ x, y });
    }
    lastTap = { time: isSecond ? 0 : time, x, y };
  }
}
