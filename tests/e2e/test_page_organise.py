"""Organise as a person uses it: a real folder goes in, is searched, tagged, and is there after a reload."""

from __future__ import annotations

import re
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Route, expect

from onsight.library import store
from onsight.library.database import Library
from tests.e2e.browsing import ENGINE_TIMEOUT_MS, OpenPage
from tests.e2e.organise_page import NO_CHOOSER_OF_ITS_OWN, OrganisePage
from tests.e2e.tool_page import command_line
from tests.library_samples import MODELS, look, source
from tests.pictures import encode, photo
from tests.stated_samples import bag, xmp

CHOOSE_STORED_FOLDER = """() => {
  window.showDirectoryPicker = async () => {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle("Stored");
  };
}"""
"""Answers with a folder of the origin's own, which is one of the same kind."""

HOLD_LIBRARY = """() => void navigator.locks.request(
  "onsight-library", () => new Promise((resolve) => (window.release = resolve)))"""
"""Holds the library as another tab would."""


def test_pictures_wait_until_a_library_is_open(site: str, open_page: OpenPage, holiday: Path) -> None:
    page, _ = open_page(f"{site}/#/privacy")
    page.evaluate(HOLD_LIBRARY)
    page.goto(f"{site}/#/organise")
    organise = OrganisePage(page)
    page.locator("[data-part=files]").set_input_files(holiday / "cat.png")
    organise.imported.get_by_role("button", name="Cancel").click()
    expect(organise.imported).to_contain_text("Ended: 0 of 1 picture")
    page.locator("[data-part=files]").set_input_files(holiday / "cat.png")
    expect(page.get_by_text("The library is open in another tab.")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    expect(organise.imported).to_contain_text("0 of 1 picture")
    page.evaluate("release()")
    organise.button("Use it here").click()
    organise.expect_imported("1 picture added.")
    organise.expect_found("1 picture")


def test_a_folder_goes_in_and_is_there_after_a_reload(organised: OrganisePage, holiday: Path) -> None:
    organised.imported.get_by_text("1 file could not be opened").click()
    expect(organised.imported).to_contain_text("Holiday/broken.jpg")
    expect(organised.imported).to_contain_text("JPEG")
    organised.expect_found("4 pictures")
    organised.page.reload()
    organised.expect_found("4 pictures")
    expect(organised.imported).to_be_hidden()
    # Importing again analyses nothing twice and duplicates nothing.
    organised.add_folder(holiday)
    organised.expect_imported("4 already in the library, 1 could not be opened.")
    organised.expect_found("4 pictures")
    shutil.copy(sample_file(holiday, "coffee.png"), holiday / "another.png")
    (holiday / "broken.jpg").write_bytes(encode(photo(640, 480), "JPEG"))
    organised.add_folder(holiday)
    organised.expect_imported("1 picture added, 4 already in the library, 1 copy of another.")
    organised.expect_found("6 pictures")


def sample_file(folder: Path, name: str) -> Path:
    return folder / "day 2" / name


def test_search_narrows_as_it_is_typed_and_says_what_is_wrong(organised: OrganisePage) -> None:
    organised.search.fill("animal")
    organised.expect_found("2 pictures found")
    organised.search.fill('animal folder:"day"')
    organised.expect_found("1 picture found")
    expect(organised.tile("cat again.png")).to_be_visible()
    organised.search.fill("animal OR (cup")
    error = organised.page.get_by_text("This parenthesis is never closed.")
    expect(error).to_be_visible()
    expect(organised.page.locator("mark")).to_have_text("(")
    expect(organised.search).to_have_attribute("aria-invalid", "true")
    organised.search.fill("camera:none")
    expect(organised.page.get_by_text("No pictures match.")).to_be_visible()
    organised.button("Show all").click()
    organised.expect_found("4 pictures")
    expect(organised.search).to_have_value("")


def test_suggestions_appear_while_typing_and_are_chosen_by_keys(organised: OrganisePage) -> None:
    search = organised.search
    suggestions = organised.page.get_by_role("listbox", name="Suggestions")
    search.press_sequentially("ca")
    option = suggestions.get_by_role("option", name=re.compile(r"^cat, \d pictures?"))
    expect(option).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    expect(search).to_have_attribute("aria-expanded", "true")
    count = re.search(r"\d+", option.inner_text())
    assert count
    place = [one.get_attribute("id") for one in suggestions.get_by_role("option").all()].index(
        option.get_attribute("id")
    )
    for _ in range(place + 1):
        search.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    search.press("Enter")
    expect(search).to_have_value("cat")
    expect(suggestions).to_be_hidden()
    organised.expect_found(f"{count[0]} picture")
    search.press("Backspace")
    expect(suggestions).to_be_visible()
    search.press("Escape")
    expect(suggestions).to_be_hidden()
    expect(search).to_have_value("ca")


def test_a_search_without_results_says_why_and_offers_another_spelling(organised: OrganisePage) -> None:
    page = organised.page
    organised.search.fill("kiten")
    expect(page.get_by_text("“kiten” is unknown")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    page.get_by_role("button", name=re.compile(r"^kitten · \d")).click()
    expect(organised.search).to_have_value("kitten")
    expect(organised.tile("cat.png")).to_be_visible()
    organised.search.fill("kitten xyzzyx")
    expect(page.get_by_text("These pictures match the rest of your search.")).to_be_visible()
    organised.expect_found("0 pictures found")
    expect(organised.tile("cat.png")).to_be_visible()


def test_the_large_view_says_why_a_picture_was_found(organised: OrganisePage) -> None:
    organised.search.fill("kitten")
    organised.expect_found("2 pictures found")
    organised.tile("cat.png").dblclick()
    dialog = organised.page.get_by_role("dialog", name="Picture")
    dialog.get_by_text("Why was it found?").click()
    expect(dialog.get_by_text("“kitten”: Cat")).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).click()


def test_every_facet_finds_as_many_pictures_as_it_says(organised: OrganisePage) -> None:
    organised.expect_found("4 pictures")
    rows = organised.page.locator("[data-part=facets] [data-part=use]")
    expect(rows.first).to_be_visible()
    told = [(name.inner_text(), int(name.locator("[data-part=count]").inner_text())) for name in rows.all()]
    assert len(told) > 10
    for index, (_, count) in enumerate(told):
        rows.nth(index).click()
        organised.expect_found(f"{count} picture{'s' if count > 1 else ''} found")
        organised.button("Show all").click()
        organised.expect_found("4 pictures")
        expect(rows).to_have_count(len(told))


def test_a_tag_is_found_in_any_script_and_can_be_respelled(organised: OrganisePage) -> None:
    for query, tags in (("coffee", "東京旅行, Straße"), ("rocket", "paris")):
        organised.search.fill(query)
        expect(organised.grid.get_by_role("option")).to_have_count(1)
        expect(organised.tile(query)).to_be_visible()
        organised.button("Select all").click()
        organised.chosen.get_by_role("button", name="Tags…").click()
        dialog = organised.page.get_by_role("dialog", name="Tags of 1 picture")
        field = dialog.get_by_role("textbox", name="Add tags to")
        field.fill(tags)
        field.press("Enter")
        expect(dialog.get_by_role("listitem").filter(has_text=tags.split(",")[0])).to_be_visible()
        if tags == "paris":
            dialog.get_by_role("button", name="Rename “paris”").click()
            other = dialog.get_by_role("textbox", name="New name for “paris”")
            other.fill("Paris")
            other.press("Enter")
            expect(dialog.get_by_role("button", name="Rename “Paris”")).to_be_visible()
        organised.page.keyboard.press("Escape")
    for word in ("東京", "旅行", "strasse", "raß", "PARIS"):
        organised.search.fill(word)
        organised.expect_found("1 picture found")
    organised.search.fill("user:=paris")
    organised.expect_found("0 pictures found")


def test_facets_put_conditions_into_the_search(organised: OrganisePage) -> None:
    folder = organised.page.get_by_role("button", name=re.compile("^Holiday.day 2 "))
    folder.click()
    expect(organised.search).to_have_value('folder:="Holiday/day 2"')
    organised.expect_found("3 pictures found")
    organised.page.get_by_role("button", name="Exclude Animal").first.click()
    organised.expect_found("2 pictures found")
    folder.click()
    expect(organised.search).to_have_value("-tag:=Animal")
    organised.expect_found("2 pictures found")


def test_searches_are_remembered_over_a_reload(organised: OrganisePage) -> None:
    organised.search.fill("animal OR coffee")
    organised.expect_found("3 pictures found")
    organised.button("Save this search").click()
    dialog = organised.page.get_by_role("dialog", name="Save this search")
    dialog.get_by_role("textbox", name="Name").fill("Favourites")
    dialog.get_by_role("button", name="Save").click()
    expect(organised.button("Favourites", exact=True)).to_be_visible()
    organised.page.reload()
    organised.button("Favourites", exact=True).click()
    organised.expect_found("3 pictures found")
    organised.button("Delete the saved search “Favourites”").click()
    expect(organised.button("Favourites", exact=True)).to_be_hidden()


def test_tags_of_many_are_changed_undone_and_kept(organised: OrganisePage) -> None:
    organised.search.fill("animal")
    organised.expect_found("2 pictures found")
    organised.button("Select all").click()
    expect(organised.chosen).to_contain_text("2 pictures selected")
    organised.chosen.get_by_role("button", name="Tags…").click()
    dialog = organised.page.get_by_role("dialog", name="Tags of 2 pictures")
    dialog.get_by_role("textbox", name="Add tags to all pictures").fill("Minka, Home")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("listitem").filter(has_text="Minka")).to_contain_text("all, yours")
    dialog.get_by_role("button", name="Remove “Animal”").click()
    expect(dialog.get_by_role("listitem").filter(has_text=re.compile("^Animal"))).to_be_hidden()
    dialog.get_by_role("button", name="Rename “Home”").click()
    field = dialog.get_by_role("textbox", name="New name for “Home”")
    field.fill("Indoors")
    field.press("Enter")
    expect(dialog.get_by_role("listitem").filter(has_text="Indoors")).to_contain_text("all, yours")
    dialog.get_by_role("button", name="Close", exact=True).click()
    organised.page.reload()
    organised.search.fill("user:minka user:indoors")
    organised.expect_found("2 pictures found")
    organised.button("Undo", exact=True).click()  # of the renaming, in an earlier visit
    organised.expect_found("0 pictures found")
    organised.search.fill("user:home")
    organised.expect_found("2 pictures found")
    organised.button("Redo", exact=True).click()
    organised.expect_found("0 pictures found")


