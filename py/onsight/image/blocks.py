"""Where a file keeps what it says besides its pixels: EXIF, XMP and IPTC, read without a decoder.

Every function here takes the bytes of a whole file that may be damaged in any way, and raises nothing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

EXIF_HEADER = b"Exif\0\0"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
PHOTOSHOP_HEADER = b"Photoshop 3.0\0"
XMP_KEYWORD = b"XML:com.adobe.xmp"

_PNG = b"\x89PNG\r\n\x1a\n"
_IPTC_RESOURCE = 0x0404


def exif_blocks(data: bytes) -> Iterator[bytes]:
    """Yield the TIFF structures that hold a JPEG's, PNG's, WebP's or TIFF's EXIF data."""
    with suppress(struct.error):
        if data[:2] == b"\xff\xd8":
            for segment in _jpeg_segments(data, 0xE1):
                if segment.startswith(EXIF_HEADER):
                    yield segment[len(EXIF_HEADER) :]
        elif data[:8] == _PNG:
            yield from (chunk.removeprefix(EXIF_HEADER) for chunk in _png_chunks(data, b"eXIf"))
        elif _is_webp(data):
            yield from (chunk.removeprefix(EXIF_HEADER) for chunk in _riff_chunks(data, b"EXIF"))
        elif data[:4] in (b"II*\0", b"MM\0*"):
            yield data


def xmp_packets(data: bytes) -> Iterator[bytes]:
    """Yield the XMP packets of a JPEG, PNG or WebP; of a JPEG not those that continue a first one."""
    with suppress(struct.error):
        if data[:2] == b"\xff\xd8":
            for segment in _jpeg_segments(data, 0xE1):
                if segment.startswith(XMP_HEADER):
                    yield segment[len(XMP_HEADER) :]
        elif data[:8] == _PNG:
            for chunk in _png_chunks(data, b"iTXt"):
                # Keyword, compression flag and method, language and translated keyword, each ended by a zero.
                keyword, _, rest = chunk.partition(b"\0")
                parts = rest[2:].split(b"\0", 2)
                if keyword == XMP_KEYWORD and len(parts) == 3:
                    with suppress(zlib.error):
                        yield zlib.decompress(parts[2]) if rest[:1] == b"\1" else parts[2]
        elif _is_webp(data):
            yield from _riff_chunks(data, b"XMP ")


def iptc_records(data: bytes) -> Iterator[bytes]:
    """Yield the IPTC records of a JPEG, which Photoshop's segment holds among other resources."""
    if data[:2] != b"\xff\xd8":
        return
    with suppress(struct.error, IndexError):
        for segment in _jpeg_segments(data, 0xED):
            if segment.startswith(PHOTOSHOP_HEADER):
                yield from _resources(segment, _IPTC_RESOURCE)


def iptc_segment(records: bytes) -> bytes:
    """Return the JPEG segment that holds IPTC records."""
    resource = b"8BIM" + struct.pack(">HHI", _IPTC_RESOURCE, 0, len(records)) + records + bytes(len(records) % 2)
    body = PHOTOSHOP_HEADER + resource
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _jpeg_segments(data: bytes, wanted: int) -> Iterator[bytes]:
    at = 2
    while data[at : at + 1] == b"\xff":
        marker, size = struct.unpack_from(">BH", data, at + 1)
        if marker == 0xDA:  # the picture begins
            return
        if marker == wanted:
            yield data[at + 4 : at + 2 + size]
        at += 2 + size


def _png_chunks(data: bytes, wanted: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        if data[at + 4 : at + 8] == wanted:
            yield data[at + 8 : at + 8 + size]
        at += 12 + size


def _riff_chunks(data: bytes, wanted: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        (size,) = struct.unpack_from("<I", data, at + 4)
        if data[at : at + 4] == wanted:
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _resources(segment: bytes, wanted: int) -> Iterator[bytes]:
    at = len(PHOTOSHOP_HEADER)
    while segment[at : at + 4] == b"8BIM":
        (number,) = struct.unpack_from(">H", segment, at + 4)
        name = 1 + segment[at + 6]  # a text with its length before it, padded to an even length
        at += 6 + name + name % 2
        (size,) = struct.unpack_from(">I", segment, at)
        if number == wanted:
            yield segment[at + 4 : at + 4 + size]
        at += 4 + size + size % 2
