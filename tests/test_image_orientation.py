"""Which way up: one decision for every container, and what is drawn on a picture lands where it was drawn."""

from __future__ import annotations

import io
import re
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from onsight.core.flow import Flow, drive
from onsight.core.results import Box, OutputFile
from onsight.image import decode
from onsight.image.blocks import exif_blocks
from onsight.image.orientation import Orientation
from onsight.tools.detect import edit
from onsight.tools.detect.options import AnnotateOptions, CropOptions, RedactOptions
from tests.pictures import encode, exif, photo, png_chunk
from tests.turned import LONG, WAYS, avif, exif_block, jpeg, marked, opened, png, webp, xmp_packet

TURNS = range(2, 9)
AVIF_IS_WRITTEN = sys.platform != "emscripten"
EVERY_WAY = [*WAYS, *(["AVIF"] if AVIF_IS_WRITTEN else [])]
PLACE = (12, 8, 28, 24)


def stored(way: str, upright: Image.Image, turn: int) -> bytes:
    return avif(upright, turn) if way == "AVIF" else WAYS[way](upright, turn)


def finished(flow: Flow[OutputFile]) -> OutputFile:
    """Return what a flow that runs no network ends with."""
    return drive(flow, lambda _run: {})


def distance(one: NDArray[Any], other: Image.Image | tuple[int, int, int]) -> int:
    return int(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max())


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("way", EVERY_WAY)
def test_every_container_is_turned_upright_once(way: str, turn: int) -> None:
    decoded = decode(stored(way, photo(), turn))
    assert (decoded.info.width, decoded.info.height) == (96, 64)
    assert distance(decoded.pixels, photo()) <= (24 if way.startswith(("JPEG", "AVIF")) else 0)


@pytest.mark.parametrize("way", EVERY_WAY)
def test_upright_pictures_stay_as_they_are(way: str) -> None:
    decoded = decode(stored(way, photo(), 1))
    assert distance(decoded.pixels, photo()) <= (24 if way.startswith(("JPEG", "AVIF")) else 0)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("way", EVERY_WAY)
def test_redaction_lands_on_the_mark_and_nowhere_else(way: str, turn: int) -> None:
    data = stored(way, marked(), turn)
    saved = finished(edit.redact(data, RedactOptions(boxes=(PLACE,), style="black")))
    expected = marked()
    expected.paste((0, 0, 0), PLACE)
    # A JPEG's blocks of 16 pixels are blurred at the edges of the black part.
    difference = np.abs(np.asarray(opened(saved.data), np.int16) - np.asarray(expected)).max(axis=2)
    assert difference.shape == (64, 96)
    assert not (difference[32:] > 16).any()
    assert not (difference[:, 48:] > 16).any()
    assert (difference > 60).mean() < 0.01


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("way", EVERY_WAY)
def test_crop_is_the_mark(way: str, turn: int) -> None:
    saved = finished(edit.crop(stored(way, marked(), turn), CropOptions(box=PLACE)))
    crop = opened(saved.data)
    assert crop.size == (16, 16)
    assert distance(np.asarray(crop).mean(axis=(0, 1)), (220, 30, 40)) <= 12


@pytest.mark.parametrize("way", EVERY_WAY)
def test_boxes_are_drawn_round_the_mark(way: str) -> None:
    data = stored(way, marked(400, 300, (40, 60, 120, 160)), 6)
    saved = finished(edit.annotate(data, AnnotateOptions(boxes=(Box("cat", 0.9, 40, 60, 120, 160),)), ("cat",)))
    drawn = opened(saved.data)
    assert drawn.size == (400, 300)
    inside = np.asarray(drawn.crop((50, 70, 110, 150)))
    assert distance(inside.mean(axis=(0, 1)), (220, 30, 40)) <= 12


