"""Sidecars begin from what is there: in the picture's file, or in sidecars of either spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from onsight.errors import InvalidSidecarError
from onsight.image.blocks import EXIF_HEADER
from onsight.image.iptc import iptc_segment
from onsight.image.png_text import XMP_HEADER
from onsight.image.xmp import DC, parse, properties
from onsight.metadata.beginning import begin_sidecar
from onsight.metadata.reading import read_sidecar
from onsight.metadata.sidecar import write_sidecar
from onsight.metadata.xmp import Keywords, merge, read
from tests import exiftool
from tests.containers import tiff_block
from tests.pictures import encode, photo
from tests.stated_samples import bag, dataset, jpeg, segment, windows_text, xmp

DOG = Keywords(("Dog", "Animal"), (("Animal", "Dog"),))
DEVELOP = (
    'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure2012="+0.35" crs:HasSettings="True" '
    'xap:Rating="4"'
)


def embedded(*keywords: str, attributes: str = "") -> bytes:
    return jpeg(segment(0xE1, XMP_HEADER + xmp(bag("dc:subject", *keywords), attributes)))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_sidecar_begins_with_the_pictures_own_packet(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(embedded("Grandma", attributes=DEVELOP))
    (change,) = write_sidecar(picture, DOG)
    document = change.path.read_bytes()
    assert (change.path.name, change.added, change.kept, change.is_new) == ("a.jpg.xmp", 2, 1, True)
    assert read(document).subjects == ("Grandma", "Dog", "Animal")
    assert read_sidecar(document).rating == 4
    assert b'crs:Exposure2012="+0.35"' in document


def test_a_new_sidecar_has_what_only_iptc_and_exif_say(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    exif = tiff_block(">", (0, [windows_text(0x9C9E, "sea;sun"), (0x4746, 3, 1, b"\0\5")]))
    iptc = dataset(25, b"Grandma") + dataset(5, b"At <the> lake & more") + dataset(120, "Größe".encode("latin-1"))
    picture.write_bytes(jpeg(segment(0xE1, EXIF_HEADER + exif), iptc_segment(iptc)))
    (change,) = write_sidecar(picture, DOG)
    document = change.path.read_bytes()
    assert read(document).subjects == ("Grandma", "sea", "sun", "Dog", "Animal")
    said = read_sidecar(document)
    assert (said.rating, said.title, said.description) == (5, "At <the> lake & more", "Größe")
    told = exiftool.read(change.path, "-G1", "-all", "-validate")
    assert (told["XMP-xmp:Rating"], told["XMP-dc:Title"]) == (5, "At <the> lake & more")
    assert told["ExifTool:Validate"] == "OK"


@pytest.mark.parametrize(
    "packet",
    [
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></r:RDF>',
        b"\xef\xbb\xbf" + xmp(),
        xmp().decode().encode("utf-16"),
        xmp() + b"\0" * 40,
    ],
)
def test_a_new_sidecar_begins_with_a_packet_of_any_form(packet: bytes) -> None:
    data = jpeg(segment(0xE1, XMP_HEADER + packet), iptc_segment(dataset(25, b"Grandma") + dataset(5, b"Title")))
    document = begin_sidecar(data)
    assert parse(document) is not None
    assert read_sidecar(document).keywords == ("Grandma",)
    assert read_sidecar(document).title == "Title"


def test_the_note_of_a_second_packet_is_not_copied() -> None:
    note = 'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="0123456789ABCDEF0123456789ABCDEF"'
    document = begin_sidecar(embedded("Grandma", attributes=note))
    assert b"HasExtendedXMP" not in document
    assert read(document).subjects == ("Grandma",)


def test_damaged_metadata_does_not_stop_a_new_sidecar(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(jpeg(segment(0xE1, XMP_HEADER + b"<x")))
    assert read(write_sidecar(picture, DOG)[0].path.read_bytes()).subjects == DOG.subjects


@pytest.mark.parametrize("name", ["lr.xmp", "LR.XMP", "lr.jpg.xmp", "lr.JPG.XMP"])
def test_the_sidecar_that_is_there_is_added_to_and_none_is_made_beside_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "lr.jpg").write_bytes(embedded("inside"))
    before = xmp(bag("dc:subject", "Grandma"), DEVELOP)
    (tmp_path / name).write_bytes(before)
    (change,) = write_sidecar(tmp_path / "lr.jpg", DOG)
    assert names(tmp_path) == sorted(["lr.jpg", name])
    assert (change.path.name, change.added, change.kept, change.is_new) == (name, 2, 1, False)
    # All that was there is there still, byte for byte; pieces were put in between.
    after = (tmp_path / name).read_bytes()
    assert after == merge(before, DOG)
    assert read(after).subjects == ("Grandma", "Dog", "Animal")


def test_both_are_added_to_where_both_are_there(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(embedded())
    (tmp_path / "a.xmp").write_bytes(xmp(bag("dc:subject", "One")))
    (tmp_path / "a.jpg.xmp").write_bytes(xmp(bag("dc:subject", "Two")))
    changes = write_sidecar(tmp_path / "a.jpg", DOG)
    assert [change.path.name for change in changes] == ["a.jpg.xmp", "a.xmp"]
    assert read((tmp_path / "a.xmp").read_bytes()).subjects == ("One", "Dog", "Animal")
    assert read((tmp_path / "a.jpg.xmp").read_bytes()).subjects == ("Two", "Dog", "Animal")


def test_an_empty_sidecar_is_begun_like_a_new_one(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(embedded("Grandma"))
    (tmp_path / "a.jpg.XMP").write_bytes(b"")
    (change,) = write_sidecar(picture, DOG)
    assert (change.added, change.kept) == (2, 1)
    assert names(tmp_path) == ["a.jpg", "a.jpg.XMP"]
    assert read((tmp_path / "a.jpg.XMP").read_bytes()).subjects == ("Grandma", "Dog", "Animal")


def test_neither_is_touched_where_one_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(embedded())
    (tmp_path / "a.jpg.xmp").write_bytes(xmp(bag("dc:subject", "Two")))
    (tmp_path / "a.xmp").write_bytes(b"<broken")
    with pytest.raises(InvalidSidecarError, match=r"a\.xmp was left as it is\."):
        write_sidecar(tmp_path / "a.jpg", DOG)
    assert read((tmp_path / "a.jpg.xmp").read_bytes()).subjects == ("Two",)
    assert (tmp_path / "a.xmp").read_bytes() == b"<broken"


def test_the_sidecar_of_a_raw_file_is_that_of_the_picture_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.CR2").write_bytes(b"raw")
    (tmp_path / "a.jpg").write_bytes(embedded())
    (tmp_path / "a.xmp").write_bytes(xmp(bag("dc:subject", "Grandma"), 'photoshop:SidecarForExtension="CR2"'))
    (change,) = write_sidecar(tmp_path / "a.jpg", DOG)
    assert change.path.name == "a.xmp"


def test_the_sidecar_of_another_picture_is_not_written_to(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        (tmp_path / name).write_bytes(encode(photo(8, 8), "PNG"))
    png = xmp(bag("dc:subject", "Of the PNG"), 'photoshop:SidecarForExtension="PNG"')
    (tmp_path / "a.xmp").write_bytes(png)
    (change,) = write_sidecar(tmp_path / "a.jpg", DOG)
    assert (change.path.name, (tmp_path / "a.xmp").read_bytes()) == ("a.jpg.xmp", png)
    assert read(change.path.read_bytes()).subjects == DOG.subjects
    assert write_sidecar(tmp_path / "a.png", DOG)[0].path.name == "a.xmp"


def test_a_sidecar_that_may_be_of_several_pictures_is_left_and_begun_with(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        (tmp_path / name).write_bytes(encode(photo(8, 8), "PNG"))
    shared = xmp(bag("dc:subject", "Grandma"), DEVELOP)
    (tmp_path / "a.xmp").write_bytes(shared)
    (change,) = write_sidecar(tmp_path / "a.jpg", DOG)
    assert (change.path.name, (tmp_path / "a.xmp").read_bytes()) == ("a.jpg.xmp", shared)
    assert read(change.path.read_bytes()).subjects == ("Grandma", "Dog", "Animal")


def test_other_versions_of_darktable_are_not_added_to(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(embedded())
    (tmp_path / "a_01.jpg.xmp").write_bytes(xmp(bag("dc:subject", "Second version")))
    assert [change.path.name for change in write_sidecar(tmp_path / "a.jpg", DOG)] == ["a.jpg.xmp"]


@pytest.mark.parametrize(
    ("before", "subjects"),
    [
        (xmp("", 'dc:subject="Grandma"'), ("Grandma", "Dog", "Animal")),
        (xmp("", "dc:subject='A &amp; &quot;B&quot;'"), ('A & "B"', "Dog", "Animal")),
        (xmp("<dc:subject>Grandma &amp; me</dc:subject>"), ("Grandma & me", "Dog", "Animal")),
        (xmp("<dc:subject/>"), ("Dog", "Animal")),
        (xmp("", 'dc:subject=""'), ("Dog", "Animal")),
        (
            b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="" '
            b'xmlns:d="http://purl.org/dc/elements/1.1/"\n d:subject="Oma" d:format="image/jpeg"/></r:RDF>',
            ("Oma", "Dog", "Animal"),
        ),
    ],
)
def test_a_keyword_that_is_no_list_becomes_one(before: bytes, subjects: tuple[str, ...]) -> None:
    after = merge(before, DOG)
    assert properties(after)[DC, "subject"] == subjects
    others = {name: texts for name, texts in properties(before).items() if name != (DC, "subject")}
    assert others.items() <= properties(after).items()


@pytest.mark.parametrize(
    ("before", "subjects", "hierarchy", "tags"),
    [
        (
            bag("dc:subject", "Grandma", "lake") + bag("lr:hierarchicalSubject", "People|Family|Grandma"),
            ("Grandma", "lake", "Dog", "Animal"),
            ("People|Family|Grandma", "Animal|Dog"),
            ("lake", "People/Family/Grandma", "Animal/Dog"),
        ),
        (
            bag("digiKam:TagsList", "People/Grandma"),
            ("People", "Grandma", "Dog", "Animal"),
            ("People|Grandma", "Animal|Dog"),
            ("People/Grandma", "Animal/Dog"),
        ),
        (bag("dc:subject", "dog"), ("dog", "Animal"), ("Animal|Dog",), ("Animal/Dog",)),
    ],
)
def test_a_new_list_says_what_the_others_say_so_that_it_hides_nothing(
    before: str, subjects: tuple[str, ...], hierarchy: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    found = properties(merge(xmp(before), DOG))
    assert found[DC, "subject"] == subjects
    assert found["http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject"] == hierarchy
    assert found["http://www.digikam.org/ns/1.0/", "TagsList"] == tags


def test_a_keyword_that_is_a_step_of_a_path_is_not_written_by_itself_too() -> None:
    before = xmp(bag("dc:subject", "Grandma") + bag("lr:hierarchicalSubject", "People|Family|Grandma"))
    after = properties(merge(before, Keywords(("grandma", "Family", "Lake"), (("grandma",), ("Family",), ("Lake",)))))
    assert after[DC, "subject"] == ("Grandma", "Family", "Lake")
    assert after["http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject"] == ("People|Family|Grandma", "Lake")
    assert after["http://www.digikam.org/ns/1.0/", "TagsList"] == ("People/Family/Grandma", "Lake")
