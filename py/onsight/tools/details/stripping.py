"""Copy a picture's file without its metadata, and without touching its pixels.

What stays is what the picture needs to look the same: pixels, colour profile, transparency, animation, resolution, and
which way up it is. An allow-list decides, so that a kind of metadata that nobody here knows goes too.
"""

from __future__ import annotations

import struct

from onsight.image.orientation import ORIENTATION_TAG, Orientation
from onsight.image.parts import (
    PNG_SIGNATURE,
    Part,
    is_jpeg,
    is_png,
    is_webp,
    jpeg_segments,
    png_chunks,
    riff_chunks,
)
from onsight.image.tiff import SHORT
from onsight.image.writing import WEBP_EXIF_FLAG, WEBP_XMP_FLAG, png_chunk

_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_ICC_HEADER = b"ICC_PROFILE\0"
_ADOBE_HEADER = b"Adobe"
_JFIF_HEADER, _JFIF_BYTES = b"JFIF\0", 14
_APP0, _APP2, _APP14, _COMMENT = 0xE0, 0xE2, 0xEE, 0xFE
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def can_strip(data: bytes) -> bool:
    """Return whether `strip` knows a file's format: JPEG, PNG and WebP."""
    return is_jpeg(data) or is_png(data) or is_webp(data)


def strip(data: bytes) -> bytes:
    """Return a copy of a file without metadata; its compressed pixels are the same bytes.

    Args:
        data: A JPEG, PNG or WebP that could be decoded.

    Raises:
        ValueError: It is in another format.
    """
    if is_jpeg(data):
        return _strip_jpeg(data)
    if is_png(data):
        return _strip_png(data)
    if is_webp(data):
        return _strip_webp(data)
    raise ValueError("Only JPEG, PNG and WebP can be copied without their metadata.")


def _strip_jpeg(data: bytes) -> bytes:
    kept = [data[:2]]
    at = 2
    for part in jpeg_segments(data):
        body = data[part.body : part.body_end]
        if part.kind[0] == _APP0 and body.startswith(_JFIF_HEADER):
            # Without the thumbnail that may follow.
            body = body[: _JFIF_BYTES - 2] + b"\0\0"
            kept.append(b"\xff\xe0" + struct.pack(">H", len(body) + 2) + body)
        elif _is_needed(part, body):
            kept.append(data[part.start : part.end])
        at = part.end
    turn = Orientation.of(data, "JPEG").value
    if turn > 1:
        block = b"Exif\0\0" + _orientation_block(turn)
        first = 2 if len(kept) > 1 and kept[1][1] == _APP0 else 1
        kept.insert(first, b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block)
    return b"".join(kept) + _scans(data, at)


def _is_needed(part: Part, body: bytes) -> bool:
    marker = part.kind[0]
    if marker == _APP2:
        return body.startswith(_ICC_HEADER)
    if marker == _APP14:
        return body.startswith(_ADOBE_HEADER)  # says how the colours are stored
    return not (_APP0 <= marker <= 0xEF or marker == _COMMENT)


def _scans(data: bytes, at: int) -> bytes:
    """Return the scans of a JPEG without what stands between and after them: comments, videos, further pictures."""
    kept = []
    start = at
    while at + 1 < len(data):
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            break
        marker = data[at + 1]
        if marker == _END_OF_IMAGE:
            kept.append(data[start : at + 2])
            return b"".join(kept)
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + max(2, size)
        if _APP0 <= marker <= 0xEF or marker == _COMMENT:
            kept.append(data[start:at])
            start = end
        at = end
    kept.append(data[start:])  # cut short: all that is there
    return b"".join(kept)


def _strip_png(data: bytes) -> bytes:
    kept = [PNG_SIGNATURE]
    turn = Orientation.of(data, "PNG").value
    for part in png_chunks(data):
        if part.kind in _PNG_KEPT:
            kept.append(data[part.start : part.end])
        if part.kind == b"IHDR" and turn > 1:
            kept.append(png_chunk(b"eXIf", _orientation_block(turn)))
        if part.kind == b"IEND":
            break
    return b"".join(kept)


def _strip_webp(data: bytes) -> bytes:
    turn = Orientation.of(data, "WebP").value
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks = [data[part.start : part.end] for part in riff_chunks(data[:end]) if part.kind in _WEBP_KEPT]
    if chunks and chunks[0][:4] == b"VP8X":
        flags = chunks[0][8] & ~(WEBP_EXIF_FLAG | WEBP_XMP_FLAG) | (WEBP_EXIF_FLAG if turn > 1 else 0)
        chunks[0] = chunks[0][:8] + bytes([flags]) + chunks[0][9:]
        if turn > 1:
            block = _orientation_block(turn)
            chunks.append(b"EXIF" + struct.pack("<I", len(block)) + block)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _orientation_block(turn: int) -> bytes:
    """Return EXIF data that says which way up a picture is, and nothing else."""
    entry = struct.pack(">HHIHH", ORIENTATION_TAG, SHORT, 1, turn, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