@pytest.mark.parametrize("way", EVERY_WAY)
def test_only_what_every_browser_turns_alike_is_left_to_it(way: str) -> None:
    is_left = way in (
        "JPEG, EXIF of type 3 <",
        "JPEG, EXIF of type 3 >",
        "JPEG, EXIF after XMP",
        "JPEG, EXIF against XMP",
    )
    assert decode(stored(way, photo(), 6)).info.as_in_browsers is is_left


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_ordinary_pictures_are_left_to_the_browser(format: str) -> None:
    assert decode(encode(photo(), format)).info.as_in_browsers
    assert decode(encode(photo().convert("L"), format)).info.as_in_browsers


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_animations_are_not_left_to_the_browser(format: str) -> None:
    data = encode(photo(), format, save_all=True, append_images=[photo().rotate(180)])
    assert not decode(data).info.as_in_browsers


@pytest.mark.parametrize(
    "data",
    [
        encode(photo(), "TIFF"),
        encode(photo().convert("CMYK"), "JPEG"),
        encode(photo(), "BMP"),
        png(photo(), 1, png_chunk(b"gAMA", (100_000).to_bytes(4, "big"))),
        jpeg(photo(), 1, b"Exif\0\0" + exif_block(1), b"Exif\0\0" + exif_block(6)),
    ],
    ids=["TIFF", "CMYK", "BMP", "gAMA", "two EXIF blocks"],
)
def test_what_browsers_may_show_in_another_way_is_not_left_to_them(data: bytes) -> None:
    assert not decode(data).info.as_in_browsers


@pytest.mark.skipif(not AVIF_IS_WRITTEN, reason="Pillow reads AVIF there and does not write it")
@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("source", ["exif", "xmp"])
def test_exif_and_xmp_do_not_turn_an_avif(source: str, turn: int) -> None:
    # Pillow would write the orientation into the container instead, so it is written under another number first.
    tags = Image.Exif()
    tags[0x0113] = turn
    options = {"exif": tags} if source == "exif" else {"xmp": xmp_packet(turn)}
    data = encode(photo(), "AVIF", quality=100, subsampling="4:4:4", **options)
    data = re.sub(rb"\x01\x13(\x00[\x03\x04]\x00\x00\x00\x01)", lambda found: b"\x01\x12" + found[1], data)
    data = re.sub(rb"\x13\x01([\x03\x04]\x00\x01\x00\x00\x00)", lambda found: b"\x12\x01" + found[1], data)
    if source == "exif":
        assert Orientation.of(exif_of(data), "TIFF").value == turn
    assert distance(decode(data).pixels, photo()) <= 24


def exif_of(avif_file: bytes) -> bytes:
    return next(exif_blocks(avif_file))


def test_first_valid_statement_counts() -> None:
    two = jpeg(photo(), 1, b"Exif\0\0" + exif_block(8), b"Exif\0\0" + exif_block(6))
    assert Orientation.of(two, "JPEG") == Orientation(8, as_in_browsers=False)
    both = png(photo(), 1, png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp_packet(3)))
    both = both[:33] + png_chunk(b"eXIf", exif_block(1)) + both[33:]
    assert Orientation.of(both, "PNG").value == 1


@pytest.mark.parametrize("value", [0, 9, 255, 65_536 + 6])
def test_values_that_do_not_exist_count_as_none(value: int) -> None:
    data = webp(photo(), 1, exif=exif_block(value, LONG))
    assert Orientation.of(data, "WebP").value == 1


def test_reduced_pictures_are_turned_too() -> None:
    for way, make in WAYS.items():
        decoded = decode(make(photo(256, 128), 6), min_side=16)
        assert decoded.pixels.shape[1] == 2 * decoded.pixels.shape[0], way
        assert (decoded.info.width, decoded.info.height) == (256, 128)


def test_tiff_with_several_pages_is_turned_by_the_first() -> None:
    pages = io.BytesIO()
    first = photo().rotate(90, expand=True)
    first.save(pages, "TIFF", save_all=True, append_images=[photo()], exif=exif(6))
    assert distance(decode(pages.getvalue()).pixels, photo()) == 0
