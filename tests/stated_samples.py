"""Files that say something about a picture, made for tests: XMP packets, EXIF and IPTC in a small JPEG."""

from __future__ import annotations

import struct

from onsight.image.blocks import EXIF_HEADER
from onsight.image.iptc import iptc_segment
from tests.containers import Entry, tiff_block
from tests.pictures import encode, photo

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "MicrosoftPhoto0": "http://ns.microsoft.com/photo/1.0",
    "mediapro": "http://ns.iview-multimedia.com/mediapro/1.0/",
    "kw": "http://www.metadataworkinggroup.com/schemas/keywords/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "acdsee": "http://ns.acdsee.com/iptc/1.0/",
    "xap": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}


def xmp(inner: str = "", attributes: str = "") -> bytes:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {declared} {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def bag(name: str, *items: str, kind: str = "Bag") -> str:
    listed = "".join(f"<rdf:li>{item}</rdf:li>" for item in items)
    return f"<{name}><rdf:{kind}>{listed}</rdf:{kind}></{name}>"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    plain = encode(photo(16, 16), "JPEG")
    return plain[:2] + b"".join(segments) + plain[2:]


def with_exif(main: list[Entry], camera: list[Entry] = [], place: list[Entry] = [], order: str = ">") -> bytes:  # noqa: B006
    block = tiff_block(order, (0, main), (0x8769, camera), (0x8825, place))
    return jpeg(segment(0xE1, EXIF_HEADER + block))


def dataset(number: int, value: bytes, record: int = 2) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def with_iptc(*datasets: bytes) -> bytes:
    return jpeg(iptc_segment(b"".join(datasets)))


def windows_text(tag: int, text: str) -> Entry:
    value = (text + "\0").encode("utf-16-le")
    return tag, 1, len(value), value
