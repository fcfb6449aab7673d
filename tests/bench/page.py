"""Our page as it is measured."""

from __future__ import annotations

BOOT = """async () => {
  const started = performance.now();
  const { Onsight } = await import("./page/client.js");
  globalThis.onsight = await Onsight.start();
  return performance.now() - started;
}"""

KEPT = """async () => {
  const { trusted } = await import("./common/trusted.js");
  await navigator.serviceWorker.register(trusted(new URL("sw.js", location.href)));
  await navigator.serviceWorker.ready;
  await onsight.keepAll();
}"""
"""Has all of the site on this device, as the page does when nobody waits for it."""

WARM_LABELS = 10
CODE_KEPT_MS = 5000
"""After so many labels and so much time a browser has compiled what matters well, and has kept it."""

TIMED = """async ([name, method = "classify"]) => {
  const started = performance.now();
  let timings;
  await onsight[method](new Blob([pictures[name]]), { onTimings: (ms) => { timings = ms; } });
  return { ...timings, total: performance.now() - started };
}"""

CENTERNET = """async ([input, side, runs]) => {
  const { networks } = await import(self.location);
  const times = [];
  for (let run = 0; run <= runs; run++) {
    const started = performance.now();
    const image = { data: new Float32Array(3 * side * side), dims: [1, 3, side, side] };
    await networks.run("centernet-mobilenet-v3", { [input]: image }, ["heat_map", "distances"]);
    times.push(performance.now() - started);
  }
  return times.slice(1);
}"""
"""Runs one network of detection alone, in the engine's worker: what the default look is held against."""
CENTERNET_SIDE = 416
