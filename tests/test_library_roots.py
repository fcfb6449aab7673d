"""Folders that a page adds are told apart though a browser tells their names alone."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageEnhance

from onsight.api import METHODS
from onsight.core.options import options_from
from onsight.errors import CorruptImageError, InvalidOptionError
from onsight.library import search, store
from onsight.library.import_session import ImportSession
from onsight.library.records import Source
from onsight.tools.organise import serialization
from onsight.tools.organise.service import LibraryService
from tests.library_samples import MODELS, data_of, look_at, picture

OLD, NEW = 1_600_000_000_000, 1_700_000_000_000
CAT, CUP = picture("chelsea"), picture("coffee")
UPRIGHT = CAT.rotate(90, expand=True)
A = {"100CANON/IMG_0001.JPG": CAT, "100CANON/IMG_0002.JPG": CUP}
B = {
    "100CANON/IMG_0001.JPG": CUP.crop((40, 40, 200, 160)),
    "100CANON/IMG_0002.JPG": CAT.crop((90, 30, 250, 190)),
}

Files = Mapping[str, Image.Image | bytes]


class Page:
    """A page that has a library open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.service = LibraryService(lambda detect: MODELS)
        self.ask("open", path=str(path))

    def ask(self, method: str, data: bytes | None = None, **options: Any) -> Any:
        given = options_from(METHODS[f"library_{method}"].options, options)
        answer = getattr(self.service, method)(given) if data is None else getattr(self.service, method)(data, given)
        return answer.to_json()

    def add(
        self,
        *arrivals: Files,
        keys: tuple[str, ...] = (),
        lasting: bool = False,
        whole: bool = False,
        modified_ms: int = OLD,
        gone: tuple[str, ...] = (),
    ) -> list[tuple[str, int, str]]:
        """What became of each file, its picture, and where the library has it; as `importing.js` does it."""
        options = [
            {"key": keys[index] if keys else "", "lasting": lasting, "whole": whole} for index in range(len(arrivals))
        ]
        files = []
        for index, pictures in enumerate(arrivals):
            for path, image in pictures.items():
                data = image if isinstance(image, bytes) else data_of(image)
                folder, _, name = path.rpartition("/")
                facts: dict[str, Any] = {"folder": folder, "name": name, "size": len(data), "modified_ms": modified_ms}
                files.append(({**facts, "arrival": index}, data))
        self.ask("begin", arrivals=options, files=[facts for facts, _ in files], gone=list(gone))
        outcomes = self.ask("check", files=[facts for facts, _ in files])["outcomes"]
        order = {"new": 1, "compare": 2}
        found: list[tuple[str, int, str]] = [("", 0, "")] * len(files)
        for index, outcome in sorted(enumerate(outcomes), key=lambda pair: order.get(pair[1]["kind"], 0)):
            facts, data = files[index]
            if outcome["kind"] == "compare":
                outcome = self.ask("compare", data, **facts)
            if outcome["kind"] == "new":
                outcome = self.ask("record", **facts, look=serialization.pack(look_at(data)))
            found[index] = (outcome["kind"], outcome["id"], outcome["folder"])
        return found

    def tag(self, id: int, name: str) -> None:
        self.ask("edit", action="add", ids=[id], tags=[name])

    def tags(self) -> dict[str, list[str]]:
        """A person's tags by path; those of missing pictures with a question mark."""
        found = {}
        for hit in search.describe(self.service.library, search.find(self.service.library)):
            names = [tag.name for tag in store.tags_of(self.service.library, hit.image) if tag.source == "user"]
            found[hit.path + "?" * hit.missing] = names
        return found

    def count(self) -> int:
        return int(self.ask("status")["pictures"])


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    page = Page(tmp_path / "library.sqlite")
    yield page
    page.ask("close")


def kinds(outcomes: list[tuple[str, int, str]]) -> list[str]:
    return [kind for kind, _, _ in outcomes]


