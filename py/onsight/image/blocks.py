"""Find the metadata blocks in a file: EXIF, XMP, IPTC, texts and resolution, without a decoder.

Every function takes the bytes of a whole file, which may be damaged in any way, and raises nothing. All of them support
JPEG, PNG, WebP, TIFF, AVIF and HEIF, JPEG 2000, PSD and GIF, as far as the format has such a block.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from onsight.image.iptc import IPTC_RESOURCE
from onsight.image.parts import (
    PHOTOSHOP_HEADER,
    boxes,
    gif_extensions,
    heif_items,
    is_jpeg,
    is_png,
    is_tiff,
    is_webp,
    jpeg_segments,
    photoshop_resources,
    png_chunks,
    riff_chunks,
)
from onsight.image.png_text import XMP_HEADER, png_xmp_parts, raw_profiles
from onsight.image.tiff import IPTC_TAG, PHOTOSHOP_TAG, XMP_TAG, Entry, Tiff
from onsight.image.xmp import properties

EXIF_HEADER = b"Exif\0\0"
XMP_EXTENSION_HEADER = b"http://ns.adobe.com/xmp/extension/\0"

_EXIF_RESOURCE, _XMP_RESOURCE = 0x0422, 0x0424
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_EXIF = b"JpgTiffExif->JP2"
_JP2_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_JP2_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_GIF_XMP, _GIF_APPLICATION, _GIF_COMMENT = b"XMP DataXMP", 0xFF, 0xFE
_APP1, _APP13, _JPEG_COMMENT, _APP0 = b"\xe1", b"\xed", b"\xfe", b"\xe0"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The resolution for printing or display.

    Attributes:
        x: Horizontal pixels per inch.
        y: Vertical pixels per inch.
    """

    x: float
    y: float


def exif_blocks(data: bytes) -> Iterator[bytes]:
    """Yield the TIFF structures of a file's EXIF data, without ``EXIF_HEADER``; for a TIFF, the whole file."""
    if is_tiff(data):
        yield data
        return
    for block in _raw_exif_blocks(data):
        start = block.find(EXIF_HEADER, 0, 16)
        block = block[start + len(EXIF_HEADER) :] if start >= 0 else block
        if block[:2] in (b"II", b"MM"):
            yield block


def _raw_exif_blocks(data: bytes) -> Iterator[bytes]:
    if is_jpeg(data):
        yield from (body for body in _jpeg_bodies(data, _APP1) if body.startswith(EXIF_HEADER))
    elif is_png(data):
        yield from _png_bodies(data, b"eXIf")
        yield from raw_profiles(data, "exif")
        yield from (body for body in raw_profiles(data, "app1") if body.startswith(EXIF_HEADER))
    elif is_webp(data):
        yield from _webp_bodies(data, b"EXIF")
    elif data[4:8] == b"ftyp":
        # The number of bytes before the structure comes first.
        for item in heif_items(data):
            if item.kind == b"Exif":
                yield item.content[4 + int.from_bytes(item.content[:4], "big") :]
    elif data.startswith(_JP2_SIGNATURE):
        yield from _jp2_bodies(data, _JP2_EXIF)
    elif data[:4] == b"8BPS":
        yield from _psd_resources(data, _EXIF_RESOURCE)


def xmp_packets(data: bytes) -> Iterator[bytes]:
    """Yield a file's XMP packets unchanged, the main one first.

    A JPEG's extended packet follows the main one, joined from its parts if all of them are present. A packet can
    contain anything; `onsight.image.xmp` parses it.
    """
    if is_jpeg(data):
        bodies = list(_jpeg_bodies(data, _APP1))
        packets = [body[len(XMP_HEADER) :] for body in bodies if body.startswith(XMP_HEADER)]
        yield from packets
        yield from _extended_packets(bodies, packets)
    elif is_png(data):
        yield from (packet for _, packet in png_xmp_parts(data))
    elif is_webp(data):
        yield from _webp_bodies(data, b"XMP ")
    elif data[4:8] == b"ftyp":
        yield from (item.content for item in heif_items(data) if item.content_type == b"application/rdf+xml")
    elif data.startswith(_JP2_SIGNATURE):
        yield from _jp2_bodies(data, _JP2_XMP)
    elif data[:4] == b"8BPS":
        yield from _psd_resources(data, _XMP_RESOURCE)
    elif data[:4] == b"GIF8":
        for label, start, end in gif_extensions(data):
            if label == _GIF_APPLICATION and data[start + 1 : start + 12] == _GIF_XMP:
                # The packet is not in sub-blocks; the 257 bytes after it make readers skip it as if it were.
                yield data[start + 12 : max(start + 12, end - 257)]
    yield from _tiff_values(data, XMP_TAG)


def iptc_records(data: bytes) -> Iterator[bytes]:
    """Yield a file's IPTC records (IIM), which are among Photoshop's resources."""
    if is_jpeg(data):
        # Long resources continue in the next segment.
        bodies = [body for body in _jpeg_bodies(data, _APP13) if body.startswith(PHOTOSHOP_HEADER)]
        yield from _iptc_in(b"".join(body[len(PHOTOSHOP_HEADER) :] for body in bodies))
    elif is_png(data):
        for name in ("iptc", "8bim", "app13"):
            for profile in raw_profiles(data, name):
                yield from _iptc_in(profile.removeprefix(PHOTOSHOP_HEADER))
    elif data[:4] == b"8BPS":
        yield from _psd_resources(data, IPTC_RESOURCE)
    elif data.startswith(_JP2_SIGNATURE):
        yield from _jp2_bodies(data, _JP2_IPTC)
    found = False
    for records in _tiff_values(data, IPTC_TAG):
        found = True
        yield records.rstrip(b"\0")  # padded to a multiple of 4 bytes
    if not found:
        for resources in _tiff_values(data, PHOTOSHOP_TAG):
            yield from _iptc_in(resources)


