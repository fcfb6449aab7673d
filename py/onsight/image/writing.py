"""Add metadata to a newly encoded file without metadata."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from onsight.core.xml_text import escape
from onsight.image import blocks
from onsight.image.exif import with_resolution
from onsight.image.iptc import iptc_resource
from onsight.image.metadata import Metadata, carry_over
from onsight.image.parts import PHOTOSHOP_HEADER, PNG_SIGNATURE, jpeg_segments, riff_chunks
from onsight.image.png_text import XMP_HEADER, XMP_KEYWORD, PngText
from onsight.image.xmp import DC, RDF, Name, properties
from onsight.image.xmp_edit import joined, split, wrapped

MAX_SEGMENT = 65_533
"""Maximum size of a JPEG segment's content in bytes."""
WEBP_XMP_FLAG, WEBP_EXIF_FLAG, WEBP_ALPHA_FLAG = 0x04, 0x08, 0x10

_MAX_EXTENSION = 65_000
_IN_XMP: dict[str, tuple[Name, str]] = {
    "title": ((DC, "title"), "Alt"),
    "author": ((DC, "creator"), "Seq"),
    "description": ((DC, "description"), "Alt"),
    "copyright": ((DC, "rights"), "Alt"),
}
"""The registered keywords of PNG texts with a property in XMP, and the kind of list that it is."""


def with_metadata(data: bytes, format: str, metadata: Metadata) -> tuple[bytes, tuple[str, ...]]:
    """Return a file with metadata, and descriptions of what it could not hold, for the user.

    Args:
        data: A file from Pillow, without metadata.
        format: ``"jpeg"``, ``"png"`` or ``"webp"``.
        metadata: The metadata to add.
    """
    left_out = list(metadata.left_out)
    if format == "jpeg":
        data = _in_jpeg(data, metadata, left_out)
    elif format == "png":
        data = _in_png(data, metadata)
    else:
        data = _in_webp(data, metadata, left_out)
    return data, tuple(dict.fromkeys(left_out))


def as_original(png: bytes, original: bytes) -> bytes:
    """Return an upright PNG made by the browser, with the metadata of the picture's own file.

    Args:
        png: The browser's PNG.
        original: The file that only the browser can decode, such as a HEIC.
    """
    size = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    return _in_png(png, carry_over(original, size=size, location=True, reshaped=False))


def _in_jpeg(data: bytes, metadata: Metadata, left_out: list[str]) -> bytes:
    packet, texts = _texts_in_xmp(metadata)
    segments: list[bytes] = []

    def add(marker: int, body: bytes, what: str) -> None:
        if len(body) > MAX_SEGMENT:
            left_out.append(f"{what} larger than a JPEG can hold")
        else:
            segments.append(b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body)

    if metadata.exif:
        add(0xE1, blocks.EXIF_HEADER + metadata.exif, "EXIF data")
    if len(XMP_HEADER + packet) <= MAX_SEGMENT:
        if packet:
            add(0xE1, XMP_HEADER + packet, "XMP")
    elif divided := split(packet, MAX_SEGMENT - len(XMP_HEADER)):
        main, extended, identifier = divided
        add(0xE1, XMP_HEADER + main, "XMP")
        for at in range(0, len(extended), _MAX_EXTENSION):
            head = blocks.XMP_EXTENSION_HEADER + identifier + struct.pack(">II", len(extended), at)
            add(0xE1, head + extended[at : at + _MAX_EXTENSION], "XMP")
    else:
        left_out.append("XMP larger than a JPEG can hold")
    resources = metadata.resources + (iptc_resource(metadata.iptc) if metadata.iptc else b"")
    room = MAX_SEGMENT - len(PHOTOSHOP_HEADER)
    for at in range(0, len(resources), room):
        add(0xED, PHOTOSHOP_HEADER + resources[at : at + room], "IPTC records")
    for comment in metadata.comments:
        add(0xFE, comment, "a comment")
    for text in texts:
        said = text.text if text.keyword == "Comment" else f"{text.keyword}: {text.text}"
        add(0xFE, said.encode(), f"a text ({text.keyword})")
    first = next((part for part in jpeg_segments(data) if part.kind == b"\xe0"), None)
    start = first.end if first else 2
    head = data[:start]
    if first and (density := metadata.density or _density(metadata.resolution)):
        head = head[: first.body + 7] + density + head[first.body + 12 :]
    return head + b"".join(segments) + data[start:]


def _density(resolution: blocks.Resolution | None) -> bytes:
    if resolution is None or not all(0.5 <= side < 65_535 for side in (resolution.x, resolution.y)):
        return b""
    return struct.pack(">BHH", 1, round(resolution.x), round(resolution.y))


