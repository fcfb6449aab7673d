"""Measure how much of a GIF's first frame is present, and complete that frame."""

from __future__ import annotations

from dataclasses import dataclass

_TRAILER, _EXTENSION, _FRAME = 0x3B, 0x21, 0x2C
_MAX_CODES = 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """The first frame of a GIF.

    Attributes:
        width: In pixels.
        height: In pixels.
        is_interlaced: Whether its rows are stored in another order.
        code_size: Bits of a colour's number.
        codes: Its coded pixels, as far as they are present.
        start: Offset of their sub-blocks in the file.
        is_whole: Whether they end as they should.
    """

    width: int
    height: int
    is_interlaced: bool
    code_size: int
    codes: bytes
    start: int
    is_whole: bool


def has_end(data: bytes) -> bool:
    """Return whether a GIF is complete up to its end marker."""
    at = _first_block(data)
    while at < len(data):
        if data[at] == _TRAILER:
            return True
        if data[at] == _EXTENSION:
            at += 2
        elif data[at] == _FRAME and at + 10 < len(data):
            at += 11 + _colours(data[at + 9])
        else:
            return False
        _, at, is_whole = _sub_blocks(data, at)
        if not is_whole:
            return False
    return False


def first_frame(data: bytes) -> Frame | None:
    """Return the first frame of a GIF, or None if the file ends before it."""
    at = _first_block(data)
    while at + 10 < len(data):
        if data[at] == _EXTENSION:
            _, at, _ = _sub_blocks(data, at + 2)
        elif data[at] == _FRAME:
            width, height = (int.from_bytes(data[at + place : at + place + 2], "little") for place in (5, 7))
            flags = data[at + 9]
            start = at + 11 + _colours(flags)
            if start > len(data):
                return None
            codes, _, is_whole = _sub_blocks(data, start)
            return Frame(width, height, bool(flags & 0x40), data[start - 1], codes, start, is_whole)
        else:
            return None
    return None


def count_pixels(codes: bytes, code_size: int, most: int) -> int:
    """Return the number of pixels that these codes produce, up to ``most``."""
    clear = 1 << code_size
    lengths = [1] * clear + [0, 0]  # pixels per code
    bits, before, pixels = code_size + 1, 0, 0
    held = held_bits = 0
    for byte in codes:
        held |= byte << held_bits
        held_bits += 8
        while held_bits >= bits:
            code = held & ((1 << bits) - 1)
            held >>= bits
            held_bits -= bits
            if code == clear:
                del lengths[clear + 2 :]
                bits, before = code_size + 1, 0
                continue
            if code == clear + 1 or code > len(lengths):
                return min(pixels, most)
            if before and len(lengths) < _MAX_CODES:
                lengths.append(before + 1)
            if code >= len(lengths):
                return min(pixels, most)
            before = lengths[code]
            pixels += before
            if pixels >= most:
                return most
            if len(lengths) == 1 << bits and bits < 12:
                bits += 1
    return min(pixels, most)


def completed(data: bytes, frame: Frame, missing: int) -> bytes:
    """Return a GIF that ends with its first frame; missing pixels have the first colour."""
    codes = frame.codes + bytes(missing * 12 // 8 + 2)
    blocks = [codes[at : at + 255] for at in range(0, len(codes), 255)]
    return data[: frame.start] + b"".join(bytes([len(block)]) + block for block in blocks) + bytes([0, _TRAILER])


def _first_block(data: bytes) -> int:
    return 13 + _colours(data[10]) if len(data) > 13 else len(data)


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _sub_blocks(data: bytes, at: int) -> tuple[bytes, int, bool]:
    """Return the content of sub-blocks, the offset of the next block, and whether they end correctly."""
    parts: list[bytes] = []
    while at < len(data):
        size = data[at]
        if not size:
            return b"".join(parts), at + 1, True
        parts.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    return b"".join(parts), len(data), False
