"""The directories of a TIFF structure, which EXIF uses as well, with each entry as written.

Values remain bytes, so that copies are exact, even if a text has an encoding or a number has a type that is not in the
standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG, ICC_TAG = 0x02BC, 0x83BB, 0x8649, 0x8773

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
"""Size of one value in bytes, by type. 129 is UTF-8, from Exif 3.0."""

_MAX_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory.

    Attributes:
        tag: Its number.
        type: The type's number.
        count: Number of values.
        value: Their bytes, in the file's byte order.
        offset: Their offset in the structure; 0 for an entry that was not read from there.
    """

    tag: int
    type: int
    count: int
    value: bytes
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Tiff:
    """A TIFF structure.

    Attributes:
        data: All of its bytes; offsets count from the first.
        order: ``"little"`` or ``"big"``, as in `int.from_bytes`.
        is_big: Whether it is a BigTIFF, with offsets of 8 bytes.
        first: Offset of the first directory.
    """

    data: bytes
    order: str
    is_big: bool
    first: int

    @classmethod
    def parse(cls, data: bytes) -> Tiff | None:
        """Read the header; None if there is none."""
        order = {b"II": "little", b"MM": "big"}.get(data[:2])
        if order is None or len(data) < 8:
            return None
        version = int.from_bytes(data[2:4], order)  # type: ignore[arg-type]
        if version == 43 and len(data) >= 16:
            return cls(data, order, True, int.from_bytes(data[8:16], order))  # type: ignore[arg-type]
        # Some cameras write a version other than 42 into otherwise valid EXIF.
        return cls(data, order, False, int.from_bytes(data[4:8], order))  # type: ignore[arg-type]

    def number(self, data: bytes) -> int:
        """Return an unsigned number of any size in this file's byte order."""
        return int.from_bytes(data, self.order)  # type: ignore[arg-type]

    def directory(self, at: int) -> dict[int, Entry]:
        """Return the complete entries of a directory by tag, the first of each; empty if there is no directory."""
        entries: dict[int, Entry] = {}
        for entry in self._entries(at):
            entries.setdefault(entry.tag, entry)
        return entries

    def sub_directory(self, entries: dict[int, Entry], tag: int) -> dict[int, Entry]:
        """Return the directory that an entry points to; empty if there is none."""
        at = self.integer(entries.get(tag))
        return self.directory(at) if at else {}

    def integer(self, entry: Entry | None) -> int | None:
        """Return the first value of an entry of any unsigned type (BYTE, SHORT, LONG …); else None."""
        if entry is None or entry.type not in (BYTE, SHORT, LONG, 13, 16, 18) or not entry.value:
            return None
        return self.number(entry.value[: SIZES[entry.type]])

    def text(self, entry: Entry | None) -> str | None:
        """Return a text: UTF-8 if it is valid, else Latin-1; None if the entry is not a text."""
        if entry is None or entry.type not in (BYTE, ASCII, UNDEFINED, 129):
            return None
        raw = entry.value.split(b"\0")[0]
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def _entries(self, at: int) -> Iterator[Entry]:
        wide = 8 if self.is_big else 4
        head = 8 if self.is_big else 2
        size = 4 + 2 * wide
        if not 8 <= at <= len(self.data) - head:
            return
        for index in range(min(self.number(self.data[at : at + head]), _MAX_ENTRIES)):
            field = self.data[at + head + size * index : at + head + size * (index + 1)]
            if len(field) < size:
                return
            tag, kind, count = self.number(field[:2]), self.number(field[2:4]), self.number(field[4 : 4 + wide])
            length = SIZES.get(kind, 0) * count
            if not length:
                if kind in SIZES:
                    yield Entry(tag, kind, 0, b"")
                continue
            start = at + head + size * index + 4 + wide
            if length > wide:
                start = self.number(field[4 + wide :])
            value = self.data[start : start + length]
            if len(value) == length:
                yield Entry(tag, kind, count, value, start)


def exif_directories(block: bytes) -> tuple[Tiff, dict[int, Entry], dict[int, Entry], dict[int, Entry]] | None:
    """Return an EXIF block's structure and its main, Exif and GPS directories; None if it is not a TIFF structure.

    Args:
        block: A block from `onsight.image.blocks.exif_blocks`; it may be damaged.
    """
    tiff = Tiff.parse(block)
    if tiff is None:
        return None
    main = tiff.directory(tiff.first)
    return tiff, main, tiff.sub_directory(main, EXIF_IFD), tiff.sub_directory(main, GPS_IFD)
