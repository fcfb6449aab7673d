"""What stands around the tools: home, navigation, the engine's state, colours, keys, privacy, narrow screens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from onsight.tools import TOOLS
from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.tool_page import ToolPage, cat

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

BLANK = "licenses/onsight.txt"
"""A document of the site that runs no script."""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

VIEWS = {
    "#/": "Know what’s in your pictures.",
    "#/classify": "Classify",
    "#/detect": "Detect",
    "#/privacy": "Your pictures stay",
}


def test_home_says_what_it_is_and_which_tools_there_are(page: Page) -> None:
    expect(page).to_have_title("Onsight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Know what’s in your pictures.")
    for idea in ("Classification", "Tagging"):
        expect(page.get_by_role("heading", name=idea, exact=True)).to_be_visible()
    tools = page.get_by_role("region", name="The tools").get_by_role("listitem")
    titles = [tool.page().title for tool in TOOLS if tool.page]
    expect(tools).to_have_count(len(titles))
    expect(tools.filter(has_text="Ready")).to_have_count(len(titles))
    names = page.get_by_role("navigation", name="Tools").get_by_role("link").all_inner_texts()
    assert names == titles
    expect(tools.get_by_role("link")).to_have_text(names)


def test_tool_opens_from_its_card_with_the_focus_on_its_heading(page: Page) -> None:
    page.get_by_role("region", name="The tools").get_by_role("link", name="Classify").click()
    heading = page.get_by_role("heading", level=1, name="Classify")
    expect(heading).to_be_focused()
    expect(page).to_have_title("Classify · Onsight")
    link = page.get_by_role("navigation", name="Tools").get_by_role("link", name="Classify")
    expect(link).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Know what’s in your pictures.")


def test_unknown_address_shows_home(page: Page) -> None:
    page.goto(page.url + "#/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Know what’s in your pictures.")


def test_picture_chosen_on_home_waits_for_the_engine_and_is_then_classified(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    held: list[Route] = []
    page.context.route("**/manifest.json", lambda route: held.append(route))
    page.goto(f"{site}/")
    tool = ToolPage(page)
    tool.choose(cat())
    expect(page).to_have_url(re.compile("#/classify$"))
    expect(page.get_by_role("img", name="chelsea.png")).to_be_visible()
    expect(tool.answer.get_by_role("heading", name="Starting the engine…")).to_be_visible()
    expect(tool.answer.get_by_role("progressbar", name="Progress")).to_be_visible()
    expect(tool.answer.get_by_text("Your picture is queued and starts automatically.")).to_be_visible()
    for route in held:
        route.continue_()
    tool.expect_answer("Cat")


def test_engine_that_fails_says_so_and_starts_on_a_second_try(site: str, open_page: OpenPage) -> None:
    page, complaints = open_page(f"{site}/{BLANK}")
    complaints.expected += ["Failed to load resource", "manifest.json"]
    page.context.route("**/manifest.json", lambda route: route.fulfill(status=503, body="Out of order."))
    page.goto(f"{site}/#/classify")
    expect(page.get_by_role("button", name="Engine: Failed")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    tool = ToolPage(page)
    tool.choose(cat())
    tool.expect_answer("The engine did not start")
    page.get_by_role("button", name="Engine: Failed").click()
    panel = page.get_by_role("region", name="The engine did not start")
    expect(panel.get_by_role("button", name="Copy details")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.context.unroute("**/manifest.json")
    tool.answer.get_by_role("button", name="Try again").click()
    tool.expect_answer("Cat")


def test_engine_panel_tells_version_model_and_threads(page: Page) -> None:
    ready = page.get_by_role("button", name="Engine: Ready")
    ready.click(timeout=ENGINE_TIMEOUT_MS)
    panel = page.get_by_role("region", name="The engine is ready")
    for fact in ("Version", "efficientnet-lite2", "Threads"):
        expect(panel.get_by_text(fact)).to_be_visible()


def test_single_thread_is_said_plainly_on_a_host_that_sends_no_headers(plain_site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{plain_site}/")
    page.get_by_role("button", name="Engine: Ready").click(timeout=ENGINE_TIMEOUT_MS)
    expect(page.get_by_text("1, single-threaded (this page’s host does not allow more)")).to_be_visible()


def test_keyboard_alone_leads_from_home_to_a_copied_answer(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/", permissions=["clipboard-read", "clipboard-write"])
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("main").get_by_role("link", name="How to check")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Choose pictures")).to_be_focused()
        page.keyboard.press("Enter")
    chooser.value.set_files([cat()])
    tool = ToolPage(page)
    tool.expect_answer("Cat")
    page.keyboard.press("h")
    expect(page.get_by_role("switch", name="Heat map")).to_be_checked()
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert tool.clipboard().startswith("chelsea.png: Cat · ")


def test_focus_is_never_lost_when_what_had_it_disappears(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/classify")
    tool = ToolPage(page)
    tool.choose(cat())
    expect(tool.answer).to_be_focused()
    cancel = tool.answer.get_by_role("button", name="Cancel")
    cancel.press("Enter")
    expect(tool.answer).to_be_focused()
    tool.answer.get_by_role("button", name="Remove this picture").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Classify")).to_be_focused()


def test_shortcuts_are_listed_and_those_of_one_key_can_be_switched_off(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("heat map on or off")).to_be_visible()
    dialog.get_by_role("switch", name="Single-key shortcuts").press("Space")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    page.reload()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(("system", "other"), [("light", "dark"), ("dark", "light")])
def test_colours_follow_the_system_until_a_person_chooses(
    site: str, open_page: OpenPage, system: str, other: str
) -> None:
    page, _ = open_page(f"{site}/", color_scheme=system)
    shown = "getComputedStyle(document.documentElement).colorScheme"
    dark = "matchMedia('(prefers-color-scheme: dark)').matches"
    assert page.evaluate(dark) is (system == "dark")
    assert page.evaluate(shown) == "light dark"
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate(shown) == other
    page.reload()
    assert page.evaluate(shown) == other
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate(shown) == "light dark"


def test_privacy_page_shows_the_policy_and_where_files_came_from(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/privacy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your pictures stay on this device")
    expect(page.get_by_text("connect-src 'self'")).to_be_visible()
    host = site.removeprefix("http://")
    expect(page.get_by_text(re.compile(rf"^\d+ files from {re.escape(host)}$"))).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_nothing_sticks_out_sideways(site: str, open_page: OpenPage, width: int) -> None:
    page, _ = open_page(f"{site}/", viewport={"width": width, "height": 800})
    for address, heading in VIEWS.items():
        page.goto(f"{site}/{address}")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        assert page.evaluate(OVERFLOW) <= 0


def test_phone_takes_a_picture_and_shows_its_answer(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/#/classify", **PHONE)
    expect(page.get_by_role("button", name="Choose a folder")).to_be_hidden()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose or take a picture").tap()
    assert chooser.value.element.get_attribute("accept") == "image/*"  # what makes a phone offer its camera
    chooser.value.set_files([cat(), cat()])
    tool = ToolPage(page)
    tool.expect_answer("Cat")
    expect(page.get_by_role("img", name="chelsea.png")).to_be_in_viewport()
    expect(tool.answer.get_by_role("heading", level=2)).to_be_in_viewport()
    assert page.evaluate(OVERFLOW) <= 0


def test_page_that_arrives_in_part_says_so(site: str, open_page: OpenPage) -> None:
    page, complaints = open_page(f"{site}/manifest.json")
    complaints.expected += ["404", "Failed to load resource"]
    page.context.route("**/page/chunk-*.js", lambda route: route.fulfill(status=404))
    page.goto(f"{site}/")
    expect(page.get_by_role("alert")).to_have_text(re.compile("did not load completely"))
