"""The scans of a JPEG: which coefficients of which components each contains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_IN_SCANS = frozenset({0x00, *range(0xD0, 0xD8), 0xFF})
"""Bytes that may follow 0xFF within a scan: a stuffed zero, a restart, a fill byte."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan.

    Attributes:
        start: Offset of its coded data in the file.
        components: The ids of its components.
        first: Its first coefficient, 0 to 63.
        last: Its last coefficient.
        low: Number of low bits of the coefficients that it omits.
    """

    start: int
    components: tuple[int, ...]
    first: int
    last: int
    low: int


def scans_of(data: bytes) -> tuple[list[Scan], int]:
    """Return the scans of a JPEG in order, and the end of the last one.

    The end is the position of the end-of-image marker, or else the end of the file.
    """
    scans: list[Scan] = []
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            at = data.find(b"\xff", at)
            if at < 0:
                break
            continue
        marker = data[at + 1]
        if marker == _END_OF_IMAGE:
            return scans, at
        if marker in _IN_SCANS:
            at += 1 if marker == 0xFF else 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            header = data[at + 4 : end]
            count = header[0] if header else 0
            if end >= len(data) or len(header) < 4 + 2 * count:
                break
            components = tuple(header[1 : 1 + 2 * count : 2])
            first, last, bits = header[1 + 2 * count : 4 + 2 * count]
            scans.append(Scan(end, components, first, last, bits & 15))
        at = max(end, at + 2)
    return scans, len(data)


def has_everything(data: bytes, scans: Sequence[Scan]) -> bool:
    """Return whether these scans, including the last, contain all bits of all coefficients of all components."""
    components = _components(data)
    missing = {(component, coefficient) for component in components for coefficient in range(64)}
    for scan in scans:
        if scan.low == 0:
            coefficients = range(scan.first, min(scan.last, 63) + 1)
            missing -= {(component, coefficient) for component in scan.components for coefficient in coefficients}
    return bool(components) and not missing


def _components(data: bytes) -> tuple[int, ...]:
    at = 2
    while at + 10 <= len(data) and data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] in _FRAMES:
            return tuple(data[at + 10 + 3 * index] for index in range(data[at + 9]) if at + 10 + 3 * index < len(data))
        at = end
    return ()
