"""onsight.image.decode: every format that is opened, orientation, reduction, previews."""

from __future__ import annotations

import io
import sys
import threading
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from onsight.core.results import ImageInfo
from onsight.errors import InvalidOptionError
from onsight.image import decode, encode_preview
from onsight.image.sniff import READABLE
from tests.pictures import (
    AVIF,
    AVIF_TURNED,
    SAMPLE_NAMES,
    encode,
    exif,
    photo,
    png,
    png_chunk,
    sample,
    stored_for,
)

LOSSLESS = {
    "PNG": encode(photo(), "PNG"),
    "WebP": encode(photo(), "WEBP", lossless=True),
    "BMP": encode(photo(), "BMP"),
    "TIFF": encode(photo(), "TIFF", compression="tiff_lzw"),
    "JPEG 2000": encode(photo(), "JPEG2000"),
    "PNM": encode(photo(), "PPM"),
    "ICO": encode(photo(), "ICO", sizes=[(96, 64)]),
}
LOSSY = {
    "JPEG": encode(photo(), "JPEG", quality=95),
    "GIF": encode(photo(), "GIF"),
}
PSD = b"8BPS\0\1" + bytes(6) + b"\0\3" + b"\0\0\0\1" + b"\0\0\0\2" + b"\0\x08\0\3" + bytes(14) + b"\xff\0\0\0\0\0"


def difference(one: NDArray[np.uint8] | Image.Image, other: NDArray[np.uint8] | Image.Image) -> int:
    """Return the largest difference of two pictures' values."""
    return int(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max())


@pytest.mark.parametrize("name", LOSSLESS)
def test_decode_lossless_formats_exactly(name: str) -> None:
    decoded = decode(LOSSLESS[name])
    assert decoded.info == ImageInfo(96, 64, name, as_in_browsers=name in ("PNG", "WebP"))
    np.testing.assert_array_equal(decoded.pixels, np.asarray(photo()))


@pytest.mark.parametrize("name", LOSSY)
def test_decode_lossy_formats_closely(name: str) -> None:
    decoded = decode(LOSSY[name])
    assert decoded.info == ImageInfo(96, 64, name)
    assert np.abs(decoded.pixels.astype(np.int16) - np.asarray(photo())).mean() < 8


def test_decode_avif_closely() -> None:
    decoded = decode(AVIF)
    assert decoded.info == ImageInfo(24, 16, "AVIF", as_in_browsers=False)
    assert np.abs(decoded.pixels.astype(np.int16) - np.asarray(photo(24, 16))).mean() < 12


def test_decode_psd_takes_the_merged_picture() -> None:
    decoded = decode(PSD)
    assert decoded.info == ImageInfo(2, 1, "PSD", as_in_browsers=False)
    assert decoded.pixels.tolist() == [[[255, 0, 0], [0, 0, 0]]]


def test_every_readable_format_is_tested() -> None:
    assert {*LOSSLESS, *LOSSY, "AVIF", "PSD"} == READABLE


def test_decode_returns_contiguous_bytes() -> None:
    pixels = decode(encode(stored_for(photo(), 6), "JPEG", exif=exif(6)), min_side=20).pixels
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_decode_takes_every_kind_of_bytes(kind: type[bytearray] | type[bytes] | type[memoryview]) -> None:
    np.testing.assert_array_equal(decode(kind(LOSSLESS["PNG"])).pixels, np.asarray(photo()))


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_decode_photographs_as_pillow_does(name: str) -> None:
    data = sample(name)
    with Image.open(io.BytesIO(data)) as reference:
        if "icc_profile" in reference.info:  # "rocket" is in Adobe RGB
            profile = ImageCms.ImageCmsProfile(io.BytesIO(reference.info["icc_profile"]))
            intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
            ImageCms.profileToProfile(reference, profile, ImageCms.createProfile("sRGB"), intent, inPlace=True)
        assert difference(decode(data).pixels, reference.convert("RGB")) <= 1


# Orientation


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_decode_turns_every_orientation_upright(format: str, orientation: int) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    data = encode(stored_for(photo(), orientation), format, exif=exif(orientation), **options)
    decoded = decode(data)
    assert (decoded.info.width, decoded.info.height) == (96, 64)
    np.testing.assert_array_equal(decoded.pixels, np.asarray(photo()))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("min_side", [None, 16])
def test_decode_turns_jpegs_upright_when_reduced_too(orientation: int, min_side: int | None) -> None:
    upright = photo(256, 128)
    decoded = decode(
        encode(stored_for(upright, orientation), "JPEG", quality=95, exif=exif(orientation)), min_side=min_side
    )
    assert (decoded.info.width, decoded.info.height) == (256, 128)
    expected = upright if min_side is None else upright.reduce(8)
    assert decoded.pixels.shape[:2] == (expected.height, expected.width)
    assert difference(decoded.pixels, expected) <= 12


