"""Where a file keeps what it says besides its pixels: EXIF, XMP, IPTC, texts and resolution, read without a decoder.

Every function here takes the bytes of a whole file that may be damaged in any way, and raises nothing. All of them
know JPEG, PNG, WebP, TIFF, AVIF and HEIF, JPEG 2000, PSD and GIF, as far as each has such a block.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from onsight.image.parts import (
    PHOTOSHOP_HEADER,
    Part,
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
from onsight.image.tiff import IPTC_TAG, PHOTOSHOP_TAG, XMP_TAG, Entry, Tiff
from onsight.image.xmp import properties

EXIF_HEADER = b"Exif\0\0"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
XMP_EXTENSION_HEADER = b"http://ns.adobe.com/xmp/extension/\0"
XMP_KEYWORD = b"XML:com.adobe.xmp"

_IPTC_RESOURCE, _EXIF_RESOURCE, _XMP_RESOURCE = 0x0404, 0x0422, 0x0424
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_EXIF = b"JpgTiffExif->JP2"
_JP2_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_JP2_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_GIF_XMP, _GIF_APPLICATION, _GIF_COMMENT = b"XMP DataXMP", 0xFF, 0xFE
_APP1, _APP13, _JPEG_COMMENT, _APP0 = b"\xe1", b"\xed", b"\xfe", b"\xe0"
_MAX_TEXT = 1 << 26
"""Bytes that a compressed text may have once it is unpacked."""


@dataclass(frozen=True, slots=True)
class PngText:
    """A text of a PNG.

    Attributes:
        keyword: What it is, such as ``"Author"``.
        text: The text.
        kind: The chunk that holds it: ``b"tEXt"``, ``b"zTXt"`` or ``b"iTXt"``.
        language: An RFC 3066 tag; only of ``iTXt``.
        translated: The keyword in that language; only of ``iTXt``.
        raw: The chunk's content as it is written.
    """

    keyword: str
    text: str
    kind: bytes = b"tEXt"
    language: str = ""
    translated: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How many pixels are meant to be printed or shown on an inch.

    Attributes:
        x: Pixels an inch, across.
        y: The same, downwards.
    """

    x: float
    y: float


def exif_blocks(data: bytes) -> Iterator[bytes]:
    """Yield the TIFF structures that hold a file's EXIF data, without ``EXIF_HEADER``; of a TIFF itself all of it."""
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
        yield from _raw_profiles(data, "exif")
        yield from (body for body in _raw_profiles(data, "app1") if body.startswith(EXIF_HEADER))
    elif is_webp(data):
        yield from _webp_bodies(data, b"EXIF")
    elif data[4:8] == b"ftyp":
        # Before the structure stands how many bytes come before it.
        for item in heif_items(data):
            if item.kind == b"Exif":
                yield item.content[4 + int.from_bytes(item.content[:4], "big") :]
    elif data.startswith(_JP2_SIGNATURE):
        yield from _jp2_bodies(data, _JP2_EXIF)
    elif data[:4] == b"8BPS":
        yield from _psd_resources(data, _EXIF_RESOURCE)


def xmp_packets(data: bytes) -> Iterator[bytes]:
    """Yield a file's XMP packets as they are written there, the main one first.

    A JPEG's extended packet follows the main one, put together again, where all of its parts are there. The packet may
    be anything: `onsight.image.xmp` parses it.
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
                # The packet is not in sub-blocks; 257 bytes after it make readers skip it as if it were.
                yield data[start + 12 : max(start + 12, end - 257)]
    yield from _tiff_values(data, XMP_TAG)


def iptc_records(data: bytes) -> Iterator[bytes]:
    """Yield a file's IPTC records (IIM), which Photoshop's resources hold among others."""
    if is_jpeg(data):
        # Long resources go on in the next segment.
        bodies = [body for body in _jpeg_bodies(data, _APP13) if body.startswith(PHOTOSHOP_HEADER)]
        yield from _iptc_in(b"".join(body[len(PHOTOSHOP_HEADER) :] for body in bodies))
    elif is_png(data):
        for name in ("iptc", "8bim", "app13"):
            for profile in _raw_profiles(data, name):
                yield from _iptc_in(profile.removeprefix(PHOTOSHOP_HEADER))
    elif data[:4] == b"8BPS":
        yield from _psd_resources(data, _IPTC_RESOURCE)
    elif data.startswith(_JP2_SIGNATURE):
        yield from _jp2_bodies(data, _JP2_IPTC)
    found = False
    for records in _tiff_values(data, IPTC_TAG):
        found = True
        yield records.rstrip(b"\0")  # padded to whole numbers of 4 bytes
    if not found:
        for resources in _tiff_values(data, PHOTOSHOP_TAG):
            yield from _iptc_in(resources)


def iptc_datasets(records: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield record number, dataset number and value of each of a block's datasets, up to the first damaged one."""
    for record, dataset, start, end in iptc_spans(records):
        value = records[start:end]
        yield record, dataset, value[5 + (int.from_bytes(value[3:5], "big") & 0x7FFF if value[3] & 0x80 else 0) :]


