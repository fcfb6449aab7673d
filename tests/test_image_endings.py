"""Pictures whose last bytes are missing: opened with a warning if nearly all is there, otherwise refused."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from onsight.core.flow import drive
from onsight.errors import CorruptImageError
from onsight.image import decode
from onsight.tools.enhance import task as enhance
from onsight.tools.enhance.options import EnhanceOptions
from tests.pictures import AVIF, encode, photo
from tests.without_networks import no_network, no_upscaler


def detailed(width: int = 320, height: int = 240) -> Image.Image:
    """Return a picture with something to see in each of its blocks."""
    noise = np.random.default_rng(0).integers(0, 255, (height // 6, width // 6, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


PICTURE = detailed()
GREY = detailed().convert("L")
CMYK = detailed().convert("CMYK")

FILES = {
    "JPEG": encode(PICTURE, "JPEG", quality=90),
    "JPEG without subsampling": encode(PICTURE, "JPEG", quality=90, subsampling=0),
    "JPEG with restarts": encode(PICTURE, "JPEG", quality=90, restart_marker_rows=1),
    "JPEG in grey": encode(GREY, "JPEG", quality=90),
    "JPEG in CMYK": encode(CMYK, "JPEG", quality=90),
    "JPEG with a large header": encode(PICTURE, "JPEG", quality=60, exif=b"Exif\0\0" + bytes(60_000)),
    "PNG": encode(PICTURE, "PNG"),
    "PNG in grey": encode(GREY, "PNG"),
    "WebP": encode(PICTURE, "WEBP", quality=85),
    "lossless WebP": encode(PICTURE, "WEBP", lossless=True),
    "GIF": encode(PICTURE, "GIF"),
    "GIF in rows of another order": encode(PICTURE, "GIF", interlace=1),
    "GIF of few colours": encode(PICTURE.quantize(5), "GIF"),
    "BMP": encode(PICTURE, "BMP"),
    "TIFF": encode(PICTURE, "TIFF"),
    "PNM": encode(PICTURE, "PPM"),
}
CODED = [name for name in FILES if name.startswith("JPEG")]


def pixel_bytes(name: str) -> int:
    """Return how many bytes of a file are its picture."""
    return len(FILES[name]) - (60_000 if "header" in name else 0)


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("cut", [1, 2])
def test_jpeg_without_its_end_mark_is_whole_and_says_so(name: str, cut: int) -> None:
    whole, cut_short = decode(FILES[name]), decode(FILES[name][:-cut])
    np.testing.assert_array_equal(cut_short.pixels, whole.pixels)
    assert whole.info.warning is None
    assert cut_short.info.warning == "The end of this JPEG file is missing, but the whole picture is there."
    assert not cut_short.info.as_in_browsers


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("cut", [20, 0.02, 0.05])
def test_nearly_whole_pictures_are_opened(name: str, cut: float) -> None:
    missing = int(cut if cut >= 1 else cut * pixel_bytes(name))
    whole, cut_short = decode(FILES[name]), decode(FILES[name][:-missing])
    assert (cut_short.info.width, cut_short.info.height) == (320, 240)
    assert cut_short.info.warning
    assert cut_short.info.warning.startswith(f"The end of this {whole.info.format} file is missing")
    same = (whole.pixels == cut_short.pixels).all(axis=2).mean()
    assert same > (0.85 if cut_short.info.format == "WebP" else 0.88)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("min_side", [None, 30])
def test_half_a_picture_is_refused_with_the_limit(name: str, kept: float, min_side: int | None) -> None:
    data = FILES[name][: len(FILES[name]) - int((1 - kept) * pixel_bytes(name))]
    with pytest.raises(CorruptImageError, match="cut short") as refused:
        decode(data, min_side=min_side)
    if name.startswith(("JPEG", "PNG", "GIF")):
        assert "if at least 90% is there" in refused.value.message


@pytest.mark.parametrize("name", CODED)
def test_half_a_picture_with_an_end_mark_is_refused(name: str) -> None:
    half = FILES[name][: len(FILES[name]) - pixel_bytes(name) // 2]
    for ending in (b"\xff\xd9", bytes(5000), bytes(5000) + b"\xff\xd9"):
        with pytest.raises(CorruptImageError, match="cut short"):
            decode(half + ending)
        with pytest.raises(CorruptImageError, match="cut short"):
            decode(half + ending, min_side=30)


def test_rows_that_are_missing_are_counted() -> None:
    data = FILES["JPEG"]
    decoded = decode(data[: int(0.95 * len(data))])
    assert (
        decoded.info.warning == "The end of this JPEG file is missing, and with it pixels in the last 17 of 240 rows."
    )
    np.testing.assert_array_equal(decoded.pixels[:223], decode(data).pixels[:223])
    png = FILES["PNG"]
    decoded = decode(png[: int(0.95 * len(png))])
    assert "of 240 rows" in (decoded.info.warning or "")
    np.testing.assert_array_equal(decoded.pixels[:220], np.asarray(PICTURE)[:220])


@pytest.mark.parametrize("name", ["WebP", "lossless WebP"])
def test_nothing_is_made_up(name: str) -> None:
    decoded = decode(FILES[name][:-500])
    assert (decoded.pixels[-1] == 128).all()


def test_progressive_jpeg_that_breaks_off_in_its_last_scan() -> None:
    data = encode(PICTURE, "JPEG", quality=90, progressive=True)
    assert decode(data[:-2]).info.warning == "The end of this JPEG file is missing, but the whole picture is there."
    decoded = decode(data[: int(0.96 * len(data))])
    assert "rows" in (decoded.info.warning or "")
    assert np.abs(decoded.pixels.astype(int) - decode(data).pixels).mean() < 2
    for kept in (0.3, 0.5, 0.7):
        with pytest.raises(CorruptImageError, match="cut short"):
            decode(data[: int(kept * len(data))])


def test_what_comes_after_the_end_does_not_matter() -> None:
    for after in (b"hello" * 100, bytes(1000), b"\xff", FILES["JPEG"]):
        decoded = decode(FILES["JPEG"] + after)
        assert decoded.info.warning is None
        assert decoded.info.as_in_browsers
    assert decode(FILES["PNG"] + bytes(100)).info.warning is None


def test_preview_in_the_metadata_does_not_count_as_the_end() -> None:
    preview = encode(photo(), "JPEG")
    data = encode(PICTURE, "JPEG", subsampling=0, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0" + bytes(4) + preview)
    assert decode(data).info.warning is None
    assert decode(data[:-2]).info.warning


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_picture_that_is_grey_itself_is_whole(mode: str) -> None:
    grey = encode(Image.new(mode, (64, 48), (128,) * len(mode)), "JPEG")
    assert decode(grey).info.warning is None
    assert "the whole picture is there" in (decode(grey[:-2]).info.warning or "")


def test_png_without_its_end_is_whole_and_says_so() -> None:
    whole = FILES["PNG"]
    for cut in (1, 4, 12):
        decoded = decode(whole[:-cut])
        np.testing.assert_array_equal(decoded.pixels, np.asarray(PICTURE))
        assert decoded.info.warning == "The end of this PNG file is missing, but the whole picture is there."


def test_png_that_breaks_off_in_a_text_behind_its_pixels_is_whole_and_says_so() -> None:
    whole = encode(detailed(), "PNG")
    text = b"Comment\0made by hand"
    chunk = len(text).to_bytes(4, "big") + b"tEXt" + text + zlib.crc32(b"tEXt" + text).to_bytes(4, "big")
    for cut in (1, 10, len(text)):
        decoded = decode(whole[:-12] + chunk[:-cut])
        assert decoded.info.warning == "The end of this PNG file is missing, but the whole picture is there."
        assert np.array_equal(decoded.pixels, decode(whole).pixels)


@pytest.mark.parametrize("name", ["GIF", "GIF in rows of another order"])
def test_gif_without_its_end_mark_is_whole_and_says_so(name: str) -> None:
    for cut in (1, 2):
        decoded = decode(FILES[name][:-cut])
        np.testing.assert_array_equal(decoded.pixels, decode(FILES[name]).pixels)
        assert decoded.info.warning == "The end of this GIF file is missing, but the whole picture is there."


def test_animation_that_breaks_off_after_its_first_frame_is_whole() -> None:
    data = encode(PICTURE, "GIF", save_all=True, append_images=[PICTURE.rotate(180)])
    decoded = decode(data[: int(0.7 * len(data))])
    np.testing.assert_array_equal(decoded.pixels, decode(data).pixels)
    assert "the whole picture is there" in (decoded.info.warning or "")


def test_webp_that_breaks_off_in_its_metadata_is_whole() -> None:
    data = encode(PICTURE, "WEBP", lossless=True, xmp=b"<x:xmpmeta/>" * 100)
    decoded = decode(data[:-300])
    np.testing.assert_array_equal(decoded.pixels, np.asarray(PICTURE))
    assert "the whole picture is there" in (decoded.info.warning or "")


def test_avif_that_lacks_bytes_is_refused_or_says_so() -> None:
    said = []
    for cut in range(1, 40):
        with suppress(CorruptImageError):
            said.append(decode(AVIF[:-cut]).info.warning)
    assert all(said)


def test_turned_pictures_that_lack_their_end_are_turned() -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    data = encode(PICTURE, "JPEG", quality=90, exif=tags)
    assert decode(data[:-20]).pixels.shape == (320, 240, 3)


def test_enhanced_picture_says_what_its_original_lacks() -> None:
    flow = enhance.enhance(FILES["JPEG"][:-20], EnhanceOptions(format="png"), no_upscaler)
    written = drive(flow, no_network)
    assert written.notes[0].startswith("The end of this JPEG file is missing")
    with Image.open(io.BytesIO(written.data)) as picture:
        assert picture.size == (320, 240)
