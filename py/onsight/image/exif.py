"""Copy EXIF data to another file with the same picture, entry by entry and byte for byte.

Only what has to change is changed. The new file's pixels are upright, in sRGB, and may have another size, so
orientation, sizes and colour space are updated. Entries that describe the old file's pixels or contain another picture
are removed.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

from onsight.image.blocks import Resolution
from onsight.image.tiff import (
    EXIF_IFD,
    GPS_IFD,
    ICC_TAG,
    INTEROP_IFD,
    IPTC_TAG,
    LONG,
    PHOTOSHOP_TAG,
    RATIONAL,
    SHORT,
    XMP_TAG,
    Entry,
    exif_directories,
)

_ORIENTATION, _COLOUR_SPACE, _WIDTH, _HEIGHT, _MAKER_NOTE, _INTEROP_INDEX = 0x0112, 0xA001, 0xA002, 0xA003, 0x927C, 1
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_CHROMA_POSITION = 0x0213
_SRGB, _CENTRED = 1, 1
_POINTERS = frozenset({EXIF_IFD, GPS_IFD, INTEROP_IFD})
_MAX_BYTES = 65_000
"""Maximum end of maker notes that are kept: the size of EXIF data in a JPEG."""

_STRUCTURE = frozenset(
    {0xFE, 0xFF, 0x0106, 0x010A, 0x0111, 0x0115, 0x0116, 0x0117, 0x011C, 0x013D, 0x0140, 0x014A, 0x0152, 0x0153, 0x015B}
    | set(range(0x0100, 0x0104))
    | set(range(0x0120, 0x0126))
    | set(range(0x0141, 0x0146))
    | set(range(0x0200, 0x020A))
    | {0x0211, 0x0212, 0x0214}
    | {0x012D, 0x013E, 0x013F, 0x0301, 0x0302, 0x0303, 0xA500}  # the colours of the old pixels
    | {XMP_TAG, IPTC_TAG, PHOTOSHOP_TAG, ICC_TAG}
)
"""Tags that describe how the old pixels are stored, contain another picture, or are stored elsewhere in a file."""

_DNG, _PANASONIC_TITLES = frozenset(range(0xC612, 0xC800)), frozenset({0xC6D2, 0xC6D3})
"""Only the texts among DNG's tags apply to another file; Panasonic stores users' titles there."""

_AREAS = frozenset({0x9214, 0xA214})
"""Tags for the subject's position in the picture."""

_NUMBERS, _TEXTS = frozenset({1, 3, 4, 5, 6, 8, 9, 10, 11, 12}), frozenset({2, 129})
_ELSEWHERE = frozenset({13, 16, 17, 18})
"""Types of offsets within the file, including those of BigTIFF."""

_PLACELESS_TEXTS = frozenset({0x010F, 0x0110, 0x0131, 0x013B, 0x8298, 0x9C9D, 0xA430, 0xA431, 0xA433, 0xA434, 0xA435})
"""Camera, lens and their serial numbers, software, author, owner, copyright."""

_PLACELESS_NUMBERS = frozenset(
    {0x0112, 0x011A, 0x011B, 0x0128, 0x0213, 0x4746, 0x4749, 0x829A, 0x829D, 0x8822, 0x8827, 0x8830, 0x9214}
    | set(range(0x8831, 0x8836))
    | set(range(0x9201, 0x920B))
    | {0xA001, 0xA002, 0xA003, 0xA20B, 0xA20E, 0xA20F, 0xA210, 0xA214, 0xA215, 0xA217, 0xA432, 0xA460}
    | set(range(0xA401, 0xA40B))
    | {0xA40C}
)
_PLACELESS_VERSIONS, _PLACELESS_CODES = frozenset({0x9000, 0xA000}), frozenset({0x9101, 0xA300, 0xA301})

_PLACELESS_DATES = frozenset({0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292})
_DATE = re.compile(rb"(?:\d{4}[:-]\d\d[:-]\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?|[+-]\d\d:\d\d|Z|\d{1,9}|[ :]*) *\0*")
_VERSION = re.compile(rb"\d{4}")
_MAX_NUMBERS = 4
"""Maximum count of numbers; more of them could encode any text."""