def iptc_spans(records: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield record number, dataset number, start and end of each of a block's datasets, headers included."""
    at = 0
    while records[at : at + 1] == b"\x1c" and at + 5 <= len(records):
        size, header = int.from_bytes(records[at + 3 : at + 5], "big"), 5
        if size & 0x8000:  # longer than 32 KB: this many bytes say how long
            header += size & 0x7FFF
            if header > 13:
                return
            size = int.from_bytes(records[at + 5 : at + header], "big")
        if at + header + size > len(records):
            return
        yield records[at + 1], records[at + 2], at, at + header + size
        at += header + size


def comments(data: bytes) -> Iterator[bytes]:
    """Yield the comments of a JPEG or GIF, in whatever encoding they are."""
    if is_jpeg(data):
        yield from _jpeg_bodies(data, _JPEG_COMMENT)
    elif data[:4] == b"GIF8":
        for label, start, end in gif_extensions(data):
            if label == _GIF_COMMENT:
                yield b"".join(_sub_blocks(data, start, end))


def png_texts(data: bytes) -> Iterator[PngText]:
    """Yield the texts of a PNG, wherever they are in it; XMP and raw profiles are not among them."""
    if not is_png(data):
        return
    for part in _png_text_parts(data):
        parsed = _parse_text(part.kind, data[part.body : part.body_end])
        if parsed is None:
            continue
        keyword, text, language, translated = parsed
        name = keyword.decode("latin-1")
        if keyword == XMP_KEYWORD or name.lower().startswith("raw profile type "):
            continue
        encoding = "utf-8" if part.kind == b"iTXt" else "latin-1"
        yield PngText(
            name,
            text.decode(encoding, "replace"),
            part.kind,
            language.decode("latin-1"),
            translated.decode("utf-8", "replace"),
            data[part.body : part.body_end],
        )


def png_xmp_parts(data: bytes) -> list[tuple[Part, bytes]]:
    """Return the chunks of a PNG that hold XMP, and the packet in each; raw profiles come after the others."""
    found, profiles = [], []
    for part in _png_text_parts(data):
        parsed = _parse_text(part.kind, data[part.body : part.body_end])
        if parsed is None:
            continue
        keyword, text, *_ = parsed
        profile = _raw_profile(keyword, text, "xmp")
        block = _raw_profile(keyword, text, "app1")
        if keyword == XMP_KEYWORD:
            found.append((part, text))
        elif profile is not None:
            profiles.append((part, profile))
        elif block is not None and block.startswith(XMP_HEADER):
            profiles.append((part, block[len(XMP_HEADER) :]))
    return found + profiles


def png_texts_raw(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield chunk, keyword and unpacked bytes of every text of a PNG, XMP and raw profiles included."""
    for part in _png_text_parts(data):
        parsed = _parse_text(part.kind, data[part.body : part.body_end])
        if parsed:
            yield part.kind, parsed[0], parsed[1]


def resolution(data: bytes) -> Resolution | None:
    """Return the resolution in a JPEG's JFIF header, a PNG's pHYs chunk, a BMP's header or the EXIF data; else None.

    Where a JPEG has several, JFIF goes first, as most readers have it.
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


def iptc_segment(records: bytes) -> bytes:
    """Return the JPEG segment that holds IPTC records."""
    body = PHOTOSHOP_HEADER + iptc_resource(records)
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def iptc_resource(records: bytes) -> bytes:
    """Return the Photoshop resource that holds IPTC records."""
    return b"8BIM" + struct.pack(">HHI", _IPTC_RESOURCE, 0, len(records)) + records + bytes(len(records) % 2)


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
        if number == _IPTC_RESOURCE:
            yield content


def _extended_packets(bodies: list[bytes], packets: list[bytes]) -> Iterator[bytes]:
    """Put the extended packets of a JPEG together, those that a main packet names. Source: XMP part 3, 1.1.3.1."""
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


def _png_text_parts(data: bytes) -> Iterator[Part]:
    if is_png(data):
        yield from (part for part in png_chunks(data) if part.kind in (b"tEXt", b"zTXt", b"iTXt"))


def _parse_text(kind: bytes, body: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Return keyword, unpacked text, language and translated keyword of a chunk; None where it is damaged."""
    keyword, zero, rest = body.partition(b"\0")
    language = translated = b""
    if not zero:
        return None
    if kind == b"tEXt":
        return keyword, rest, language, translated
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    else:
        parts = rest[2:].split(b"\0", 2)
        if len(parts) != 3:
            return None
        packed = rest[:1] == b"\1"
        language, translated, rest = parts
    if packed:
        try:
            rest = zlib.decompressobj().decompress(rest, _MAX_TEXT)
        except zlib.error:
            return None
    return keyword, rest, language, translated


def _raw_profiles(data: bytes, name: str) -> Iterator[bytes]:
    """Yield ImageMagick's and ExifTool's way to keep a block in a PNG: a text of hexadecimal digits."""
    for _, keyword, text in png_texts_raw(data):
        profile = _raw_profile(keyword, text, name)
        if profile is not None:
            yield profile


def _raw_profile(keyword: bytes, text: bytes, name: str) -> bytes | None:
    if keyword.lower() != f"raw profile type {name}".encode():
        return None
    # A line with a name ("exif", "IPTC profile"), one with the number of bytes, then the digits.
    match = re.match(rb"\s*[^\r\n]*[\r\n]\s*(\d+)\s", text)
    if match:
        with suppress(ValueError):
            return bytes.fromhex(text[match.end() :].decode("ascii", "replace"))[: int(match[1][:12])]
    return None


def _sub_blocks(data: bytes, start: int, end: int) -> Iterator[bytes]:
    at = start
    while at < end and data[at]:
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
