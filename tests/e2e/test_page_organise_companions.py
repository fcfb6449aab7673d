"""Organise sorts what belongs to pictures along with them, and says what stays."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.organise_page import OrganisePage
from tests.e2e.origin_folders import FOLDERS
from tests.e2e.test_page_organise_out import Shelf
from tests.pictures import encode, sample

BESIDE = ("IMG_0001.CR2", "IMG_0001.xmp", "IMG_0002.MOV", "IMG_0002.AAE", "IMG_0002.JPG.XMP", "IMG_0002.JPG.json")
PICTURES = ("IMG_0001.JPG", "IMG_0002.JPG")


def photograph(name: str) -> bytes:
    return encode(Image.open(io.BytesIO(sample(name))).convert("RGB").resize((300, 200)), "JPEG")


@pytest.fixture
def shelf(organise: OrganisePage) -> Shelf:
    """Organise with two pictures and what belongs to them."""
    organise.page.evaluate(FOLDERS)
    shelf = Shelf(organise.page)
    shelf.put({f"Card/{name}": photograph("chelsea" if "1" in name else "coffee") for name in PICTURES})
    shelf.put({f"Card/{name}": f"content of {name}".encode() for name in (*BESIDE, "IMG_0001.txt", "notes.txt")})
    shelf.add_folder("Card")
    return shelf


def preview(shelf: Shelf) -> Locator:
    dialog = shelf.sorting("", 2)
    dialog.get_by_role("combobox", name="Folders by", exact=True).select_option("Format")
    dialog.locator("summary").filter(has_text="JPEG").first.wait_for()
    return dialog


def test_everything_is_moved_and_the_plan_says_what_stays(shelf: Shelf) -> None:
    dialog = preview(shelf)
    where = dialog.get_by_role("region", name="Where they go")
    expect(where).to_contain_text("with IMG_0001.CR2, IMG_0001.xmp")
    expect(where).to_contain_text("1 file with the same name as a picture stays where it is")
    where.get_by_text("1 file with the same name as a picture stays where it is").click()
    expect(where).to_contain_text("IMG_0001.txt it does not seem to belong to the picture with the same name")
    before = shelf.tree("Card")
    shelf.chosen("Out")
    dialog.get_by_role("button", name="Move to a folder…").click()
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_contain_text("2 pictures moved to “Out”.")
    assert sorted(shelf.tree("Card")) == ["IMG_0001.txt", "notes.txt"]
    assert shelf.tree("Out") == {f"JPEG/{name}": before[name] for name in (*PICTURES, *BESIDE)}


def test_everything_is_copied_packed_and_renamed(shelf: Shelf) -> None:
    dialog = preview(shelf)
    dialog.get_by_role("textbox", name="File names").fill("trip {n}")
    expect(dialog.get_by_role("region", name="Where they go")).to_contain_text(re.compile(r"with trip \d\.CR2"))
    shelf.page.evaluate("delete globalThis.showSaveFilePicker; delete Window.prototype.showSaveFilePicker")
    with shelf.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as ZIP").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        packed = archive.namelist()
    suffixes = {"CR2", "xmp", "MOV", "AAE", "JPG", "JPG.XMP", "JPG.json"}
    assert {name.split(".", 1)[1] for name in packed} == suffixes
    assert len(packed) == 8
    assert all(re.fullmatch(r"JPEG/trip \d\..+", name) for name in packed)
    shelf.chosen("Copies")
    dialog.get_by_role("button", name="Copy to a folder…").click()
    expect(dialog).to_contain_text("2 pictures copied to “Copies”.")
    assert sorted(shelf.tree("Copies")) == sorted(packed)
    assert len(shelf.tree("Card")) == 10


@pytest.mark.parametrize("is_archive", [False, True], ids=["folder", "archive"])
def test_what_belongs_to_pictures_is_packed_where_the_browser_gives_no_folders_away(
    organise: OrganisePage, tmp_path: Path, is_archive: bool
) -> None:
    card = tmp_path / "Stick"
    card.mkdir()
    for name in PICTURES:
        (card / name).write_bytes(photograph("chelsea" if "1" in name else "coffee"))
    for name in BESIDE[1:]:
        (card / name).write_bytes(f"content of {name}".encode())
    if is_archive:
        with zipfile.ZipFile(tmp_path / "card.zip", "w") as writer:
            for path in card.iterdir():
                writer.write(path, f"Stick/{path.name}")
        organise.add_files(tmp_path / "card.zip")
    else:
        organise.add_folder(card)
    organise.expect_imported("2 pictures added.")
    organise.button("Select all").click()
    organise.button("Sort into folders…").click()
    dialog = organise.page.get_by_role("dialog", name="Sort 2 pictures into folders")
    dialog.get_by_role("combobox", name="Folders by", exact=True).select_option("Format")
    where = dialog.get_by_role("region", name="Where they go")
    where.get_by_text("JPEG").click()
    expect(where).to_contain_text("with IMG_0002.AAE, IMG_0002.JPG.XMP, IMG_0002.JPG.json, IMG_0002.MOV")
    organise.page.evaluate("delete globalThis.showSaveFilePicker; delete Window.prototype.showSaveFilePicker")
    with organise.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as ZIP").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(archive.namelist()) == sorted(f"JPEG/{name}" for name in (*PICTURES, *BESIDE[1:]))
