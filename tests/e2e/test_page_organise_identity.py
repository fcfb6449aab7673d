"""Folders and files of one name are told apart in Organise; each picture keeps its tags, thumbnail and file."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.organise_page import OrganisePage
from tests.pictures import sample

CHOOSE = """([folder]) => {
  window.showDirectoryPicker = async () => {
    let handle = await navigator.storage.getDirectory();
    for (const name of folder.split("/")) handle = await handle.getDirectoryHandle(name);
    return handle;
  };
}"""
"""Answers with a folder of the origin's own, which is one of the same kind."""

STORE = """async ([path, data]) => {
  let folder = await navigator.storage.getDirectory();
  const parts = path.split("/");
  const name = parts.pop();
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
  const writer = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await writer.write(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)));
  await writer.close();
}"""


def picture(name: str, width: int, *, turned: bool = False) -> bytes:
    """A sample in a width by which a test knows it again."""
    with Image.open(io.BytesIO(sample(name))) as image:
        shown = image.convert("RGB")
    if turned:
        shown = shown.transpose(Image.Transpose.ROTATE_180)
    resized = shown.resize((width, round(width * shown.height / shown.width)))
    written = io.BytesIO()
    resized.save(written, "JPEG", quality=90)
    return written.getvalue()


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def card(folder: Path, first: bytes, second: bytes) -> Path:
    write(folder / "100CANON" / "IMG_0001.JPG", first)
    write(folder / "100CANON" / "IMG_0002.JPG", second)
    return folder / "100CANON"


def tag(organise: OrganisePage, query: str, name: str) -> None:
    """Tag the one picture that a query finds."""
    detail = only(organise, query)
    detail.get_by_role("textbox", name="Add a tag").fill(name)
    detail.get_by_role("textbox", name="Add a tag").press("Enter")
    expect(detail.get_by_role("button", name=name, exact=True)).to_be_visible()
    organise.page.keyboard.press("Escape")


def only(organise: OrganisePage, query: str) -> Locator:
    """The dialog of the one picture that a query finds."""
    organise.search.fill("")
    expect(organise.count).to_have_text(re.compile(r"^[2-9] pictures\s*$"))
    organise.search.fill(query)
    organise.expect_found("1 picture found")
    organise.grid.get_by_role("option").click()
    return organise.page.get_by_role("dialog", name="Picture")


def expect_file(organise: OrganisePage, query: str, width: int) -> None:
    """Expect that the one picture that a query finds is shown from its own file."""
    detail = only(organise, query)
    expect(detail.get_by_role("img")).to_have_js_property("naturalWidth", width, timeout=20_000)
    organise.page.keyboard.press("Escape")
    organise.search.fill("")


def test_two_memory_cards_with_one_folder_name(organise: OrganisePage, tmp_path: Path) -> None:
    first = card(tmp_path / "cardA", picture("chelsea", 401), picture("coffee", 402))
    second = card(tmp_path / "cardB", picture("coffee", 403, turned=True), picture("rocket", 404))
    organise.add_folder(first)
    organise.expect_imported("2 pictures added.")
    tag(organise, "name:IMG_0001", "Grandma")
    organise.search.fill("")
    organise.add_folder(second)
    organise.expect_imported("2 pictures added.")
    organise.expect_found("4 pictures")
    expect_file(organise, "user:Grandma", 401)
    expect_file(organise, 'name:IMG_0001 folder:"100CANON (2)"', 403)
    for folder in (first, second):
        organise.add_folder(folder)
        organise.expect_imported("2 already in the library.")
    organise.expect_found("4 pictures")
    # Card A's picture is edited, another one takes the place of card B's.
    write(first / "IMG_0001.JPG", picture("chelsea", 405, turned=True))
    organise.add_folder(first)
    organise.expect_imported("1 picture added, 1 already in the library.")
    expect_file(organise, "user:Grandma", 405)
    tag(organise, 'name:IMG_0001 folder:"100CANON (2)"', "Cup")
    write(second / "IMG_0001.JPG", picture("astronaut", 406))
    organise.search.fill("")
    organise.add_folder(second)
    organise.expect_imported("1 picture added, 1 already in the library. 1 picture is missing now")
    organise.expect_found("5 pictures")
    marked = organise.page.get_by_role("option", name="missing")
    expect(marked).to_have_count(1)
    expect(marked.get_by_text("Missing", exact=True)).to_be_visible()
    expect(organise.page.get_by_text("Missing", exact=True).filter(visible=True)).to_have_count(1)
    expect(only(organise, "is:missing user:Cup")).to_contain_text("Another file has replaced this picture’s file.")


def test_single_files_of_one_name(organise: OrganisePage, tmp_path: Path) -> None:
    first = write(tmp_path / "a" / "image.jpg", picture("chelsea", 401))
    second = write(tmp_path / "b" / "image.jpg", picture("coffee", 402))
    organise.add_files(first)
    organise.expect_imported("1 picture added.")
    organise.add_files(second)
    organise.expect_imported("1 picture added.")
    organise.expect_found("2 pictures")
    tag(organise, "label:cat", "Mine")
    expect_file(organise, "user:Mine", 401)
    expect_file(organise, "NOT user:Mine", 402)
    organise.add_files(first)
    organise.expect_imported("1 already in the library.")
    organise.expect_found("2 pictures")


def test_folders_with_handles_are_known_again_in_a_later_visit(organise: OrganisePage, site: str) -> None:
    page = organise.page
    for path, data in (
        ("A/Trip/1.jpg", picture("chelsea", 401)),
        ("B/Trip/1.jpg", picture("coffee", 402)),
    ):
        page.evaluate(STORE, [path, base64.b64encode(data).decode()])
    for folder, count in (("A/Trip", "1 picture"), ("B/Trip", "2 pictures")):
        page.evaluate(CHOOSE, [folder])
        organise.button("Add a folder").first.click()
        organise.expect_found(count)
        organise.expect_imported("1 picture added.")
    page.reload()
    organise.expect_found("2 pictures")
    expect_file(organise, "label:cat", 401)
    expect_file(organise, 'folder:"Trip (2)"', 402)
    page.evaluate(CHOOSE, ["B/Trip"])
    organise.button("Add a folder").first.click()
    organise.expect_imported("1 already in the library.")
    organise.expect_found("2 pictures")
