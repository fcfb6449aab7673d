"""The texts in a PNG: those for people, and those that contain other blocks.

Every function takes the bytes of a whole file, which may be damaged in any way, and raises nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from onsight.image.parts import Part, is_png, png_chunks

XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
XMP_KEYWORD = b"XML:com.adobe.xmp"

_MAX_TEXT = 1 << 26
"""Maximum size of an unpacked text in bytes."""


@dataclass(frozen=True, slots=True)
class PngText:
    """A text in a PNG.

    Attributes:
        keyword: Its keyword, such as ``"Author"``.
        text: The text.
        kind: Its chunk type: ``b"tEXt"``, ``b"zTXt"`` or ``b"iTXt"``.
        language: An RFC 3066 tag; only for ``iTXt``.
        translated: The keyword in that language; only for ``iTXt``.
        raw: The chunk's content, unchanged.
    """

    keyword: str
    text: str
    kind: bytes = b"tEXt"
    language: str = ""
    translated: str = ""
    raw: bytes = b""


def png_texts(data: bytes) -> Iterator[PngText]:
    """Yield the texts in a PNG, wherever they are, except XMP and raw profiles."""
    if not is_png(data):
        return
    for part in _png_text_parts(data):
        parsed = _parse_text(part.kind, data[part.body : part.body_end])
        if parsed is None:
            continue
        keyword, text, language, translated = parsed
        name = keyword.decode("latin-1")
        if keyword == XMP_KEYWORD or name.lower().startswith("raw profile type "):
            continue
        encoding = "utf-8" if part.kind == b"iTXt" else "latin-1"
        yield PngText(
            name,
            text.decode(encoding, "replace"),
            part.kind,
            language.decode("latin-1"),
            translated.decode("utf-8", "replace"),
            data[part.body : part.body_end],
        )


def png_xmp_parts(data: bytes) -> list[tuple[Part, bytes]]:
    """Return the chunks of a PNG with XMP, and the packet in each; raw profiles come last."""
    found, profiles = [], []
    for part in _png_text_parts(data):
        parsed = _parse_text(part.kind, data[part.body : part.body_end])
        if parsed is None:
            continue
        keyword, text, *_ = parsed
        profile = _raw_profile(keyword, text, "xmp")
        block = _raw_profile(keyword, text, "app1")
        if keyword == XMP_KEYWORD:
            found.append((part, text))
        elif profile is not None:
            profiles.append((part, profile))
        elif block is not None and block.startswith(XMP_HEADER):
            profiles.append((part, block[len(XMP_HEADER) :]))
    return found + profiles


def png_texts_raw(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield chunk, keyword and unpacked bytes of every text in a PNG, including XMP and raw profiles."""
    for part in _png_text_parts(data):
        parsed = _parse_text(part.kind, data[part.body : part.body_end])
        if parsed:
            yield part.kind, parsed[0], parsed[1]


def _png_text_parts(data: bytes) -> Iterator[Part]:
    if is_png(data):
        yield from (part for part in png_chunks(data) if part.kind in (b"tEXt", b"zTXt", b"iTXt"))


def _parse_text(kind: bytes, body: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Return keyword, unpacked text, language and translated keyword of a chunk; None if it is damaged."""
    keyword, zero, rest = body.partition(b"\0")
    language = translated = b""
    if not zero:
        return None
    if kind == b"tEXt":
        return keyword, rest, language, translated
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    else:
        parts = rest[2:].split(b"\0", 2)
        if len(parts) != 3:
            return None
        packed = rest[:1] == b"\1"
        language, translated, rest = parts
    if packed:
        try:
            rest = zlib.decompressobj().decompress(rest, _MAX_TEXT)
        except zlib.error:
            return None
    return keyword, rest, language, translated


def raw_profiles(data: bytes, name: str) -> Iterator[bytes]:
    """Yield blocks that ImageMagick and ExifTool store in a PNG as a text of hexadecimal digits."""
    for _, keyword, text in png_texts_raw(data):
        profile = _raw_profile(keyword, text, name)
        if profile is not None:
            yield profile


def _raw_profile(keyword: bytes, text: bytes, name: str) -> bytes | None:
    if keyword.lower() != f"raw profile type {name}".encode():
        return None
    # A line with a name ("exif", "IPTC profile"), one with the number of bytes, then the digits.
    match = re.match(rb"\s*[^\r\n]*[\r\n]\s*(\d+)\s", text)
    if match:
        with suppress(ValueError):
            return bytes.fromhex(text[match.end() :].decode("ascii", "replace"))[: int(match[1][:12])]
    return None
