"""Networks on the GPU, if the user chooses it: the same answers, and the CPU if the GPU fails."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage, wait_until
from tests.e2e.engine import PageEngine
from tests.e2e.test_engine import BLANK, assert_same_answer
from tests.pictures import sample

LOOKS_REAL = "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false })"
"""The page offers no GPU that is made of software."""

PATIENCE_MS = 3 * ENGINE_TIMEOUT_MS
"""A network takes half a minute on a GPU that is made of software."""


def engine_on(page: Page) -> PageEngine:
    """Start an engine that is to use the GPU."""
    page.set_default_timeout(PATIENCE_MS)
    return PageEngine(page, device="webgpu")


def provider(engine: PageEngine) -> str:
    """Return what runs the networks now."""
    name: str = engine.page.evaluate("onsight.engine.info.provider")
    return name


def assert_labelled_as_on_the_command_line(engine: PageEngine, name: str, folder: Path) -> None:
    (folder / name).write_bytes(sample(name))
    assert_same_answer(engine, "classify", folder / name)


def test_networks_run_on_the_processor_where_there_is_no_other(site: str, open_page: OpenPage, tmp_path: Path) -> None:
    engine = engine_on(open_page(f"{site}/{BLANK}")[0])
    assert provider(engine) == "wasm"
    assert_labelled_as_on_the_command_line(engine, "coffee", tmp_path)


def test_answers_are_the_same_and_go_on_when_it_is_taken_away(
    site: str, open_graphics_page: OpenPage, graphics_browser: Browser, tmp_path: Path
) -> None:
    page, complaints = open_graphics_page(f"{site}/{BLANK}")
    engine = engine_on(page)
    assert provider(engine) == "webgpu"
    assert_labelled_as_on_the_command_line(engine, "coffee", tmp_path)
    assert provider(engine) == "webgpu"
    complaints.expected += ["onnxruntime", "Aborted()", "error: \x1b[m"]  # onnxruntime's messages about it
    graphics_browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
    assert_labelled_as_on_the_command_line(engine, "chelsea", tmp_path)
    assert provider(engine) == "wasm"


def test_changing_over_loses_no_picture(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    engine = PageEngine(page)
    engine.prepare("cat", sample("chelsea"))
    labels = page.evaluate(
        """async () => {
          const one = () => onsight.classify(new Blob([pictures.cat])).then(({ label }) => label);
          const before = [one(), one(), one(), one()];
          const change = onsight.setDevice("webgpu");
          const meanwhile = [one(), one()];
          await change;
          return Promise.all([...before, ...meanwhile, one(), one()]);
        }"""
    )
    assert set(labels) == {"Cat"}
    assert len(labels) == 8
    wait_until(page, lambda: sum(one.url.endswith("/worker/worker.js") for one in page.workers) == 1, "one is left")


def switch(page: Page) -> Locator:
    """Open the engine's panel and return the switch that may be in it."""
    page.get_by_role("button", name="Engine: Ready").click(timeout=ENGINE_TIMEOUT_MS)
    return page.get_by_role("switch", name="Use the GPU")


def networks_on(page: Page) -> Locator:
    """Return what the engine panel says about the device that runs the networks."""
    return page.locator("[data-part=engine-facts] dt", has_text="Networks run on").locator("+ dd")


def test_switch_is_there_where_it_is_of_use(site: str, open_page: OpenPage, open_graphics_page: OpenPage) -> None:
    for open_one in (open_page, open_graphics_page):
        page, _ = open_one(f"{site}/#/classify")
        expect(switch(page)).to_have_count(0)
        expect(networks_on(page)).to_have_text("the processor")


def without_first_runs(route: Route) -> None:
    """Spare the GPU the runs that make networks ready: it draws the page, too, and waits for them."""
    response = route.fetch()
    route.fulfill(response=response, json={**response.json(), "first_runs": []})


def test_choice_is_kept_until_it_is_taken_back(site: str, open_graphics_page: OpenPage) -> None:
    page, _ = open_graphics_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    page.context.add_init_script(LOOKS_REAL)
    page.context.route("**/manifest.json", without_first_runs)
    page.goto(f"{site}/")
    switch(page).check()
    expect(networks_on(page)).to_have_text("the GPU", timeout=ENGINE_TIMEOUT_MS)
    page.reload()
    expect(switch(page)).to_be_checked()
    expect(networks_on(page)).to_have_text("the GPU")
    page.get_by_role("switch", name="Use the GPU").uncheck()
    expect(networks_on(page)).to_have_text("the processor", timeout=ENGINE_TIMEOUT_MS)
    page.reload()
    expect(switch(page)).not_to_be_checked()
    expect(networks_on(page)).to_have_text("the processor")


def test_what_does_not_work_is_said_and_not_chosen(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.context.add_init_script("navigator.gpu.requestAdapter = async () => ({ info: { isFallbackAdapter: false } })")
    page.goto(f"{site}/")
    switch(page).click()
    status = page.get_by_role("region", name="The engine is ready").get_by_role("status")
    expect(status).to_have_text(
        "The GPU could not be used, so the networks still run on the processor.", timeout=ENGINE_TIMEOUT_MS
    )
    expect(page.get_by_role("switch", name="Use the GPU")).not_to_be_checked()
    expect(networks_on(page)).to_have_text("the processor")
