"""Write keywords into a picture's file: create or extend its XMP packet, and leave everything else unchanged.

Afterwards a file has exactly one packet. If it had several, or one in a form that few programs read (a PNG's raw
profile), they are merged into one with all properties.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from onsight.core.texts import text
from onsight.errors import InvalidSidecarError, UnsupportedFormatError, UnwritableFileError
from onsight.image.blocks import xmp_packets
from onsight.image.parts import Part, jpeg_segments, png_chunks, riff_chunks
from onsight.image.png_text import XMP_HEADER, XMP_KEYWORD, png_xmp_parts
from onsight.image.sniff import sniff_format
from onsight.image.writing import MAX_SEGMENT, WEBP_XMP_FLAG, png_chunk, webp_header
from onsight.image.xmp import decode
from onsight.image.xmp_edit import joined
from onsight.metadata.reading import read_stated
from onsight.metadata.xmp import Keywords, build, merge, read


def embed(picture: bytes, keywords: Keywords) -> bytes:
    """Return a picture's file with keywords added; everything else stays the same.

    Args:
        picture: The bytes of a JPEG, PNG or WebP file.
        keywords: Keywords that the file should have.

    Raises:
        NotAnImageError: It is not a picture.
        UnsupportedFormatError: Onsight cannot write keywords into this format.
        InvalidSidecarError: Its XMP is broken.
        UnwritableFileError: There is no space for so many keywords, or the file is damaged.
    """
    if keywords.alt_text and read_stated(picture).description:
        keywords = replace(keywords, alt_text="")  # it may be in IPTC or EXIF, which programs read after XMP
    name = sniff_format(picture)
    if name not in _WRITERS:
        raise UnsupportedFormatError(
            text("Keywords cannot be written into {name} files; a sidecar can hold them.", name=name),
            detail={"format": name},
        )
    try:
        return _WRITERS[name](picture, lambda packets: _with_keywords(packets, keywords))
    except (struct.error, zlib.error, IndexError) as error:
        raise UnwritableFileError(
            text("This {name} file is damaged, so nothing was written to it.", name=name)
        ) from error


def find_packet(picture: bytes) -> bytes | None:
    """Return the main XMP packet of a file, or None if it has none."""
    return next(xmp_packets(picture), None)


Merge = Callable[[Sequence[bytes]], bytes]
"""Takes the packets of a file, the main one first, and returns the new one."""


def _with_keywords(packets: Sequence[bytes], keywords: Keywords) -> bytes:
    if not packets:
        return build(keywords)
    packet, *others = packets
    known = [read(other) for other in others]  # raises an error for a broken one
    if others or (decode(packet) or b"") not in packet:  # XMP inside pictures is in UTF-8
        whole = joined(packet, others)
        if whole is None:
            raise InvalidSidecarError(text("The XMP is broken."))
        packet = whole
    for one in (*known, keywords):
        packet = merge(packet, one)
    return packet


def _in_jpeg(data: bytes, merged: Merge) -> bytes:
    segments = list(jpeg_segments(data))
    if not segments or segments[-1].end > len(data):
        raise struct.error("a segment is longer than the file")
    holders = [one for one in segments if one.kind == b"\xe1" and data.startswith(XMP_HEADER, one.body, one.body_end)]
    packets = [data[one.body + len(XMP_HEADER) : one.body_end] for one in holders]
    extended = list(xmp_packets(data))[len(packets) :]
    if any(read(packet).subjects or read(packet).paths for packet in extended):
        raise UnwritableFileError(
            text("The keywords of this JPEG are in an extended packet, to which none can be added.")
        )
    content = XMP_HEADER + merged(packets)
    if len(content) > MAX_SEGMENT:
        raise UnwritableFileError(text("So many keywords do not fit in a JPEG; a sidecar can hold them."))
    # A new packet comes after JFIF and EXIF, which must come first.
    first = [one.end for one in segments if one.kind in (b"\xe0", b"\xe1")]
    start = holders[0].start if holders else first[-1] if first else 2
    return _replaced(data, holders, b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content, start)


def _in_png(data: bytes, merged: Merge) -> bytes:
    chunks = list(png_chunks(data))
    if not chunks or chunks[0].kind != b"IHDR" or chunks[0].end > len(data):
        raise struct.error("no header")
    found = [(part, packet) for part, packet in png_xmp_parts(data) if part.end <= len(data)]
    holders = [part for part, _ in found]
    for part in chunks:
        is_xmp = part.kind in (b"iTXt", b"zTXt", b"tEXt") and data.startswith(XMP_KEYWORD + b"\0", part.body)
        if is_xmp and part.end <= len(data) and part not in holders:
            raise struct.error("XMP that cannot be unpacked")
    packet = merged([packet for _, packet in found])
    chunk = png_chunk(b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + packet)
    start = holders[0].start if holders else chunks[0].end
    if any(part.kind == b"IDAT" and part.start < start for part in chunks):
        start = chunks[0].end  # many programs read only what precedes the picture
    return _replaced(data, holders, chunk, start)


def _in_webp(data: bytes, merged: Merge) -> bytes:
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks = [part for part in riff_chunks(data) if part.start < end]
    if not chunks:
        raise struct.error("no chunks")
    if chunks[-1].body_end > len(data):
        raise struct.error("a chunk is longer than the file")
    holders = [part for part in chunks if part.kind == b"XMP "]
    packet = merged([data[part.body : part.body_end] for part in holders])
    chunk = _riff_chunk(b"XMP ", packet)
    head = chunks[0]
    content = data[head.body : head.body_end]
    if head.kind == b"VP8X":
        before = _riff_chunk(b"VP8X", bytes([content[0] | WEBP_XMP_FLAG]) + content[1:])
    else:
        header = webp_header(head.kind, content)
        before = _riff_chunk(b"VP8X", bytes([header[0] | WEBP_XMP_FLAG]) + header[1:]) + data[head.start : head.end]
    last = chunks[-1]
    start = holders[0].start if holders else last.end
    rest = _replaced(data[: last.end].ljust(last.end, b"\0"), holders, chunk, start)[head.end :]
    body = b"WEBP" + before + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body + data[last.end :]


def _riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _replaced(data: bytes, parts: Sequence[Part], piece: bytes, start: int) -> bytes:
    """Remove parts and insert a piece at a position between parts."""
    pieces = [(part.start, part.end, b"") for part in parts] + [(start, start, piece)]
    for begin, end, new in sorted(pieces, reverse=True):  # at the same position, the removal comes first
        data = data[:begin] + new + data[end:]
    return data


_WRITERS: dict[str, Callable[[bytes, Merge], bytes]] = {"JPEG": _in_jpeg, "PNG": _in_png, "WebP": _in_webp}
"""Formats that keywords can be written into."""