def test_two_folders_of_one_name_are_two_folders(page: Page) -> None:
    assert page.add(A) == [("seen", 1, "100CANON"), ("seen", 2, "100CANON")]
    page.tag(1, "Grandma")
    assert page.add(B) == [("seen", 3, "100CANON (2)"), ("seen", 4, "100CANON (2)")]
    assert page.tags() == {
        "100CANON/IMG_0001.JPG": ["Grandma"],
        "100CANON/IMG_0002.JPG": [],
        "100CANON (2)/IMG_0001.JPG": [],
        "100CANON (2)/IMG_0002.JPG": [],
    }
    assert [item["id"] for item in page.ask("items", ids=[1, 2, 3, 4])["items"]] == [1, 2, 3, 4]
    for files, expected in ((A, [1, 2]), (B, [3, 4]), (A, [1, 2])):
        again = page.add(files)
        assert kinds(again) == ["unchanged"] * 2
        assert [id for _, id, _ in again] == expected
    assert page.count() == 4


def test_two_folders_of_one_name_may_come_at_once(page: Page) -> None:
    found = page.add(A, B, keys=("drop 1", "drop 2"))
    assert [folder for _, _, folder in found] == ["100CANON"] * 2 + ["100CANON (2)"] * 2
    assert page.count() == 4


def test_a_dropped_folder_comes_in_pieces(page: Page) -> None:
    page.add(A)
    pieces: list[Files] = [
        {"100CANON/a/IMG_0001.JPG": B["100CANON/IMG_0001.JPG"]},
        {"100CANON/b/IMG_0002.JPG": B["100CANON/IMG_0002.JPG"]},
    ]
    found = [page.add(piece, keys=("drop",))[0] for piece in pieces]
    assert [folder for _, _, folder in found] == ["100CANON (2)/a", "100CANON (2)/b"]


def test_single_files_of_one_name_are_two_pictures(page: Page) -> None:
    assert page.add({"image.png": CAT}) == [("seen", 1, "")]
    page.tag(1, "Screenshot")
    assert page.add({"image.png": CUP}, modified_ms=NEW) == [("seen", 2, "Single files (2)")]
    assert page.add({"image.png": UPRIGHT.crop((50, 50, 190, 190))}) == [("seen", 3, "Single files (3)")]
    assert page.add({"other.png": CUP.crop((40, 40, 200, 160))}) == [("seen", 4, "")]
    assert page.tags()["image.png"] == ["Screenshot"]
    assert page.add({"image.png": CUP}, modified_ms=NEW) == [("unchanged", 2, "Single files (2)")]
    assert page.add({"image.png": CAT}) == [("unchanged", 1, "")]
    assert page.count() == 4


def test_single_files_of_one_name_may_come_at_once(page: Page) -> None:
    found = page.add({"image.png": CAT}, {"image.png": CUP})
    assert [folder for _, _, folder in found] == ["", "Single files (2)"]
    assert page.add({"image.png": CAT}, {"image.png": CUP}) == [
        ("unchanged", 1, ""),
        ("unchanged", 2, "Single files (2)"),
    ]


def test_a_changed_file_keeps_its_tags_in_a_folder_and_alone(page: Page) -> None:
    page.add({**A, "image.png": CUP})
    page.tag(1, "Grandma")
    page.tag(3, "Screenshot")
    darker = ImageEnhance.Brightness(CAT).enhance(0.7)
    changed = {"100CANON/IMG_0001.JPG": darker, "100CANON/IMG_0002.JPG": CUP}
    assert page.add(changed) == [("seen", 1, "100CANON"), ("unchanged", 2, "100CANON")]
    everything = {"100CANON/IMG_0001.JPG": UPRIGHT, "100CANON/IMG_0002.JPG": CUP.rotate(90, expand=True)}
    assert page.add(everything, modified_ms=NEW) == [("seen", 1, "100CANON"), ("seen", 2, "100CANON")]
    assert page.add({"image.png": CUP.rotate(180)}, modified_ms=NEW) == [("seen", 3, "")]
    assert page.tags() == {
        "100CANON/IMG_0001.JPG": ["Grandma"],
        "100CANON/IMG_0002.JPG": [],
        "image.png": ["Screenshot"],
    }


