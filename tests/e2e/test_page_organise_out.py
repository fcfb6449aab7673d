"""How pictures leave the library on the page: sorted into folders, exported, sifted for duplicates."""

from __future__ import annotations

import base64
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from onsight.image.png_text import XMP_HEADER
from onsight.metadata.reading import read_sidecar
from tests import exiftool
from tests.e2e.browsing import ENGINE_TIMEOUT_MS
from tests.e2e.organise_page import OrganisePage
from tests.e2e.origin_folders import FOLDERS
from tests.e2e.tool_page import open_tool
from tests.pictures import encode, sample
from tests.stated_samples import bag, jpeg, segment, xmp


class Shelf:
    """Organise with a library of pictures from a folder that the page may write into.

    Attributes:
        page: The browser's page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files into the origin's own folders."""
        for path, data in files.items():
            self.page.evaluate("(given) => putEncoded(...given)", [path, base64.b64encode(data).decode()])

    def tree(self, folder: str) -> dict[str, bytes]:
        """Return the files in one of those folders by their paths."""
        tree = self.page.evaluate("async (path) => treeOf(await folderAt(path))", folder)
        return {path: base64.b64decode(data) for path, data in tree.items() if data is not None}

    def chosen(self, folder: str) -> None:
        """Let the browser's chooser of folders answer with one of those folders."""
        self.page.evaluate("(path) => { globalThis.chosen = path; }", folder)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def add_folder(self, folder: str) -> None:
        """Take a folder into the library."""
        self.chosen(folder)
        self.button("Add a folder").click()
        done = self.page.get_by_role("region", name="Import")
        expect(done).to_contain_text("All pictures are in the library", timeout=ENGINE_TIMEOUT_MS)

    def search(self, query: str, count: int) -> None:
        """Search, and wait for what is found."""
        self.page.get_by_role("combobox", name="Search", exact=True).fill(query)
        found = self.page.get_by_role("region", name="Pictures found").get_by_role("heading")
        expect(found).to_have_text(re.compile(rf"^{count} pictures?\b"))

    def choose(self, query: str, count: int) -> Locator:
        """Choose what a query finds; return the bar that says what can be done with it."""
        self.search(query, count)
        self.button("Select all").click()
        return self.page.get_by_role("toolbar", name="Selected pictures")

    def sorting(self, query: str, count: int) -> Locator:
        """Open the dialog that sorts what a query finds."""
        self.choose(query, count).get_by_role("button", name="Sort into folders…").click()
        dialog = self.page.get_by_role("dialog", name=re.compile("^Sort"))
        expect(dialog.get_by_role("region", name="Where they go").get_by_role("status")).to_contain_text("go")
        return dialog


def exporting(shelf: Shelf, query: str, count: int, format: str) -> Locator:
    """Open the dialog that exports what a query finds, with a format chosen."""
    shelf.choose(query, count).get_by_role("button", name="Export…").click()
    dialog = shelf.page.get_by_role("dialog", name=re.compile("^Export"))
    dialog.get_by_role("combobox", name="Format").select_option(format)
    return dialog


def told_by_exiftool(path: Path, field: str) -> dict[str, Any]:
    """Return fields of a file as an independent reader sees them."""
    return exiftool.read(path, "-struct", f"-{field}")


def tiff() -> bytes:
    """Return a photograph in a format that takes no keywords."""
    return encode(Image.open(io.BytesIO(sample("chelsea"))).convert("RGB").resize((300, 200)).rotate(180), "TIFF")


@pytest.fixture
def shelf(filled: Shelf) -> Shelf:
    """Organise with a library, without what an earlier test left open."""
    filled.page.evaluate("for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close()")
    return filled


@pytest.fixture(scope="module")
def filled(site: str, browser: Browser) -> Iterator[Shelf]:
    """Organise with a library of six pictures, in which objects were looked for."""
    with open_tool(site, browser, "organise") as tool:
        tool.page.evaluate(FOLDERS)
        tool.page.evaluate("localStorage.setItem('onsight.organise.detect', 'on')")
        shelf = Shelf(tool.page)
        small = encode(Image.open(io.BytesIO(sample("coffee"))).convert("RGB").resize((300, 200)), "JPEG")
        shelf.put(
            {
                "Holiday/cat.png": sample("chelsea"),
                "Holiday/day 2/cat.png": sample("chelsea"),
                "Holiday/day 2/coffee.png": sample("coffee"),
                "Holiday/day 2/coffee small.jpg": small,
                "Holiday/day 2/coffee small.jpg.xmp": SIDECAR,
                "Holiday/upside.tif": tiff(),
                "Holiday/rocket.jpg": sample("rocket"),
            }
        )
        shelf.add_folder("Holiday")
        yield shelf


