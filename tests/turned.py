"""The same picture stored turned, with what says so written in every way that programs write it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

from PIL import Image

from tests.pictures import encode, exif, png_chunk, stored_for

BYTE, SHORT, LONG, UNDEFINED, SIGNED_SHORT = 1, 3, 4, 7, 8
_SIZES = {BYTE: "B", SHORT: "H", LONG: "I", UNDEFINED: "B", SIGNED_SHORT: "h"}

Turned = Callable[[Image.Image, int], bytes]
"""Takes a picture and an orientation; returns a file that stores the picture so that the orientation turns it up."""


def exif_block(orientation: int, kind: int = SHORT, order: str = "<") -> bytes:
    """Return a TIFF structure that says ``orientation`` as a number of some type, without EXIF's header."""
    value = struct.pack(order + _SIZES[kind], orientation).ljust(4, b"\0")
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHI", 0x0112, kind, 1) + value
    return mark + struct.pack(order + "IH", 8, 1) + entry + bytes(4)


def xmp_packet(orientation: int, *, as_element: bool = False) -> bytes:
    """Return an XMP packet that says ``orientation``."""
    text = f"<tiff:Orientation>{orientation}</tiff:Orientation>" if as_element else ""
    attribute = "" if as_element else f' tiff:Orientation="{orientation}"'
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{attribute}>{text}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def jpeg(upright: Image.Image, orientation: int, *bodies: bytes) -> bytes:
    """Return a JPEG with these APP1 segments."""
    data = encode(stored_for(upright, orientation), "JPEG", quality=95, subsampling=0)
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body for body in bodies)
    return data[:2] + segments + data[2:]


def png(upright: Image.Image, orientation: int, chunk: bytes) -> bytes:
    """Return a PNG with a chunk before its pixels."""
    data = encode(stored_for(upright, orientation), "PNG")
    return data[:33] + chunk + data[33:]


def webp(upright: Image.Image, orientation: int, **options: bytes) -> bytes:
    """Return a lossless WebP with EXIF or XMP."""
    return encode(stored_for(upright, orientation), "WEBP", lossless=True, **options)


def tiff(upright: Image.Image, orientation: int, tag: int, kind: int, value: bytes | int) -> bytes:
    """Return a TIFF with one more tag."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    tags.tagtype[tag] = kind
    tags[tag] = value
    return encode(stored_for(upright, orientation), "TIFF", tiffinfo=tags)


def avif(upright: Image.Image, orientation: int) -> bytes:
    """Return an AVIF that is turned by its container."""
    return encode(stored_for(upright, orientation), "AVIF", quality=100, subsampling="4:4:4", exif=exif(orientation))


def raw_profile(name: bytes, content: bytes) -> bytes:
    """Return the PNG chunk in which ImageMagick keeps metadata."""
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f"\n{name.decode()}\n{len(content):8d}\n{lines}\n"
    return png_chunk(b"tEXt", b"Raw profile type " + name + b"\0" + text.encode())


def _xmp_text(packet: bytes) -> bytes:
    return png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)


_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"


def _by_exif(kind: int, order: str) -> Turned:
    return lambda image, turn: jpeg(image, turn, _EXIF + exif_block(turn, kind, order))


WAYS: dict[str, Turned] = {
    **{f"JPEG, EXIF of type {kind} {order}": _by_exif(kind, order) for kind in _SIZES for order in "<>"},
    "JPEG, second EXIF block": lambda image, turn: jpeg(
        image, turn, _EXIF + b"II*\0\x08\0\0\0\0\0" + bytes(4), _EXIF + exif_block(turn)
    ),
    "JPEG, EXIF after XMP": lambda image, turn: jpeg(image, turn, _XMP + xmp_packet(1), _EXIF + exif_block(turn)),
    "JPEG, EXIF against XMP": lambda image, turn: jpeg(image, turn, _EXIF + exif_block(turn), _XMP + xmp_packet(3)),
    "JPEG, EXIF of 0 and XMP": lambda image, turn: jpeg(image, turn, _EXIF + exif_block(0), _XMP + xmp_packet(turn)),
    "JPEG, XMP alone": lambda image, turn: jpeg(image, turn, _XMP + xmp_packet(turn)),
    "JPEG, XMP alone as an element": lambda image, turn: jpeg(image, turn, _XMP + xmp_packet(turn, as_element=True)),
    "PNG, eXIf": lambda image, turn: png(image, turn, png_chunk(b"eXIf", exif_block(turn))),
    "PNG, eXIf big-endian LONG": lambda image, turn: png(image, turn, png_chunk(b"eXIf", exif_block(turn, LONG, ">"))),
    "PNG, eXIf after the pixels": lambda image, turn: _png_after(image, turn),
    "PNG, raw profile exif": lambda image, turn: png(image, turn, raw_profile(b"exif", _EXIF + exif_block(turn))),
    "PNG, raw profile APP1": lambda image, turn: png(image, turn, raw_profile(b"APP1", _EXIF + exif_block(turn))),
    "PNG, XMP alone": lambda image, turn: png(image, turn, _xmp_text(xmp_packet(turn))),
    "PNG, raw profile xmp": lambda image, turn: png(image, turn, raw_profile(b"xmp", xmp_packet(turn))),
    "WebP, EXIF": lambda image, turn: webp(image, turn, exif=exif_block(turn)),
    "WebP, EXIF with its header": lambda image, turn: webp(image, turn, exif=_EXIF + exif_block(turn)),
    "WebP, EXIF big-endian LONG": lambda image, turn: webp(image, turn, exif=exif_block(turn, LONG, ">")),
    "WebP, XMP alone": lambda image, turn: webp(image, turn, xmp=xmp_packet(turn)),
    "TIFF": lambda image, turn: tiff(image, turn, 0x0112, SHORT, turn),
    "TIFF, LONG": lambda image, turn: tiff(image, turn, 0x0112, LONG, turn),
    "TIFF, BYTE": lambda image, turn: tiff(image, turn, 0x0112, BYTE, bytes([turn])),
    "TIFF, XMP alone": lambda image, turn: tiff(image, turn, 0x02BC, BYTE, xmp_packet(turn)),
}
"""By what says it."""


def _png_after(image: Image.Image, turn: int) -> bytes:
    data = encode(stored_for(image, turn), "PNG")
    return data[:-12] + png_chunk(b"eXIf", exif_block(turn)) + data[-12:]


def marked(width: int = 96, height: int = 64, place: tuple[int, int, int, int] = (12, 8, 28, 24)) -> Image.Image:
    """Return a plain picture with a red mark in its upper left, like none of its mirror images."""
    image = Image.new("RGB", (width, height), (60, 140, 90))
    image.paste((220, 30, 40), place)
    return image


def opened(data: bytes) -> Image.Image:
    """Return a saved picture."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")
