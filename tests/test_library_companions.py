"""onsight.files.companions: which files belong to a picture, by their names."""

from __future__ import annotations

import unicodedata

import pytest

from onsight.files.companions import Companions


def names_of(picture: str, *others: str) -> list[str]:
    return [one.name for one in Companions((picture, *others)).of(picture)]


@pytest.mark.parametrize(
    ("picture", "companion", "kind", "renamed"),
    [
        ("IMG_1.JPG", "IMG_1.xmp", "sidecar", "new.xmp"),
        ("IMG_1.JPG", "IMG_1.XMP", "sidecar", "new.XMP"),
        ("IMG_1.JPG", "img_1.jpg.Xmp", "sidecar", "new.jpg.Xmp"),
        ("IMG_1.JPG", "IMG_1.JPG.xmp", "sidecar", "new.jpg.xmp"),
        ("IMG_1.JPG", "IMG_1_01.JPG.xmp", "sidecar", "new_01.JPG.xmp"),
        ("IMG_1.JPG", "IMG_1.CR2", "raw", "new.CR2"),
        ("IMG_1.JPG", "img_1.dng", "raw", "new.dng"),
        ("IMG_1.JPG", "IMG_1.THM", "preview", "new.THM"),
        ("IMG_1.JPG", "IMG_1.WAV", "memo", "new.WAV"),
        ("IMG_1.HEIC", "IMG_1.MOV", "video", "new.MOV"),
        ("IMG_1.HEIC", "IMG_1.HEIC.mov", "video", "new.jpg.mov"),
        ("PXL_1.MP.jpg", "PXL_1.MP", "video", "new.MP"),
        ("IMG_1.JPG", "IMG_1.mp4", "video", "new.mp4"),
        ("IMG_0001.JPG", "IMG_0001.AAE", "edits", "new.AAE"),
        ("IMG_0001.JPG", "IMG_O0001.AAE", "edits", "new.AAE"),
        ("IMG_E0001.JPG", "IMG_0001.AAE", "edits", "new.AAE"),
        ("IMG_1.CR2", "IMG_1.CR2.pp3", "edits", "new.jpg.pp3"),
        ("IMG_1.CR2", "IMG_1.xmp", "sidecar", "new.xmp"),
        ("IMG_1.JPG", "IMG_1.JPG.json", "takeout", "new.jpg.json"),
        ("IMG_1.JPG", "IMG_1.json", "takeout", "new.json"),
        ("IMG_1.JPG", "IMG_1.JPG.supplemental-metadata.json", "takeout", "new.jpg.supplemental-metadata.json"),
        ("IMG_1.JPG", "IMG_1.JPG.supplemental-me.json", "takeout", "new.jpg.supplemental-me.json"),
        ("IMG(1).JPG", "IMG.JPG(1).json", "takeout", "new.jpg.json"),
        ("IMG(1).JPG", "IMG.JPG.supplemental-metadata(1).json", "takeout", "new.jpg.json"),
        ("IMG-edited.JPG", "IMG.JPG.json", "takeout", "new.jpg.json"),
        ("IMG-bearbeitet.JPG", "IMG.JPG.json", "takeout", "new.jpg.json"),
        (f"{'x' * 60}.jpg", f"{'x' * 46}.json", "takeout", "new.jpg.json"),
        (f"{'y' * 47}.jpg", f"{'y' * 46}.json", "takeout", "new.jpg.json"),
    ],
)
def test_what_belongs_to_a_picture(picture: str, companion: str, kind: str, renamed: str) -> None:
    (found,) = Companions((picture, companion, "other.JPG", "other.xmp", "metadata.json")).of(picture)
    assert (found.name, found.kind, found.sharers, found.is_first) == (companion, kind, (), True)
    assert found.renamed(picture, "new.jpg") == renamed
    assert found.renamed(picture, picture) == companion


@pytest.mark.parametrize(
    "other",
    ["IMG_10.xmp", "IMG_1.txt", "IMG_1b.CR2", "IMG_1.JPG.bak", "IMG.JPG(1).json", "IMG_1.PNG", "IMG_1.PNG.xmp",
     "xIMG_1.JPG.json", "IMG_1.JPGx.json", "IMG_1(1).JPG.json"],
)  # fmt: skip
def test_what_does_not(other: str) -> None:
    assert names_of("IMG_1.JPG", other) == []


def test_what_belongs_to_the_raw_file_belongs_to_its_picture() -> None:
    files = ("IMG_1.CR2", "IMG_1.CR2.xmp", "IMG_1.xmp")
    assert names_of("IMG_1.JPG", *files) == [*files]
    assert Companions(("IMG_1.JPG", *files)).of("IMG_1.CR2") == ()


def test_two_pictures_of_one_stem_share() -> None:
    companions = Companions(["IMG_1.HEIC", "IMG_1.JPG", "IMG_1.xmp", "IMG_1.JPG.xmp", "IMG_1.MOV"])
    heic, jpeg = ({one.name: one for one in companions.of(name)} for name in ("IMG_1.HEIC", "IMG_1.JPG"))
    assert list(heic) == ["IMG_1.MOV", "IMG_1.xmp"]
    assert list(jpeg) == ["IMG_1.JPG.xmp", "IMG_1.MOV", "IMG_1.xmp"]
    assert (heic["IMG_1.xmp"].is_first, heic["IMG_1.xmp"].sharers) == (True, ("IMG_1.JPG",))
    assert (jpeg["IMG_1.xmp"].is_first, jpeg["IMG_1.xmp"].sharers) == (False, ("IMG_1.HEIC",))
    assert companions.owners_of("IMG_1.MOV") == ("IMG_1.HEIC", "IMG_1.JPG")
    assert companions.same_stem("IMG_1.JPG") == ("IMG_1.HEIC",)


def test_originals_keep_their_own_takeout_file() -> None:
    companions = Companions(["IMG.JPG", "IMG(1).JPG", "IMG-edited.JPG", "IMG.JPG.json", "IMG.JPG(1).json"])
    assert [one.name for one in companions.of("IMG(1).JPG")] == ["IMG.JPG(1).json"]
    assert companions.owners_of("IMG.JPG.json") == ("IMG.JPG", "IMG-edited.JPG")


def test_the_edited_photograph_of_a_telephone_keeps_to_itself() -> None:
    files = ["IMG_0007.HEIC", "IMG_0007.AAE", "IMG_O0007.AAE", "IMG_E0007.HEIC", "IMG_E0007.MOV", "IMG_0007.MOV"]
    companions = Companions(files)
    assert [one.name for one in companions.of("IMG_0007.HEIC")] == ["IMG_0007.AAE", "IMG_0007.MOV", "IMG_O0007.AAE"]
    assert [one.name for one in companions.of("IMG_E0007.HEIC")] == ["IMG_E0007.MOV"]


def test_accents_may_be_composed_in_two_ways() -> None:
    composed, apart = (unicodedata.normalize(form, "Häuschen") for form in ("NFC", "NFD"))
    (found,) = Companions([f"{composed}.jpg", f"{apart}.JPG.xmp"]).of(f"{composed}.jpg")
    assert found.renamed(f"{composed}.jpg", "new.png") == "new.png.xmp"


def test_large_folders_are_quick_to_look_through() -> None:
    names = [f"IMG_{number:05}.{suffix}" for number in range(5000) for suffix in ("JPG", "xmp", "CR2")]
    companions = Companions(names)
    assert all(len(companions.of(name)) == 2 for name in names if name.endswith("JPG"))
