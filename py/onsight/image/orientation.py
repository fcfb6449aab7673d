"""Decide which way up a picture is, for every format and from every source in the file.

The first of these sources that specifies an orientation counts:

1. AVIF: the container's own rotation and mirroring (``irot``, ``imir``), which its decoder reports. According to the
   standard and in browsers, EXIF and XMP in an AVIF are for information only.
2. JPEG, PNG, WebP, TIFF: ``Orientation`` in the first EXIF block that has a valid one, as an integer of any type. In a
   PNG the ``eXIf`` chunk takes precedence over ImageMagick's raw profiles.
3. The same formats: ``tiff:Orientation`` in XMP.

Other formats are shown as they are stored. Browsers follow EXIF in a JPEG if it is a ``SHORT``; most of them ignore it
in WebP and PNG, and all of them ignore XMP. `Orientation.as_in_browsers` says whether that makes a difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onsight.image.blocks import exif_blocks, xmp_packets
from onsight.image.tiff import SHORT, Entry, Tiff
from onsight.image.xmp import TIFF, properties

ORIENTATION_TAG = 0x0112

_FORMATS = frozenset({"JPEG", "PNG", "WebP", "TIFF"})
_INTEGERS = frozenset({1, 3, 4, 6, 7, 8, 9, 13, 16, 17, 18})
"""TIFF's integer types, and UNDEFINED, which some programs use for a byte."""
_TIFF_VERSION = 42


@dataclass(frozen=True, slots=True)
class Orientation:
    """Which way up a picture is.

    Attributes:
        value: EXIF's number, 1 (stored upright) to 8.
        as_in_browsers: Whether every browser rotates the picture the same way.
    """

    value: int = 1
    as_in_browsers: bool = True

    @classmethod
    def of(cls, data: bytes, name: str) -> Orientation:
        """Read a file's orientation.

        Args:
            data: The bytes of the file; its metadata may be damaged in any way.
            name: Its format. AVIF's orientation comes from the decoder instead.
        """
        if name not in _FORMATS:
            return UPRIGHT
        try:
            return cls._read(data, name)
        except Exception:
            return cls(1, as_in_browsers=False)  # damaged metadata is no reason to refuse a picture

    @classmethod
    def _read(cls, data: bytes, name: str) -> Orientation:
        exif = list(_exif_entries(data))
        value = next((found for found, _ in exif if found), 0)
        if name == "JPEG" and len(exif) == 1 and value and exif[0][1]:
            return cls(value)
        if not value:
            value = _xmp_orientation(data)
        others = any(found > 1 for found, _ in exif)
        return cls(value or 1, as_in_browsers=value <= 1 and not others)


UPRIGHT = Orientation()


def _exif_entries(data: bytes) -> Iterator[tuple[int, bool]]:
    """Yield each EXIF block's orientation (0 for none), and whether it is written as the standard requires."""
    for block in exif_blocks(data):
        tiff = Tiff.parse(block)
        if tiff is None:
            continue
        entry = tiff.directory(tiff.first).get(ORIENTATION_TAG)
        is_standard = entry is not None and entry.type == SHORT and entry.count == 1
        yield _value(tiff, entry), is_standard and tiff.number(block[2:4]) == _TIFF_VERSION


def _value(tiff: Tiff, entry: Entry | None) -> int:
    if entry is None or entry.type not in _INTEGERS or not entry.value:
        return 0
    value = tiff.number(entry.value[: len(entry.value) // max(1, entry.count)])
    return value if 1 <= value <= 8 else 0


def _xmp_orientation(data: bytes) -> int:
    for packet in xmp_packets(data):
        for text in properties(packet).get((TIFF, "Orientation"), ()):
            if len(text) == 1 and text in "12345678":
                return int(text)
    return 0
