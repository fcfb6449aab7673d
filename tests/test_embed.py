"""onsight.metadata.embed: keywords inside JPEG, PNG and WebP files, read back by others."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from onsight.errors import (
    InvalidSidecarError,
    NotAnImageError,
    OnsightError,
    UnsupportedFormatError,
    UnwritableFileError,
)
from onsight.metadata.embed import embed, find_packet
from onsight.metadata.xmp import Keywords, build, read
from tests import exiftool
from tests.pictures import encode, exif, photo

KEYWORDS = Keywords(("Dog", "Animal"), (("Animal", "Dog"),))
FOREIGN = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>"""
CLEAR = photo().convert("RGBA")
CLEAR.putalpha(128)

FILES = {
    "jpeg": encode(photo(), "JPEG"),
    "jpeg with EXIF": encode(photo(), "JPEG", exif=exif(6)),
    "jpeg with XMP": encode(photo(), "JPEG", xmp=FOREIGN),
    "progressive jpeg": encode(photo(), "JPEG", progressive=True),
    "png": encode(photo(), "PNG"),
    "png with alpha": encode(CLEAR, "PNG"),
    "webp": encode(photo(95, 63), "WEBP"),
    "lossless webp": encode(photo(95, 63), "WEBP", lossless=True),
    "lossless webp with alpha": encode(CLEAR, "WEBP", lossless=True),
    "lossy webp with alpha": encode(CLEAR, "WEBP"),
    "webp with EXIF": encode(photo(), "WEBP", exif=exif(6)),
    "webp with XMP": encode(photo(), "WEBP", xmp=FOREIGN),
}


def pixels(data: bytes) -> np.ndarray[Any, Any]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


@pytest.mark.parametrize("name", FILES)
def test_embed_adds_keywords_and_leaves_the_pixels(name: str) -> None:
    data = FILES[name]
    once = embed(data, KEYWORDS)
    packet = find_packet(once)
    assert packet is not None
    assert read(packet) == KEYWORDS
    np.testing.assert_array_equal(pixels(once), pixels(data))
    with Image.open(io.BytesIO(once)) as image, Image.open(io.BytesIO(data)) as original:
        assert (image.format, image.mode, image.size) == (original.format, original.mode, original.size)
        assert dict(image.getexif()) == dict(original.getexif())
        xmp = image.info.get("xmp", image.info.get("XML:com.adobe.xmp", ""))
        assert "Dog" in (xmp if isinstance(xmp, str) else xmp.decode())
    # Again: nothing is there twice, nothing changes.
    assert embed(once, KEYWORDS) == once
    more = find_packet(embed(once, Keywords(("Beach",), (("Beach",),))))
    assert more is not None
    assert read(more).subjects == ("Dog", "Animal", "Beach")


@pytest.mark.parametrize("name", ["jpeg with XMP", "webp with XMP"])
def test_embed_keeps_what_other_programs_wrote(name: str) -> None:
    packet = find_packet(embed(FILES[name], KEYWORDS))
    assert packet is not None
    assert b'xmp:Rating="4"' in packet


@pytest.mark.parametrize("zip", [False, True])
def test_embed_opens_packed_text_of_pngs(zip: bool) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", FOREIGN.decode(), zip=zip)
    data = encode(photo(), "PNG", pnginfo=info)
    after = embed(data, KEYWORDS)
    packet = find_packet(after)
    assert packet is not None
    assert b'xmp:Rating="4"' in packet
    assert after.count(b"XML:com.adobe.xmp") == 1
    np.testing.assert_array_equal(pixels(after), pixels(data))


def test_exif_comes_before_xmp_in_jpegs() -> None:
    data = embed(FILES["jpeg with EXIF"], KEYWORDS)
    assert data.index(b"Exif\0\0") < data.index(b"http://ns.adobe.com/xap/1.0/\0")


def test_checksum_of_pngs_is_right() -> None:
    data = embed(FILES["png"], KEYWORDS)
    at = data.index(b"iTXt")
    (size,) = struct.unpack_from(">I", data, at - 4)
    (checksum,) = struct.unpack_from(">I", data, at + 4 + size)
    assert checksum == zlib.crc32(data[at : at + 4 + size])


def test_what_has_no_place_for_keywords_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError, match="sidecar"):
        embed(encode(photo(), "GIF"), KEYWORDS)
    with pytest.raises(NotAnImageError):
        embed(b"no picture at all", KEYWORDS)
    with pytest.raises(UnwritableFileError, match="do not fit"):
        embed(FILES["jpeg"], Keywords(tuple(f"keyword {n}" for n in range(4000)), ()))
    with pytest.raises(InvalidSidecarError):
        embed(encode(photo(), "JPEG", xmp=b"<broken"), KEYWORDS)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_is_refused_or_kept_as_it_is(name: str, data: st.DataObject) -> None:
    damaged = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, min(len(damaged) - 1, 400)))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(1, len(damaged)))])
    try:
        after = embed(cut, KEYWORDS)
    except OnsightError:
        return
    assert len(after) >= len(cut)


@pytest.mark.skipif(sys.platform == "emscripten", reason="there are no processes")
@pytest.mark.parametrize("name", FILES)
def test_exiftool_reads_the_keywords(name: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(embed(FILES[name], KEYWORDS))
    fields = ("-validate", "-warning", "-Subject", "-HierarchicalSubject", "-TagsList", "-Rating")
    told = exiftool.read(path, *fields)
    assert told["Subject"] == ["Dog", "Animal"]
    assert told["HierarchicalSubject"] == "Animal|Dog"
    assert told["TagsList"] == "Animal/Dog"
    assert told.get("Rating") == (4 if "XMP" in name else None)
    before = tmp_path / "before"
    before.write_bytes(FILES[name])
    assert told.get("Validate") == exiftool.read(before, *fields).get("Validate")
    assert build(KEYWORDS)
