"""Truncated pictures: measure how much is present, and complete the file so that it can be decoded.

An interrupted copy, a full card or a recovered file often lacks its last bytes. If at least `LIMIT` of the picture is
present, it is opened with a warning; otherwise it is refused.

The amount is measured by decoding, not by counting bytes. The file is completed in several ways, with different bytes
each time. Rows that are the same each time are determined by the existing data; the others are not. For PNG and GIF the
unpacked data is counted.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.core.texts import text
from onsight.errors import CorruptImageError, ImageError
from onsight.image import gif_ending
from onsight.image.jpeg_scans import Scan, has_everything, scans_of
from onsight.image.parts import PNG_SIGNATURE, boxes, jpeg_segments, png_chunks, riff_chunks

LIMIT = 0.9
"""Fraction of a picture that must be present."""

Pixels = Callable[[bytes], NDArray[np.uint8]]
"""Decodes a file to its stored pixels [H, W, …]."""

_FILLER_BYTES = 1 << 12
_BLOCK = 16
"""Rows of pixels that are coded together."""
_MIN_PADDING = 4
"""Number of zeros at the end of a JPEG that count as padding, from data that was never copied."""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""x and y of each pass's first pixel, and the steps between its pixels."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_FRAME, _IMAGE_CHUNKS = b"ANMF", (b"VP8 ", b"VP8L")
_END_OF_IMAGE = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Completed:
    """A truncated file, completed so that it can be decoded.

    Attributes:
        data: The completed file.
        share: Fraction of the picture that is present, in [0, 1].
        rows: Number of stored rows that are present, from the top; None if the picture is stored in another way.
        height: Expected number of stored rows.
        is_blank: Whether the decoder itself leaves the other rows empty.
        has_end: Whether the file does have an end marker, though perhaps too early.
    """

    data: bytes
    share: float
    rows: int | None
    height: int
    is_blank: bool = True
    has_end: bool = False

    def warning(self, name: str) -> str | None:
        """Return the warning for the user; None if nothing is missing."""
        missing = self.height - self.rows if self.rows is not None else 0
        if self.share >= 1.0 or (self.rows is not None and missing <= 0):
            return None if self.has_end else f"The end of this {name} file is missing, but the whole picture is there."
        if self.rows is None:
            lost = max(0.001, 1.0 - self.share)
            return f"The end of this {name} file is missing, and with it {lost:.1%} of the picture."
        rows = f"last {missing:,} of {self.height:,} rows" if missing > 1 else "last row"
        return f"The end of this {name} file is missing, and with it pixels in the {rows}."


def complete(data: bytes, name: str, pixels: Pixels) -> Completed | None:
    """Complete a file that cannot be decoded because its end is missing.

    Args:
        data: The bytes of the file.
        name: The format that it is in.
        pixels: Decodes a file, or raises ImageError.

    Returns:
        The completed file, however much of the picture is present; None if something else is wrong with it.
    """
    try:
        if name == "JPEG":
            return _complete_jpeg(data, pixels)
        if name == "PNG":
            return _complete_png(data)
        if name == "GIF":
            return _complete_gif(data)
        if name in ("WebP", "AVIF"):
            fill = _filled_webp if name == "WebP" else _filled_avif
            return _measure([fill(data, filler) for filler in _FILLERS], pixels)
        if name in ("BMP", "PNM", "TIFF"):
            return _measure_raw(
                [data + bytes([value]) * (len(data) // 8 + _FILLER_BYTES) for value in (0, 255)], pixels
            )
    except (ImageError, struct.error, zlib.error, LookupError, ValueError, ArithmeticError):
        pass  # the existing data is not a valid picture
    return None


def lacks_its_end(data: bytes, name: str) -> bool:
    """Return whether a JPEG, PNG or GIF that could be decoded has no end marker."""
    if name == "JPEG" and not data.endswith(_END_OF_IMAGE):
        # An end marker within a preview in the metadata does not count.
        start = max((part.end for part in jpeg_segments(data)), default=0)
        return data.find(_END_OF_IMAGE, start) < 0
    if name == "PNG" and data[-8:-4] != b"IEND":
        return not any(part.kind == b"IEND" and part.end <= len(data) for part in png_chunks(data))
    return name == "GIF" and not gif_ending.has_end(data)


def too_short(name: str, share: float) -> CorruptImageError:
    """Return the error for a picture with too little data."""
    return CorruptImageError(
        text(
            "This {name} picture is cut short: only {share:.0%} of it is there. Onsight opens a "
            "picture if at least {limit:.0%} is there. Copy or download it again.",
            name=name,
            share=share,
            limit=LIMIT,
        ),
        detail={"format": name, "reason": "cut short", "share": round(share, 3)},
    )


def _fillers() -> Iterator[bytes]:
    for seed in range(3):
        # Without 0xFF, which would start a marker in a JPEG.
        yield bytes(random.Random(seed).choices(range(255), k=_FILLER_BYTES))


_FILLERS = tuple(_fillers())


def _measure(candidates: Sequence[bytes | None], pixels: Pixels) -> Completed | None:
    """Compare completed files; the rows that they share from the top are present."""
    whole = [candidate for candidate in candidates if candidate is not None]
    if len(whole) < 2:
        return None
    first = pixels(whole[0])
    rows, share = _in_common(first, [pixels(other) for other in whole[1:]])
    return Completed(whole[0], share, rows, len(first), is_blank=False)


def _measure_raw(candidates: Sequence[bytes], pixels: Pixels) -> Completed:
    """Compare two completed files of uncompressed pixels, whose rows may be stored in any order."""
    one, other = (pixels(candidate) for candidate in candidates)
    return Completed(candidates[0], float((one == other).mean()) if one.shape == other.shape else 0.0, None, len(one))


def _in_common(one: NDArray[np.uint8], others: Sequence[NDArray[np.uint8]]) -> tuple[int, float]:
    """Return the number of rows from the top that are the same in all, and the fraction up to the difference."""
    if any(other.shape != one.shape for other in others):
        return 0, 0.0
    different = np.zeros(one.shape[:2], bool)
    for other in others:
        different |= (one != other).reshape(*one.shape[:2], -1).any(axis=2)
    rows_differ = different.any(axis=1)
    if not rows_differ.any():
        return len(one), 1.0
    height, width = one.shape[:2]
    row = int(rows_differ.argmax())
    # Blocks are coded from left to right: in the row where the data ends, the earlier blocks are present.
    band = different[row : row + _BLOCK]
    columns = int(band.any(axis=0).argmax())
    return row, (row + len(band) * columns / width) / height


def _complete_jpeg(data: bytes, pixels: Pixels) -> Completed | None:
    scans, end = scans_of(data)
    there = data[:end]
    if there.endswith(bytes(_MIN_PADDING)):
        there = there.rstrip(b"\0")
    there = there.rstrip(b"\xff")
    if not scans or not has_everything(there, scans):
        return None
    ended = there + _END_OF_IMAGE
    first = pixels(ended)
    rows, share = _in_common(first, [pixels(there + filler + _END_OF_IMAGE) for filler in _FILLERS])
    has_end = end < len(data)
    return Completed(ended, _share_of_all(scans, len(there), share), rows, len(first), has_end=has_end)


def _share_of_all(scans: Sequence[Scan], end: int, share: float) -> float:
    """Return how much of the data of all scans is present, given the fraction of the last one."""
    first, last = scans[0].start, scans[-1].start
    return (end - first) / (last - first + (end - last) / share) if share > 0.0 else 0.0


def _complete_png(data: bytes) -> Completed | None:
    if not lacks_its_end(data, "PNG"):
        return None
    head, packed = [data[: len(PNG_SIGNATURE)]], []
    for part in png_chunks(data):
        if part.kind == b"IDAT":
            packed.append(data[part.body : part.body_end])
        elif not packed:
            head.append(data[part.start : part.end])
    width, height, bits, kind, _, _, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    depth = bits * _CHANNELS[kind]
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    sizes = [_pass_size(width, height, depth, *one) for one in passes]
    unpacked = zlib.decompressobj().decompress(b"".join(packed), sum(sizes))
    share = len(unpacked) / sum(sizes)
    if share < LIMIT:
        return Completed(b"", share, None, height)
    body = zlib.compress(unpacked.ljust(sum(sizes), b"\0"), 1)
    chunks = [struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
              for kind, part in ((b"IDAT", body), (b"IEND", b""))]  # fmt: skip
    rows = None if interlace else len(unpacked) // (sizes[0] // height)
    return Completed(b"".join(head + chunks), share, rows, height)


def _pass_size(width: int, height: int, depth: int, x: int, y: int, step_x: int, step_y: int) -> int:
    columns, rows = -(-max(0, width - x) // step_x), -(-max(0, height - y) // step_y)
    return rows * (1 + -(-columns * depth // 8)) if columns else 0


def _complete_gif(data: bytes) -> Completed | None:
    frame = gif_ending.first_frame(data)
    if frame is None or gif_ending.has_end(data):
        return None
    size = frame.width * frame.height
    there = size if frame.is_whole else gif_ending.count_pixels(frame.codes, frame.code_size, size)
    share = there / size
    if share < LIMIT:
        return Completed(b"", share, None, frame.height)
    rows = None if frame.is_interlaced else there // frame.width
    return Completed(gif_ending.completed(data, frame, size - there), share, rows, frame.height)


def _filled_webp(data: bytes, filler: bytes) -> bytes | None:
    """Return a WebP that ends with its picture; a truncated part after that is dropped."""
    if not len(data) < 8 + int.from_bytes(data[4:8], "little") <= _most(data):
        return None
    body = b""
    for part in riff_chunks(data):
        chunk = data[part.start : part.end]
        if part.end > _most(data):
            return None
        if part.end > len(data) and part.kind in _IMAGE_CHUNKS:
            # More than is missing, because a decoder fails if it runs out of data while it reads the filler.
            size = (part.body_end - part.body) * 5 // 4 // 2 * 2 + _FILLER_BYTES
            chunk = part.kind + struct.pack("<I", size) + _filled(data[part.body :], size, filler)
        elif part.body_end > len(data) and (part.kind != _FRAME or _FRAME not in body):
            chunk = b""
        body += chunk
    return data[:4] + struct.pack("<I", 4 + len(body)) + data[8:12] + body


def _filled_avif(data: bytes, filler: bytes) -> bytes | None:
    end = max((part.end for part in boxes(data)), default=0)
    return _filled(data, end, filler) if len(data) < end <= _most(data) else None


def _most(data: bytes) -> int:
    """Return the maximum size of the whole file; if it claims to be larger, it lacks too much or is damaged."""
    return 2 * len(data) + _FILLER_BYTES


def _filled(data: bytes, size: int, filler: bytes) -> bytes:
    missing = size - len(data)
    return data + (filler * (missing // len(filler) + 1))[:missing]