def test_another_picture_in_a_known_folder_does_not_get_the_tags(page: Page) -> None:
    page.add(A)
    page.tag(1, "Grandma")
    other = {**A, "100CANON/IMG_0001.JPG": B["100CANON/IMG_0001.JPG"]}
    assert page.add(other) == [("seen", 3, "100CANON"), ("unchanged", 2, "100CANON")]
    assert page.tags() == {
        "100CANON/IMG_0001.JPG": [],
        "100CANON/IMG_0001.JPG?": ["Grandma"],
        "100CANON/IMG_0002.JPG": [],
    }
    assert page.ask("search", query="is:missing")["ids"] == [1]
    assert page.ask("own", data_of(CAT), id=1) == {"is_own": True}
    assert page.ask("own", data_of(CAT), id=3) == {"is_own": False}
    assert page.ask("own", b"", id=99) == {"is_own": False}
    assert [move["id"] for move in page.ask("plan", ids=[1, 2, 3])["moves"]] == [2, 3]
    assert page.add(A) == [("unchanged", 1, "100CANON"), ("unchanged", 2, "100CANON")]


def test_a_folder_with_a_handle_is_known_by_it_whatever_is_in_it(page: Page) -> None:
    page.add(A, keys=("handle A",), lasting=True)
    page.tag(1, "Grandma")
    assert page.add({"100CANON/new.JPG": UPRIGHT}, keys=("handle A",), lasting=True)[0][2] == "100CANON"
    assert page.add(B, keys=("handle B",), lasting=True)[0][2] == "100CANON (2)"
    page.ask("close")
    again = Page(page.path)
    assert [(root["path"], root["keys"]) for root in again.ask("status")["roots"]] == [
        ("100CANON", ["handle A"]),
        ("100CANON (2)", ["handle B"]),
    ]
    # The same drive with another card: what was there is missing, and comes back with its card.
    found = again.add({"100CANON/IMG_0001.JPG": CUP.rotate(90, expand=True)}, keys=("handle A",), lasting=True)
    assert found == [("seen", 6, "100CANON")]
    assert again.tags()["100CANON/IMG_0001.JPG?"] == ["Grandma"]
    assert again.add(A, keys=("handle A",), lasting=True)[0] == ("unchanged", 1, "100CANON")
    again.ask("close")
    page.ask("open", path=str(page.path))


def test_a_page_learns_what_the_library_calls_a_folder(page: Page) -> None:
    page.add(A)
    assert page.ask("root", key="handle A", name="100CANON", path="100CANON")["path"] == "100CANON"
    assert page.ask("root", key="handle A", name="100CANON") == {
        "path": "100CANON",
        "is_folder": True,
        "keys": ["handle A"],
    }
    assert page.ask("root", key="handle B", name="100CANON")["path"] == "100CANON (2)"
    with pytest.raises(InvalidOptionError):
        page.ask("root", key="", name="x")


def test_a_renamed_folder_keeps_its_tags_where_the_browser_says_that_the_old_one_is_gone(page: Page) -> None:
    page.add(A, keys=("handle A",), lasting=True)
    page.tag(1, "Grandma")
    renamed = {path.replace("100CANON", "Holiday"): image for path, image in A.items()}
    found = page.add(renamed, keys=("handle H",), lasting=True, whole=True, gone=("handle A",))
    assert found == [("moved", 1, "Holiday"), ("moved", 2, "Holiday")]
    assert page.tags() == {"Holiday/IMG_0001.JPG": ["Grandma"], "Holiday/IMG_0002.JPG": []}


def test_a_copy_of_a_folder_is_no_move(page: Page) -> None:
    page.add(A)
    page.tag(1, "Grandma")
    copied = {path.replace("100CANON", "Backup"): image for path, image in A.items()}
    assert kinds(page.add(copied, whole=True)) == ["copied"] * 2
    assert page.tags()["100CANON/IMG_0001.JPG"] == ["Grandma"]


