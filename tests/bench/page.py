"""Our page as it is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from tests import chromium
from tests.bench.browser import serving
from tests.e2e.engine import PageEngine

BOOT = """async () => {
  const started = performance.now();
  const { Onsight } = await import("./page/client.js");
  globalThis.onsight = await Onsight.start();
  return performance.now() - started;
}"""

STORED_DATA = """async () => {
  await navigator.serviceWorker.register(policy.createScriptURL(new URL("sw.js", location.href).href));
  await navigator.serviceWorker.ready;
  await onsight.cacheAll();
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
"""Runs one network of detection alone, in the engine's worker, for comparison with the default preset."""
CENTERNET_SIDE = 416


def boot(page: Page, origin: str) -> tuple[PageEngine, float]:
    """Start the engine on an empty page of our site; return it, and the milliseconds that it took."""
    page.goto(f"{origin}/manifest.json")
    spent: float = page.evaluate(BOOT)
    return PageEngine(page, is_started=True), spent


@contextmanager
def opened(*, plain: bool = False, flags: Sequence[str] = ()) -> Iterator[PageEngine]:
    """Yield the engine, started in a browser of its own.

    Args:
        plain: The host sends no header, so the page is not isolated, and has one thread.
        flags: Further ones for the browser.
    """
    executable = chromium.require()  # before Playwright starts: finding it may start one of its own
    with serving(plain=plain) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*chromium.flags(), *flags])
        page = browser.new_context(service_workers="block").new_page()
        page.set_default_timeout(300_000)
        yield boot(page, origin)[0]
        browser.close()