def test_decode_turns_a_picture_of_many_strips_upright() -> None:
    upright = photo(1700, 1500)  # 2.5 megapixels: three strips
    for orientation in (3, 6, 8):
        data = encode(stored_for(upright, orientation), "BMP")
        turned = encode(stored_for(upright, orientation), "PNG", exif=exif(orientation), compress_level=1)
        np.testing.assert_array_equal(decode(data).pixels, np.asarray(stored_for(upright, orientation)))
        np.testing.assert_array_equal(decode(turned).pixels, np.asarray(upright))


def test_decode_turns_avif_once() -> None:
    plain, turned = decode(AVIF), decode(AVIF_TURNED)
    assert turned.info == plain.info
    assert np.abs(turned.pixels.astype(np.int16) - plain.pixels).mean() < 12


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_decode_ignores_orientations_that_do_not_exist(orientation: int) -> None:
    data = encode(photo(), "PNG", exif=exif(orientation))
    np.testing.assert_array_equal(decode(data).pixels, np.asarray(photo()))


@pytest.mark.parametrize(
    "damaged",
    [
        b"Exif\0\0",
        b"Exif\0\0garbage that is not a TIFF directory",
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(20),
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x04six\0" + bytes(4),
        exif(6).tobytes()[:-9],
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_decode_opens_pictures_with_damaged_exif(format: str, damaged: bytes) -> None:
    data = encode(photo(), format, exif=damaged)
    assert decode(data).pixels.shape == (64, 96, 3)


# Several pictures in one file: the first counts


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("GIF", {}),
        ("WEBP", {"lossless": True}),
        ("PNG", {}),
        ("TIFF", {}),
    ],
)
def test_decode_takes_the_first_of_several_pictures(format: str, options: dict[str, bool]) -> None:
    first = photo().quantize(16).convert("RGB")
    data = encode(first, format, save_all=True, append_images=[first.rotate(180)], **options)
    decoded = decode(data)
    assert decoded.info.width == 96
    assert difference(decoded.pixels, first) == 0


def test_decode_takes_the_first_picture_of_a_burst() -> None:
    data = encode(photo(), "MPO", save_all=True, append_images=[photo().rotate(180)])
    decoded = decode(data)
    assert decoded.info == ImageInfo(96, 64, "JPEG")
    assert difference(decoded.pixels, decode(encode(photo(), "JPEG")).pixels) <= 1


# Odd shapes


