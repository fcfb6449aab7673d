"""Files with metadata in containers that Pillow cannot write it into, made byte by byte for tests."""

from __future__ import annotations

import struct
import zlib

from tests.pictures import AVIF, encode, photo, png_chunk

PACKET = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>Grandma</rdf:li></rdf:Bag>'
    b"</dc:subject></rdf:Description></rdf:RDF>"
)

Entry = tuple[int, int, int, bytes]
"""Tag, type, count and the bytes of the value."""


def tiff_block(order: str, *directories: tuple[int, list[Entry]]) -> bytes:
    """Return a TIFF structure.

    Args:
        order: ``"<"`` or ``">"``.
        directories: The tag in the first directory that points to each, 0 for the first itself, and its entries.
    """
    pointers = [tag for tag, _ in directories if tag]
    starts, at = {}, 8
    for tag, entries in directories:
        starts[tag] = at
        count = len(entries) + (len(pointers) if tag == 0 else 0)
        at += 2 + 12 * count + 4 + sum(len(entry[3]) + len(entry[3]) % 2 for entry in entries if len(entry[3]) > 4)
    out = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    for tag, entries in directories:
        fields = list(entries)
        if tag == 0:
            fields += [(pointer, 4, 1, struct.pack(order + "I", starts[pointer])) for pointer in pointers]
        table, values = struct.pack(order + "H", len(fields)), b""
        base = starts[tag] + 2 + 12 * len(fields) + 4
        for number, kind, count, value in sorted(fields):
            field = value.ljust(4, b"\0")
            if len(value) > 4:
                field = struct.pack(order + "I", base + len(values))
                values += value + bytes(len(value) % 2)
            table += struct.pack(order + "HHI", number, kind, count) + field
        out += table + bytes(4) + values
    return out


def ascii_entry(tag: int, text: str) -> Entry:
    """Return an entry of type ASCII that holds UTF-8, as many programs write it."""
    value = text.encode() + b"\0"
    return tag, 2, len(value), value


def exif_block(order: str = ">") -> bytes:
    """Return EXIF data with texts in UTF-8, a comment of type UNDEFINED, and a place."""
    comment = b"UNICODE\0" + "Grüße".encode("utf-16-le" if order == "<" else "utf-16-be")
    place = struct.pack(order + "6I", 48, 1, 12, 1, 0, 1)
    return tiff_block(
        order,
        (0, [ascii_entry(0x010F, "Maker"), ascii_entry(0x8298, "© Zoë")]),
        (0x8769, [ascii_entry(0x9003, "2024:05:06 07:08:09"), (0x9286, 7, len(comment), comment)]),
        (0x8825, [ascii_entry(1, "N"), (2, 5, 3, place)]),
    )


def raw_profile(name: str, content: bytes, *, compressed: bool = False, line: str = "") -> bytes:
    """Return a text chunk that holds a block as hexadecimal digits; `line` is its first line, if not the name."""
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{line or name}\n{len(content):8}\n{lines}\n".encode()
    keyword = f"Raw profile type {name}".encode()
    if compressed:
        return png_chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(text))
    return png_chunk(b"tEXt", keyword + b"\0" + text)


def riff_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a WebP, padded to an even length."""
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def box(kind: bytes, content: bytes) -> bytes:
    """Return an ISO box."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def avif_with(exif: bytes = b"", xmp: bytes = b"", *, in_idat: bool = False, offset: int = 0) -> bytes:
    """Return an AVIF with metadata items.

    Args:
        exif: What comes after the four bytes that say how many precede the TIFF structure; empty for none.
        xmp: A packet; empty for none.
        in_idat: Whether the items are inside the ``meta`` box rather than at the end of the file.
        offset: What those four bytes say.
    """
    items = [(2, b"Exif", b"", struct.pack(">I", offset) + exif)] if exif else []
    items += [(3, b"mime", b"application/rdf+xml\0", xmp)] if xmp else []
    picture_at = AVIF.index(b"mdat") + 4
    picture = AVIF[picture_at:]
    start, end = AVIF.index(b"iprp") - 4, AVIF.index(b"mdat") - 4
    properties = AVIF[start:end]
    head = AVIF[: AVIF.index(b"meta") - 4]
    handler = AVIF[AVIF.index(b"hdlr") - 4 : AVIF.index(b"iloc") - 4]  # with pitm
    info = struct.pack(">IH", 0, 1 + len(items)) + box(b"infe", b"\x02\0\0\0\0\x01\0\0av01Color\0")
    for number, kind, content_type, _ in items:
        info += box(b"infe", b"\x02\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0" + content_type)

    def meta(position: int) -> bytes:
        places = struct.pack(">I", 1 << 24) + b"\x44\0" + struct.pack(">H", 1 + len(items))
        places += struct.pack(">HHHHII", 1, 0, 0, 1, position, len(picture))
        after = 0 if in_idat else position + len(picture)
        for number, _, _, content in items:
            places += struct.pack(">HHHHII", number, int(in_idat), 0, 1, after, len(content))
            after += len(content)
        kept = box(b"idat", b"".join(item[3] for item in items)) if in_idat and items else b""
        return box(b"meta", bytes(4) + handler + box(b"iloc", places) + box(b"iinf", info) + kept + properties)

    body = picture + (b"" if in_idat else b"".join(item[3] for item in items))
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", body)


def jp2_with(exif: bytes, xmp: bytes, iptc: bytes) -> bytes:
    """Return a JPEG 2000 file with metadata in boxes at its end."""
    identifiers = (b"JpgTiffExif->JP2", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"),
                   bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38"))  # fmt: skip
    whole = bytearray(encode(photo(8, 8), "JPEG2000"))
    at = whole.index(b"jp2c") - 4
    added = b"".join(box(b"uuid", name + content) for name, content in zip(identifiers, (exif, xmp, iptc), strict=True))
    return bytes(whole[:at]) + added + bytes(whole[at:])


def psd_with(exif: bytes, xmp: bytes, iptc: bytes) -> bytes:
    """Return a Photoshop document of one grey pixel with metadata among its resources."""
    resources = b""
    for number, content in ((0x0404, iptc), (0x0422, exif), (0x0424, xmp)):
        resources += b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + bytes(len(content) % 2)
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 1, 1, 8, 1)
    return header + bytes(4) + struct.pack(">I", len(resources)) + resources + bytes(4) + b"\0\0\x80"


def gif_with_xmp(xmp: bytes) -> bytes:
    """Return a GIF with a comment and an XMP packet."""
    whole = encode(photo(8, 8), "GIF", comment=b"hello")
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return whole[:-1] + b"\x21\xff\x0bXMP DataXMP" + xmp + trailer + b";"