def test_a_persons_tags_outlive_a_second_look(organised: OrganisePage, holiday: Path) -> None:
    organised.expect_found("4 pictures")
    organised.grid.focus()
    organised.page.keyboard.press("Control+a")
    organised.chosen.get_by_role("button", name="Tags…").click()
    dialog = organised.page.get_by_role("dialog", name="Tags of 4 pictures")
    dialog.get_by_role("textbox", name="Add tags to all pictures").fill("Kept")
    dialog.get_by_role("textbox", name="Add tags to all pictures").press("Enter")
    expect(dialog.get_by_role("listitem").filter(has_text="Kept")).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).click()
    organised.button("Library:").click()
    organised.page.get_by_role("switch", name="Detect objects").check()
    organised.page.keyboard.press("Escape")
    organised.add_folder(holiday)
    organised.expect_imported("added")  # looked at again, for objects
    organised.search.fill("user:kept")
    organised.expect_found("4 pictures found")
    organised.search.fill("object:cat user:kept")
    organised.expect_found("2 pictures found")


def test_the_focus_is_never_lost_to_what_goes(organised: OrganisePage) -> None:
    page = organised.page
    page.get_by_role("button", name="Exclude Pets").press("Enter")
    organised.expect_found("2 pictures")
    expect(page.get_by_role("button", name=re.compile("^Exclude ")).first).to_be_focused()
    page.get_by_role("button", name="Show all").press("Enter")
    organised.expect_found("4 pictures")
    expect(organised.grid).to_be_focused()
    page.get_by_role("button", name=re.compile("^Pets ")).focus()
    organised.search.evaluate("field => { field.value = 'nothing'; field.dispatchEvent(new Event('input')); }")
    organised.expect_found("0 pictures")
    expect(page.get_by_role("button", name="Show all")).to_be_focused()
    page.keyboard.press("Enter")
    organised.expect_found("4 pictures")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Tags…").press("Enter")
    dialog = page.get_by_role("dialog", name="Tags")
    removers = dialog.get_by_role("button", name="Remove “")
    first, second = (removers.nth(index).get_attribute("aria-label") or "" for index in range(2))
    dialog.get_by_role("button", name=first, exact=True).press("Enter")
    expect(dialog.get_by_role("button", name=second, exact=True)).to_be_focused()
    dialog.get_by_role("button", name=second.replace("Remove", "Rename"), exact=True).press("Enter")
    page.keyboard.type("Something else")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Remove “Something else”", exact=True)).to_be_visible()
    expect(dialog.get_by_role("button", name="Rename “").and_(page.locator(":focus"))).to_have_count(1)
    page.keyboard.press("Escape")
    for _ in range(2):
        page.get_by_role("button", name="Undo").press("Enter")
    expect(organised.grid).to_be_focused()
    organised.button("Library:").press("Enter")
    organised.button("New library…").press("Enter")
    page.keyboard.press("Escape")
    expect(organised.button("Library:")).to_be_focused()


