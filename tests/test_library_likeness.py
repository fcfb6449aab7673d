"""onsight.library.near, .signature, .orientation, .best_copy and .provenance: one picture in many files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from onsight.image import decode, encode_preview
from onsight.library import duplicates, perceptual
from onsight.library.best_copy import is_named_as_edited, rank_of_name
from onsight.library.near import MAX_DISTANCE, MAX_TURNED_DISTANCE, find_same
from onsight.library.orientation import (
    NAMES,
    ORIENTATIONS,
    followed_by,
    inverse,
    oriented,
    oriented_waves,
)
from onsight.library.perceptual import hashes_of, near_pairs, waves_of
from onsight.library.provenance import read_provenance
from onsight.library.records import PictureRecord, Provenance
from onsight.tools.organise.serialization import pack, unpack
from tests.library_samples import filled, look
from tests.pictures import encode, exif, photo, sample, stored_for

Transpose = Image.Transpose


def seen(data: bytes, **facts: Any) -> PictureRecord:
    """What indexing sees of a file, as far as duplicates are concerned."""
    picture = decode(data, min_side=320)
    known = look(
        content=hashlib.sha256(data).hexdigest(),
        thumbnail=encode_preview(picture, 256, 80),
        perceptual_hash=perceptual.perceptual_hash(picture),
        size=(picture.info.width, picture.info.height),
        format=picture.info.format,
        **facts,
    )
    return replace(known, provenance=read_provenance(data))


def scene(seed: int = 0) -> Image.Image:
    """A house in a field, with grain."""
    image = Image.new("RGB", (240, 160), "#86a8e0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 100, 240, 160), fill="#448030")
    draw.ellipse((185, 12, 215, 42), fill="#fff090")
    draw.rectangle((70, 55, 145, 120), fill="#c07850")
    draw.polygon(((62, 56), (108, 22), (152, 56)), fill="#802820")
    grain = np.random.default_rng(seed).normal(0, 4, (160, 240, 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def mug(colour: str) -> Image.Image:
    image = Image.new("RGB", (240, 240), "white")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((60, 50, 160, 200), 14, fill=colour)
    draw.arc((140, 90, 210, 160), -90, 90, fill=colour, width=16)
    return image


def page(seed: int) -> Image.Image:
    rng, image = np.random.default_rng(seed), Image.new("L", (420, 594), "white")
    draw = ImageDraw.Draw(image)
    for line in range(40, 550, 18):
        x = 40
        while x < 370:
            word = int(rng.integers(10, 45))
            draw.rectangle((x, line, min(x + word, 380), line + 9), fill=50)
            x += word + 6
    return image


def chat(seed: int) -> Image.Image:
    rng, image = np.random.default_rng(seed), Image.new("RGB", (180, 360), "#101214")
    draw, y = ImageDraw.Draw(image), 36
    while y < 320:
        width, height = int(rng.integers(60, 120)), int(rng.integers(14, 32))
        x, fill = (172 - width, "#006650") if rng.random() < 0.5 else (8, "#282c34")
        draw.rounded_rectangle((x, y, x + width, y + height), 6, fill=fill)
        y += height + 8
    return image


def split(seed: int) -> Image.Image:
    rng, image = np.random.default_rng(seed), Image.new("RGB", (240, 160), "#f4f4f4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 0, 240, 160), fill="#141414")
    for _ in range(30):
        x, y = int(rng.integers(0, 240)), int(rng.integers(0, 160))
        dx, dy = rng.integers(-30, 30, 2).tolist()
        draw.line((x, y, x + dx, y + dy), fill="#888888", width=2)
    return image


def stars(seed: int) -> Image.Image:
    rng, image = np.random.default_rng(seed), Image.new("RGB", (200, 150), "black")
    for _ in range(40):
        image.putpixel((int(rng.integers(200)), int(rng.integers(150))), (255, 255, 255))
    return image


def groups_of(pictures: dict[str, PictureRecord]) -> list[set[str]]:
    with filled(pictures) as library:
        names = dict(library.connection.execute("SELECT id, name FROM image").fetchall())
        return [{names[id] for id in group.images} for group in duplicates.near(library)]


def turns_of(pictures: dict[str, PictureRecord]) -> dict[str, str]:
    with filled(pictures) as library:
        names = dict(library.connection.execute("SELECT id, name FROM image").fetchall())
        (group,) = duplicates.near(library)
        return {names[id]: turn for id, turn in zip(group.images, group.turns, strict=True)}


# --- orientations ----------------------------------------------------------------------------------------------


def test_orientations_are_a_group() -> None:
    square = np.arange(12).reshape(3, 4)
    for one in ORIENTATIONS:
        assert followed_by(one, inverse(one)) == 0
        for other in ORIENTATIONS:
            twice = oriented(oriented(square, one), other)
            np.testing.assert_array_equal(twice, oriented(square, followed_by(one, other)))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("", lambda image: image),
        ("mirrored", ImageOps.mirror),
        ("mirrored top to bottom", ImageOps.flip),
        ("turned 180°", lambda image: image.rotate(180)),
        ("turned 90° clockwise", lambda image: image.rotate(-90, expand=True)),
        ("turned 90° anticlockwise", lambda image: image.rotate(90, expand=True)),
        ("mirrored and turned 90° clockwise", lambda image: ImageOps.mirror(image).rotate(-90, expand=True)),
        ("mirrored and turned 90° anticlockwise", lambda image: ImageOps.mirror(image).rotate(90, expand=True)),
    ],
)
def test_names_of_orientations_and_waves_without_pixels(
    name: str, change: Callable[[Image.Image], Image.Image]
) -> None:
    orientation = NAMES.index(name)
    image = scene()
    turned = change(image)
    np.testing.assert_array_equal(oriented(np.asarray(image), orientation), np.asarray(turned))
    ours, theirs = (waves_of(decode(encode(one, "PNG"))) for one in (image, turned))
    np.testing.assert_allclose(oriented_waves(ours, orientation), theirs, atol=20)
    copy = turned.resize((turned.width // 2, turned.height // 2))
    found = turns_of({"a.png": seen(encode(image, "PNG")), "b-small.jpg": seen(encode(copy, "JPEG"))})
    assert found == {"a.png": "", "b-small.jpg": name}


# --- what is the same picture ----------------------------------------------------------------------------------


def test_the_same_picture_in_other_colours_is_another_picture() -> None:
    mugs = {
        f"{colour}.jpg": seen(encode(mug(colour), "JPEG"))
        for colour in ("#c82828", "#147a3c", "#1464c8", "#777777", "#000000", "#e0e0e0")
    }
    assert groups_of(mugs) == []
    coffee = Image.open(io.BytesIO(sample("coffee"))).convert("RGB")
    recoloured = Image.merge("RGB", [coffee.getchannel(one) for one in "BRG"])
    assert groups_of({
        "a.jpg": seen(encode(coffee, "JPEG")),
        "b.jpg": seen(encode(recoloured, "JPEG")),
        "c.jpg": seen(encode(coffee.convert("L"), "JPEG")),
    }) == []  # fmt: skip


def test_other_light_and_a_little_more_saturation_leave_it_the_same() -> None:
    image = Image.open(io.BytesIO(sample("chelsea"))).convert("RGB")
    for changed in (
        ImageEnhance.Brightness(image).enhance(1.15),
        ImageEnhance.Contrast(image).enhance(1.2),
        ImageEnhance.Color(image).enhance(1.2),
        image.resize((150, 100)),
        image.crop((4, 3, image.width - 4, image.height - 3)),
    ):
        pictures = {"a.png": seen(encode(image, "PNG")), "b.jpg": seen(encode(changed, "JPEG", quality=60))}
        assert groups_of(pictures) == [{"a.png", "b.jpg"}]


@pytest.mark.parametrize("make", [page, chat, split, stars])
def test_pages_chats_and_nearly_empty_pictures_are_told_apart(make: Callable[[int], Image.Image]) -> None:
    assert groups_of({f"{seed}.png": seen(encode(make(seed), "PNG")) for seed in range(8)}) == []


def test_pages_whose_outlines_agree_at_first_sight_are_compared_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever the hashes say: these have the same lines, and other words in them.
    pages = {f"{seed}.png": seen(encode(page(seed), "PNG")) for seed in range(5)}
    with filled(pages) as library:
        monkeypatch.setattr("onsight.library.near.MAX_TURNED_DISTANCE", 31)
        assert duplicates.near(library, max_distance=31) == []


def test_a_page_is_found_again_in_another_size() -> None:
    small = page(0).resize((300, 424), Image.Resampling.LANCZOS)
    assert groups_of({"a.png": seen(encode(page(0), "PNG")), "b.jpg": seen(encode(small, "JPEG"))}) == [
        {"a.png", "b.jpg"}
    ]


def test_plain_pictures_are_never_the_same() -> None:
    plain = {f"{colour}.png": Image.new("RGB", (200, 150), colour) for colour in ("black", "white", "blue", "#010101")}
    assert groups_of({name: seen(encode(image, "PNG")) for name, image in plain.items()}) == []


def test_photographs_that_differ_are_not_joined() -> None:
    assert groups_of({f"{name}.png": seen(sample(name)) for name in ("chelsea", "coffee", "astronaut", "rocket")}) == []


@pytest.mark.parametrize("orientation", range(2, 9))
def test_what_only_its_metadata_turns_is_the_same_way_up(orientation: int) -> None:
    stored = encode(stored_for(scene(), orientation), "JPEG", exif=exif(orientation), quality=92)
    plain = encode(scene(), "JPEG", quality=92)
    assert set(turns_of({"a.jpg": seen(plain), "b.jpg": seen(stored)}).values()) == {""}
    turned = encode(stored_for(scene(), orientation), "JPEG", quality=92)
    assert set(turns_of({"a.jpg": seen(plain), "b-edited.jpg": seen(turned)})) == {"a.jpg", "b-edited.jpg"}


# --- old libraries, and many pictures --------------------------------------------------------------------------


def test_libraries_without_signatures_get_them_from_their_thumbnails() -> None:
    pictures = {
        "a.jpg": seen(encode(scene(), "JPEG")),
        "b.jpg": seen(encode(ImageOps.mirror(scene()), "JPEG")),
        "c.jpg": look(content="c", thumbnail=b"no thumbnail", perceptual_hash=None),
    }
    with filled(pictures) as library:
        library.connection.execute("DELETE FROM signature")
        library.connection.execute("DELETE FROM provenance")
        (group,) = duplicates.near(library)
        assert set(group.turns) == {"", "mirrored"}
        assert library.connection.execute("SELECT count(*) FROM signature").fetchone()[0] == 3


def test_a_new_thumbnail_makes_the_signature_stale() -> None:
    with filled({"a.jpg": seen(encode(scene(), "JPEG")), "b.jpg": seen(encode(page(1), "JPEG"))}) as library:
        row = library.connection.execute("SELECT data FROM thumbnail WHERE image = 1").fetchone()
        library.connection.execute("UPDATE thumbnail SET data = ? WHERE image = 2", (row["data"],))
        assert [set(group) for group in find_same(library, [1, 2])] == [{1}, {2}]  # their shapes differ
        library.connection.execute("UPDATE image SET width = 240, height = 160")
        assert [set(group) for group in find_same(library, [1, 2])] == [{1, 2}]


def test_signatures_and_provenance_travel_with_a_look() -> None:
    seen_by_a_worker = seen(encode(scene(), "JPEG", quality=70))
    assert unpack(pack(seen_by_a_worker)).provenance == Provenance(None, 70)


def test_finding_compares_few_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    count, compared = 12_000, []
    bitwise_count = np.bitwise_count

    def counted(values: Any) -> Any:
        compared.append(np.size(values))
        return bitwise_count(values)

    monkeypatch.setattr(np, "bitwise_count", counted)
    waves = np.random.default_rng(3).normal(0, 50, (count, 8, 8))
    hashes = hashes_of(waves)[0]
    assert sum(len(pairs) for pairs in near_pairs(hashes, MAX_DISTANCE)) < 10
    assert sum(compared) < count**2 / 2 / 100
    compared.clear()
    turned = hashes_of(oriented_waves(waves, 5))[0]
    assert sum(len(pairs) for pairs in near_pairs(turned, MAX_TURNED_DISTANCE, hashes)) < 10
    assert sum(compared) < count**2 / 100


# --- which is the original -------------------------------------------------------------------------------------

CAMERA = {"camera": "Canon EOS 5D", "exposure_s": 0.01}


def kept(pictures: dict[str, PictureRecord]) -> tuple[str, str]:
    with filled(pictures) as library:
        names = dict(library.connection.execute("SELECT id, name FROM image").fetchall())
        (group,) = duplicates.near(library)
        return names[group.best], group.reason


def edited(image: Image.Image, **options: Any) -> bytes:
    return encode(image, "JPEG", **{"quality": 90, **options})


@pytest.mark.parametrize(
    ("original", "copy", "reason"),
    [
        # A sharpened, brighter, enlarged copy looks better by every measure, and is a copy.
        (("DSC01234.jpg", {}), ("DSC01234-enhanced.jpg", {"sharpness": 0.99, "times": 1}), "not edited"),
        (("DSC01234.jpg", {}), ("DSC01234-enhanced.jpg", {"times": 2}), "not edited"),
        (("photo.jpg", CAMERA), ("x.jpg", {"times": 2}), "not enlarged"),
        (("b.jpg", CAMERA), ("a.jpg", {"sharpness": 0.99, "quality": 98}), "has the camera’s data"),
        (("z.jpg", CAMERA), ("a.jpg", {**CAMERA, "software": "Adobe Photoshop 25.0"}), "not edited"),
        (("IMG_1.jpg", {}), ("IMG_1 (1).jpg", {"sharpness": 0.99}), "not named as a copy"),
        (("IMG_1.jpg", {}), ("IMG_1 - Copy.jpg", {"sharpness": 0.99}), "not named as a copy"),
        (("IMG_1.jpg", {}), ("IMG_1 Kopie.jpg", {"sharpness": 0.99}), "not named as a copy"),
        (("IMG_1.jpg", {}), ("IMG_1-2.jpg", {"sharpness": 0.99}), "not named as a copy"),
        (("z.jpg", {}), ("IMG-20240101-WA0001.jpg", {"sharpness": 0.99}), "not named as a copy"),
        (("IMG_1234.jpg", {}), ("IMG_E1234.jpg", {"sharpness": 0.99}), "not edited"),
        (("z.jpg", {}), ("a.jpg", {"quality": 40, "sharpness": 0.99}), "least compressed"),
        (("z.jpg", {}), ("a.jpg", {"quality": 98, "mtime": 5, "sharpness": 0.99}), "oldest file"),
        # A small file that was made from an edited picture: what has the most pixels loses nothing.
        (("IMG_1-edited.jpg", {"times": 2.5}), ("IMG_1.jpg", {}), "largest"),
        (("Shot-edited.jpg", {}), ("IMG-20240101-WA0001.jpg", {}), "not named as a copy"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_others_were_made_from_is_kept(
    original: tuple[str, dict[str, Any]], copy: tuple[str, dict[str, Any]], reason: str, is_first: bool
) -> None:
    listed = [original, copy] if is_first else [copy, original]
    pictures, mtimes = {}, {}
    for name, facts in listed:
        facts = dict(facts)
        times, quality = facts.pop("times", 1), facts.pop("quality", 90)
        software, mtimes[name] = facts.pop("software", None), facts.pop("mtime", 0)
        image = scene().resize((round(240 * times), round(160 * times)))
        tags = Image.Exif()
        if software:
            tags[0x0131] = software
        pictures[name] = seen(encode(image, "JPEG", quality=quality, exif=tags), **facts)
    with filled(pictures) as library:
        for name, later in mtimes.items():
            library.connection.execute("UPDATE image SET mtime_ns = mtime_ns + ? WHERE name = ?", (later * 10**9, name))
        names = dict(library.connection.execute("SELECT id, name FROM image").fetchall())
        (group,) = duplicates.near(library)
        assert (names[group.best], group.reason) == (original[0], reason)


def test_of_a_burst_the_sharpest_is_kept() -> None:
    frames = {
        f"{second}.jpg": seen(edited(scene(second)), **CAMERA, taken=f"2020-01-01T00:00:0{second}", sharpness=sharpness)
        for second, sharpness in ((1, 0.4), (2, 0.8), (3, 0.5))
    }
    assert kept(frames) == ("2.jpg", "sharpest")


def test_most_copies_are_the_way_up_that_the_original_is() -> None:
    pictures = {
        "a.jpg": seen(edited(ImageOps.mirror(scene()))),
        "b.jpg": seen(edited(scene())),
        "c.jpg": seen(edited(scene(), quality=89)),
    }
    assert kept(pictures)[0] in ("b.jpg", "c.jpg")
    assert turns_of(pictures)["a.jpg"] == "mirrored"


@pytest.mark.parametrize(
    "stem",
    [
        "a-enhanced",
        "IMG_1_edited",
        "cat (edited)",
        "x-blur",
        "x-black and white-edited",
        "IMG_E0123",
        "a_turned90",
        "a_mirror",
        "a-1024x768",
        "a_x2",
        "resized_a",
        "Foto-bearbeitet",
        "photo-modifié",
        "a_cropped_2",
    ],
)
def test_names_of_edited_pictures(stem: str) -> None:
    assert is_named_as_edited(stem)


@pytest.mark.parametrize("stem", ["mirror", "Edith", "web", "IMG_1234", "Boxes", "20240101_120000", "a_orig"])
def test_names_that_say_nothing_of_edits(stem: str) -> None:
    assert not is_named_as_edited(stem)


@pytest.mark.parametrize(
    ("stem", "rank"),
    [
        *(("a_orig", 2), ("IMG_1-original", 2), ("IMG_1", 1), ("copybook", 1), ("a (2)", 0), ("a copy 3", 0)),
        *(("Copy of a", 0), ("photo_2024-01-01_10-00-00", 0), ("a のコピー", 1), ("a コピー", 0)),
        ("WhatsApp Image 2024", 0),
    ],
)
def test_ranks_of_names(stem: str, rank: int) -> None:
    assert rank_of_name(stem) == rank


# --- how a file was made ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("quality", [25, 40, 50, 75, 90, 98])
def test_the_quality_of_a_jpeg_is_read_from_its_tables(quality: int) -> None:
    found = read_provenance(encode(photo(), "JPEG", quality=quality)).quality
    assert found is not None
    assert abs(found - quality) <= 1


def test_the_program_that_wrote_a_file_is_read() -> None:
    tags = Image.Exif()
    tags[0x0131] = "GIMP 2.10\0"
    for format in ("JPEG", "PNG", "WEBP", "TIFF"):
        assert read_provenance(encode(photo(), format, exif=tags)).software == "GIMP 2.10"


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xdb\x00\x04\x00", b"\xff\xd8\xff\xff\xff"])
def test_damaged_files_say_nothing(data: bytes) -> None:
    assert read_provenance(data) == Provenance()


def test_hashes_of_all_orientations_are_told_apart() -> None:
    waves = waves_of(decode(sample("chelsea")))
    hashes = hashes_of(np.stack([oriented_waves(waves, one) for one in ORIENTATIONS]))[0]
    assert all(perceptual.distance(int(one), int(other)) > 8 for one, other in combinations(hashes, 2))