SIDECAR = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:darktable="http://darktable.sf.net/" xmp:Rating="4" darktable:history_end="3">
<dc:subject><rdf:Bag><rdf:li>Breakfast in Rome</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
"""What another program wrote of a picture."""


def close(dialog: Locator) -> None:
    dialog.locator("header").get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_pictures_are_copied_into_folders_and_never_doubled(shelf: Shelf) -> None:
    dialog = shelf.sorting("", 6)
    before = shelf.tree("Holiday")
    expect(dialog.get_by_role("combobox", name="Folders by", exact=True)).to_have_value("category")
    shelf.chosen("Sorted")
    copy = dialog.get_by_role("button", name="Copy to a folder…")
    copy.click()
    expect(dialog).to_contain_text("6 pictures copied to “Sorted”.")
    tree = shelf.tree("Sorted")
    assert {"Pets/cat.png", "Pets/cat (2).png", "Food & drink/coffee small.jpg.xmp"} <= set(tree)
    assert sorted(tree.values()) == sorted(before.values())
    assert shelf.tree("Holiday") == before
    copy.click()
    expect(dialog).to_contain_text("0 pictures copied to “Sorted”. 6 were already there.")
    assert shelf.tree("Sorted") == tree
    # Something else is in the way of one, and a sidecar of something that is gone in the way of another.
    shelf.put({"Other/Pets/CAT.png": b"theirs", "Other/Food & drink/coffee.png.xmp": b"theirs"})
    shelf.chosen("Other")
    copy.click()
    expect(dialog).to_contain_text("6 pictures copied to “Other”.")
    tree = shelf.tree("Other")
    assert tree["Pets/CAT.png"] == tree["Food & drink/coffee.png.xmp"] == b"theirs"
    assert tree["Pets/cat (2).png"] == tree["Pets/cat (3).png"] == sample("chelsea")
    assert "Food & drink/coffee (2).png" in tree
    assert "Food & drink/coffee.png" not in tree
    close(dialog)


def test_rules_names_and_levels_show_at_once_where_pictures_go(shelf: Shelf) -> None:
    shelf.page.evaluate("localStorage.removeItem('onsight.organise.sorting')")
    dialog = shelf.sorting("", 6)
    where = dialog.get_by_role("region", name="Where they go")
    dialog.get_by_role("combobox", name="Folders by", exact=True).select_option("Custom rules")
    name = dialog.get_by_role("textbox", name="Folder of rule 1")
    query = dialog.get_by_role("textbox", name="Search of rule 1")
    query.fill("animal OR (cup")
    expect(dialog).to_contain_text("A rule needs a name for its folder and a search.")
    name.fill("Living")
    expect(dialog).to_contain_text("This parenthesis is never closed.")
    expect(dialog.locator("mark")).to_have_text("(")
    expect(query).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_role("button", name="Copy to a folder…")).to_be_disabled()
    query.fill("animal")
    expect(where.get_by_text("6 pictures go into 2 folders")).to_be_visible()
    dialog.get_by_role("button", name="Add a rule").click()
    dialog.get_by_role("textbox", name="Folder of rule 2").fill("In PNG")
    dialog.get_by_role("textbox", name="Search of rule 2").fill("format:png")
    expect(where.locator("summary").filter(has_text="In PNG")).to_contain_text("1")
    dialog.get_by_role("button", name="Move rule 2 up").click()
    expect(where.locator("summary").filter(has_text="In PNG")).to_contain_text("3")
    dialog.get_by_role("combobox", name="Subfolders by, level 2").select_option("Format")
    dialog.get_by_role("textbox", name="File names").fill("{label}-{nn}")
    expect(dialog).to_contain_text("There is no field {nn} for patterns")
    dialog.get_by_role("textbox", name="File names").fill("{label}-")
    dialog.get_by_text("Placeholders for names").click()
    dialog.get_by_role("button", name="{n}", exact=True).click()
    expect(dialog.get_by_role("list", name="Examples")).to_contain_text("-1.")
    expect(where.locator("summary").filter(has_text="PNG").nth(1)).to_be_visible()
    close(dialog)
    # As it was left, also with the keyboard alone.
    dialog = shelf.sorting("", 6)
    expect(dialog.get_by_role("textbox", name="Folder of rule 1")).to_have_value("In PNG")
    expect(dialog.get_by_role("textbox", name="File names")).to_have_value("{label}-{n}")
    folder = where.locator("summary").filter(has_text="Living")
    folder.focus()
    folder.press("Enter")
    inner = folder.locator("xpath=..").locator("summary").nth(1)
    inner.press("Enter")
    expect(where.locator(".tree__file").first).to_contain_text("was ")
    shelf.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_remembered_search_becomes_a_rule(shelf: Shelf) -> None:
    shelf.page.evaluate("localStorage.setItem('onsight.organise.sorting', JSON.stringify({ by: ['rule'] }))")
    shelf.search("animal", 3)
    shelf.button("Save this search").click()
    naming = shelf.page.get_by_role("dialog", name="Save this search")
    naming.get_by_role("textbox", name="Name").fill("Beasts")
    naming.get_by_role("button", name="Save").click()
    shelf.choose("", 6).get_by_role("button", name="Sort into folders…").click()
    dialog = shelf.page.get_by_role("dialog", name="Sort 6 pictures into folders")
    expect(dialog).to_contain_text("Write a rule to see where the pictures go.")
    dialog.get_by_role("combobox", name="Add a saved search as a rule").select_option("Beasts")
    expect(dialog.locator("summary").filter(has_text="Beasts")).to_contain_text("3")
    close(dialog)
    shelf.page.evaluate("localStorage.removeItem('onsight.organise.sorting')")