def test_the_keyboard_chooses_and_opens(organised: OrganisePage) -> None:
    page = organised.page
    organised.expect_found("4 pictures")
    organised.grid.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(organised.chosen).to_contain_text("1 picture selected")
    page.keyboard.press("Shift+End")
    expect(organised.chosen).to_contain_text("4 pictures selected")
    page.keyboard.press("Escape")
    expect(organised.chosen).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Picture")).to_contain_text("4 of 4")
    page.keyboard.press("Escape")
    expect(organised.grid).to_be_focused()
    page.keyboard.press("/")
    expect(organised.search).to_be_focused()


def test_similar_pictures_are_found_and_others_taken_out(organised: OrganisePage) -> None:
    organised.tile("cat again.png").click()
    organised.page.get_by_role("dialog", name="Picture").get_by_role("button", name="Find similar").click()
    expect(organised.search).to_have_value(re.compile("^similar:[0-9]+$"))
    order = organised.page.get_by_role("combobox", name="Order")
    expect(order.locator("option:checked")).to_have_text("Most similar first")
    expect(organised.grid.get_by_role("option").first).to_have_accessible_name(re.compile("^cat again.png"))
    expect(organised.grid.get_by_role("option").nth(1)).to_have_accessible_name(re.compile(r"^cat\.png"))
    facet = organised.page.get_by_role("button", name=re.compile("^Holiday.day 2 1$"))
    expect(facet).to_be_visible()  # of the pictures that are alike, not of all
    facet.click()
    organised.expect_found("1 picture found")
    organised.button("Show all").click()
    organised.expect_found("4 pictures")
    expect(order.locator("option:checked")).to_have_text("Most relevant first")
    organised.tile("rocket.jpg").click(modifiers=["Control"])
    organised.chosen.get_by_role("button", name="Remove from library…").click()
    organised.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    organised.expect_found("3 pictures")


