"""Read the colour space from a PNG's chunks and an AVIF's ``nclx``, apart from an ICC profile.

The rules are those of Chromium:

- PNG: the first of ``cICP``, ``iCCP``, ``sRGB``, ``gAMA`` with or without ``cHRM`` (PNG, third edition, 4.3). ``cHRM``
  alone is ignored. ``gAMA`` of 1/2.2 alone, within 5%, means sRGB. A ``cICP`` with a colour matrix, a narrow range, or
  an undefined code is skipped.
- AVIF: an ICC profile takes precedence over ``nclx``. BT.709's transfer function and its relatives count as sRGB's in
  AVIF, and as a display exponent of 2.4 in PNG.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from onsight.image.colour_space import PRIMARIES, SRGB, SRGB_TRANSFER, TRANSFERS, VIDEO, ColourSpace, Points
from onsight.image.parts import Part, boxes, png_chunks


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file says about its colours, apart from an ICC profile.

    Attributes:
        space: The space; None for sRGB or if nothing is specified.
        over_profile: Whether it takes precedence over an ICC profile.
        is_plain: Whether the file specifies sRGB or nothing at all.
    """

    space: ColourSpace | None = None
    over_profile: bool = False
    is_plain: bool = True


def colour_statement(data: bytes, name: str) -> Statement:
    """Read the colour space of a PNG or AVIF.

    Args:
        data: The bytes of the file, which may be damaged in any way.
        name: The format that it is in.
    """
    try:
        if name == "PNG":
            return _png_statement(data)
        if name == "AVIF":
            return _avif_statement(data)
    except (struct.error, IndexError):
        pass
    return Statement()


def _png_statement(data: bytes) -> Statement:
    chunks: dict[bytes, bytes] = {}
    for part in png_chunks(data):
        if part.kind == b"IDAT":
            break
        chunks.setdefault(part.kind, data[part.body : part.body_end])
    cicp = chunks.get(b"cICP", b"")
    if len(cicp) == 4 and cicp[2:] == b"\0\1" and cicp[0] in PRIMARIES and cicp[1] in TRANSFERS:
        space = ColourSpace.of_codes(cicp[0], cicp[1])
        return Statement(space, over_profile=True, is_plain=space is None)
    if b"sRGB" in chunks or b"gAMA" not in chunks:
        return Statement()
    (gamma,) = struct.unpack(">I", chunks[b"gAMA"])
    points = _chromaticities(chunks.get(b"cHRM", b""))
    if not gamma or (points is None and abs(gamma - _GAMMA_OF_SRGB) <= 0.05 * _GAMMA_OF_SRGB):
        return Statement()
    return Statement(ColourSpace.of_gamma(100_000 / gamma, points or SRGB), is_plain=False)


_GAMMA_OF_SRGB = 45_455


def _chromaticities(chunk: bytes) -> Points | None:
    if len(chunk) != 32:
        return None
    wx, wy, rx, ry, gx, gy, bx, by = (value / 100_000 for value in struct.unpack(">8I", chunk))
    return (wx, wy, rx, ry, gx, gy, bx, by) if wy > 0 else None


def _avif_statement(data: bytes) -> Statement:
    codes = next((body for body in _colour_boxes(data) if body[:4] == b"nclx"), None)
    if codes is None or len(codes) < 8:
        return Statement()
    primaries, transfer = struct.unpack_from(">HH", codes, 4)
    # As in Chromium: pictures meant for a television are shown as on a computer's screen.
    space = ColourSpace.of_codes(
        primaries if primaries in PRIMARIES else 1,
        SRGB_TRANSFER if transfer in VIDEO or transfer not in TRANSFERS else transfer,
    )
    return Statement(space, is_plain=space is None)


def _colour_boxes(data: bytes) -> list[bytes]:
    """Return the contents of the ``colr`` boxes of an AVIF's main picture (ISO/IEC 14496-12, 8.11.14)."""

    def inner(parent: Part, skip: int = 0) -> dict[bytes, Part]:
        return {part.kind: part for part in boxes(data, parent.body + skip, parent.body_end)}

    meta = next((part for part in boxes(data) if part.kind == b"meta"), None)
    parts = inner(meta, 4) if meta else {}
    if b"iprp" not in parts or b"pitm" not in parts:
        return []
    properties = inner(parts[b"iprp"])
    main = parts[b"pitm"]
    main_id = int.from_bytes(data[main.body + 4 : main.body_end], "big")
    listed = list(boxes(data, properties[b"ipco"].body, properties[b"ipco"].body_end)) if b"ipco" in properties else []
    indices = _associations(data, properties[b"ipma"]).get(main_id, []) if b"ipma" in properties else []
    chosen = [listed[index - 1] for index in indices if 0 < index <= len(listed)]
    return [data[part.body : part.body_end] for part in chosen if part.kind == b"colr"]


def _associations(data: bytes, ipma: Part) -> dict[int, list[int]]:
    """Return the indices of the properties of each item, starting at 1."""
    version, flags = data[ipma.body], data[ipma.body + 3]
    id_size, index_size = (2 if version == 0 else 4), (2 if flags & 1 else 1)
    (count,) = struct.unpack_from(">I", data, ipma.body + 4)
    at = ipma.body + 8
    found: dict[int, list[int]] = {}
    for _ in range(min(count, 1 << 16)):
        item = int.from_bytes(data[at : at + id_size], "big")
        size = data[at + id_size]
        at += id_size + 1
        mask = (1 << (8 * index_size - 1)) - 1  # the first bit marks essential properties
        found[item] = [
            int.from_bytes(data[at + index_size * n : at + index_size * (n + 1)], "big") & mask for n in range(size)
        ]
        at += index_size * size
    return found