def comments(data: bytes) -> Iterator[bytes]:
    """Yield the comments of a JPEG or GIF, in their original encoding."""
    if is_jpeg(data):
        yield from _jpeg_bodies(data, _JPEG_COMMENT)
    elif data[:4] == b"GIF8":
        for label, start, end in gif_extensions(data):
            if label == _GIF_COMMENT:
                yield b"".join(_sub_blocks(data, start, end))


def resolution(data: bytes) -> Resolution | None:
    """Return the resolution in a JPEG's JFIF header, a PNG's pHYs chunk, a BMP's header or the EXIF data; else None.

    If a JPEG has several, JFIF takes precedence, as in most readers.
    """
    with suppress(struct.error):
        if is_jpeg(data):
            for body in _jpeg_bodies(data, _APP0):
                if body[:5] == b"JFIF\0":
                    unit, x, y = struct.unpack_from(">BHH", body, 7)
                    if found := _resolution(x, y, {1: 1.0, 2: 2.54}.get(unit)):
                        return found
        elif is_png(data):
            for body in _png_bodies(data, b"pHYs"):
                x, y, unit = struct.unpack_from(">IIB", body)
                return _resolution(x, y, 0.0254 if unit == 1 else None)
        elif data[:2] == b"BM":
            x, y = struct.unpack_from("<ii", data, 38)
            return _resolution(x, y, 0.0254)
    for block in exif_blocks(data):
        tiff = Tiff.parse(block)
        if tiff is None:
            continue
        main = tiff.directory(tiff.first)
        unit = tiff.integer(main.get(0x0128)) or 2
        sides = [_ratio(tiff, main.get(tag)) for tag in (0x011A, 0x011B)]
        return _resolution(sides[0], sides[1] or sides[0], {2: 1.0, 3: 2.54}.get(unit))
    return None


def _resolution(x: float, y: float, unit: float | None) -> Resolution | None:
    return Resolution(x * unit, y * unit) if unit and x > 0 and y > 0 else None


def _ratio(tiff: Tiff, entry: Entry | None) -> float:
    if entry is None or entry.type != 5 or len(entry.value) < 8:
        return float(tiff.integer(entry) or 0)
    top, bottom = tiff.number(entry.value[:4]), tiff.number(entry.value[4:8])
    return float(Fraction(top, bottom)) if bottom else 0.0


def _jpeg_bodies(data: bytes, marker: bytes) -> Iterator[bytes]:
    return (data[part.body : part.body_end] for part in jpeg_segments(data) if part.kind == marker)


def _png_bodies(data: bytes, kind: bytes) -> Iterator[bytes]:
    return (data[part.body : part.body_end] for part in png_chunks(data) if part.kind == kind)


def _webp_bodies(data: bytes, kind: bytes) -> Iterator[bytes]:
    return (data[part.body : part.body_end] for part in riff_chunks(data) if part.kind == kind)


def _jp2_bodies(data: bytes, identifier: bytes) -> Iterator[bytes]:
    for part in boxes(data):
        if part.kind == b"uuid" and data[part.body : part.body + 16] == identifier:
            yield data[part.body + 16 : part.body_end]


def _psd_resources(data: bytes, wanted: int) -> Iterator[bytes]:
    at = 26 + 4 + int.from_bytes(data[26:30], "big")  # after the header and the colour table
    size = int.from_bytes(data[at : at + 4], "big")
    for number, content in photoshop_resources(data[at + 4 : at + 4 + size]):
        if number == wanted:
            yield content


def _tiff_values(data: bytes, tag: int) -> Iterator[bytes]:
    """Yield the values of a tag in the main directory of a TIFF, or of a file's EXIF data."""
    for block in exif_blocks(data):
        tiff = Tiff.parse(block)
        entry = tiff.directory(tiff.first).get(tag) if tiff else None
        if entry is not None:
            yield entry.value


def _iptc_in(resources: bytes) -> Iterator[bytes]:
    if resources[:1] == b"\x1c":  # the records themselves
        yield resources
    for number, content in photoshop_resources(resources):
        if number == IPTC_RESOURCE:
            yield content


def _extended_packets(bodies: list[bytes], packets: list[bytes]) -> Iterator[bytes]:
    """Join the extended packets of a JPEG that a main packet refers to. Source: XMP part 3, 1.1.3.1."""
    named = {
        text.encode("ascii", "replace")
        for packet in packets
        for text in properties(packet).get(("http://ns.adobe.com/xmp/note/", "HasExtendedXMP"), ())
    }
    for identifier in sorted(named):
        pieces: dict[int, bytes] = {}
        total = 0
        for body in bodies:
            head = body[len(XMP_EXTENSION_HEADER) :][:40]
            if body.startswith(XMP_EXTENSION_HEADER) and head[:32] == identifier and len(head) == 40:
                total, offset = struct.unpack_from(">II", head, 32)
                pieces[offset] = body[len(XMP_EXTENSION_HEADER) + 40 :]
        packet = b"".join(pieces[offset] for offset in sorted(pieces))
        ends = [offset + len(piece) for offset, piece in sorted(pieces.items())]
        if packet and sorted(pieces) == [0, *ends[:-1]] and len(packet) == total:
            yield packet


def _sub_blocks(data: bytes, start: int, end: int) -> Iterator[bytes]:
    at = start
    while at < end and data[at]:
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
