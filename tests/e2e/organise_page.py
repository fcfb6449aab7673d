"""Organise as a test drives it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS

NO_CHOOSER_OF_ITS_OWN = "delete window.showDirectoryPicker"
"""The browser's own chooser of folders cannot be driven; without it the page takes the one that can."""


class OrganisePage:
    """Page object of Organise."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.grid = page.get_by_role("listbox", name="Pictures")
        self.search = page.get_by_role("searchbox", name="Search")
        self.imported = page.get_by_role("region", name="Import")
        self.chosen = page.get_by_role("toolbar", name="Chosen pictures")
        self.count = page.get_by_role("region", name="Pictures found").get_by_role("heading")

    def open(self, site: str) -> None:
        """Go to Organise and wait until a library is open."""
        self.page.goto(f"{site}/#/organise")
        expect(self.button("Library:")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)

    def button(self, name: str, **options: bool) -> Locator:
        return self.page.get_by_role("button", name=name, **options)  # type: ignore[arg-type]  # exact

    def add_folder(self, folder: Path) -> None:
        """Choose a folder of this machine."""
        name = "Choose a folder" if self.button("Choose a folder").is_visible() else "Add a folder"
        with self.page.expect_file_chooser() as chooser:
            self.button(name).click()
        chooser.value.set_files(folder)

    def add_files(self, *files: Path) -> None:
        """Choose files of this machine."""
        name = "Choose pictures" if self.button("Choose pictures").is_visible() else "Add pictures"
        with self.page.expect_file_chooser() as chooser:
            self.button(name).click()
        chooser.value.set_files(list(files))

    def expect_imported(self, text: str) -> None:
        """Wait until an import has ended and says so."""
        expect(self.imported).to_contain_text("All pictures are in the library", timeout=ENGINE_TIMEOUT_MS)
        expect(self.imported).to_contain_text(text)

    def expect_found(self, count: str) -> None:
        expect(self.count).to_have_text(re.compile(rf"^{re.escape(count)}\s*"))

    def tile(self, name: str) -> Locator:
        return self.grid.get_by_role("option", name=name)
