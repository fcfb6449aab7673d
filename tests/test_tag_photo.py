"""onsight.evidence.photo and onsight.metadata.camera: what is measured, and what the camera wrote."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter, ImageOps

from onsight.evidence.photo import attributes, colour_pixels, measure
from onsight.image import decode
from onsight.metadata.camera import CameraFacts, read_camera_facts
from tests.pictures import encode, photo, sample


def scores(image: Image.Image) -> dict[str, float]:
    decoded = decode(encode(image, "PNG"))
    measured = measure(decoded, colour_pixels(decoded))
    return {attribute.id: attribute.score for attribute in attributes(measured, (image.height, image.width))}


@pytest.fixture(scope="module")
def cat() -> Image.Image:
    with Image.open(io.BytesIO(sample("chelsea"))) as image:
        return image.convert("RGB")


def test_a_plain_photograph_has_no_attribute_but_its_shape(cat: Image.Image) -> None:
    assert [id for id, score in scores(cat).items() if score >= 0.5] == ["horizontal"]


def test_blur_is_seen_in_any_size(cat: Image.Image) -> None:
    assert scores(cat)["blurry"] < 0.05
    assert scores(cat.filter(ImageFilter.GaussianBlur(4)))["blurry"] > 0.9
    large = cat.resize((cat.width * 3, cat.height * 3), Image.Resampling.BICUBIC)
    assert scores(large)["blurry"] < 0.5  # on a small screen it looks as sharp as before
    assert scores(large.filter(ImageFilter.GaussianBlur(12)))["blurry"] > 0.9


def test_sharp_subjects_make_blurred_backgrounds_sharp_pictures(cat: Image.Image) -> None:
    mostly_blurred = cat.filter(ImageFilter.GaussianBlur(5))
    box = (150, 60, 300, 200)
    mostly_blurred.paste(cat.crop(box), box)
    assert scores(mostly_blurred)["blurry"] < 0.3


def test_grey_and_toned_pictures_are_told_from_coloured_ones(cat: Image.Image) -> None:
    grey = ImageOps.grayscale(cat)
    toned = ImageOps.colorize(grey, black="#1a120a", white="#f3e3c3", mid="#8a6a45")
    assert scores(grey.convert("RGB"))["monochrome"] > 0.9
    assert (scores(toned)["sepia"] > 0.9, scores(toned)["monochrome"] < 0.1) == (True, True)
    assert max(scores(cat)["sepia"], scores(cat)["monochrome"]) < 0.1
    blue = ImageOps.colorize(grey, black="#0a101a", white="#d3e3f3")
    assert scores(blue)["sepia"] < 0.1


def test_exposure_and_contrast(cat: Image.Image) -> None:
    assert scores(cat.point(lambda value: value // 8))["dark"] > 0.9
    assert scores(cat.point(lambda value: 255 - (255 - value) // 10))["bright"] > 0.9
    assert scores(cat.point(lambda value: 110 + value // 12))["low_contrast"] > 0.9


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((400, 300), {"horizontal"}),
        ((300, 400), {"vertical"}),
        ((400, 400), {"square"}),
        ((300, 300), {"square", "low_resolution"}),
        ((2400, 1000), {"horizontal", "panorama"}),
        ((4000, 3000), {"horizontal", "high_resolution"}),
    ],
)
def test_shape_and_size(size: tuple[int, int], expected: set[str]) -> None:
    decoded = decode(encode(photo(), "PNG"))
    measured = measure(decoded, colour_pixels(decoded))
    certain = {one.id for one in attributes(measured, (size[1], size[0])) if one.score == 1.0}
    assert certain == expected


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2000, 3)])
def test_odd_pictures_are_measured_too(size: tuple[int, int]) -> None:
    assert all(0 <= score <= 1 for score in scores(Image.new("RGB", size, "teal")).values())


def camera_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "NIKON CORPORATION", "NIKON Z 6"
    exif._ifds[0x8769] = {0x9003: "2024:07:14 18:03:22", 0xA434: "NIKKOR Z 50mm f/1.8 S", 0x829D: 1.8, 0x8827: 200}
    exif._ifds[0x8825] = {1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)}
    return exif


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP", "TIFF"])
def test_camera_facts_are_read_from_every_container(format: str) -> None:
    facts = read_camera_facts(encode(photo(), format, exif=camera_exif().tobytes()))
    assert facts.camera == "NIKON Z 6"
    assert (facts.taken, facts.taken_source) == ("2024-07-14T18:03:22", "exif")
    assert facts.lens == "NIKKOR Z 50mm f/1.8 S"
    assert (facts.aperture, facts.iso) == (1.8, 200)
    assert facts.has_location


def test_the_maker_is_named_where_the_model_does_not() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Apple", "iPhone\x1b[31m 15\n"
    facts = read_camera_facts(encode(photo(), "JPEG", exif=exif))
    assert facts.camera == "Apple iPhone [31m 15"  # nothing that commands a terminal
    assert not facts.has_location


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "2024:13:40 10:00:00", "yesterday", ""])
def test_impossible_dates_are_none(date: str) -> None:
    exif = Image.Exif()
    exif._ifds[0x8769] = {0x9003: date}
    assert read_camera_facts(encode(photo(), "JPEG", exif=exif)).taken is None


@given(
    st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff\xe1\x01\x00Exif\0\0II*\0", b"II*\0", b"RIFF\0\0\0\0WEBP"])
)
def test_damaged_metadata_counts_as_none(garbage: bytes, start: bytes) -> None:
    assert isinstance(read_camera_facts(start + garbage), CameraFacts)


def test_endless_chunks_end() -> None:
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 0xFFFFFFFF) + b"eXIf" + b"x" * 40
    assert read_camera_facts(png) == CameraFacts()


def test_measurements_do_not_depend_on_the_size(cat: Image.Image) -> None:
    small, large = decode(encode(cat, "PNG")), decode(encode(cat.resize((900, 600)), "PNG"))
    one, other = measure(small, colour_pixels(small)), measure(large, colour_pixels(large))
    np.testing.assert_allclose(
        (one.lightness, one.contrast, one.chroma), (other.lightness, other.contrast, other.chroma), atol=0.01
    )