def test_a_zip_has_folders_and_sidecars(shelf: Shelf) -> None:
    dialog = shelf.sorting("", 6)
    shelf.page.evaluate("delete globalThis.showSaveFilePicker")
    with shelf.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as ZIP").click()
    expect(dialog).to_contain_text("6 pictures saved in “onsight-sorted.zip”.")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert archive.read("Pets/cat.png") == archive.read("Pets/cat (2).png") == sample("chelsea")
        assert archive.read("Food & drink/coffee small.jpg.xmp") == SIDECAR
        assert len(archive.namelist()) == 7
    close(dialog)


def test_every_format_is_exported(shelf: Shelf, tmp_path: Path) -> None:
    dialog = exporting(shelf, "animal", 3, "CSV table, one row per picture")
    dialog.get_by_role("textbox", name="Name").fill("my: pets")
    formats = dialog.get_by_role("combobox", name="Format").locator("option")
    values = [option.get_attribute("value") for option in formats.all()]
    assert len(values) == 12
    saved: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for value in values[2:]:
        assert value
        dialog.get_by_role("combobox", name="Format").select_option(value)
        with shelf.page.expect_download() as download:
            dialog.get_by_role("button", name="Save", exact=True).click()
        names[value] = download.value.suggested_filename
        saved[value] = download.value.path().read_bytes()
        expect(dialog).to_contain_text(f"Saved as “{names[value]}”.")
    assert names["voc"] == "my- pets.zip"
    rows = list(csv.DictReader(io.StringIO(saved["csv"].decode("utf-8-sig"))))
    assert {row["path"] for row in rows} == {"Holiday/cat.png", "Holiday/day 2/cat.png", "Holiday/upside.tif"}
    (tmp_path / "coco.json").write_bytes(saved["coco"])
    coco = pytest.importorskip("pycocotools.coco").COCO(str(tmp_path / "coco.json"))
    assert len(coco.getImgIds()) == 3
    for value in ("voc", "yolo", "xmp", "rekognition"):
        with zipfile.ZipFile(io.BytesIO(saved[value])) as archive:
            assert archive.testzip() is None
    assert "Nothing" not in dialog.inner_text()
    close(dialog)


