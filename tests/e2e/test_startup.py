"""How the engine starts: at the second visit from a snapshot, whatever happens to it from nothing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.engine import PageEngine
from tests.pictures import sample

BLANK = "manifest.json"

SAMPLES = ("chelsea", "coffee")

DAMAGE = """async () => {
  const cache = await caches.open("onsight-assets-1");
  for (const request of await cache.keys()) {
    if (!request.url.includes("memory-0.bin")) continue;
    const bytes = new Uint8Array(await (await cache.match(request)).arrayBuffer());
    bytes[bytes.length >> 1] ^= 1;
    await cache.put(request, new Response(bytes));
    return true;
  }
  return false;
}"""


@pytest.fixture
def visited(site: str, open_page: OpenPage) -> Page:
    """A page of a site that was visited before, and kept."""
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    assert PageEngine(page).info["restored"] is False
    page.evaluate("onsight.cacheAll()")
    return page


def visit(page: Page) -> PageEngine:
    page.reload()
    return PageEngine(page)


def answers(engine: PageEngine) -> list[dict[str, Any]]:
    methods = ("classify", "tag", "detect", "compare")
    return [engine.call(method, sample(name))["result"] for method in methods for name in SAMPLES]


def test_second_visit_restores_python_and_answers_the_same(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    engine = PageEngine(page)
    assert engine.info["restored"] is False
    first = answers(engine)
    page.evaluate("onsight.cacheAll()")
    engine = visit(page)
    assert engine.info["restored"] is True
    assert answers(engine) == first
    bad = engine.classify(b"no picture")["error"]
    assert bad["code"] == "not_an_image"


def test_damaged_snapshot_is_left_aside(visited: Page) -> None:
    assert visited.evaluate(DAMAGE)
    engine = visit(visited)
    assert engine.info["restored"] is False
    assert "Cat" in engine.classify(sample("chelsea"))["result"]["path"]


def test_snapshot_that_does_not_fit_is_left_aside(visited: Page) -> None:
    def misfit(route: Route) -> None:
        answer = route.fetch()
        broken = 'HEAPU32[trampoline]=(() => { throw new Error("half-way"); })()'
        text = answer.text().replace("HEAPU32[trampoline]=trampolineHere", broken)
        assert "half-way" in text
        route.fulfill(response=answer, body=text)

    visited.context.route("**/worker/worker.js", misfit)
    engine = visit(visited)
    assert engine.info["restored"] is False
    assert "Cat" in engine.classify(sample("chelsea"))["result"]["path"]


def test_other_tools_wait_for_what_a_first_label_does_not_need(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    held: list[Route] = []
    page.context.route("**/runtime/python/later/**", lambda route: held.append(route))
    engine = PageEngine(page)
    assert held == []
    engine.prepare("picture", sample("chelsea"))
    label = page.evaluate("onsight.classify(new Blob([pictures.picture])).then(({ label }) => label)")
    assert label == "Cat"  # although the files of the other tools have not arrived
    page.evaluate("""() => {
      globalThis.outcome = "waiting";
      globalThis.tags = onsight.tag(new Blob([pictures.picture]));
      tags.then(() => (globalThis.outcome = "tagged"));
    }""")
    cancelled = page.evaluate(
        """async () => {
          const controller = new AbortController();
          const call = onsight.detectionClasses({ signal: controller.signal });
          controller.abort();
          return call.then(() => "answered", ({ name }) => name);
        }"""
    )
    assert cancelled == "AbortError"
    page.wait_for_timeout(500)
    assert page.evaluate("outcome") == "waiting"
    assert held
    page.context.unroute("**/runtime/python/later/**")  # lets those that are held go on
    assert "cat" in page.evaluate("tags.then(({ tags }) => tags.map(({ name }) => name.toLowerCase()))")
