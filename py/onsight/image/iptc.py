"""IPTC records (IIM): their datasets, and their containers in a JPEG."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from onsight.image.parts import PHOTOSHOP_HEADER

IPTC_RESOURCE = 0x0404
"""Id of the Photoshop resource that contains them."""


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
        if size & 0x8000:  # longer than 32 KB: the number of bytes that hold the length
            header += size & 0x7FFF
            if header > 13:
                return
            size = int.from_bytes(records[at + 5 : at + header], "big")
        if at + header + size > len(records):
            return
        yield records[at + 1], records[at + 2], at, at + header + size
        at += header + size


def iptc_segment(records: bytes) -> bytes:
    """Return the JPEG segment for IPTC records."""
    body = PHOTOSHOP_HEADER + iptc_resource(records)
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def iptc_resource(records: bytes) -> bytes:
    """Return the Photoshop resource for IPTC records."""
    return b"8BIM" + struct.pack(">HHI", IPTC_RESOURCE, 0, len(records)) + records + bytes(len(records) % 2)
