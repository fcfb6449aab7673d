"""onsight.image.blocks: the metadata in a file, found in every container and in every spelling."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from onsight.image.blocks import (
    XMP_EXTENSION_HEADER,
    Resolution,
    comments,
    exif_blocks,
    iptc_records,
    resolution,
    xmp_packets,
)
from onsight.image.iptc import iptc_datasets, iptc_resource, iptc_segment
from onsight.image.png_text import XMP_HEADER, png_texts
from onsight.image.tiff import exif_directories
from onsight.image.xmp import DC, TIFF, properties
from tests.containers import PACKET, avif_with, exif_block, gif_with_xmp, jp2_with, psd_with, raw_profile, riff_chunk
from tests.pictures import encode, photo, png, png_chunk

EXIF = exif_block()
IPTC = b"\x1c\x02\x19\x00\x04lake" + b"\x1c\x02\x5a\x80\x04\x00\x00\x00\x04Graz"
RESOURCES = b"8BIM\x04\x0c\x03abc\0\0\0\x02hi" + iptc_resource(IPTC)
PIXELS = bytes(3 * 2 * 2)


def tiff_with_all() -> bytes:
    tags = Image.Exif()
    tags[700], tags[33723], tags[0x010F] = PACKET, IPTC, "Maker"
    return encode(photo(8, 8), "TIFF", exif=tags)


FILES = {
    "JPEG": encode(photo(8, 8), "JPEG", exif=b"Exif\0\0" + EXIF, xmp=PACKET, extra=iptc_segment(IPTC)),
    "PNG": png(
        2, 2, 8, 2, PIXELS,
        before_data=png_chunk(b"eXIf", EXIF),
        after_data=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET) + raw_profile("iptc", RESOURCES),
    ),
    "PNG with raw profiles": png(
        2, 2, 8, 2, PIXELS,
        before_data=raw_profile("exif", b"Exif\0\0" + EXIF, line="EXIF profile") + raw_profile("xmp", PACKET),
        after_data=raw_profile("8bim", RESOURCES, compressed=True),
    ),
    "PNG with APP1 profiles": png(
        2, 2, 8, 2, PIXELS,
        before_data=raw_profile("APP1", b"Exif\0\0" + EXIF) + raw_profile("APP1", XMP_HEADER + PACKET),
        after_data=raw_profile("iptc", IPTC),
    ),
    "TIFF": tiff_with_all(),
    "PSD": psd_with(EXIF, PACKET, IPTC),
    "JPEG 2000": jp2_with(EXIF, PACKET, IPTC),
}  # fmt: skip
WITHOUT_IPTC = {
    "WebP": encode(photo(8, 8), "WEBP", exif=EXIF, xmp=PACKET),
    "AVIF": avif_with(EXIF, PACKET),
    "AVIF with items in idat": avif_with(EXIF, PACKET, in_idat=True),
    "AVIF with a header before EXIF": avif_with(b"Exif\0\0" + EXIF, PACKET, offset=6),
}


@pytest.mark.parametrize("name", [*FILES, *WITHOUT_IPTC])
def test_every_container_is_read(name: str) -> None:
    data = {**FILES, **WITHOUT_IPTC}[name]
    found = exif_directories(next(exif_blocks(data)))
    assert found is not None
    tiff, main, _camera, _gps = found
    assert tiff.text(main[0x010F]) == "Maker"
    (packet,) = xmp_packets(data)
    assert packet == PACKET
    if name in FILES:
        (records,) = iptc_records(data)
        assert list(iptc_datasets(records)) == [(2, 25, b"lake"), (2, 90, b"Graz")]


def test_gif_keeps_xmp_and_comments() -> None:
    data = gif_with_xmp(PACKET)
    assert list(xmp_packets(data)) == [PACKET]
    assert list(comments(data)) == [b"hello"]


def test_exif_directories_of_both_byte_orders_and_bigtiff() -> None:
    for order in "<>":
        found = exif_directories(exif_block(order))
        assert found is not None
        tiff, main, camera, gps = found
        assert tiff.text(main[0x8298]) == "© Zoë"
        assert camera[0x9286].type == 7
        assert gps[1].value == b"N\0"
    with Image.open(io.BytesIO(encode(photo(8, 8), "TIFF", big_tiff=True, description="hill"))) as image:
        assert image.size == (8, 8)
    found = exif_directories(encode(photo(8, 8), "TIFF", big_tiff=True, description="hill"))
    assert found is not None
    assert found[0].text(found[1][0x010E]) == "hill"


BODY = f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description xmlns:d="{DC}" xmlns:t="{TIFF}" '
AS_ATTRIBUTE = (
    BODY + 't:Orientation="6"><d:subject><r:Bag><r:li>Grandma</r:li></r:Bag></d:subject></r:Description></r:RDF>'
)
AS_ELEMENT = BODY + (
    "><t:Orientation> 6 </t:Orientation><d:subject><r:Seq><r:li>Grandma</r:li></r:Seq></d:subject>"
    "</r:Description></r:RDF>"
)


@pytest.mark.parametrize(
    "packet",
    [
        AS_ATTRIBUTE.encode(),
        AS_ELEMENT.encode(),
        f'<x:xapmeta xmlns:x="adobe:ns:meta/">{AS_ATTRIBUTE}</x:xapmeta>'.encode(),
        f'<m:xmpmeta xmlns:m="adobe:ns:meta/"><!-- <x:xmpmeta> > --><?a b?>{AS_ELEMENT}</m:xmpmeta>'.encode(),
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{AS_ELEMENT}<?xpacket end="w"?>    \n'.encode(),
        f'<?xml version="1.0" encoding="UTF-8"?>\n{AS_ATTRIBUTE}\0\0\0'.encode(),
        f'<?xml version="1.0" encoding="UTF-16"?>{AS_ATTRIBUTE}'.encode("utf-16"),
        AS_ATTRIBUTE.encode("utf-16-le"),
        AS_ATTRIBUTE.encode("utf-16-be"),
        AS_ATTRIBUTE.encode("utf-32"),
        b"\xef\xbb\xbf" + AS_ELEMENT.encode(),
    ],
)
def test_xmp_is_parsed_however_it_is_written(packet: bytes) -> None:
    found = properties(packet)
    assert found[TIFF, "Orientation"] == ("6",)
    assert found[DC, "subject"] == ("Grandma",)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<broken",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + AS_ELEMENT.replace("Grandma", "&a;").encode(),
        b"<a>" * 100_000,
        b"\xff\xfe nonsense",
    ],
)
def test_what_is_no_xmp_has_no_properties(packet: bytes) -> None:
    assert properties(packet) == {}


def test_language_alternatives_begin_with_the_default() -> None:
    text = BODY + (
        '><d:title><r:Alt><r:li xml:lang="de">Haus</r:li><r:li xml:lang="x-default">House</r:li></r:Alt></d:title>'
        '<d:source r:parseType="Resource"><r:value>scan</r:value></d:source></r:Description></r:RDF>'
    )
    found = properties(text.encode())
    assert found[DC, "title"] == ("House", "Haus")
    assert found[DC, "source"] == ("scan",)


def test_extended_xmp_is_put_together() -> None:
    long = BODY + f'd:format="{"x" * 100}"/></r:RDF>'
    main = BODY + 'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="' + "A" * 32 + '"/></r:RDF>'

    def segment(body: bytes) -> bytes:
        return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body

    def piece(start: int, end: int, identifier: bytes = b"A" * 32) -> bytes:
        head = XMP_EXTENSION_HEADER + identifier + struct.pack(">II", len(long), start)
        return segment(head + long[start:end].encode())

    bare = encode(photo(8, 8), "JPEG")
    first = bare[:2] + segment(XMP_HEADER + main.encode())
    whole = first + piece(50, len(long)) + piece(0, 50) + piece(0, 50, b"B" * 32) + bare[2:]
    assert list(xmp_packets(whole)) == [main.encode(), long.encode()]
    assert list(xmp_packets(first + piece(50, len(long)) + bare[2:])) == [main.encode()]


def test_iptc_that_goes_on_in_the_next_segment() -> None:
    halves = [b"Photoshop 3.0\0" + half for half in (RESOURCES[:40], RESOURCES[40:])]
    segments = b"".join(b"\xff\xed" + struct.pack(">H", len(half) + 2) + half for half in halves)
    assert list(iptc_records(encode(photo(8, 8), "JPEG", extra=segments))) == [IPTC]


def test_texts_and_comments() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Zoë")
    info.add_text("Prompt", "a red house " * 50, zip=True)
    info.add_itxt("Title", "山", "ja", "題")
    info.add_itxt("Packed", "Łódź", zip=True)
    found = [
        (one.keyword, one.text, one.language, one.translated)
        for one in png_texts(encode(photo(8, 8), "PNG", pnginfo=info))
    ]
    assert found == [
        ("Author", "Zoë", "", ""),
        ("Prompt", "a red house " * 50, "", ""),
        ("Title", "山", "ja", "題"),
        ("Packed", "Łódź", "", ""),
    ]
    assert list(comments(encode(photo(8, 8), "JPEG", comment=b"page 12"))) == [b"page 12"]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "BMP"])
def test_resolution(format: str) -> None:
    found = resolution(encode(photo(8, 8), format, dpi=(300, 150)))
    assert found is not None
    assert (round(found.x), round(found.y)) == (300, 150)
    assert resolution(encode(photo(8, 8), "JPEG")) is None
    exif = Image.Exif()
    exif[0x0128], exif[0x011A], exif[0x011B] = 3, 100.0, 100.0
    assert resolution(encode(photo(8, 8), "WEBP", exif=exif)) == Resolution(254.0, 254.0)


@given(st.sampled_from(sorted({**FILES, **WITHOUT_IPTC})), st.data())
def test_damage_raises_nothing(name: str, drawn: st.DataObject) -> None:
    damaged = bytearray({**FILES, **WITHOUT_IPTC}[name])
    for _ in range(drawn.draw(st.integers(0, 6))):
        damaged[drawn.draw(st.integers(0, len(damaged) - 1))] = drawn.draw(st.sampled_from([0, 1, 7, 0x7F, 0xFF]))
    data = bytes(damaged[: drawn.draw(st.integers(0, len(damaged)))])
    for block in exif_blocks(data):
        exif_directories(block)
    for packet in xmp_packets(data):
        properties(packet)
    for records in iptc_records(data):
        list(iptc_datasets(records))
    list(comments(data))
    list(png_texts(data))
    resolution(data)
    assert zlib.crc32(data) >= 0


def test_webp_chunks_of_odd_length() -> None:
    whole = encode(photo(8, 8), "WEBP")
    body = whole[12:] + riff_chunk(b"EXIF", EXIF + b"!") + riff_chunk(b"XMP ", PACKET)
    assert list(xmp_packets(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)) == [PACKET]