@dataclass(slots=True)
class _Directories:
    """The content of a block: the entries of each directory by tag, without the pointers between directories."""

    order: str
    main: dict[int, Entry] = field(default_factory=dict)
    camera: dict[int, Entry] = field(default_factory=dict)
    gps: dict[int, Entry] = field(default_factory=dict)
    interop: dict[int, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExifCopy:
    """EXIF data for another file.

    Attributes:
        block: A TIFF structure; empty if nothing is left.
        lost_maker_notes: Whether maker notes had to be removed although everything was to be kept.
        is_damaged: Whether nothing could be read.
    """

    block: bytes
    lost_maker_notes: bool = False
    is_damaged: bool = False


def copied(block: bytes, *, size: tuple[int, int], location: bool, reshaped: bool) -> ExifCopy:
    """Return EXIF data for a new file made from another's pixels; empty if the data cannot be read.

    Maker notes contain offsets from the start of the block, so they are kept only if they can stay at the same offset.
    Many contain a small copy of the picture, so they are also kept only if the new picture shows all of the old one.

    Args:
        block: A TIFF structure, as `onsight.image.blocks.exif_blocks` yields it.
        size: Width and height of the new picture in pixels.
        location: Whether to keep everything; otherwise only the entries listed here, which cannot reveal a location.
        reshaped: Whether the new picture is cropped or rotated, so that positions in it no longer apply.
    """
    found = exif_directories(block)
    if found is None or not found[1]:
        return ExifCopy(b"", is_damaged=True)
    tiff, main, camera, gps = found
    interop = tiff.sub_directory(camera, INTEROP_IFD)

    def is_stale(entry: Entry, unwanted: frozenset[int]) -> bool:
        if entry.tag in _DNG:
            return entry.type not in _TEXTS and entry.tag not in _PANASONIC_TITLES
        return entry.tag in unwanted

    def kept(entries: dict[int, Entry], unwanted: frozenset[int]) -> dict[int, Entry]:
        return {
            tag: entry
            for tag, entry in entries.items()
            if not is_stale(entry, unwanted) and entry.type not in _ELSEWHERE and (location or _is_placeless(entry))
        }

    unwanted = _STRUCTURE | _POINTERS | (_AREAS if reshaped else frozenset())
    new = _Directories(tiff.order, kept(main, unwanted), kept(camera, unwanted))
    if location:
        new.gps, new.interop = kept(gps, _POINTERS), kept(interop, _POINTERS)
    notes = new.camera.get(_MAKER_NOTE)
    can_stay = notes is not None and not reshaped and not tiff.is_big and _can_stay(notes, block)
    if not can_stay:
        new.camera.pop(_MAKER_NOTE, None)
    _correct(new, size)
    return ExifCopy(_built(new), lost_maker_notes=location and _MAKER_NOTE in camera and not can_stay)


def with_resolution(block: bytes, resolution: Resolution) -> bytes:
    """Return EXIF data with a resolution, unless it has one already.

    Args:
        block: A TIFF structure, or nothing.
        resolution: The resolution to add.
    """
    found = exif_directories(block)
    if found is None:
        new = _Directories("big")
    else:
        tiff, main, camera, gps = found
        if _X_RESOLUTION in main:
            return block
        without = {tag: entry for tag, entry in camera.items() if tag not in _POINTERS}
        new = _Directories(tiff.order, {tag: entry for tag, entry in main.items() if tag not in _POINTERS}, without)
        new.gps, new.interop = gps, tiff.sub_directory(camera, INTEROP_IFD)
    for tag, value in ((_X_RESOLUTION, resolution.x), (_Y_RESOLUTION, resolution.y)):
        pair = (round(value), 1) if abs(value - round(value)) < 0.01 else (round(value * 1000), 1000)
        new.main[tag] = Entry(tag, RATIONAL, 1, b"".join(_packed(number, LONG, new.order) for number in pair))
    new.main[_RESOLUTION_UNIT] = Entry(_RESOLUTION_UNIT, SHORT, 1, _packed(2, SHORT, new.order))
    return _built(new)


def _is_placeless(entry: Entry) -> bool:
    if entry.tag in _PLACELESS_TEXTS:
        return entry.type in _TEXTS or (entry.tag == 0x9C9D and entry.type == 1)
    if entry.tag in _PLACELESS_DATES:
        return entry.type in _TEXTS and _DATE.fullmatch(entry.value) is not None
    if entry.tag in _PLACELESS_NUMBERS:
        most = 1 if entry.type in (1, 6) else _MAX_NUMBERS  # bytes are letters, too
        return entry.type in _NUMBERS and entry.count <= most
    if entry.tag in _PLACELESS_VERSIONS:
        return entry.type == 7 and _VERSION.fullmatch(entry.value) is not None
    return (
        entry.tag in _PLACELESS_CODES and entry.type == 7 and len(entry.value) <= 4 and max(entry.value, default=0) < 8
    )


def _correct(new: _Directories, size: tuple[int, int]) -> None:
    """Update the existing entries for the new picture; no entries are added."""
    order = new.order

    def say(entries: dict[int, Entry], tag: int, value: int) -> None:
        if tag in entries:
            kind = LONG if value > 0xFFFF or entries[tag].type == LONG else SHORT
            entries[tag] = Entry(tag, kind, 1, _packed(value, kind, order))

    for entries in (new.main, new.camera):
        say(entries, _ORIENTATION, 1)
        say(entries, _CHROMA_POSITION, _CENTRED)
        say(entries, _COLOUR_SPACE, _SRGB)
        say(entries, _WIDTH, size[0])
        say(entries, _HEIGHT, size[1])
    if _INTEROP_INDEX in new.interop and new.interop[_INTEROP_INDEX].value == b"R03\0":  # Adobe RGB
        new.interop[_INTEROP_INDEX] = Entry(_INTEROP_INDEX, 2, 4, b"R98\0")


def _can_stay(notes: Entry, block: bytes) -> bool:
    return notes.offset >= 8 and notes.offset + len(notes.value) <= min(len(block), _MAX_BYTES)


def _packed(value: int, kind: int, order: str) -> bytes:
    return struct.pack(("<" if order == "little" else ">") + {SHORT: "H", LONG: "I"}[kind], value)


def _built(new: _Directories) -> bytes:
    """Return a TIFF structure with these directories; maker notes keep their offset."""
    directories: list[tuple[dict[int, Entry], int, dict[int, Entry]]] = []  # parent, the pointer's tag, target
    main, camera = dict(new.main), dict(new.camera)
    if new.interop:
        directories.append((camera, INTEROP_IFD, new.interop))
    if camera or new.interop:
        directories.append((main, EXIF_IFD, camera))
    if new.gps:
        directories.append((main, GPS_IFD, new.gps))
    if not main and not directories:
        return b""
    for owner, tag, _ in directories:
        owner[tag] = Entry(tag, LONG, 1, bytes(4))
    notes = camera.get(_MAKER_NOTE)
    room = _Room(notes)
    starts = {id(entries): room.take(2 + 12 * len(entries) + 4) for entries in (main, *(one[2] for one in directories))}
    for owner, tag, entries in directories:
        owner[tag] = replace(owner[tag], value=_packed(starts[id(entries)], LONG, new.order))
    for entries in (main, *(one[2] for one in directories)):
        table = [_packed(len(entries), SHORT, new.order)]
        for tag in sorted(entries):
            entry = entries[tag]
            value = entry.value.ljust(4, b"\0")
            if len(entry.value) > 4:
                at = entry.offset if entry is notes else room.put(entry.value)
                value = _packed(at, LONG, new.order)
            table += [_packed(tag, SHORT, new.order), _packed(entry.type, SHORT, new.order)]
            table += [_packed(entry.count, LONG, new.order), value]
        room.fill(starts[id(entries)], b"".join(table) + bytes(4))
    if notes is not None and len(notes.value) > 4:
        room.fill(notes.offset, notes.value)
    header = (b"II*\0" if new.order == "little" else b"MM\0*") + _packed(starts[id(main)], LONG, new.order)
    room.fill(0, header)
    return bytes(room.data)


class _Room:
    """Allocates the bytes of a structure from its start, around a reserved range."""

    def __init__(self, reserved: Entry | None) -> None:
        self.data = bytearray()
        self._at = 8
        self._reserved = (0, 0)
        if reserved is not None and len(reserved.value) > 4:
            self._reserved = reserved.offset, reserved.offset + len(reserved.value)

    def take(self, size: int) -> int:
        """Return the offset of a free range of this many bytes."""
        start, end = self._reserved
        if self._at < end and self._at + size > start:
            self._at = end + end % 2
        at = self._at
        self._at += size + size % 2
        return at

    def put(self, value: bytes) -> int:
        """Write a value into free space and return its offset."""
        at = self.take(len(value))
        self.fill(at, value)
        return at

    def fill(self, at: int, value: bytes) -> None:
        """Write bytes at an offset."""
        self.data.extend(bytes(max(0, at + len(value) + len(value) % 2 - len(self.data))))
        self.data[at : at + len(value)] = value
