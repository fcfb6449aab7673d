"""Keywords inside files that have XMP already, wherever it is: one packet with all of them, all else unchanged."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from onsight.errors import InvalidSidecarError, UnsupportedFormatError, UnwritableFileError
from onsight.image.blocks import XMP_EXTENSION_HEADER, xmp_packets
from onsight.image.parts import jpeg_segments, png_chunks, riff_chunks
from onsight.image.png_text import XMP_HEADER
from onsight.metadata.embed import embed
from onsight.metadata.xmp import Keywords, read
from tests import exiftool
from tests.containers import PACKET, exif_block, raw_profile, riff_chunk
from tests.pictures import AVIF, encode, photo, png, png_chunk

KEYWORDS = Keywords(("Dog",), (("Animal", "Dog"),))
PIXELS = bytes(48)
RATED = PACKET.replace(b"<dc:subject>", b"<!-- mine --><q:a xmlns:q='http://q/'>kept</q:a><dc:subject>")
TWO = PACKET.replace(b"Grandma", b"Picnic").replace(
    b"<dc:subject>", b"<p:b xmlns:p='http://p/'>second</p:b><dc:subject>"
)


def itxt(packet: bytes, *, packed: bool = False) -> bytes:
    head = b"XML:com.adobe.xmp\0" + (b"\1\0\0\0" if packed else b"\0\0\0\0")
    return png_chunk(b"iTXt", head + (zlib.compress(packet) if packed else packet))


def segment(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


JPEG = encode(photo(), "JPEG", exif=b"Exif\0\0" + exif_block(), comment=b"hello")
WEBP = encode(photo(), "WEBP")
FILES = {
    "PNG, after the picture": png(4, 4, 8, 2, PIXELS, after_data=itxt(RATED)),
    "PNG, packed, after the picture": png(4, 4, 8, 2, PIXELS, after_data=itxt(RATED, packed=True)),
    "PNG, before the picture": png(4, 4, 8, 2, PIXELS, before_data=png_chunk(b"tEXt", b"Title\0a") + itxt(RATED)),
    "PNG, raw profile": png(4, 4, 8, 2, PIXELS, before_data=raw_profile("xmp", RATED, compressed=True)),
    "PNG, raw profile APP1": png(4, 4, 8, 2, PIXELS, after_data=raw_profile("APP1", XMP_HEADER + RATED)),
    "PNG, as tEXt": png(4, 4, 8, 2, PIXELS, before_data=png_chunk(b"tEXt", b"XML:com.adobe.xmp\0" + RATED)),
    "PNG, twice": png(4, 4, 8, 2, PIXELS, before_data=itxt(RATED), after_data=itxt(TWO)),
    "PNG, raw profile and text": png(4, 4, 8, 2, PIXELS, before_data=raw_profile("xmp", TWO), after_data=itxt(RATED)),
    "JPEG": JPEG[:2] + segment(XMP_HEADER + RATED) + JPEG[2:],
    "JPEG, twice": JPEG[:2] + segment(XMP_HEADER + RATED) + segment(XMP_HEADER + TWO) + JPEG[2:],
    "JPEG, UTF-16": JPEG[:2] + segment(XMP_HEADER + RATED.decode().encode("utf-16")) + JPEG[2:],
    "JPEG, zeros after it": JPEG[:2] + segment(XMP_HEADER + RATED + bytes(50)) + JPEG[2:],
    "WebP": encode(photo(), "WEBP", xmp=RATED, exif=exif_block()),
}  # fmt: skip


def others(data: bytes) -> list[bytes]:
    """Return every part of a file that is not XMP, byte for byte, and what comes after them."""
    if data[:2] == b"\xff\xd8":
        parts = [one for one in jpeg_segments(data) if not data.startswith(XMP_HEADER, one.body)]
        rest = data[list(jpeg_segments(data))[-1].end :]
    elif data[:4] == b"RIFF":
        parts, rest = [one for one in riff_chunks(data) if one.kind not in (b"XMP ", b"VP8X")], b""
    else:
        signs = (b"XML:com.adobe.xmp\0", b"Raw profile type xmp\0", b"Raw profile type APP1\0")
        parts, rest = [one for one in png_chunks(data) if not data.startswith(signs, one.body)], b""
    return [data[one.start : one.end] for one in parts] + [rest]


@pytest.mark.parametrize("name", FILES)
def test_one_packet_with_all_keywords(name: str, tmp_path: Path) -> None:
    before = FILES[name]
    after = embed(before, KEYWORDS)
    (packet,) = xmp_packets(after)
    has_two = TWO[:300] in before or "and text" in name or "twice" in name
    assert read(packet).subjects == (("Grandma", "Picnic", "Dog") if has_two else ("Grandma", "Dog"))
    assert others(after) == others(before)
    assert b"<!-- mine --><q:a xmlns:q='http://q/'>kept</q:a>" in packet
    assert (b"second" in packet) == has_two
    path = tmp_path / "picture"
    path.write_bytes(after)
    told = exiftool.read(path, "-a", "-G1", "-Subject", "-XMP:A", "-warning")
    assert told["XMP-dc:Subject"] == list(read(packet).subjects)
    assert not [key for key in told if "Warning" in key]
    assert embed(after, KEYWORDS) == after


def test_a_packet_after_the_picture_comes_to_where_all_programs_read_it() -> None:
    after = embed(FILES["PNG, after the picture"], KEYWORDS)
    assert [part.kind for part in png_chunks(after)] == [b"IHDR", b"iTXt", b"IDAT", b"IEND"]


def test_a_webp_without_an_extended_header_gets_one(tmp_path: Path) -> None:
    after = embed(WEBP, KEYWORDS)
    chunks = list(riff_chunks(after))
    assert [part.kind for part in chunks] == [b"VP8X", b"VP8 ", b"XMP "]
    assert after[chunks[0].body] == 0x04
    assert others(after) == others(WEBP)
    path = tmp_path / "picture.webp"
    path.write_bytes(after)
    told = exiftool.read(path, "-Subject", "-ImageSize", "-validate")
    assert (told["Subject"], told["ImageSize"], told["Validate"]) == ("Dog", "96x64", "OK")


def test_what_comes_after_a_webp_stays() -> None:
    odd = riff_chunk(b"ABCD", b"x")
    body = WEBP[12:] + odd
    whole = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    after = embed(whole + b"trailer", KEYWORDS)
    assert after.endswith(b"trailer")
    assert odd in after
    assert 8 + struct.unpack_from("<I", after, 4)[0] + len(b"trailer") == len(after)


def extended(packet: bytes) -> bytes:
    identifier = b"0123456789ABCDEF0123456789ABCDEF"
    name = f'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="{identifier.decode()}"'.encode()
    main = RATED.replace(b'rdf:about=""', b'rdf:about="" ' + name)
    head = XMP_EXTENSION_HEADER + identifier + struct.pack(">II", len(packet), 0)
    return JPEG[:2] + segment(XMP_HEADER + main) + segment(head + packet) + JPEG[2:]


def test_extended_xmp_stays_whole(tmp_path: Path) -> None:
    long = (
        PACKET[: PACKET.index(b"<dc:subject>")] + b"<dc:description>long</dc:description></rdf:Description></rdf:RDF>"
    )
    after = embed(extended(long), KEYWORDS)
    main, more = xmp_packets(after)
    assert read(main).subjects == ("Grandma", "Dog")
    assert more == long
    path = tmp_path / "picture.jpg"
    path.write_bytes(after)
    told = exiftool.read(path, "-Subject", "-Description")
    assert (told["Subject"], told["Description"]) == (["Grandma", "Dog"], "long")


def test_what_would_lose_something_is_refused() -> None:
    with pytest.raises(UnwritableFileError, match="extended packet"):
        embed(extended(TWO), KEYWORDS)
    with pytest.raises(InvalidSidecarError):
        embed(png(4, 4, 8, 2, PIXELS, before_data=itxt(RATED), after_data=itxt(b"<broken")), KEYWORDS)
    with pytest.raises(UnwritableFileError, match="damaged"):
        embed(png(4, 4, 8, 2, PIXELS, after_data=png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0nonsense")), KEYWORDS)
    with pytest.raises(UnsupportedFormatError, match="sidecar"):
        embed(AVIF, KEYWORDS)
