"""What is kept between visits: the site works with the network cut, and is updated on consent alone."""

from __future__ import annotations

import base64
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.tool_page import ToolPage, cat
from web.assemble import finish
from web.serve import DIST, make_server

ALLOW = {"service_workers": "allow"}


def wait_until_kept(page: Page) -> None:
    """Wait until the engine's panel says that everything is on this device."""
    page.get_by_role("button", name="Engine: Ready").click(timeout=ENGINE_TIMEOUT_MS)
    panel = page.get_by_role("region", name="The engine is ready")
    expect(panel.get_by_text("Yes, everything is on this device")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    page.keyboard.press("Escape")


def build_of(page: Page) -> str:
    build: str = page.evaluate("fetch('manifest.json').then((answer) => answer.json()).then(({ build }) => build)")
    return build


def description(page: Page) -> str | None:
    return page.locator('meta[name="description"]').get_attribute("content")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the site that a test may change, and its address."""
    site = tmp_path / "site"
    shutil.copytree(DIST, site)
    server = make_server(site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site, f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_everything_works_with_the_network_cut_after_the_first_visit(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/", **ALLOW)
    wait_until_kept(page)
    page.context.set_offline(True)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/#/classify")
    page.reload()
    tool = ToolPage(page)
    tool.choose(cat())
    tool.expect_answer("Cat")
    # Only of what it gets by an address of its own does a browser keep the compiled code.
    kept_code = {url.split("/")[-1].split("?")[0] for url in asked if "?sha256=" in url}
    assert kept_code == {"pyodide.asm.wasm", "ort-wasm-simd-threaded.wasm"}
    page.goto(f"{site}/#/detect")  # its networks were never needed so far
    expect(tool.answer.get_by_text("1 cat").first).to_be_visible(timeout=ENGINE_TIMEOUT_MS)


DAMAGE = """async (name) => {
  const cache = await caches.open("onsight-assets-1");
  const key = (await cache.keys()).find(({ url }) => url.includes(name));
  const kept = await cache.match(key);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  bytes.fill(0, bytes.length >> 1);
  await cache.put(key, new Response(bytes, { headers: kept.headers }));
}"""


@pytest.mark.parametrize("name", ["ort-wasm-simd-threaded.wasm", "pyodide.asm.wasm"])
def test_a_module_that_was_damaged_on_the_device_is_fetched_anew(site: str, open_page: OpenPage, name: str) -> None:
    page, _ = open_page(f"{site}/", **ALLOW)
    wait_until_kept(page)
    page.evaluate(DAMAGE, name)
    page.goto(f"{site}/#/classify")
    page.reload()
    tool = ToolPage(page)
    tool.choose(cat())
    tool.expect_answer("Cat")


def test_a_host_without_headers_gets_threads_and_policies_all_the_same(plain_site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{plain_site}/", **ALLOW)
    page.get_by_role("button", name="Engine: Ready").click(timeout=ENGINE_TIMEOUT_MS)
    assert page.evaluate("crossOriginIsolated")
    expect(page.get_by_text("single-threaded")).to_have_count(0)
    policies = page.evaluate(
        """Promise.all(["index.html", "worker/worker.js"].map((path) => fetch(path).then(
          ({ headers }) => headers.get("content-security-policy"))))"""
    )
    assert "frame-ancestors 'none'" in policies[0]
    assert "connect-src 'self'" in policies[1]


def test_nothing_is_kept_for_later_before_the_first_answer(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/manifest.json", **ALLOW)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(f"{site}/")))
    held: list[Route] = []
    page.route("**/efficientnet-lite2/model.onnx", lambda route: held.append(route))
    page.goto(f"{site}/#/classify")
    tool = ToolPage(page)
    tool.choose(cat())
    expect(tool.answer.get_by_text("Downloading the engine")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    while not held:
        page.wait_for_timeout(100)
    page.wait_for_timeout(2000)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(({ length }) => length)") == 0
    networks = [path for path in asked if path.endswith(".onnx")]
    assert networks == ["models/efficientnet-lite2/model.onnx"]
    assert not [path for path in asked if path.startswith(("sw.js", "runtime/snapshot/"))]
    held[0].continue_()
    tool.expect_answer("Cat")
    page.keyboard.press("Escape")
    wait_until_kept(page)
    assert [path for path in asked if path.startswith("runtime/snapshot/")]


def test_a_new_build_waits_for_consent(host: tuple[Path, str], open_page: OpenPage) -> None:
    folder, address = host
    page, _ = open_page(f"{address}/", **ALLOW)
    wait_until_kept(page)
    old = build_of(page)
    change(folder)
    page.reload()
    bar = page.get_by_role("region", name="New version")
    expect(bar.get_by_text("A new version of Onsight is ready.")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    assert build_of(page) == old
    page.reload()  # a reload does not count as consent
    assert build_of(page) == old
    with page.expect_navigation():
        bar.get_by_role("button", name="Update").click()
    assert build_of(page) != old
    assert description(page) == "Changed."
    expect(bar).to_be_hidden()


def test_a_build_that_arrives_damaged_never_takes_the_place_of_a_sound_one(
    host: tuple[Path, str], open_page: OpenPage
) -> None:
    folder, address = host
    page, complaints = open_page(f"{address}/", **ALLOW)
    complaints.expected += ["digest", "integrity"]
    wait_until_kept(page)
    old = build_of(page)
    change(folder)
    (folder / "page" / "app.js").write_text("throw new Error('half a file", encoding="utf-8")
    page.reload()
    failed = page.evaluate(
        """navigator.serviceWorker.ready.then((registration) => registration.update().then(
          ({ installing }) => installing && new Promise((resolve) => installing.addEventListener("statechange",
            () => ["redundant", "installed"].includes(installing.state) && resolve(installing.state))),
          () => "redundant"))"""
    )
    assert failed in ("redundant", None)
    page.reload()
    assert build_of(page) == old
    assert description(page) != "Changed."
    expect(page.get_by_role("region", name="New version")).to_be_hidden()


def test_pictures_shared_by_another_app_are_taken_up(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/", **ALLOW)
    wait_until_kept(page)
    page.evaluate(
        """async (data) => {
          const form = new FormData();
          const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
          form.append("pictures", new File([bytes], "my cat.png", { type: "image/png" }));
          await fetch("share", { method: "POST", body: form, redirect: "manual" });
        }""",
        base64.b64encode(cat()["buffer"]).decode(),
    )
    page.reload()
    expect(page.get_by_role("img", name="my cat.png")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    ToolPage(page).expect_answer("Cat")
    page.reload()
    expect(page.get_by_role("img", name="my cat.png")).to_have_count(0)


def change(site: Path) -> None:
    """Make another build of a site."""
    page = site / "index.html"
    text, count = re.subn(r'(name="description"\s+content=")[^"]*', r"\1Changed.", page.read_text(encoding="utf-8"))
    assert count == 1
    page.write_text(text, encoding="utf-8")
    finish(site)
