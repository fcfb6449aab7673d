"""Organise as a test drives it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, Complaints

NO_CHOOSER_OF_ITS_OWN = "delete window.showDirectoryPicker"
"""The browser's own chooser of folders cannot be driven; without it the page takes the one that can."""

CLEAN_UP = """async () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const panel of document.querySelectorAll(":popover-open")) panel.hidePopover();
  delete window.showDirectoryPicker;
  window.showSaveFilePicker = window.nativeSavePicker;
  localStorage.clear();
  sessionStorage.clear();
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) {
    if (name !== "onsight-libraries") await root.removeEntry(name, { recursive: true });
  }
}"""
"""Takes away what a test has opened and stored, except libraries, which are open."""

LEFT_OVER = """async () => {
  const root = await navigator.storage.getDirectory();
  const folders = [];
  for await (const name of root.keys()) folders.push(name);
  return {
    dialogs: document.querySelectorAll("dialog[open]").length,
    local: Object.keys(localStorage).filter((key) => key !== "onsight-library"),
    session: Object.keys(sessionStorage),
    folders: folders.filter((name) => name !== "onsight-libraries"),
    choosers: typeof window.showDirectoryPicker,
    savers: typeof window.showSaveFilePicker,
  };
}"""

NOTHING_LEFT = {
    "dialogs": 0,
    "local": [],
    "session": [],
    "folders": [],
    "choosers": "undefined",
    "savers": "function",
}


class OrganisePage:
    """Page object of Organise."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.grid = page.get_by_role("listbox", name="Pictures")
        self.search = page.get_by_role("combobox", name="Search", exact=True)
        self.imported = page.get_by_role("region", name="Import")
        self.chosen = page.get_by_role("toolbar", name="Selected pictures")
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
        """Wait until the page says how many pictures it shows, also after a reload."""
        expect(self.count).to_have_text(re.compile(rf"^{re.escape(count)}\s*"), timeout=ENGINE_TIMEOUT_MS)

    def tile(self, name: str) -> Locator:
        return self.grid.get_by_role("option", name=name)

    def reset(self, site: str) -> None:
        """Make the page as it is on a first visit, but with its engine running.

        Raises:
            AssertionError: Something is left of an earlier test.
            Error: The page cannot be used any more.
        """
        self.page.goto(f"{site}/#/organise")  # does nothing if it is there
        self.page.evaluate(CLEAN_UP)
        if self.imported.is_visible():
            cancel = self.imported.get_by_role("button", name="Cancel")
            if cancel.is_visible():
                cancel.click()
            self.imported.get_by_role("button", name="Close").click()
        while not self._is_only_library():
            self._delete_library()
        self.page.goto(f"{site}/#/")
        expect(self.page.get_by_role("region", name="The tools")).to_be_visible()
        self.page.evaluate("localStorage.clear()")
        self.open(site)
        expect(self.button("Library:")).to_contain_text("My pictures")
        expect(self.button("Choose a folder")).to_be_visible()
        expect(self.imported).to_be_hidden()
        expect(self._search_field()).to_have_value("")
        left_over = self.page.evaluate(LEFT_OVER)
        assert left_over == NOTHING_LEFT, left_over

    def _search_field(self) -> Locator:
        """Return the search field, which is hidden while the library is empty."""
        return self.page.get_by_role("combobox", name="Search", exact=True, include_hidden=True)

    def _is_only_library(self) -> bool:
        """Return whether the library that is open is empty and there is no other."""
        self.button("Library:").click()
        panel = self.page.locator(":popover-open")
        expect(panel.locator("[data-part=usage]")).not_to_be_empty()
        expect(panel.locator("[data-part=room]")).not_to_be_empty()  # is written last
        is_empty = (panel.locator("[data-part=usage]").text_content() or "").startswith("0 pictures,")
        has_others = panel.locator("[data-part=which]").is_visible()
        self.page.keyboard.press("Escape")
        return is_empty and not has_others and self._search_field().input_value() == ""

    def _delete_library(self) -> None:
        self._search_field().evaluate("field => { field.value = ''; field.dispatchEvent(new Event('input')); }")
        self.button("Library:").click()
        self.button("Delete…").click()
        name = self.page.locator("[data-part=menu] [data-part=name]")
        name.evaluate("element => { element.textContent = ''; }")  # is written again when a library has been opened
        self.page.get_by_role("dialog", name="Delete the library").get_by_role(
            "button", name="Delete", exact=True
        ).click()
        expect(name).not_to_be_empty()
        expect(self.button("Library:")).to_be_visible()


class SharedOrganise:
    """Lends one page with a running engine to tests, one after another.

    An engine takes seconds to start. A page whose test failed, or that cannot be reset, is replaced.
    """

    def __init__(self, browser: Browser, site: str) -> None:
        """Remember where pages are opened; the first is opened when a test wants it."""
        self._browser = browser
        self._site = site
        self._context: BrowserContext | None = None
        self._organise: OrganisePage | None = None
        self._complaints = Complaints(site)
        self.opened = 0
        """How many pages have been opened."""

    def lend(self) -> OrganisePage:
        """Return Organise with an empty library, as on a first visit."""
        if self._organise is not None:
            try:
                for page in self._context.pages if self._context else []:
                    if page is not self._organise.page:
                        page.close()
                self._organise.reset(self._site)
            except (AssertionError, Error):
                self.close()
        if self._organise is None:
            self._organise = self._open()
        self._complaints.forget()
        return self._organise

    def take_back(self, *, is_sound: bool) -> None:
        """End a test: fail if its page did something forbidden, and close the page unless it is sound.

        Args:
            is_sound: Whether the test passed.
        """
        try:
            self._complaints.check()
        except AssertionError:
            is_sound = False
            raise
        finally:
            if not is_sound:
                self.close()

    def close(self) -> None:
        """Close the page; the next test gets a new one."""
        if self._context is not None:
            self._context.close()
        self._context = self._organise = None

    def _open(self) -> OrganisePage:
        self.opened += 1
        self._context = self._browser.new_context(service_workers="block")
        self._complaints = Complaints(self._site)
        self._complaints.watch(self._context)
        self._context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
        self._context.add_init_script("window.nativeSavePicker = window.showSaveFilePicker")
        self._context.set_default_timeout(ENGINE_TIMEOUT_MS)  # after a reload the engine starts again
        organise = OrganisePage(self._context.new_page())
        organise.open(self._site)
        return organise
