"""Our page as it is measured."""

from __future__ import annotations

BOOT = """async () => {
  const started = performance.now();
  const { Onsight } = await import("./page/client.js");
  globalThis.onsight = await Onsight.start();
  return performance.now() - started;
}"""

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
