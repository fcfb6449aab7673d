"""Which picture a file is: a changed file keeps the user's tags, another picture does not get them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from onsight.library import edits, search, store
from onsight.library.database import Library
from onsight.library.identity import Appearance, is_same_picture
from onsight.library.import_session import ImportSession
from onsight.library.records import Source
from tests.library_samples import MODELS, data_of, look, look_at, picture, source

OLD, NEW = 1_600_000_000_000_000_000, 1_700_000_000_000_000_000


CAT, CUP = picture("chelsea"), picture("coffee")
WHEN = "2024-07-14T18:03:22"


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def halved(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2))


def darker(image: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(0.7)


def cropped(image: Image.Image) -> Image.Image:
    return image.crop((30, 20, image.width - 30, image.height - 20))


def patched(image: Image.Image) -> Image.Image:
    other = image.copy()
    other.paste((255, 255, 255), (0, 0, 90, 90))
    return other


def recoloured(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (blue, red, green))


def same(one: bytes, other: bytes, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> bool:
    looks = (look_at(one, **(before or {})), look_at(other, **(after or {})))
    return is_same_picture(*map(Appearance.of_look, looks))


@pytest.mark.parametrize("image", [CAT, CUP], ids=["cat", "cup"])
@pytest.mark.parametrize(
    "edit",
    [
        lambda image: image.rotate(90, expand=True),
        lambda image: image.rotate(180),
        ImageOps.mirror,
        halved,
        darker,
        grey,
        lambda image: ImageEnhance.Contrast(image).enhance(1.3),
        lambda image: ImageEnhance.Color(image).enhance(1.5),
    ],
    ids=["turned", "upside down", "mirrored", "smaller", "darker", "grey", "contrast", "colour"],
)
def test_an_edited_picture_is_the_same(image: Image.Image, edit: Any) -> None:
    assert same(data_of(image), data_of(edit(image)))


def test_a_picture_saved_again_is_the_same() -> None:
    assert same(data_of(CAT), data_of(CAT, 30))
    assert same(data_of(CAT), data_of(CAT, 90) + b"a comment")


def test_a_picture_whose_date_was_put_right_is_the_same() -> None:
    assert same(data_of(CAT), data_of(CAT), {"taken": WHEN}, {"taken": "2023-01-01T00:00:00"})


def test_another_picture_is_not_the_same() -> None:
    assert not same(data_of(CAT), data_of(CUP))
    assert not same(data_of(CAT), data_of(recoloured(CAT)))
    assert not same(data_of(CAT), data_of(patched(CAT)))  # may be another screenshot of one window
    for one, other in (((200, 0, 0), (0, 0, 200)), ((90, 90, 90), (130, 130, 130))):
        assert not same(data_of(Image.new("RGB", (64, 64), one)), data_of(Image.new("RGB", (64, 64), other)))


def page(*words: str) -> Image.Image:
    """A page of a form, or a screenshot of a program: a coloured head, and a few lines."""
    image = Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 320, 24), fill=(30, 60, 120))
    draw.text((10, 6), "Invoice", fill="white")
    for line, text in enumerate(words):
        draw.text((20, 40 + 14 * line), text, fill=(20, 20, 20))
    return image.resize((960, 720))


ONE_PAGE = page("lorem ipsum dolor sit amet", "consectetur adipiscing elit", "sed do eiusmod tempor")
OTHER_PAGE = page("incididunt ut labore et dolore", "magna aliqua ut enim ad", "minim veniam quis")


def test_another_page_of_one_layout_is_not_the_same() -> None:
    assert not same(data_of(ONE_PAGE), data_of(OTHER_PAGE))


@pytest.mark.parametrize("edit", [grey, halved, darker, lambda image: image.rotate(90, expand=True)])
def test_an_edited_page_is_the_same(edit: Any) -> None:
    assert same(data_of(ONE_PAGE), data_of(edit(ONE_PAGE)))


def test_the_moment_it_was_taken_tells_a_crop_from_the_next_picture() -> None:
    when, later = {"taken": WHEN, "camera": "A"}, {"taken": "2024-07-14T18:03:24", "camera": "A"}
    alike = {"embedding": (0.9, 0.43)}
    assert same(data_of(CAT), data_of(cropped(CAT)), when, {**when, **alike})
    assert not same(data_of(CAT), data_of(cropped(CAT)), when, {**later, **alike})
    assert not same(data_of(CAT), data_of(darker(CAT)), when, later)
    assert not same(data_of(CAT), data_of(darker(CAT)), when, {**when, "camera": "B"})
    assert not same(data_of(CAT), data_of(cropped(CAT)))  # there is no evidence
    assert not same(data_of(CAT), data_of(CUP), when, {**when, "embedding": (0.4, 0.9)})  # scans have one date


def test_thumbnails_that_cannot_be_read_are_no_evidence() -> None:
    seen = look(thumbnail=b"?", embedding=(1.0, 0.0))
    assert not is_same_picture(Appearance.of_look(seen), Appearance.of_look(seen))
    none = Appearance(WHEN, "exif", None, b"", np.zeros(0, np.float16))
    assert not is_same_picture(none, none)


# --- in a library --------------------------------------------------------------------------------------------


class Disk:
    """Files on a disk, and a library of them."""

    def __init__(self) -> None:
        self.library = Library.open(":memory:")
        self.files: dict[str, tuple[bytes, int]] = {}
        self.reads = 0

    def put(self, path: str, image: Image.Image, mtime_ns: int = OLD, quality: int = 90) -> None:
        self.files[path] = (data_of(image, quality), mtime_ns)

    def index(self, models: dict[str, str] | None = None) -> dict[str, tuple[str, int | None]]:
        """What became of each file."""
        self.reads = 0
        session = ImportSession(self.library, models or MODELS, exists=self._exists)
        found = {}
        for path, (data, mtime_ns) in sorted(self.files.items()):
            file = source(path, len(data), mtime_ns)
            outcome = session.known(file, partial(self._read, data))
            outcome = outcome or session.accept(file, look_at(data))
            found[path] = (outcome.kind, outcome.image)
        return found

    def tags(self) -> dict[str, list[str]]:
        """A person's tags by path; those of missing pictures with a question mark."""
        found = {}
        for hit in search.describe(self.library, search.find(self.library)):
            names = [tag.name for tag in store.tags_of(self.library, hit.image) if tag.source == "user"]
            found[hit.path + "?" * hit.missing] = names
        return found

    def _read(self, data: bytes) -> bytes:
        self.reads += 1
        return data

    def _exists(self, known: store.Known) -> bool:
        data, mtime_ns = self.files.get(known.source.path, (b"", 0))
        return (len(data), mtime_ns) == (known.source.size, known.source.mtime_ns)