def test_an_archive_goes_in_like_a_folder(organise: OrganisePage, holiday: Path, tmp_path: Path) -> None:
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for path in sorted(holiday.rglob("*.*")):
            writer.write(path, path.relative_to(holiday))
    organise.add_files(archive)
    organise.expect_imported("3 pictures added, 1 copy of another, 1 could not be opened.")
    organise.search.fill('folder:"day 2"')
    organise.expect_found("3 pictures found")
    organise.tile("coffee.png").click()
    large = organise.page.get_by_role("dialog", name="Picture").get_by_role("img", name="coffee.png")
    expect(large).to_have_js_property("naturalWidth", 600)


def test_what_lies_beside_pictures_in_an_archive_is_read(organise: OrganisePage, tmp_path: Path) -> None:
    archive = tmp_path / "takeout.zip"
    grandma = xmp(bag("dc:subject", "Grandma"), 'xap:Rating="5"')
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for name in ("Trip/a.jpg", "Trip/b.jpg", "Other/a.jpg"):
            writer.writestr(name, encode(photo(), "JPEG") + name.encode())
        writer.writestr("Trip/a.XMP", grandma)
        writer.writestr("Trip/b.jpg.supplemental-metadata.json", '{"photoTakenTime": {"timestamp": "1594730096"}}')
    organise.add_files(archive)
    organise.expect_imported("3 pictures added")
    for query, name in (("user:grandma rating:5 folder:Trip", "a.jpg"), ("date:takeout", "b.jpg")):
        organise.search.fill(query)
        expect(organise.grid.get_by_role("option")).to_have_count(1)
        expect(organise.tile(name)).to_be_visible()
    with zipfile.ZipFile(archive, "a") as writer:
        writer.writestr("Other/a.jpg.xmp", grandma)
    organise.add_files(archive)
    organise.expect_imported("3 already in the library")
    organise.search.fill("user:grandma")
    organise.expect_found("2 pictures found")


