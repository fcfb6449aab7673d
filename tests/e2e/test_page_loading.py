"""Tools are loaded when they are opened: late, failing or overtaken, and no picture is lost meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.tool_page import ToolPage, cat


class Held:
    """Requests that are answered when the test says so."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.routes: list[Route] = []
        self.pattern = pattern
        self.page = page
        page.context.route(pattern, lambda route: self.routes.append(route))

    def wait(self) -> None:
        """Wait for the first of them."""
        while not self.routes:
            self.page.wait_for_timeout(50)

    def release(self) -> None:
        """Answer those that were made, and hold no more."""
        for route in self.routes:
            route.continue_()
        self.page.context.unroute(self.pattern)


def open_quietly(site: str, open_page: OpenPage) -> Page:
    """Return a page of the site that is not Onsight yet."""
    page, complaints = open_page(f"{site}/manifest.json")
    complaints.expected += ["404", "Failed to load resource"]
    return page


def test_home_loads_the_first_tool_and_no_other(site: str, open_page: OpenPage) -> None:
    page = open_quietly(site, open_page)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{site}/")
    expect(page.get_by_role("button", name="Engine: Ready")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    tools = {found[1] for url in loaded if (found := re.search(r"/page/tools/(\w+)/", url))}
    assert tools == {"classify"}
    page.get_by_role("navigation").get_by_role("link", name="Detect").click()
    expect(page.get_by_role("heading", level=1, name="Detect")).to_be_focused()
    tools = {found[1] for url in loaded if (found := re.search(r"/page/tools/(\w+)/", url))}
    assert tools == {"classify", "detect"}


@pytest.mark.parametrize("name", ["view.js", "templates.html", "style.css"])
def test_a_tool_that_does_not_load_says_so_and_can_be_tried_again(site: str, open_page: OpenPage, name: str) -> None:
    page = open_quietly(site, open_page)
    pattern = f"**/page/tools/tag/{name}*"
    page.context.route(pattern, lambda route: route.fulfill(status=404))
    page.goto(f"{site}/#/tag")
    expect(page.get_by_text("Tag could not be loaded. Check the connection and try again.")).to_be_visible()
    again = page.get_by_role("button", name="Try again")
    again.click()
    expect(again).to_be_visible()
    page.locator("[data-part=files]").set_input_files([cat()])
    page.context.unroute(pattern)
    again.click()
    tool = ToolPage(page)
    expect(page.get_by_role("heading", level=1, name="Tag")).to_be_focused()
    expect(tool.answer).to_contain_text("Cat", timeout=ENGINE_TIMEOUT_MS)


def test_the_view_that_was_opened_last_is_shown(site: str, open_page: OpenPage) -> None:
    page = open_quietly(site, open_page)
    held = Held(page, "**/page/tools/tag/templates.html")
    page.goto(f"{site}/#/tag")
    held.wait()
    expect(page.get_by_text("Loading…")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Detect").click()
    expect(page.get_by_role("heading", level=1, name="Detect")).to_be_focused()
    held.release()
    page.locator("#tag-answer").wait_for(state="attached")
    expect(page.get_by_role("heading", level=1)).to_have_text("Detect")
    page.get_by_role("navigation").get_by_role("link", name="Tag").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tag")


def test_a_picture_that_comes_while_its_tool_loads_is_not_lost(site: str, open_page: OpenPage) -> None:
    page = open_quietly(site, open_page)
    held = Held(page, "**/page/workspace/style.css")
    page.goto(f"{site}/#/classify", wait_until="commit")
    held.wait()
    page.locator("[data-part=files]").set_input_files([cat()])
    held.release()
    ToolPage(page).expect_answer("Cat")


def test_pictures_that_come_while_organise_loads_go_into_the_library(site: str, open_page: OpenPage) -> None:
    page = open_quietly(site, open_page)
    page.context.route("**/page/tools/organise/view.js*", lambda route: route.fulfill(status=404))
    page.goto(f"{site}/#/organise")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.locator("[data-part=files]").set_input_files([cat()])
    expect(again).to_be_visible()
    page.context.unroute("**/page/tools/organise/view.js*")
    again.click()
    expect(page.get_by_text("1 picture added")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)


def test_style_sheets_keep_their_order_whichever_tool_is_opened_first(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/compare")
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    for name in ("Organise", "Tag"):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    sheets = page.locator("link[data-order]").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    folders = list(dict.fromkeys(sheet.rpartition("/")[0] for sheet in sheets))
    tools = [f"page/tools/{name}" for name in ("tag", "organise", "compare")]
    assert folders == ["page/workspace", *tools]