def _in_png(data: bytes, metadata: Metadata) -> bytes:
    chunks = [png_chunk(kind, body) for kind, body in _png_chunks(metadata)]
    start = len(PNG_SIGNATURE) + 12 + 13  # after IHDR
    return data[:start] + b"".join(chunks) + data[start:]


def _png_chunks(metadata: Metadata) -> Iterator[tuple[bytes, bytes]]:
    if metadata.physical:
        yield b"pHYs", metadata.physical
    elif metadata.resolution:
        sides = [min(round(side / 0.0254), 0x7FFFFFFF) for side in (metadata.resolution.x, metadata.resolution.y)]
        yield b"pHYs", struct.pack(">IIB", *sides, 1)
    if metadata.exif:
        yield b"eXIf", metadata.exif
    if metadata.xmp:
        yield b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + metadata.xmp
    if metadata.iptc or metadata.resources:
        resources = metadata.resources + (iptc_resource(metadata.iptc) if metadata.iptc else b"")
        yield b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(_hexadecimal("iptc", resources))
    for comment in metadata.comments:
        yield _text_chunk("Comment", _readable(comment))
    for text in metadata.texts:
        yield (text.kind, text.raw) if text.raw else _text_chunk(text.keyword, text.text)


def _text_chunk(keyword: str, text: str) -> tuple[bytes, bytes]:
    if text.isascii():
        return b"tEXt", keyword.encode("latin-1", "replace") + b"\0" + text.encode()
    return b"iTXt", keyword.encode("latin-1", "replace") + b"\0\0\0\0\0" + text.encode()


def _readable(comment: bytes) -> str:
    comment = comment.rstrip(b"\0")
    try:
        text = comment.decode("utf-8")
    except UnicodeDecodeError:
        text = comment.decode("latin-1")
    return text.replace("\0", " ")


def _hexadecimal(name: str, content: bytes) -> bytes:
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return f"\n{name}\n{len(content):8}\n{lines}\n".encode()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _in_webp(data: bytes, metadata: Metadata, left_out: list[str]) -> bytes:
    packet, texts = _texts_in_xmp(metadata)
    if metadata.iptc:
        left_out.append("IPTC records, which a WebP cannot hold")
    if metadata.comments or texts:
        left_out.append("comments and texts, which a WebP cannot hold")
    exif = with_resolution(metadata.exif, metadata.resolution) if metadata.resolution else metadata.exif
    if not exif and not packet:
        return data
    chunks = [(part.kind, data[part.body : part.body_end]) for part in riff_chunks(data)]
    flags = 0
    if exif:
        chunks.append((b"EXIF", exif))
        flags |= WEBP_EXIF_FLAG
    if packet:
        chunks.append((b"XMP ", packet))
        flags |= WEBP_XMP_FLAG
    return webp_of(chunks, flags)


def webp_of(chunks: list[tuple[bytes, bytes]], flags: int) -> bytes:
    """Return a WebP made of chunks, with the extended header that metadata requires.

    Args:
        chunks: Name and content of each.
        flags: Flags to add to the header.

    Raises:
        struct.error: None of them is a picture.
    """
    if not chunks:
        raise struct.error("no chunks")
    if chunks[0][0] != b"VP8X":
        chunks = [(b"VP8X", webp_header(*chunks[0])), *chunks]
    header = chunks[0][1]
    chunks = [(b"VP8X", bytes([header[0] | flags]) + header[1:]), *chunks[1:]]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_header(name: bytes, content: bytes) -> bytes:
    """Return the content of an extended header for a simple file. Source: WebP Container Specification."""
    flags, width, height = 0, 0, 0
    if name == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 6))
    elif name == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = WEBP_ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise struct.error("neither lossy nor lossless")
    sides = struct.pack("<II", width - 1, height - 1)
    return bytes([flags, 0, 0, 0]) + sides[0:3] + sides[4:7]


def _texts_in_xmp(metadata: Metadata) -> tuple[bytes, list[PngText]]:
    """Return the packet with added texts that XMP has a property for but lacks, and the other texts."""
    known = set(properties(metadata.xmp))
    items: list[str] = []
    others: list[PngText] = []
    for text in metadata.texts:
        name, container = _IN_XMP.get(text.keyword.lower(), (("", ""), ""))
        if not container or name in known:
            others.append(text)
            continue
        known.add(name)
        mark = ' xml:lang="x-default"' if container == "Alt" else ""
        clean = escape("".join(char for char in text.text if char.isprintable() or char in "\n\t"))
        items.append(f"<dc:{name[1]}><rdf:{container}><rdf:li{mark}>{clean}</rdf:li></rdf:{container}></dc:{name[1]}>")
    if not items:
        return metadata.xmp, others
    packet = wrapped(
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:dc="{DC}">'
        f"{''.join(items)}</rdf:Description></rdf:RDF>"
    )
    return (joined(metadata.xmp, [packet]) or packet), others