def test_decode_one_pixel() -> None:
    assert decode(encode(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG"), min_side=292).pixels.tolist() == [[[1, 2, 3]]]


@pytest.mark.parametrize("size", [(20000, 10), (10, 20000)])
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_decode_very_long_pictures(size: tuple[int, int], format: str) -> None:
    decoded = decode(encode(photo(*size), format), min_side=4)
    assert (decoded.info.width, decoded.info.height) == size
    assert min(decoded.pixels.shape[:2]) == 5  # reduced by 2
    assert max(decoded.pixels.shape[:2]) == 10000


# Reduction


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_decode_reduces_by_the_largest_whole_factor(format: str) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    picture = photo(1000, 700)
    decoded = decode(encode(picture, format, **options), min_side=100)
    np.testing.assert_array_equal(decoded.pixels, np.asarray(picture.reduce(7)))
    assert (decoded.info.width, decoded.info.height) == (1000, 700)


def test_decode_reduces_strips_as_it_would_the_whole() -> None:
    picture = photo(1701, 1503)
    decoded = decode(encode(picture, "BMP"), min_side=500)
    np.testing.assert_array_equal(decoded.pixels, np.asarray(picture.reduce(3)))


@pytest.mark.parametrize(("min_side", "factor"), [(512, 1), (256, 2), (200, 2), (64, 8), (63, 8), (32, 16), (20, 24)])
def test_decode_reduces_jpegs_while_decoding(min_side: int, factor: int) -> None:
    # Beyond 8: the decoder's 1/8, then a mean of 2 × 2 or 3 × 3.
    decoded = decode(encode(photo(768, 512), "JPEG", quality=95), min_side=min_side)
    assert decoded.pixels.shape == (-(-512 // factor), -(-768 // factor), 3)
    assert min(decoded.pixels.shape[:2]) >= min_side
    assert decoded.scale_x == pytest.approx(768 / decoded.pixels.shape[1])
    assert decoded.scale_y == pytest.approx(512 / decoded.pixels.shape[0])


def test_decode_reduced_jpeg_looks_like_the_whole_scaled_down() -> None:
    data = sample("rocket")  # 640 × 427
    whole = Image.fromarray(decode(data).pixels).resize((160, 107), Image.Resampling.BOX)
    reduced = Image.fromarray(decode(data, min_side=107).pixels)
    assert reduced.size == (160, 107)
    assert np.abs(np.asarray(whole, np.int16) - np.asarray(reduced, np.int16)).mean() < 1.5


def test_decode_never_enlarges() -> None:
    assert decode(LOSSLESS["PNG"], min_side=10_000).pixels.shape == (64, 96, 3)


def test_decode_48_megapixel_jpeg() -> None:
    data = encode(photo(80, 60).resize((8000, 6000)), "JPEG", quality=80)
    decoded = decode(data, min_side=292)
    assert decoded.info == ImageInfo(8000, 6000, "JPEG")
    assert decoded.pixels.shape == (375, 500, 3)  # 1/8, then a mean of 2 × 2
    assert difference(decoded.pixels, photo(80, 60).resize((500, 375))) <= 12


@pytest.mark.parametrize("min_side", [0, -1, 1.5, "292", True])
def test_decode_refuses_a_min_side_that_is_no_length(min_side: Any) -> None:
    with pytest.raises(InvalidOptionError, match="min_side"):
        decode(LOSSLESS["PNG"], min_side=min_side)


# Metadata that is damaged or too large


def test_decode_opens_png_with_a_comment_of_a_wrong_checksum() -> None:
    comment = png_chunk(b"tEXt", b"Title\0Tabby", checksum=1)
    whole = LOSSLESS["PNG"]
    after_header = 8 + 25
    data = whole[:after_header] + comment + whole[after_header:]
    np.testing.assert_array_equal(decode(data).pixels, np.asarray(photo()))


def test_decode_keeps_orientation_and_profile_when_it_drops_a_comment() -> None:
    data = encode(stored_for(photo(), 6), "PNG", exif=exif(6))
    after_header = 8 + 25
    data = data[:after_header] + png_chunk(b"zTXt", b"Title\0\0broken", checksum=1) + data[after_header:]
    np.testing.assert_array_equal(decode(data).pixels, np.asarray(photo()))


def test_decode_keeps_transparency_when_it_drops_a_comment() -> None:
    chunks = png_chunk(b"tEXt", b"Title\0broken", checksum=1) + png_chunk(b"tRNS", b"\0\x05")
    assert decode(png(2, 1, 8, 0, b"\x05\x06", before_data=chunks)).pixels[0, :, 0].tolist() == [255, 6]


def test_decode_opens_png_with_a_comment_that_is_a_bomb() -> None:
    bomb = png_chunk(b"zTXt", b"Title\0\0" + zlib.compress(bytes(20_000_000)))
    for place in ({"before_data": bomb}, {"after_data": bomb}):
        assert decode(png(2, 1, 8, 2, bytes(6), **place)).pixels.shape == (1, 2, 3)


def test_decode_opens_animated_png_with_broken_frames() -> None:
    control = png_chunk(b"acTL", bytes(8))  # claims an animation of no frames
    assert decode(png(2, 1, 8, 2, bytes(6), before_data=control)).pixels.shape == (1, 2, 3)


# Manners


def test_decode_leaves_pillows_settings_alone() -> None:
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    for data in (*LOSSLESS.values(), *LOSSY.values()):
        decode(data, min_side=16)
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)) == before


@pytest.mark.skipif(sys.platform == "emscripten", reason="no threads there")
def test_decode_in_threads_restores_the_warning_filters() -> None:
    before = list(warnings.filters)
    palette = photo().quantize(16)
    data = encode(palette, "PNG", transparency=bytes(range(0, 160, 10)))  # makes Pillow warn
    failures = []

    def work() -> None:
        try:
            for _ in range(20):
                decode(data)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(warnings.filters) == before


# Previews


def shown(encoded: bytes) -> Image.Image:
    with Image.open(io.BytesIO(encoded)) as image:
        assert image.format == "JPEG"
        return image.convert("RGB")


def test_encode_preview_fits_the_longer_side() -> None:
    preview = shown(encode_preview(encode(photo(1000, 700), "TIFF"), 300))
    assert preview.size == (300, 210)
    assert difference(preview, photo(300, 210)) <= 12


def test_encode_preview_takes_decoded_pictures_and_never_enlarges() -> None:
    preview = shown(encode_preview(decode(LOSSLESS["PNG"]), 300))
    assert preview.size == (96, 64)
    assert difference(preview, photo()) <= 16


def test_encode_preview_is_upright_and_without_orientation() -> None:
    data = encode(stored_for(photo(), 6), "JPEG", quality=95, exif=exif(6))
    preview = shown(encode_preview(data, 96))
    assert preview.size == (96, 64)
    assert preview.getexif() == {}


def test_encode_preview_keeps_to_what_a_jpeg_can_hold() -> None:
    assert shown(encode_preview(encode(photo(70_000, 2), "PNG"), 100_000)).width == 65_500


def test_encode_preview_refuses_a_side_that_is_no_length() -> None:
    with pytest.raises(InvalidOptionError, match="max_side"):
        encode_preview(LOSSLESS["PNG"], 0)