def test_files_that_moved_within_a_whole_folder_keep_their_tags(page: Page) -> None:
    page.add(A)
    page.tag(1, "Grandma")
    sorted_ = {path.replace("100CANON/", "100CANON/2024/"): image for path, image in A.items()}
    assert page.add(sorted_, whole=True) == [("moved", 1, "100CANON/2024"), ("moved", 2, "100CANON/2024")]


def test_archives_of_one_name_are_told_apart(page: Page) -> None:
    first = {path.replace("100CANON", "photos.zip/in"): image for path, image in A.items()}
    second = {path.replace("100CANON", "photos.zip/in"): image for path, image in B.items()}
    assert page.add(first)[0][2] == "photos.zip/in"
    assert page.add(second)[0][2] == "photos.zip (2)/in"
    assert kinds(page.add(second)) == ["unchanged"] * 2


def test_broken_files_of_one_name_are_two_failures(page: Page) -> None:
    error = CorruptImageError("Cut short.")
    for size in (5, 6):
        facts: dict[str, Any] = {"folder": "", "name": "image.png", "size": size, "modified_ms": OLD}
        page.ask("begin", files=[facts])
        page.ask("refuse", **facts, code=error.code, message=error.message)
    assert page.ask("status")["failed"] == 2
    page.ask("begin", files=[facts])
    assert page.ask("check", files=[facts])["outcomes"][0]["kind"] == "failed"


@pytest.mark.parametrize("code", ["corrupt_image", "crashed"])
def test_the_first_file_of_a_new_folder_may_be_broken(page: Page, code: str) -> None:
    good = data_of(A["100CANON/IMG_0001.JPG"])
    facts: list[dict[str, Any]] = [
        {"folder": "New", "name": name, "size": len(good), "modified_ms": OLD, "arrival": 0}
        for name in ("broken.jpg", "good.jpg")
    ]
    page.ask("begin", arrivals=[{"key": "", "lasting": False, "whole": True}], files=facts)
    page.ask("check", files=facts)
    refused = page.ask("refuse", **facts[0], code=code, message="It is broken.")
    assert (refused["kind"], refused["folder"]) == ("failed", "New")
    recorded = page.ask("record", **facts[1], look=serialization.pack(look_at(good)))
    assert (recorded["kind"], recorded["folder"]) == ("seen", "New")
    assert page.ask("status")["failed"] == (code == "corrupt_image")


def test_a_library_goes_from_the_page_to_the_command_line_and_back(page: Page) -> None:
    page.add(A)
    page.tag(1, "Grandma")
    page.ask("close")
    again = Page(page.path)
    for _ in range(2):
        # On the command line no folder of a page is there.
        session = ImportSession(again.service.library, MODELS, exists=lambda known: known.source.folder.startswith("/"))
        for path, image in A.items():
            data = data_of(image)
            place = Source("/media/card/100CANON", path.rpartition("/")[2], len(data), NEW)
            outcome = session.known(place, partial(bytes, data))
            assert outcome is not None
            assert outcome.kind == "moved"
        assert list(again.tags().values()) == [["Grandma"], []]
        assert kinds(again.add(A)) == ["moved"] * 2
        assert again.tags() == {"100CANON/IMG_0001.JPG": ["Grandma"], "100CANON/IMG_0002.JPG": []}
        assert kinds(again.add(A)) == ["unchanged"] * 2
    again.ask("close")
    page.ask("open", path=str(page.path))


def test_folders_of_an_old_library_are_known_again(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(gzip.decompress(Path(__file__).with_name("golden").joinpath("old-page.sqlite.gz").read_bytes()))
    page = Page(path)
    assert [(root["path"], root["keys"]) for root in page.ask("status")["roots"]] == [
        ("100CANON", ["100CANON"]),
        ("Urlaub", ["Urlaub"]),
        ("Urlaub.zip", ["Urlaub.zip"]),
    ]
    before = page.tags()
    assert page.add(B)[0][2] == "100CANON (2)"
    assert page.add({"image.png": CUP})[0][2] == "Single files (2)"
    assert {path: names for path, names in page.tags().items() if path in before} == before
    page.ask("close")
