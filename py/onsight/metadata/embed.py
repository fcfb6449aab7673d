"""Keywords inside the file of a picture: its XMP packet is made or added to, its pixels stay as they are."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

from onsight.errors import UnsupportedFormatError, UnwritableFileError
from onsight.image.sniff import sniff_format
from onsight.metadata.xmp import Keywords, build, merge

_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_MAX = 65_533
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_XMP = b"XML:com.adobe.xmp\0"
_WEBP_XMP_FLAG, _WEBP_ALPHA_FLAG = 0x04, 0x10


def embed(picture: bytes, keywords: Keywords) -> bytes:
    """Return the file of a picture with keywords in it; those that it has stay, and so does all else.

    Args:
        picture: The bytes of a JPEG, PNG or WebP file.
        keywords: What it shall have.

    Raises:
        NotAnImageError: It is no picture.
        UnsupportedFormatError: It is of a format that keywords cannot be written into here.
        InvalidSidecarError: It has XMP that is broken.
        UnwritableFileError: There is no room for so many keywords, or the file is damaged.
    """
    name = sniff_format(picture)
    if name not in _WRITERS:
        raise UnsupportedFormatError(
            f"Keywords cannot be written into {name} files; a sidecar can hold them.", detail={"format": name}
        )

    def merged(before: bytes | None) -> bytes:
        return build(keywords) if before is None else merge(before, keywords)

    try:
        return _WRITERS[name](picture, merged)
    except (struct.error, zlib.error, IndexError) as error:
        raise UnwritableFileError(f"This {name} file is damaged, so that nothing was written into it.") from error


def find_packet(picture: bytes) -> bytes | None:
    """Return the XMP packet of a JPEG, PNG or WebP file, or None if it has none."""
    found: list[bytes | None] = []

    def note(before: bytes | None) -> bytes:
        found.append(before)
        return before or b""

    writer = _WRITERS.get(sniff_format(picture))
    if writer:
        writer(picture, note)
    return found[0] if found else None


Merge = Callable[[bytes | None], bytes]


def _in_jpeg(data: bytes, merged: Merge) -> bytes:
    segments = list(_jpeg_segments(data))
    before = next((one for one in segments if _is_jpeg_xmp(data, *one)), None)
    if before:
        start, end = before
        packet = merged(data[start + 4 + len(_JPEG_XMP) : end])
    else:
        # After JFIF and EXIF, which say that they come first.
        first = [one for one in segments if data[one[0] + 1] in (0xE0, 0xE1)]
        start = end = first[-1][1] if first else 2
        packet = merged(None)
    content = _JPEG_XMP + packet
    if len(content) > _JPEG_MAX:
        raise UnwritableFileError("A JPEG has no room for so many keywords; a sidecar has.")
    return data[:start] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + data[end:]


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the segments before the picture's data begin and end."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in (0xDA, 0xD9):
            return
        (size,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + size
        if end > len(data):
            raise struct.error("a segment is longer than the file")
        yield at, end
        at = end


def _is_jpeg_xmp(data: bytes, start: int, end: int) -> bool:
    return data[start + 1] == 0xE1 and data.startswith(_JPEG_XMP, start + 4, end)


def _in_png(data: bytes, merged: Merge) -> bytes:
    at = len(_PNG_SIGNATURE)
    place, before = 0, None
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, content, end = data[at + 4 : at + 8], data[at + 8 : at + 8 + size], at + 12 + size
        if end > len(data):
            break  # cut short; what is whole is kept
        if kind == b"IHDR":
            place = end
        elif kind == b"iTXt" and content.startswith(_PNG_XMP):
            before = (at, end, _png_text(content))
        elif kind == b"IDAT":
            break
        at = end
    if not place:
        raise struct.error("no header")
    start, end, packet = before or (place, place, None)
    content = _PNG_XMP + b"\0\0\0\0" + merged(packet)
    checksum = struct.pack(">I", zlib.crc32(b"iTXt" + content))
    return data[:start] + struct.pack(">I", len(content)) + b"iTXt" + content + checksum + data[end:]


def _png_text(content: bytes) -> bytes:
    """Return the text of an iTXt chunk: keyword, compression, language and translation come before it."""
    is_compressed = content[len(_PNG_XMP)] == 1
    language = content.index(b"\0", len(_PNG_XMP) + 2)
    text = content[content.index(b"\0", language + 1) + 1 :]
    return zlib.decompressobj().decompress(text, 1 << 26) if is_compressed else text


def _in_webp(data: bytes, merged: Merge) -> bytes:
    chunks = [(name, content) for name, content in _webp_chunks(data) if name != b"XMP "]
    before = next((content for name, content in _webp_chunks(data) if name == b"XMP "), None)
    if not chunks:
        raise struct.error("no chunks")
    if chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", _webp_header(*chunks[0])))
    header = chunks[0][1]
    chunks[0] = (b"VP8X", bytes([header[0] | _WEBP_XMP_FLAG]) + header[1:])
    chunks.append((b"XMP ", merged(before)))
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        (size,) = struct.unpack_from("<I", data, at + 4)
        if at + 8 + size > len(data):
            raise struct.error("a chunk is longer than the file")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _webp_header(name: bytes, content: bytes) -> bytes:
    """Return the content of the extended header that a simple file lacks. Source: WebP Container Specification."""
    flags, width, height = 0, 0, 0
    if name == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 6))
    elif name == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _WEBP_ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise struct.error("neither lossy nor lossless")
    sides = struct.pack("<II", width - 1, height - 1)
    return bytes([flags, 0, 0, 0]) + sides[0:3] + sides[4:7]


_WRITERS: dict[str, Callable[[bytes, Merge], bytes]] = {"JPEG": _in_jpeg, "PNG": _in_png, "WebP": _in_webp}
"""Formats that keywords can be written into."""