@pytest.fixture
def empty_disk() -> Iterator[Disk]:
    disk = Disk()
    with disk.library:
        yield disk


@pytest.fixture
def disk(empty_disk: Disk) -> Disk:
    """A disk with a picture of a cat, tagged by a person."""
    empty_disk.put("/card/1.jpg", CAT)
    empty_disk.index()
    edits.add_tags(empty_disk.library, [1], ["Grandma"])
    return empty_disk


def test_a_changed_file_keeps_its_tags(disk: Disk) -> None:
    for image, mtime_ns in ((CAT.rotate(90, expand=True), NEW), (darker(CAT), NEW + 1), (grey(CAT), NEW + 2)):
        disk.put("/card/1.jpg", image, mtime_ns)
        assert disk.index() == {"/card/1.jpg": ("seen", 1)}
        assert disk.tags() == {"/card/1.jpg": ["Grandma"]}


def test_another_card_at_the_same_place_gets_no_tags_and_the_first_comes_back(disk: Disk) -> None:
    first = dict(disk.files)
    disk.put("/card/1.jpg", CUP, NEW)
    assert disk.index() == {"/card/1.jpg": ("seen", 2)}
    assert disk.tags() == {"/card/1.jpg": [], "/card/1.jpg?": ["Grandma"]}
    second, disk.files = disk.files, first
    for files, id in ((first, 1), (second, 2), (first, 1)):
        disk.files = files
        assert disk.index() == {"/card/1.jpg": ("unchanged", id)}
        assert disk.reads == 0
    assert disk.tags() == {"/card/1.jpg": ["Grandma"], "/card/1.jpg?": []}


