"""Read facts from a file's container without a decoder.

Every function takes the bytes of a whole file, which may be damaged in any way, and raises nothing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_NEW_SUBFILE_TYPE = 254
_SUB_IFDS = 330
_DNG_VERSION = 50706
_COMPRESSION = 259
_RARE_COMPRESSIONS = frozenset({34925, 50000, 50001})  # LZMA, Zstandard, WebP

# The chunks with the picture, its transparency, its colours and its orientation.
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"IDAT", b"IEND"})
_PNG_SIGNATURE_BYTES = 8


def is_camera_raw(data: bytes) -> bool:
    """Return whether a TIFF is a camera raw file (DNG, NEF, ARW …).

    Such a file starts with a small preview and has the sensor's data in a sub-directory. Opened as a TIFF it would be a
    picture of 160 × 120 pixels, which is not what the user expects.
    """
    tags = _first_tiff_directory(data)
    is_preview = bool(tags.get(_NEW_SUBFILE_TYPE, 0) & 1)
    return _DNG_VERSION in tags or (is_preview and _SUB_IFDS in tags)


def is_rarely_compressed(data: bytes, name: str) -> bool:
    """Return whether a TIFF uses a compression that only some builds of its decoder support."""
    return name == "TIFF" and _first_tiff_directory(data).get(_COMPRESSION) in _RARE_COMPRESSIONS


def declared_size(data: bytes, name: str) -> tuple[int, int] | None:
    """Return the width and height in a WebP's or AVIF's header; None if they are unknown.

    Their decoders allocate memory for the whole canvas, or fail without a reason, before Pillow reports the size.
    """
    try:
        if name == "WebP" and data[12:16] == b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        if name == "AVIF":
            return max(_spatial_extents(data), key=lambda size: size[0] * size[1], default=None)
    except struct.error:
        pass
    return None


def is_cut_short(data: bytes, name: str) -> bool:
    """Return whether a file ends before the end given in its container."""
    try:
        if name == "WebP":
            return 8 + int(struct.unpack_from("<I", data, 4)[0]) > len(data)
        if name == "TIFF":
            order = "<" if data[:2] == b"II" else ">"
            version, offset = struct.unpack_from(order + "HI", data, 2)
            return bool(version == 42 and offset >= len(data))
        if name in ("AVIF", "JPEG 2000") and data[:1] == b"\x00":
            return _boxes_end(data) > len(data)
    except struct.error:
        return True  # even the header is incomplete
    return False


def without_ancillary_chunks(png: bytes) -> bytes | None:
    """Return a PNG with only the valid chunks that affect the picture; None if it has no others.

    Pillow refuses a whole picture because of a comment with a wrong checksum or of more than a megabyte.
    """
    kept = [png[:_PNG_SIGNATURE_BYTES]]
    at = _PNG_SIGNATURE_BYTES
    dropped = False
    while at + 12 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        checksum = int.from_bytes(png[end - 4 : end], "big")
        if png[at + 4 : at + 8] in _PNG_KEPT and checksum == zlib.crc32(png[at + 4 : end - 4]):
            kept.append(png[at:end])
        else:
            dropped = True
        at = end
    return b"".join(kept) if dropped else None


def without_exif(jpeg: bytes) -> bytes | None:
    """Return a JPEG without EXIF data; None if it has none.

    On 32-bit platforms such as WebAssembly, Pillow refuses a whole picture because of an offset that is too large.
    """
    kept = [jpeg[:2]]
    at = 2
    dropped = False
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] != b"\xda":  # start of the picture
        end = at + 2 + max(2, int.from_bytes(jpeg[at + 2 : at + 4], "big"))
        if jpeg[at + 1 : at + 2] == b"\xe1" and jpeg[at + 4 : at + 10] == b"Exif\0\0":
            dropped = True
        else:
            kept.append(jpeg[at:end])
        at = end
    kept.append(jpeg[at:])
    return b"".join(kept) if dropped else None


def _first_tiff_directory(data: bytes) -> dict[int, int]:
    """Return the values (or their offsets) in a TIFF's first directory by tag, as far as it is readable."""
    tags: dict[int, int] = {}
    order = "<" if data[:2] == b"II" else ">"
    try:
        version, offset = struct.unpack_from(order + "HI", data, 2)
        if version != 42:  # BigTIFF, which cameras do not write
            return tags
        (count,) = struct.unpack_from(order + "H", data, offset)
        for index in range(count):
            at = offset + 2 + 12 * index
            tag, kind = struct.unpack_from(order + "HH", data, at)
            # A SHORT is in the first half of its field.
            (tags[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, at + 8)
    except struct.error:
        pass
    return tags


def _spatial_extents(data: bytes) -> Iterator[tuple[int, int]]:
    # ISO/IEC 23008-12: "ispe", version and flags, width, height; one for each item, so for each tile of a grid.
    header_end = data.find(b"mdat")
    at = data.find(b"ispe", 0, header_end)
    while at >= 0:
        width, height = struct.unpack_from(">II", data, at + 8)
        yield width, height
        at = data.find(b"ispe", at + 4, header_end)


def _boxes_end(data: bytes) -> int:
    """Return the end of the last top-level ISO box, by the boxes' own sizes."""
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        if size == 0:  # up to the end of the file
            return len(data)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        if size < 8:  # damaged rather than truncated
            return len(data)
        at += size
    return at
