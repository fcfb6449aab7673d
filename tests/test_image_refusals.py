"""onsight.image.decode: every bad input gets a clear sentence and a code."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from onsight.errors import (
    CorruptImageError,
    EmptyFileError,
    Fault,
    ImageTooLargeError,
    NotAnImageError,
    OnsightError,
    OutOfMemoryError,
    UnsupportedFormatError,
)
from onsight.image import MAX_PIXELS, decode
from tests.pictures import AVIF, claiming, encode, exif, iso_media, photo, png, rgb_profile

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
ZIP_ENTRY = b"PK\x03\x04" + bytes(26)


def refusal(data: bytes, error: type[OnsightError] = OnsightError) -> OnsightError:
    """Return the error that ``data`` is refused with, after checking what every refusal must be."""
    with pytest.raises(OnsightError) as caught:
        decode(data)
    refused = caught.value
    assert isinstance(refused, error), refused
    message = refused.message
    assert message[0].isupper()
    assert message.endswith(".")
    assert message == message.strip()
    assert len(message) < 200
    json.dumps(refused.to_json())
    return refused


def test_decode_refuses_an_empty_file() -> None:
    assert refusal(b"", EmptyFileError).message.startswith("This file is empty")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Dear diary, today I renamed this file to cat.jpg.\n", "text file"),
        ("Grüße aus Köln\n".encode(), "text file"),
        ("Grüße".encode("utf-16"), "text file"),
        (("a" + "ü" * 5000).encode(), "text file"),
        (b"BMW is a car, not a bitmap", "text file"),
        (b"A1 is a grade", "text file"),
        (b"P1ease do not open this", "text file"),
        (b'{"label": "Cat"}', "text file"),
        (b"<!DOCTYPE html><title>404</title>", "web page"),
        (b"\xef\xbb\xbf\n<html><body>Not found</body></html>", "web page"),
        (b"<html><body>" + SVG + b"</body></html>", "web page"),
        (iso_media(b"isom", b"mp41"), "video"),
        (iso_media(b"qt  "), "video"),
        (b"\x1aE\xdf\xa3" + bytes(40), "video"),
        (b"RIFF\x24\0\0\0AVI LIST", "video"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "sound"),
        (iso_media(b"M4A "), "sound"),
        (b"ID3\x04" + bytes(40), "sound"),
        (ZIP_ENTRY + b"holiday.jpg", "archive"),
        (ZIP_ENTRY + b"[Content_Types].xml", "office document"),
        (ZIP_ENTRY + b"mimetypeapplication/vnd.oasis.opendocument.text", "office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "office document"),
        (b"\x1f\x8b\x08" + bytes(20), "archive"),
        (bytes(257) + b"ustar\x0000", "archive"),
        (b"MZ\x90\0" + bytes(60), "program"),
        (bytes(1000), "nothing but zeros"),
        (b"\x93\x12\xfe\x01\x02 no such format", "not a picture"),
        (b"RIFF\x24\0\0\0NONE", "not a picture"),
    ],
)
def test_decode_refuses_what_is_no_picture_by_name(data: bytes, words: str) -> None:
    refused = refusal(data, NotAnImageError)
    assert words in refused.message


@pytest.mark.parametrize(
    ("data", "format", "try_browser"),
    [
        (SVG, "SVG", False),
        (b'<?xml version="1.0"?>\n<!-- drawn by hand -->\n' + SVG, "SVG", False),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF", False),
        (b"junk\n%PDF-1.4\n", "PDF", False),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript", False),
        (iso_media(b"heic", b"mif1", b"heic"), "HEIC", True),
        (iso_media(b"mif1", b"heic"), "HEIC", True),
        (iso_media(b"msf1", b"hevc"), "HEIC", True),
        (iso_media(b"heix"), "HEIC", True),
        (iso_media(b"new1", b"miaf", b"heic"), "HEIC", True),
        (b"\xff\x0a" + bytes(20), "JPEG XL", True),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20), "JPEG XL", True),
        (b"II*\0\x10\0\0\0CR\x02\0" + bytes(60), "camera raw", False),
        (iso_media(b"crx "), "camera raw", False),
        (b"FUJIFILMCCD-RAW 0201", "camera raw", False),
        (b"IIRO\x08\0\0\0", "camera raw", False),
        (b"gimp xcf v011\0", "GIMP", False),
        (bytes(128) + b"DICM", "DICOM", False),
    ],
)
def test_decode_refuses_unsupported_formats_by_name(data: bytes, format: str, try_browser: bool) -> None:
    refused = refusal(data, UnsupportedFormatError)
    assert refused.detail == {"format": format, "try_browser": try_browser}
    assert format in refused.message


def raw_file(order: str, *, dng: bool) -> bytes:
    """Return a camera raw file that begins, as such files do, with a small preview that Pillow could open."""
    # The standard wants a LONG; some cameras write a SHORT.
    preview = [(254, 3, 1), (256, 3, 1), (257, 3, 1), (258, 3, 8), (262, 3, 1), (273, 4, 8), (279, 4, 1)]
    entries = [*preview, (50706, 4, 0x01040000) if dng else (330, 4, 500)]
    if dng:
        entries = entries[1:]
    directory = struct.pack(order + "H", len(entries))
    for tag, kind, value in entries:
        directory += struct.pack(order + "HHI", tag, kind, 1)
        directory += struct.pack(order + ("I" if kind == 4 else "HH"), *([value] if kind == 4 else [value, 0]))
    return (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8) + directory + bytes(8)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dng", [True, False])
def test_decode_refuses_tiff_based_camera_raw_files(order: str, dng: bool) -> None:
    assert refusal(raw_file(order, dng=dng), UnsupportedFormatError).detail["format"] == "camera raw"


def test_decode_refuses_unknown_kinds_of_a_known_format() -> None:
    data = encode(photo(), "TIFF")
    at = data.index(struct.pack("<HHIH", 259, 3, 1, 1)) + 8  # compression
    refused = refusal(data[:at] + struct.pack("<H", 34712) + data[at + 2 :], UnsupportedFormatError)
    assert "kind of TIFF" in refused.message
    assert refused.detail["try_browser"] is True
    for rare in (34925, 50000, 50001):  # these reach libtiff, whose builds differ in what they know
        kind = struct.pack("<H", rare)
        assert "kind of TIFF" in refusal(data[:at] + kind + data[at + 2 :], UnsupportedFormatError).message
    photoshop_16_bit = b"8BPS\0\1" + bytes(6) + b"\0\3" + b"\0\0\0\1" + b"\0\0\0\2" + b"\0\x10\0\3" + bytes(50)
    assert "kind of PSD" in refusal(photoshop_16_bit, UnsupportedFormatError).message


# Damaged and cut short

WHOLE = {
    "JPEG": encode(photo(), "JPEG"),
    "progressive JPEG": encode(photo(), "JPEG", progressive=True),
    "PNG": encode(photo(), "PNG"),
    "WebP": encode(photo(), "WEBP"),
    "lossless WebP": encode(photo(), "WEBP", lossless=True),
    "GIF": encode(photo(), "GIF"),
    "BMP": encode(photo(), "BMP"),
    "TIFF": encode(photo(), "TIFF"),
    "LZW TIFF": encode(photo(), "TIFF", compression="tiff_lzw"),
    "AVIF": AVIF,
    "JPEG 2000": encode(photo(), "JPEG2000"),
    "PNM": encode(photo(), "PPM"),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("min_side", [None, 8])
def test_decode_refuses_pictures_that_are_cut_short(name: str, kept: float, min_side: int | None) -> None:
    data = WHOLE[name][: int(len(WHOLE[name]) * kept)]
    with pytest.raises(CorruptImageError, match=f"{name.split()[-1]} picture is cut short"):
        decode(data, min_side=min_side)


def test_decode_tells_the_first_reason_when_a_png_cannot_be_saved() -> None:
    endless_chunk = b"\x7f\xff\xff\xff\xf4\xa8\x81\xe1"
    assert "damaged" in refusal(png(2, 1, 8, 2, bytes(6), before_data=endless_chunk), CorruptImageError).message


def test_decode_refuses_damaged_pictures() -> None:
    data = bytearray(WHOLE["PNG"])
    data[60] ^= 0xFF
    refused = refusal(bytes(data), CorruptImageError)
    assert refused.message == "This PNG picture is damaged and cannot be opened. Copy or download it again."
    assert refused.detail["format"] == "PNG"
    assert refused.detail["reason"]


# Too large


@pytest.mark.parametrize("format", ["PNG", "GIF", "TIFF", "JPEG", "BMP", "WebP", "AVIF", "JPEG 2000"])
@pytest.mark.parametrize("min_side", [None, 292])
def test_decode_refuses_bombs_from_the_header(format: str, min_side: int | None) -> None:
    with pytest.raises(ImageTooLargeError) as refused:
        decode(claiming(format, 50_000, 49_999), min_side=min_side)
    assert "50,000 × 49,999" in refused.value.message
    assert "200 megapixels" in refused.value.message
    assert refused.value.detail == {"width": 50_000, "height": 49_999, "max_pixels": MAX_PIXELS}


def test_decode_refuses_avif_bombs_by_their_largest_part() -> None:
    thumbnail = b"ispe" + struct.pack(">III", 0, 64, 64)
    assert AVIF.count(b"ispe") == 1
    data = AVIF[:40] + thumbnail + claiming("AVIF", 50_000, 49_999)[40:]
    assert "50,000 × 49,999" in refusal(data, ImageTooLargeError).message


def test_decode_accepts_the_limit_and_not_one_row_more() -> None:
    # The headers are refused for the pixels that they lack, not for those that they claim.
    assert isinstance(refusal(claiming("PNG", 20_000, 10_000)), CorruptImageError)
    assert isinstance(refusal(claiming("PNG", 20_000, 10_001)), ImageTooLargeError)


def test_decode_says_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "crop", exhausted)
    assert "memory" in refusal(WHOLE["PNG"], OutOfMemoryError).message


@pytest.mark.parametrize("words", ["out of memory error when reading image file", "Insufficient memory (case 4)"])
def test_a_decoder_without_memory_does_not_make_the_file_damaged(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise OSError(words)

    monkeypatch.setattr(Image.Image, "crop", exhausted)
    assert refusal(WHOLE["PNG"], OutOfMemoryError).fault is Fault.ATTEMPT


def test_decode_names_the_limit_that_pillow_itself_applies(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Image.DecompressionBombError("too many pixels")

    monkeypatch.setattr("PIL.TiffImagePlugin.TiffImageFile.load", refuse)
    assert "TIFF picture of more than 179 megapixels" in refusal(WHOLE["TIFF"], ImageTooLargeError).message


# Whatever the bytes: an OnsightError or a picture

SEEDS = [
    *(encode(photo(12, 8), format, exif=exif(6)) for format in ("JPEG", "PNG", "WEBP", "TIFF")),
    *(encode(photo(12, 8), format) for format in ("GIF", "BMP", "JPEG2000", "ICO", "PPM", "MPO")),
    encode(photo(12, 8), "TIFF", compression="tiff_lzw"),
    encode(photo(12, 8), "TIFF", compression="jpeg"),
    encode(photo(12, 8).quantize(16), "PNG", transparency=bytes(8)),
    encode(photo(12, 8).convert("CMYK"), "JPEG", icc_profile=rgb_profile()),
    encode(photo(12, 8), "PNG", save_all=True, append_images=[photo(12, 8).rotate(180)]),
    png(1, 1, 16, 6, bytes(8)),
    AVIF,
]


def decodes_or_refuses(data: bytes) -> None:
    try:
        refused = None
        size = decode(data, min_side=3).pixels.size
    except OnsightError as error:
        refused = error
    if refused is None:
        assert size > 0
    else:
        assert refused.code != OnsightError.code
        assert refused.message.endswith(".")


@given(st.binary(max_size=200))
def test_decode_never_raises_anything_else_for_random_bytes(data: bytes) -> None:
    decodes_or_refuses(data)


@given(st.sampled_from(SEEDS), st.binary(max_size=200))
def test_decode_never_raises_anything_else_for_random_bytes_behind_a_signature(seed: bytes, data: bytes) -> None:
    decodes_or_refuses(seed[:16] + data)


@given(st.sampled_from(SEEDS), st.floats(0, 1))
def test_decode_never_raises_anything_else_for_truncations(seed: bytes, kept: float) -> None:
    decodes_or_refuses(seed[: int(len(seed) * kept)])


@settings(max_examples=300)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=8))
def test_decode_never_raises_anything_else_for_flipped_bytes(seed: bytes, flips: list[tuple[float, int]]) -> None:
    data = bytearray(seed)
    for place, flip in flips:
        data[min(int(len(data) * place), len(data) - 1)] ^= flip
    decodes_or_refuses(bytes(data))