def test_a_data_set_is_saved_with_its_pictures(shelf: Shelf) -> None:
    dialog = exporting(shelf, "", 6, "YOLO boxes")
    shelf.page.evaluate("delete globalThis.showSaveFilePicker")
    with shelf.page.expect_download() as download:
        dialog.get_by_role("button", name="Save with the pictures").click()
    expect(dialog).to_contain_text("saved in “onsight.zip”.")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        images = archive.read("train.txt").decode().splitlines()
        assert len(images) == 6
        for image in images:
            path = image.removeprefix("./")
            assert path in names
            labels = "/labels/".join(f"/{path}".rsplit("/images/", 1)).rsplit(".", 1)[0][1:] + ".txt"
            assert labels in names
        tree = shelf.tree("Holiday")
        for name in ("cat.png", "day 2/cat.png"):
            assert archive.read(f"images/Holiday/{name}") == tree[name]
    close(dialog)


def test_copies_carry_their_tags(shelf: Shelf, tmp_path: Path) -> None:
    dialog = exporting(shelf, "", 6, "Copies with tags inside")
    shelf.chosen("Tagged")
    dialog.get_by_role("button", name="Save to a folder…").click()
    expect(dialog).to_contain_text("5 pictures copied to “Tagged”.")
    dialog.get_by_text("1 file with a problem").click()
    expect(dialog).to_contain_text("Keywords cannot be written into TIFF files; a sidecar can hold them.")
    tree = shelf.tree("Tagged")
    assert set(tree) == {
        "Holiday/cat.png",
        "Holiday/day 2/cat.png",
        "Holiday/day 2/coffee.png",
        "Holiday/day 2/coffee small.jpg",
        "Holiday/day 2/coffee small.jpg.xmp",
        "Holiday/rocket.jpg",
    }
    words: dict[Path, str] = {}
    for name, word in (("Holiday/cat.png", "Cat"), ("Holiday/day 2/coffee small.jpg", "Coffee")):
        path = tmp_path / name.rpartition("/")[2]
        path.write_bytes(tree[name])
        words[path] = word
        with (
            Image.open(path) as copy,
            Image.open(io.BytesIO(shelf.tree("Holiday")[name.removeprefix("Holiday/")])) as was,
        ):
            assert copy.tobytes() == was.tobytes()
    # With the rest as it is and a sidecar, in a ZIP.
    dialog.get_by_role("checkbox", name="Copy other formats unchanged, with a sidecar").check()
    shelf.page.evaluate("delete globalThis.showSaveFilePicker")
    with shelf.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as ZIP").click()
    expect(dialog).to_contain_text("6 pictures saved in “onsight.zip”.")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert archive.read("Holiday/upside.tif") == tiff()
        (tmp_path / "upside.tif.xmp").write_bytes(archive.read("Holiday/upside.tif.xmp"))
        assert len(archive.namelist()) == 8
    close(dialog)
    # Last, as it is left out where exiftool is not installed.
    assert told_by_exiftool(tmp_path / "upside.tif.xmp", "XMP-dc:Subject")["Subject"]
    for path, word in words.items():
        assert word in " ".join(told_by_exiftool(path, "XMP-dc:Subject")["Subject"])