def test_a_missing_picture_is_found_again_elsewhere(disk: Disk) -> None:
    disk.put("/card/1.jpg", CUP, NEW)
    disk.index()
    disk.put("/backup/old.jpg", CAT, NEW)
    assert disk.index()["/backup/old.jpg"] == ("moved", 1)
    assert disk.tags() == {"/backup/old.jpg": ["Grandma"], "/card/1.jpg": []}


def test_files_that_changed_places_keep_their_tags(disk: Disk) -> None:
    disk.put("/card/2.jpg", CUP)
    disk.index()
    edits.add_tags(disk.library, [2], ["Coffee"])
    disk.files = {"/card/1.jpg": disk.files["/card/2.jpg"], "/card/2.jpg": disk.files["/card/1.jpg"]}
    assert {kind for kind, _ in disk.index().values()} == {"moved"}
    assert disk.tags() == {"/card/1.jpg": ["Coffee"], "/card/2.jpg": ["Grandma"]}


def test_a_copy_over_another_file_does_not_get_its_tags(disk: Disk) -> None:
    disk.put("/card/2.jpg", CUP)
    disk.index()
    disk.files["/card/1.jpg"] = (disk.files["/card/2.jpg"][0], NEW)
    assert disk.index()["/card/1.jpg"] == ("copied", 3)
    assert disk.tags() == {"/card/1.jpg": [], "/card/2.jpg": [], "/card/1.jpg?": ["Grandma"]}


def test_a_picture_put_back_from_a_copy_keeps_its_tags(disk: Disk) -> None:
    disk.put("/backup/1.jpg", CAT, quality=95)
    disk.index()
    disk.files["/card/1.jpg"] = (disk.files["/backup/1.jpg"][0], NEW)
    assert disk.index()["/card/1.jpg"] == ("copied", 1)
    assert disk.tags() == {"/card/1.jpg": ["Grandma"], "/backup/1.jpg": []}


def test_a_moved_file_keeps_its_tags_when_other_models_look(disk: Disk) -> None:
    disk.files = {"/elsewhere/1.jpg": disk.files["/card/1.jpg"]}
    assert disk.index({**MODELS, "detector": "1"}) == {"/elsewhere/1.jpg": ("seen", 1)}
    assert disk.tags() == {"/elsewhere/1.jpg": ["Grandma"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [("/card/H\u00e4user/1.jpg", "/card/Ha\u0308user/1.jpg"), ("/card/IMG.JPG", "/Card/img.jpg")],
    ids=["normalisation", "case"],
)
def test_a_path_in_another_spelling_is_the_same_picture(empty_disk: Disk, before: str, after: str) -> None:
    disk = empty_disk
    disk.put(before, CAT)
    disk.index()
    edits.add_tags(disk.library, [1], ["Grandma"])
    disk.files = {after: disk.files[before]}
    assert disk.index() == {after: ("unchanged", 1)}
    assert disk.reads == 0
    disk.put(after, darker(CAT), NEW)
    assert disk.index() == {after: ("seen", 1)}
    disk.put(before, CUP, NEW)  # where case and normalisation matter, both may be there
    assert disk.index() == {after: ("unchanged", 1), before: ("seen", 2)}
    assert disk.tags() == {after: ["Grandma"], before: []}


def test_two_paths_to_one_file_are_one_picture(disk: Disk) -> None:
    """As on a disk that ignores case."""
    session = ImportSession(disk.library, MODELS, is_one_file=lambda one, other: True)
    data, mtime_ns = disk.files["/card/1.jpg"]
    outcome = session.known(Source("/CARD", "1.JPG", len(data), mtime_ns), lambda: data)
    assert outcome is not None
    assert (outcome.kind, outcome.image) == ("unchanged", 1)
    assert list(disk.tags()) == ["/CARD/1.JPG"]
