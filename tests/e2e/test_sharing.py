"""The page of Organise that tests share: nothing of one test is left for the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.organise_page import OrganisePage, SharedOrganise


def leave_traces(organise: OrganisePage, folder: Path) -> None:
    """Do what tests do, and leave all of it as it is."""
    page = organise.page
    organise.add_folder(folder)
    organise.expect_imported("3 pictures added, 1 copy of another, 1 could not be opened.")
    page.get_by_role("combobox", name="Order").select_option("By name")
    page.evaluate("window.showDirectoryPicker = () => 5; delete window.showSaveFilePicker")
    page.evaluate("navigator.storage.getDirectory().then((root) => root.getDirectoryHandle('Mine', { create: true }))")
    organise.button("Library:").click()
    page.get_by_role("switch", name="Detect objects").check()
    organise.button("New library…").click()
    page.get_by_role("dialog", name="New library").get_by_role("textbox", name="Name").fill("Second")
    page.get_by_role("dialog", name="New library").get_by_role("button", name="Create").click()
    expect(organise.button("Library:")).to_contain_text("Second")
    organise.add_files(folder / "cat.png")
    organise.expect_imported("1 picture added.")
    organise.search.fill("cat")
    organise.expect_found("1 picture found")
    organise.button("Select all").click()
    organise.chosen.get_by_role("button", name="Tags…").click()
    expect(page.get_by_role("dialog", name="Tags of 1 picture")).to_be_visible()


def test_a_page_is_lent_again_as_on_a_first_visit(shared_organise: SharedOrganise, holiday: Path) -> None:
    leave_traces(shared_organise.lend(), holiday)
    shared_organise.take_back(is_sound=True)
    opened = shared_organise.opened
    organise = shared_organise.lend()
    assert shared_organise.opened == opened
    assert organise.page.evaluate("window.showDirectoryPicker") is None
    assert organise.page.evaluate("String(window.showSaveFilePicker)").endswith("{ [native code] }")
    organise.button("Library:").click()
    expect(organise.page.get_by_role("switch", name="Detect objects")).not_to_be_checked()
    expect(organise.page.locator(":popover-open")).to_contain_text("0 pictures")
    organise.page.keyboard.press("Escape")
    organise.add_files(holiday / "cat.png")
    organise.expect_imported("1 picture added.")
    organise.expect_found("1 picture")
    expect(organise.button("Undo", exact=True)).to_be_disabled()
    expect(organise.chosen).to_be_hidden()
    order = organise.page.get_by_role("combobox", name="Order")
    expect(order.locator("option:checked")).to_have_text("Most relevant first")
    shared_organise.take_back(is_sound=True)


def test_a_page_whose_test_failed_or_that_is_spoilt_is_replaced(shared_organise: SharedOrganise) -> None:
    organise = shared_organise.lend()
    opened = shared_organise.opened
    shared_organise.take_back(is_sound=False)
    assert organise.page.is_closed()
    organise = shared_organise.lend()
    organise.page.close()
    shared_organise.take_back(is_sound=True)
    organise = shared_organise.lend()
    assert shared_organise.opened == opened + 2
    organise.page.evaluate("console.error('a complaint')")
    with pytest.raises(AssertionError, match="a complaint"):
        shared_organise.take_back(is_sound=True)
    assert organise.page.is_closed()