def test_sidecars_keep_what_other_programs_wrote(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put({"Holiday/rocket.jpg.xmp": b"no XMP at all"})
    dialog = exporting(shelf, "", 6, "XMP sidecars, merged with existing ones")
    write = dialog.get_by_role("button", name="Write next to the pictures")
    write.click()
    expect(dialog).to_contain_text("5 sidecars written next to their pictures.")
    dialog.get_by_text("1 file with a problem").click()
    expect(dialog).to_contain_text("Holiday/rocket.jpg.xmp")
    tree = shelf.tree("Holiday")
    assert tree["rocket.jpg.xmp"] == b"no XMP at all"
    merged = tmp_path / "coffee small.jpg.xmp"
    merged.write_bytes(tree["day 2/coffee small.jpg.xmp"])
    assert b'darktable:history_end="3"' in merged.read_bytes()
    write.click()
    expect(dialog).to_contain_text("0 sidecars written next to their pictures. 5 already had all tags.")
    shelf.page.evaluate("delete globalThis.showSaveFilePicker")
    with shelf.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as ZIP").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.read("Holiday/day 2/coffee small.jpg.xmp") == tree["day 2/coffee small.jpg.xmp"]
    close(dialog)
    shelf.put({"Holiday/day 2/coffee small.jpg.xmp": SIDECAR})
    for path in ("/cat.png", "/upside.tif", "/rocket.jpg", "/day 2/cat.png", "/day 2/coffee.png"):
        folder, _, name = path.rpartition("/")
        shelf.page.evaluate(
            "async ([folder, name]) => (await folderAt(folder)).removeEntry(name)", [f"Holiday{folder}", f"{name}.xmp"]
        )
    # Last, as it is left out where exiftool is not installed.
    told = told_by_exiftool(merged, "XMP:all")
    assert {"Breakfast in Rome", "Coffee"} <= set(told["Subject"])

    assert told["Rating"] == 4
    assert any("Coffee" in line for line in told["HierarchicalSubject"])
    assert any("Coffee" in line for line in told["TagsList"])


def finding_duplicates(shelf: Shelf, kind: str) -> Locator:
    """Open the dialog of duplicates with a kind chosen."""
    shelf.search("", 6)
    shelf.button("Duplicates").click()
    dialog = shelf.page.get_by_role("dialog", name="Duplicates and look-alikes")
    dialog.get_by_text(kind, exact=True).click()
    return dialog


def test_duplicates_are_marked_and_chosen_in_the_grid(shelf: Shelf) -> None:
    dialog = finding_duplicates(shelf, "Same picture")
    status = dialog.get_by_role("status").first
    expect(status).to_contain_text("2 groups. 3 pictures not marked to keep")
    turned = dialog.get_by_role("listitem").filter(has_text="upside.tif").last
    expect(turned).to_contain_text("turned 180°")
    coffee = dialog.get_by_role("listitem").filter(has_text="coffee small.jpg").first
    expect(coffee.get_by_role("checkbox", name="Keep Holiday/day 2/coffee.png")).to_be_checked()
    expect(coffee).to_contain_text("largest")
    small = coffee.get_by_role("checkbox", name="Keep Holiday/day 2/coffee small.jpg")
    expect(small).not_to_be_checked()
    large = coffee.get_by_role("checkbox", name="Keep Holiday/day 2/coffee.png")
    large.click()
    expect(large).to_be_checked()  # the last one of its group
    small.check()
    large.uncheck()
    dialog.get_by_role("button", name="Select them in the grid").click()
    expect(dialog).to_be_hidden()
    expect(shelf.page.get_by_role("toolbar", name="Selected pictures")).to_contain_text("3 pictures selected")
    expect(shelf.page.get_by_role("option", name="coffee.png", exact=False)).to_have_attribute("aria-selected", "true")
    # Look-alikes are all kept until a person says otherwise.
    dialog = finding_duplicates(shelf, "Look-alikes")
    expect(status).to_contain_text("All are marked to keep.")
    expect(dialog.get_by_role("button", name="Delete the files…")).to_be_disabled()
    close(dialog)


def test_duplicates_are_deleted_after_a_question_and_one_stays(shelf: Shelf) -> None:
    before = shelf.tree("Holiday")
    dialog = finding_duplicates(shelf, "Same file")
    expect(dialog.get_by_role("status").first).to_contain_text("1 group. 1 picture not marked to keep")
    dialog.get_by_role("button", name="Delete the files…").click()
    expect(dialog).to_contain_text("Delete the file of 1 picture permanently?")
    dialog.get_by_role("button", name="Cancel").click()
    assert shelf.tree("Holiday") == before
    # The one that is kept has been changed since: what would go is the last of its kind.
    changed = bytearray(sample("chelsea"))
    changed[-20] ^= 1
    shelf.put({"Holiday/cat.png": bytes(changed)})
    dialog.get_by_role("button", name="Delete the files…").click()
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(dialog).to_contain_text("0 files deleted.")
    dialog.get_by_text("1 file with a problem").click()
    expect(dialog).to_contain_text("The file was not changed: none of the files to keep is identical any more.")
    shelf.put({"Holiday/cat.png": sample("chelsea")})
    assert shelf.tree("Holiday") == before
    dialog.get_by_role("button", name="Delete the files…").click()
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(dialog).to_contain_text("1 file deleted.")
    expect(dialog).to_contain_text("None found.")
    tree = shelf.tree("Holiday")
    assert len(tree) == len(before) - 1
    assert list(tree.values()).count(sample("chelsea")) == 1
    close(dialog)
    shelf.search("", 5)


def test_near_duplicates_move_into_a_folder(shelf: Shelf) -> None:
    dialog = finding_near(shelf)
    shelf.chosen("Away")
    dialog.get_by_role("button", name="Move them to a folder…").click()
    expect(dialog).to_contain_text("Move 1 picture to “Away/Duplicates”?")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_contain_text("1 file moved.")
    moved = {"day 2/coffee small.jpg", "day 2/coffee small.jpg.xmp"}
    assert set(shelf.tree("Away")) == {f"Duplicates/Holiday/{name}" for name in moved}
    assert not moved & set(shelf.tree("Holiday"))
    close(dialog)
    shelf.search("", 4)


def finding_near(shelf: Shelf) -> Locator:
    shelf.button("Duplicates").click()
    dialog = shelf.page.get_by_role("dialog", name="Duplicates and look-alikes")
    status = dialog.get_by_role("status").first
    expect(status).to_contain_text("2 groups. 2 pictures not marked to keep")
    dialog.get_by_role("checkbox", name="Keep Holiday/upside.tif").check()
    expect(status).to_contain_text("2 groups. 1 picture not marked to keep")
    return dialog


def test_pictures_move_and_the_library_goes_with_them(shelf: Shelf) -> None:
    before = shelf.tree("Holiday")
    shelf.page.evaluate("localStorage.removeItem('onsight.organise.sorting')")
    shelf.choose("", 4).get_by_role("button", name="Sort into folders…").click()
    dialog = shelf.page.get_by_role("dialog", name=re.compile("^Sort"))
    shelf.put({"Moved/Pets/cat.png": sample("chelsea")})  # of a move that broke off
    shelf.chosen("Moved")
    dialog.get_by_role("button", name="Move to a folder…").click()
    expect(dialog).to_contain_text("The originals of 4 pictures are deleted once their copies are complete.")
    dialog.get_by_role("button", name="Cancel").click()
    assert shelf.tree("Holiday") == before
    dialog.get_by_role("button", name="Move to a folder…").click()
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_contain_text("4 pictures moved to “Moved”.")
    pictures = {path: data for path, data in shelf.tree("Holiday").items() if not path.endswith(".xmp")}
    assert pictures == {}
    moved = shelf.tree("Moved")
    assert sorted(moved.values()) == sorted(data for path, data in before.items() if not path.endswith(".xmp"))
    close(dialog)
    # The library knows where they are: they can be moved again, within their own folder.
    shelf.choose("", 4).get_by_role("button", name="Sort into folders…").click()
    dialog.get_by_role("combobox", name="Folders by", exact=True).select_option("Format")
    expect(dialog.locator("summary").filter(has_text="TIFF")).to_be_visible()
    dialog.get_by_role("button", name="Move to a folder…").click()
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_contain_text("4 pictures moved to “Moved”.")
    tree = shelf.tree("Moved")
    assert sorted(tree.values()) == sorted(moved.values())
    assert "TIFF/upside.tif" in tree
    # And once more: all lie where they belong, and nothing is deleted.
    dialog.get_by_role("button", name="Move to a folder…").click()
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_contain_text("4 pictures moved to “Moved”.")
    assert shelf.tree("Moved") == tree
    close(dialog)


def sorting_in_a_later_visit(shelf: Shelf) -> Locator:
    """Open the dialog that sorts on a page that knows no folder any more."""
    shelf.page.evaluate("indexedDB.deleteDatabase('onsight-folders')")
    shelf.page.reload()
    shelf.page.evaluate(FOLDERS)
    expect(shelf.button("Select all")).to_be_enabled(timeout=ENGINE_TIMEOUT_MS)
    shelf.choose("", 4).get_by_role("button", name="Sort into folders…").click()
    return shelf.page.get_by_role("dialog", name=re.compile("^Sort"))


def test_files_out_of_reach_are_told_of_and_chosen_again(shelf: Shelf) -> None:
    dialog = sorting_in_a_later_visit(shelf)
    expect(dialog).to_contain_text("Onsight cannot read the files of 4 pictures yet.")
    shelf.chosen("Sorted")
    dialog.get_by_role("button", name="Choose the folder “Moved” again").click()
    expect(dialog).to_contain_text("None of these pictures is in there. Choose what was added as “Moved”.")
    shelf.chosen("Moved")
    dialog.get_by_role("button", name="Choose the folder “Moved” again").click()
    expect(dialog.get_by_role("region", name="Files that cannot be reached")).to_be_hidden()
    shelf.chosen("Again")
    dialog.get_by_role("button", name="Copy to a folder…").click()
    expect(dialog).to_contain_text("4 pictures copied to “Again”.")
    close(dialog)


def test_folders_are_chosen_again_where_the_browser_gives_no_handles(shelf: Shelf, tmp_path: Path) -> None:
    for name, data in shelf.tree("Moved").items():
        path = tmp_path / "Moved" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data + b"\0" if name.endswith(".tif") else data)
    (tmp_path / "Elsewhere").mkdir()
    (tmp_path / "Elsewhere" / "other.png").write_bytes(b"other")
    dialog = sorting_in_a_later_visit(shelf)
    shelf.page.evaluate("delete globalThis.showDirectoryPicker; delete globalThis.showSaveFilePicker")
    shelf.page.evaluate("delete Window.prototype.showDirectoryPicker")
    again = dialog.get_by_role("button", name="Choose the folder “Moved” again")
    for folder in ("Elsewhere", "Moved"):
        with shelf.page.expect_file_chooser() as chooser:
            again.click()
        chooser.value.set_files(tmp_path / folder)
        if folder == "Elsewhere":
            expect(dialog).to_contain_text("None of these pictures is in there.")
    expect(dialog.get_by_role("region", name="Files that cannot be reached")).to_be_hidden()
    with shelf.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as ZIP").click()
    expect(dialog).to_contain_text("3 pictures saved in “onsight-sorted.zip”.")
    dialog.get_by_text("1 file with a problem").click()
    expect(dialog).to_contain_text("“upside.tif” has changed since it was imported, or another file has replaced it.")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
    close(dialog)


