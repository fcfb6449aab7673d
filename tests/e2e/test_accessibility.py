"""What axe-core finds by WCAG 2.2 AA and by its best practices: nothing.

axe-core (MPL-2.0) is at https://github.com/dequelabs/axe-core.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.organise_page import OrganisePage
from tests.e2e.tool_page import ToolPage, cat, truncated

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

VIOLATIONS = """async () => {
  for (const animation of document.getAnimations()) {
    if (animation.effect.getComputedTiming().endTime < Infinity) animation.finish();  // half-faded text has no contrast
  }
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: tags });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id} at ${target.join(" ")}: ${failureSummary}`));
}"""

LIGHT = (1440, 900, "light")
DARK = (390, 844, "dark")


def check(page: Page, where: str) -> None:
    """Fail if axe finds anything in what the page shows now, folded parts included."""
    page.evaluate("document.querySelectorAll('main details').forEach((details) => (details.open = true))")
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(VIOLATIONS)
    assert not found, f"{where}:\n" + "\n".join(found)


def check_dialog(page: Page, where: str) -> None:
    """Fail if axe finds anything in the dialog that is open, and close it."""
    expect(page.locator("dialog:modal")).to_have_count(1)
    check(page, where)
    page.keyboard.press("Escape")
    expect(page.locator("dialog:modal")).to_have_count(0)


@pytest.mark.parametrize(("width", "height", "scheme"), [LIGHT, DARK])
def test_nothing_is_found_in_the_tools(site: str, open_page: OpenPage, width: int, height: int, scheme: str) -> None:
    page, _ = open_page(f"{site}/", viewport={"width": width, "height": height}, color_scheme=scheme)
    check(page, "home")
    page.keyboard.press("?")
    check_dialog(page, "shortcuts")
    page.goto(f"{site}/#/privacy")
    check(page, "privacy")
    page.goto(f"{site}/#/classify")
    check(page, "empty")
    tool = ToolPage(page)
    tool.choose(cat(), truncated())
    tool.wait_until_finished("Finished")
    check(page, "a list")
    page.evaluate("navigator.gpu.requestAdapter = async () => ({ info: { isFallbackAdapter: false } })")
    page.get_by_role("button", name="Engine: Ready").click()
    expect(page.get_by_role("switch", name="Use the GPU")).to_be_visible()
    check(page, "the engine")
    page.keyboard.press("Escape")
    for name in ("classify", "tag", "detect", "compare", "details", "enhance"):
        page.goto(f"{site}/#/{name}")
        expect(tool.answer.get_by_role("heading", level=2).first).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
        check(page, name)
    expect(tool.answer.get_by_role("group", name="Presets")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    check(page, "enhance, ready")
    for name in ("Save…", "Copy to all…"):
        tool.answer.get_by_role("button", name=name).click()
        check_dialog(page, name)
    page.get_by_role("button", name="Remove all").click()
    check_dialog(page, "Remove all")
    page.goto(f"{site}/#/classify")
    tool.option("broken.jpg").click()
    expect(tool.answer.get_by_role("heading", name="No result for this picture")).to_be_visible()
    check(page, "a file that is broken")


def test_nothing_is_found_in_the_library(organised: OrganisePage) -> None:
    page = organised.page
    for width, height, scheme in (LIGHT, DARK):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
        organised.expect_found("4 pictures")
        organised.search.fill("-nothing")
        organised.expect_found("4 pictures found")
        check(page, "grid")
        organised.search.fill("(")
        expect(page.locator("[data-part=query-error]")).to_be_visible()
        check(page, "a query that is wrong")
        organised.search.fill("")
        organised.search.press_sequentially("kit")
        expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
        organised.search.press("ArrowDown")
        check(page, "suggestions")
        organised.search.fill("kitten xyzzyx")
        expect(page.get_by_text("These pictures match the rest of your search.")).to_be_visible()
        check(page, "nothing found, and the nearest pictures")
        organised.search.fill("-nothing")
        organised.expect_found("4 pictures found")
        organised.grid.press("Enter")
        expect(page.get_by_role("dialog", name="Picture")).to_contain_text("of 4")
        check_dialog(page, "a picture")
        organised.grid.press("Control+a")
        for name in (
            "Tags…",
            "Sort into folders…",
            "Export…",
            "Duplicates",
            "Remove from library…",
            "Save this search",
        ):
            organised.button(name).click()
            check_dialog(page, name)
        for name in ("New library…", "Delete…", "1 file could not be opened"):
            organised.button("Library:").click()
            organised.button(name).click()
            check_dialog(page, name)
        organised.grid.press("Escape")
