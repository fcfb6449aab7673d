"""One picture of the library, shown large."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS
from tests.e2e.organise_page import OrganisePage

CLOSE_AND_PRESS_SLASH = """() => {
  document.querySelector("dialog[open]").close();
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
}"""
"""Closes the dialog, and presses a key before the browser reports that."""


def test_one_picture_is_shown_large_and_goes_on_to_other_tools(organised: OrganisePage) -> None:
    organised.search.fill("folder:Holiday")
    organised.page.get_by_role("combobox", name="Order").select_option("By name")
    organised.expect_found("4 pictures found")
    organised.tile("cat.png").click()
    detail = organised.page.get_by_role("dialog", name="Picture")
    expect(detail).to_contain_text("1 of 4")
    expect(detail.get_by_role("img", name="cat.png")).to_have_attribute("src", re.compile("^blob:"))
    detail.get_by_role("textbox", name="Add a tag").fill("Minka")
    detail.get_by_role("textbox", name="Add a tag").press("Enter")
    expect(detail.get_by_role("button", name="Minka", exact=True)).to_be_visible()
    detail.get_by_role("button", name="Remove “Animal”").click()
    detail.get_by_role("button", name="Restore “Animal”").click()
    expect(detail.get_by_role("button", name="Remove “Animal”")).to_be_visible()
    detail.get_by_role("button", name="Next picture").click()
    expect(detail).to_contain_text("2 of 4")
    organised.page.keyboard.press("ArrowLeft")
    expect(detail).to_contain_text("1 of 4")
    detail.get_by_role("button", name="Classify").click()
    expect(organised.page).to_have_url(re.compile("#/classify"))
    answer = organised.page.get_by_role("region", name="Result")
    expect(answer.get_by_role("heading", level=2)).to_contain_text("Cat", timeout=ENGINE_TIMEOUT_MS)


def test_keys_at_the_heels_of_a_picture_that_closes_are_heard(organised: OrganisePage) -> None:
    page = organised.page
    organised.tile("cat.png").click()
    picture = page.get_by_role("dialog", name="Picture")
    expect(picture).to_contain_text("cat.png")
    page.keyboard.press("ArrowRight")
    expect(picture).not_to_contain_text("cat.png")
    shown = picture.locator("[data-part=file]").inner_text()
    # The browser reports the closed dialog after it has closed it; a key can be pressed in between.
    page.evaluate(CLOSE_AND_PRESS_SLASH)
    expect(picture).to_have_count(0)
    expect(organised.search).to_be_focused()
    organised.grid.focus()
    page.keyboard.press("Enter")
    expect(picture).to_contain_text(shown)


def test_a_picture_is_gone_through_and_tagged_with_the_keyboard(organised: OrganisePage) -> None:
    page = organised.page
    organised.grid.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    picture = page.get_by_role("dialog", name="Picture")
    for position in ("1 of 4", "2 of 4", "3 of 4", "4 of 4"):
        expect(picture).to_contain_text(position)
        page.keyboard.press("ArrowRight")
    picture.get_by_role("button", name="Previous picture").press("Enter")
    expect(picture).to_contain_text("3 of 4")
    for position in ("2 of 4", "1 of 4"):
        page.keyboard.press("ArrowLeft")  # the button has the focus, until it can do no more
        expect(picture).to_contain_text(position)
    page.keyboard.press("ArrowRight")
    expect(picture).to_contain_text("2 of 4")
    removers = picture.get_by_role("button", name="Remove “")
    first = removers.first.get_attribute("aria-label")
    removers.first.press("Enter")
    expect(picture.get_by_role("button", name=first, exact=True)).to_have_count(0)
    expect(removers.first).to_be_focused()  # the next tag, or a broader one that the removed one stood for


def test_what_goes_wrong_in_a_dialog_is_told_in_it(organised: OrganisePage) -> None:
    organised.page.reload()  # a folder that the browser gave no handle of is out of reach then
    organised.tile("coffee.png").click()
    picture = organised.page.get_by_role("dialog", name="Picture")
    expect(picture).to_contain_text("Only the thumbnail is available.")
    picture.get_by_role("button", name="Classify").click()
    notice = picture.locator("[data-part=notice]")
    expect(notice).to_contain_text("Add the folder “Holiday” again")
    notice.click()  # nothing lies over it
    expect(picture.get_by_role("status")).to_have_text(notice.text_content() or "nothing")
    organised.page.keyboard.press("Escape")
    expect(picture).to_have_count(0)
    expect(organised.page.locator(".stack [data-part=notice]")).to_have_count(1)
