"""The Privacy page: it names all that is kept, and deletes it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage, wait_until
from tests.e2e.organise_page import NO_CHOOSER_OF_ITS_OWN, OrganisePage
from tests.e2e.page_modules import add_module
from tests.e2e.tool_page import cat

STORED = """async () => {
  const opfs = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) opfs.push(name);
  return {
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    folders: opfs,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    serviceWorkers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    cookies: document.cookie ? [document.cookie] : [],
  };
}"""

LISTED = """async () => {
  const { STORED_DATA, find } = storedData;
  const all = { local: [], session: [], folders: [], databases: [], caches: [], serviceWorkers: [], cookies: [] };
  for (const kept of STORED_DATA) {
    const found = await find(kept);
    for (const [kind, names] of Object.entries(found)) {
      all[kind].push(...names.map((name) => (kind === "serviceWorkers" ? name.scope : name)));
    }
  }
  return all;
}"""


def stored(page: Page) -> dict[str, list[str]]:
    """Names of all that the browser keeps for the site."""
    answer: dict[str, list[str]] = page.evaluate(STORED)
    return {kind: sorted(names) for kind, names in answer.items()}


def listed(page: Page) -> dict[str, list[str]]:
    """What the Privacy page knows of that."""
    add_module(page, "page/shell/stored-data.js", "storedData")
    answer: dict[str, list[str]] = page.evaluate(LISTED)
    return {kind: sorted(names) for kind, names in answer.items()}


def use_every_tool(page: Page, site: str, holiday: Path) -> None:
    page.goto(f"{site}/#/classify")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose pictures").click()
    chooser.value.set_files([cat()])
    for tool in ("classify", "tag", "detect", "compare", "enhance"):
        page.goto(f"{site}/#/{tool}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_timeout(500)
    exposure = page.get_by_role("slider", name="Exposure", exact=True)
    expect(exposure).to_be_enabled(timeout=ENGINE_TIMEOUT_MS)
    exposure.press("ArrowRight")
    wait_until(page, lambda: "onsight.enhance" in stored(page)["local"], "Enhance remembers its settings")
    page.get_by_role("button", name="Dark").click()
    organise = OrganisePage(page)
    organise.open(site)
    organise.add_folder(holiday)
    organise.expect_imported("3 pictures added")
    add_module(page, "page/tools/organise/originals.js", "originals")
    page.evaluate(
        """async () => {
          const root = await navigator.storage.getDirectory();
          const library = { name: "", on() {} };
          const folder = await root.getDirectoryHandle("onsight-libraries");
          await new originals.Originals(library).rememberHandle(folder);
        }"""
    )


def test_everything_that_is_kept_is_named_and_deleted(
    site: str, open_page: OpenPage, holiday: Path, tmp_path: Path
) -> None:
    page, _ = open_page(f"{site}/#/privacy", service_workers="allow")
    page.context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
    page.evaluate(NO_CHOOSER_OF_ITS_OWN)
    page.set_default_timeout(60_000)
    use_every_tool(page, site, holiday)
    kept = stored(page)
    assert kept == listed(page)
    assert {"onsight.enhance", "onsight-library"} < set(kept["local"])
    assert kept["folders"] == ["onsight-libraries"]
    assert "onsight-folders" in kept["databases"]
    assert len(kept["caches"]) >= 2
    assert kept["serviceWorkers"]
    assert kept["cookies"] == []

    other = page.context.new_page()  # holds the engine, and watches
    other.goto(f"{site}/#/tag")
    expect(other.get_by_role("button", name="Ready")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)

    page.goto(f"{site}/#/privacy")
    libraries = page.get_by_role("heading", name="Libraries").locator("..")
    expect(libraries).to_contain_text(re.compile(r"\d+\s[kM]B"))
    page.get_by_role("button", name="Delete everything…").click()
    dialog = page.get_by_role("dialog", name="Delete everything that Onsight stores here?")
    with page.expect_download(timeout=ENGINE_TIMEOUT_MS) as download:
        dialog.get_by_role("button", name="Save the libraries first").click()
    saved = tmp_path / "saved.sqlite"
    download.value.save_as(saved)
    assert sqlite3.connect(saved).execute("SELECT count(*) FROM image").fetchone() == (4,)
    expect(dialog).to_contain_text("1 file saved to your downloads")
    dialog.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Everything that Onsight stored on this device is deleted.")).to_be_visible(timeout=60_000)
    for tab in (page, other):
        expect(tab.get_by_role("button", name="Reload the page")).to_be_visible()
        assert stored(tab) == {kind: [] for kind in kept}
    page.wait_for_timeout(1000)
    assert stored(page) == {kind: [] for kind in kept}

    page.get_by_role("button", name="Reload the page").click()
    expect(page.get_by_role("button", name="Ready")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    other.close()
    OrganisePage(page).open(site)
    expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()


def test_a_question_comes_first(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/privacy")
    page.evaluate("localStorage.setItem('onsight.theme', 'dark')")
    page.get_by_role("button", name="Delete everything…").click()
    dialog: Any = page.get_by_role("dialog", name="Delete everything that Onsight stores here?")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_have_count(0)
    assert page.evaluate("localStorage.getItem('onsight.theme')") == "dark"


def test_a_tab_that_has_a_library_open_ends_without_a_complaint(own_organised: OrganisePage, site: str) -> None:
    organised = own_organised
    page = organised.page
    organised.search.fill("cat")
    organised.button("Save this search").click()
    page.get_by_role("textbox", name="Name").fill("Cats")
    organised.button("Save", exact=True).click()
    expect(organised.button("Cats", exact=True)).to_be_visible()
    page.evaluate("""localStorage.setItem("onsight.organise.unfinished", '{"root": "Big", "key": "", "files": 9}')""")

    other = OrganisePage(page.context.new_page())
    other.page.goto(f"{site}/#/organise")
    expect(other.button("Use it here")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    expect(other.imported).to_be_hidden()  # what is unfinished may be under way in the first tab

    other.page.goto(f"{site}/#/privacy")
    other.button("Delete everything…").click()
    other.page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(other.page.get_by_text("Everything that Onsight stored on this device is deleted.")).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_role("button", name="Reload the page")).to_be_visible()
    expect(page.get_by_role("heading", name="Organise")).to_have_count(0)
    expect(organised.grid).to_have_count(0)