def test_what_is_no_archive_is_listed_with_its_reason(organise: OrganisePage, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK but no more")
    organise.add_files(tmp_path / "bad.zip")
    expect(organise.imported).to_contain_text("1 could not be opened")
    organise.imported.get_by_text("1 file could not be opened").click()
    expect(organise.imported).to_contain_text("The archive cannot be opened")


def many(folder: Path, count: int) -> Path:
    """A folder of pictures that differ."""
    folder.mkdir()
    for number in range(count):
        image = photo(320, 240).rotate(number * 360 / count)
        (folder / f"{number:03}.jpg").write_bytes(encode(image, "JPEG"))
    return folder


def test_an_import_is_paused_goes_on_and_is_cancelled(organise: OrganisePage, tmp_path: Path) -> None:
    organise.add_folder(many(tmp_path / "Many", 40))
    expect(organise.imported).to_contain_text(re.compile("Analysing your pictures: ([3-9]|[1-9][0-9]) of"))
    organise.button("Pause").click()
    expect(organise.imported).to_contain_text("Paused:")
    organise.button("Resume").click()
    expect(organise.imported).to_contain_text("Analysing your pictures")
    organise.imported.get_by_role("button", name="Cancel").click()
    expect(organise.imported).to_contain_text(re.compile("Ended: [0-9]+ of 40"))
    organise.add_folder(tmp_path / "Many")
    organise.expect_imported("already in the library")
    organise.expect_found("40 pictures")


def test_a_tab_that_is_killed_loses_nothing_and_doubles_nothing(
    own_organise: OrganisePage, site: str, tmp_path: Path
) -> None:
    organise = own_organise
    context = organise.page.context
    organise.add_folder(many(tmp_path / "Many", 40))
    expect(organise.imported).to_contain_text(re.compile("Analysing your pictures: ([5-9]|[1-3][0-9]) of"))
    kill(organise.page)
    again = OrganisePage(context.new_page())
    again.open(site)
    expect(again.imported).to_contain_text("The import of “Many” (40 pictures) was interrupted")
    expect(again.count).to_have_text(re.compile("^([5-9]|[1-3][0-9]) pictures"))
    before = int(again.count.inner_text().split()[0])
    with again.page.expect_file_chooser() as chooser:
        again.button("Resume").click()
    chooser.value.set_files(tmp_path / "Many")
    again.expect_imported("already in the library")
    known = int(re.search(r"(\d+) already in the library", again.imported.inner_text())[1])  # type: ignore[index]
    assert known >= before
    again.expect_found("40 pictures")


def kill(page: Page) -> None:
    """End a page's process at once, as the system does when memory is short."""
    with page.expect_event("crash"), suppress(Error):  # the answer never comes
        page.goto("chrome://crash", timeout=10_000)
    page.close()


def test_the_file_of_the_command_line_and_of_the_page_are_one(
    organised: OrganisePage, tmp_path: Path, holiday: Path
) -> None:
    organised.button("Library:").click()
    with organised.page.expect_download() as download:
        organised.button("Save as a file").click()
    saved = tmp_path / "saved.sqlite"
    download.value.save_as(saved)
    found = command_line("search", "animal", "--library", saved).splitlines()
    assert sorted(found) == ["Holiday/cat.png", "Holiday/day 2/cat again.png"]
    made = tmp_path / "Trip to the moon.sqlite"
    (holiday / "broken.jpg").unlink()
    command_line("index", holiday / "day 2", "--library", made, "--quiet")
    with organised.page.expect_file_chooser() as chooser:
        organised.button("Open a file…").click()
    chooser.value.set_files(made)
    expect(organised.button("Library:")).to_contain_text("Trip to the moon")
    organised.expect_found("3 pictures")
    organised.page.reload()
    expect(organised.button("Library:")).to_contain_text("Trip to the moon")
    organised.button("Library:").click()
    organised.page.get_by_role("combobox", name="Library").select_option("My pictures")
    expect(organised.button("Library:")).to_contain_text("My pictures")
    organised.page.keyboard.press("Escape")
    organised.expect_found("4 pictures")


def test_a_file_that_is_no_library_harms_nothing(organised: OrganisePage, tmp_path: Path) -> None:
    (tmp_path / "letter.sqlite").write_bytes(b"Dear Sir or Madam, " * 100)
    organised.button("Library:").click()
    with organised.page.expect_file_chooser() as chooser:
        organised.button("Open a file…").click()
    chooser.value.set_files(tmp_path / "letter.sqlite")
    expect(
        organised.page.get_by_role("status").filter(has_text="The library “letter” cannot be opened")
    ).to_be_attached()
    expect(organised.button("Library:")).to_contain_text("My pictures")
    organised.expect_found("4 pictures")


def test_a_library_is_deleted_only_after_a_question(organised: OrganisePage) -> None:
    page = organised.page
    organised.button("Library:").click()
    organised.button("Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete the library “My pictures”?")
    dialog.get_by_role("button", name="Cancel").click()
    organised.expect_found("4 pictures")
    organised.button("Library:").click()
    organised.button("New library…").click()
    name = page.get_by_role("dialog", name="New library")
    name.get_by_role("textbox", name="Name").fill("Second")
    name.get_by_role("button", name="Create").click()
    expect(organised.button("Library:")).to_contain_text("Second")
    expect(organised.button("Choose a folder")).to_be_visible()
    organised.button("Library:").click()
    organised.button("Delete…").click()
    page.get_by_role("dialog", name="Delete the library “Second”?").get_by_role("button", name="Delete").click()
    expect(organised.button("Library:")).to_contain_text("My pictures")
    organised.expect_found("4 pictures")


def test_one_tab_has_the_library_at_a_time(own_organised: OrganisePage, site: str) -> None:
    organised = own_organised
    second = OrganisePage(organised.page.context.new_page())
    second.page.goto(f"{site}/#/organise")
    expect(second.page.get_by_text("The library is open in another tab.")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    second.button("Use it here").click()
    second.expect_found("4 pictures")
    expect(organised.page.get_by_text("The library is open in another tab.")).to_be_visible()


def test_a_stored_folder_is_read_again_in_a_later_visit(organise: OrganisePage, holiday: Path) -> None:
    page = organise.page
    page.evaluate(
        """async (files) => {
          const root = await navigator.storage.getDirectory();
          const folder = await root.getDirectoryHandle("Stored", { create: true });
          const inner = await folder.getDirectoryHandle("inner", { create: true });
          for (const [name, data] of Object.entries(files)) {
            const handle = await (name.startsWith("c") ? inner : folder).getFileHandle(name, { create: true });
            const writer = await handle.createWritable();
            await writer.write(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)));
            await writer.close();
          }
        }""",
        {path.name: _base64(path) for path in (holiday / "cat.png", holiday / "day 2" / "rocket.jpg")},
    )
    page.evaluate(CHOOSE_STORED_FOLDER)
    expect(organise.button("Library:")).to_be_visible(timeout=ENGINE_TIMEOUT_MS)
    organise.button("Add a folder").click()
    organise.expect_imported("2 pictures added.")
    page.reload()
    organise.tile("cat.png").click()
    large = page.get_by_role("dialog", name="Picture").get_by_role("img", name="cat.png")
    expect(large).to_have_js_property("naturalWidth", 451)


def _base64(path: Path) -> str:
    import base64

    return base64.b64encode(path.read_bytes()).decode()


@pytest.fixture
def large_library(tmp_path: Path) -> Path:
    """A library of ten thousand pictures that never were."""
    path = tmp_path / "large.sqlite"
    thumbnail = encode(photo(64, 48), "JPEG")
    with Library.open(path) as library, library.transaction():
        run = store.begin_run(library, MODELS)
        for number in range(10_000):
            label = "Dog" if number % 3 else "Cat"
            seen = look(label, tags=[label], content=str(number), thumbnail=thumbnail)
            store.record(library, source(f"folder {number % 7}/{number:05}.jpg", size=1000 + number), seen, run)
    return path


def test_ten_thousand_pictures_cost_a_screenful(organise: OrganisePage, large_library: Path) -> None:
    organise.button("Library:").click()
    with organise.page.expect_file_chooser() as chooser:
        organise.button("Open a file…").click()
    chooser.value.set_files(large_library)
    organise.expect_found("10,000 pictures")
    organise.page.keyboard.press("Escape")
    expect(organise.grid.get_by_role("option").first).to_be_visible()
    assert organise.grid.get_by_role("option").count() < 120
    organise.grid.focus()
    organise.page.keyboard.press("End")
    last = organise.grid.locator('[aria-posinset="10000"]')
    expect(last).to_be_visible()
    expect(last.locator("img")).to_have_js_property("naturalWidth", 64)
    assert organise.grid.get_by_role("option").count() < 120
    organise.page.keyboard.press("Control+a")
    expect(organise.chosen).to_contain_text("10,000 pictures selected")
    organise.search.fill("cat")
    organise.expect_found("3,334 pictures found")
    expect(organise.chosen).to_contain_text("3,334 pictures selected")


def test_sidecars_in_a_folder_that_was_chosen_are_read(organise: OrganisePage, tmp_path: Path) -> None:
    folder = tmp_path / "Said"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "IMG-20200714-WA0001.jpg"):
        (folder / name).write_bytes(encode(photo(), "JPEG") + name.encode())
    (folder / "a.XMP").write_bytes(xmp(bag("dc:subject", "Grandma"), 'xap:Rating="5"'))
    (folder / "b.jpg.json").write_text('{"photoTakenTime": {"timestamp": "1594730096"}}', encoding="utf-8")
    organise.add_folder(folder)
    organise.expect_imported("3 pictures added")
    for query, name in (
        ("user:grandma rating:5", "a.jpg"),
        ("date:takeout", "b.jpg"),
        ("date:name", "IMG-20200714-WA0001.jpg"),
    ):
        organise.search.fill(query)
        expect(organise.tile(name)).to_be_visible()
        expect(organise.grid.get_by_role("option")).to_have_count(1)


def without_opfs(route: Route) -> None:
    """Serve a worker in which the browser refuses the origin's own files, as in a private window."""
    answer = route.fetch()
    refusal = 'StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("no", "SecurityError"));'
    route.fulfill(response=answer, body=f"{refusal}\n{answer.text()}")


def test_without_the_origins_files_blocks_stand_in(site: str, open_page: OpenPage, holiday: Path) -> None:
    page, _ = open_page(f"{site}/#/privacy")
    page.context.add_init_script(NO_CHOOSER_OF_ITS_OWN)
    page.evaluate(NO_CHOOSER_OF_ITS_OWN)
    page.context.route("**/worker/worker.js", without_opfs)
    organise = OrganisePage(page)
    organise.open(site)
    organise.add_folder(holiday)
    organise.expect_imported("3 pictures added")
    page.reload()
    organise.expect_found("4 pictures")
    organise.search.fill("animal")
    organise.expect_found("2 pictures found")
    databases = page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    assert "onsight-libraries" in databases