def test_what_files_and_sidecars_say_is_taken_in_and_added_to(organise: OrganisePage) -> None:
    organise.page.evaluate(FOLDERS)
    _take_in_what_is_said(Shelf(organise.page))


def _take_in_what_is_said(shelf: Shelf) -> None:
    page = shelf.page

    def find(query: str, count: int) -> None:
        shelf.search("", 3)  # so that the number is another one before
        shelf.search(query, count)

    plain = encode(Image.new("RGB", (64, 48), "teal"), "JPEG")
    lightroom = xmp(bag("dc:subject", "Grandma"), 'xap:Rating="4" photoshop:DateCreated="1985-07-04"')
    files = {
        "Said/lr.jpg": plain,
        "Said/LR.XMP": lightroom,
        "Said/IMG-20200714-WA0001.jpg": plain + b"1",
        "Said/inside.jpg": jpeg(segment(0xE1, XMP_HEADER + xmp(bag("dc:subject", "Picnic")))),
    }
    shelf.put(files)
    shelf.add_folder("Said")
    find("user:grandma rating:>=4 date:sidecar taken:1985", 1)
    find("date:name taken:2020-07-14", 1)
    find("user:picnic", 1)
    page.get_by_role("listbox", name="Pictures").get_by_role("option").first.dblclick()
    detail = page.get_by_role("dialog")
    expect(detail).to_contain_text("Picnic")
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    # A changed sidecar is read when its folder is added again, without running a network.
    shelf.put({"Said/LR.XMP": lightroom.replace(b"Grandma", b"Grandpa")})
    shelf.add_folder("Said")
    find("user:grandpa", 1)
    find("user:grandma", 0)
    # Sidecars are added to where they are, and begin with what the file says where there is none.
    dialog = exporting(shelf, "", 3, "XMP sidecars, merged with existing ones")
    dialog.get_by_role("button", name="Write next to the pictures").click()
    expect(dialog).to_contain_text("3 sidecars written next to their pictures.")
    tree = shelf.tree("Said")
    assert set(tree) == {
        *(path.removeprefix("Said/") for path in files),
        "inside.jpg.xmp",
        "IMG-20200714-WA0001.jpg.xmp",
    }
    assert "Grandpa" in read_sidecar(tree["LR.XMP"]).keywords
    assert read_sidecar(tree["LR.XMP"]).rating == 4
    assert "Picnic" in read_sidecar(tree["inside.jpg.xmp"]).keywords
    close(dialog)
    # What Onsight has written there itself is not taken for a person's when it is read again.
    shelf.add_folder("Said")
    find("user:grandpa", 1)
    own = page.get_by_role("heading", name="Your tags").locator("..")
    expect(own).to_contain_text("Grandpa")
    expect(own).not_to_contain_text("Horizontal")
