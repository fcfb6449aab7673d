"""Iterate over the parts of each container: segments, chunks, boxes, resources.

Every function takes bytes that may be damaged in any way, and raises nothing: an iteration ends where the damage
begins. If a part claims more bytes than the file has, its end is beyond the file's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PHOTOSHOP_HEADER = b"Photoshop 3.0\0"

_MAX_ITEM_BYTES = 1 << 26
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # TEM, RSTn and SOI have no length


class Part(NamedTuple):
    """One part of a file.

    Attributes:
        kind: Its type: a JPEG marker's second byte, or a chunk's or box's four letters.
        start: Offset of the part in the file.
        body: Offset of its content.
        body_end: End of its content.
        end: Offset of the next part, after any checksum and padding.
    """

    kind: bytes
    start: int
    body: int
    body_end: int
    end: int


def is_jpeg(data: bytes) -> bool:
    """Return whether these bytes begin a JPEG."""
    return data[:2] == b"\xff\xd8"


def is_png(data: bytes) -> bool:
    """Return whether these bytes begin a PNG."""
    return data[:8] == PNG_SIGNATURE


def is_webp(data: bytes) -> bool:
    """Return whether these bytes begin a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def is_tiff(data: bytes) -> bool:
    """Return whether these bytes begin a TIFF or BigTIFF."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def jpeg_segments(data: bytes) -> Iterator[Part]:
    """Yield the segments before the first scan of a JPEG."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        if marker in _STANDALONE:
            at += 2
            continue
        size = max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
        yield Part(bytes([marker]), at, at + 4, at + 2 + size, at + 2 + size)
        at += 2 + size


def png_chunks(data: bytes) -> Iterator[Part]:
    """Yield the chunks of a PNG."""
    at = len(PNG_SIGNATURE)
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield Part(data[at + 4 : at + 8], at, at + 8, at + 8 + size, at + 12 + size)
        at += 12 + size


def riff_chunks(data: bytes) -> Iterator[Part]:
    """Yield the chunks of a WebP."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield Part(data[at : at + 4], at, at + 8, at + 8 + size, at + 8 + size + size % 2)
        at += 8 + size + size % 2


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """Yield the ISO boxes (AVIF, HEIF, JPEG 2000) in a range of a file."""
    end = len(data) if end is None else min(end, len(data))
    at = start
    while at + 8 <= end:
        size, header = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1 and at + 16 <= end:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:  # up to the end
            size = end - at
        if size < header:
            return
        yield Part(data[at + 4 : at + 8], at, at + header, at + size, at + size)
        at += size


def photoshop_resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield id and content of Photoshop's image resources, given without the JPEG's header."""
    at = 0
    while data[at : at + 4] == b"8BIM" and at + 12 <= len(data):
        number = int.from_bytes(data[at + 4 : at + 6], "big")
        name = 1 + data[at + 6]  # a text preceded by its length, padded to an even length
        at += 6 + name + name % 2
        size = int.from_bytes(data[at : at + 4], "big")
        yield number, data[at + 4 : at + 4 + size]
        at += 4 + size + size % 2


def gif_extensions(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the label of each extension in a GIF, the offset of its first sub-block, and its end."""

    def colours(flags: int) -> int:
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    if len(data) < 13:
        return
    at = 13 + colours(data[10])
    while at + 2 < len(data):
        if data[at] == 0x2C and at + 10 < len(data):  # a frame
            start = at + 11 + colours(data[at + 9])
        elif data[at] == 0x21:
            start = at + 2
        else:
            return
        end = start
        while end < len(data) and data[end]:
            end += 1 + data[end]
        if data[at] == 0x21:
            yield data[at + 1], start, min(end, len(data))
        at = end + 1


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an AVIF or HEIF file.

    Attributes:
        kind: Its type, such as ``b"Exif"`` or ``b"mime"``.
        content_type: Content type of a ``mime`` item, else empty.
        content: Its bytes.
    """

    kind: bytes
    content_type: bytes
    content: bytes


def heif_items(data: bytes) -> Iterator[Item]:
    """Yield the metadata items of an AVIF or HEIF file. Source: ISO/IEC 14496-12, 8.11."""
    try:
        for outer in boxes(data):
            if outer.kind == b"meta":
                yield from _items(data, outer)
    except (struct.error, IndexError):
        return


def _items(data: bytes, meta: Part) -> Iterator[Item]:
    inner = {part.kind: part for part in boxes(data, meta.body + 4, meta.body_end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        return
    idat = inner.get(b"idat")
    wanted: dict[int, tuple[bytes, bytes]] = {}
    info = inner[b"iinf"]
    first = info.body + (6 if data[info.body] == 0 else 8)
    for entry in boxes(data, first, info.body_end):
        version = data[entry.body]
        if entry.kind != b"infe" or version < 2:
            continue
        size = 2 if version == 2 else 4
        at = entry.body + 4
        number = int.from_bytes(data[at : at + size], "big")
        kind = data[at + size + 2 : at + size + 6]
        _name, _, rest = data[at + size + 6 : entry.body_end].partition(b"\0")
        if kind in (b"Exif", b"mime"):
            wanted[number] = kind, rest.split(b"\0")[0] if kind == b"mime" else b""
    for number, method, extents in _locations(data, inner[b"iloc"]):
        if number not in wanted or method > 1 or (method == 1 and idat is None):
            continue
        base = idat.body if method == 1 and idat else 0
        limit = idat.body_end if method == 1 and idat else len(data)
        if sum(length for _, length in extents) > _MAX_ITEM_BYTES:
            continue
        content = b"".join(
            data[base + offset : min(base + offset + length, limit) if length else limit] for offset, length in extents
        )
        yield Item(*wanted[number], content)


def _locations(data: bytes, iloc: Part) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yield the items' id, construction method, and offset and length of each extent."""
    at = iloc.body + 4
    version = data[iloc.body]

    def read(size: int) -> int:
        nonlocal at
        if at + size > iloc.body_end or at + size > len(data):
            raise IndexError("the item locations are truncated")
        at += size
        return int.from_bytes(data[at - size : at], "big")

    sizes = read(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    for _ in range(read(2 if version < 2 else 4)):
        number = read(2 if version < 2 else 4)
        method = read(2) & 15 if version in (1, 2) else 0
        read(2)  # in which file: 0 is this one
        base = read(base_size)
        extents = []
        for _ in range(read(2)):
            read(index_size)
            offset = base + read(offset_size)
            extents.append((offset, read(length_size)))
        yield number, method, extents
