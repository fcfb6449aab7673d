"""Read from a file's bytes how it was made: which program wrote it, and with which JPEG quality."""

from __future__ import annotations

import struct

from onsight.image.blocks import exif_blocks
from onsight.image.tiff import exif_directories
from onsight.library.records import Provenance

_SOFTWARE = 0x0131
_MAX_TEXT = 200
_QUANTIZATION, _START_OF_SCAN = 0xDB, 0xDA
_WITHOUT_BODY = frozenset({0x01, *range(0xD0, 0xD9)})
_STANDARD_SUM = 3688
"""Sum of the standard quantization table for luminance, which has quality 50 (ITU-T T.81, table K.1)."""


def read_provenance(data: bytes) -> Provenance:
    """Return how a file was made; damaged metadata is ignored.

    Args:
        data: Bytes of a file in any format.
    """
    return Provenance(_software(data), _jpeg_quality(data))


def _software(data: bytes) -> str | None:
    for block in exif_blocks(data):
        found = exif_directories(block)
        entry = found[1].get(_SOFTWARE) if found else None
        if entry is not None:
            text = entry.value.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
            return text[:_MAX_TEXT] or None
    return None


def _jpeg_quality(data: bytes) -> int | None:
    """Return the quality, 1 to 100, whose standard table is as coarse as a JPEG's first table, or None without one."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:  # padding
            at += 1
            continue
        if kind in _WITHOUT_BODY:
            at += 2
            continue
        (size,) = struct.unpack_from(">H", data, at + 2)
        if kind == _START_OF_SCAN or size < 2:
            return None
        if kind == _QUANTIZATION:
            return _quality_of(data[at + 4 : at + 2 + size])
        at += 2 + size
    return None


def _quality_of(table: bytes) -> int | None:
    width = 2 if table[:1] and table[0] >> 4 else 1
    values = table[1 : 1 + 64 * width]
    if len(values) < 64 * width:
        return None
    total: int = sum(struct.unpack(f">64{'H' if width == 2 else 'B'}", values))
    scale = 100 * total / _STANDARD_SUM  # percent of the standard table, as the JPEG library scales it
    quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
    return max(1, min(100, round(quality)))
