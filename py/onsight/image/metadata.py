"""What a file says besides its pixels, made fit for another file that shows them anew.

The new file's pixels are upright, in sRGB, and may be others than the camera's. So what would contradict them goes:
orientation, sizes, colour profiles, thumbnails and every other picture inside the metadata. The maker's own notes go,
too: they hold places and thumbnails in ways that each camera has for itself, and break when they are moved.
"""

from __future__ import annotations

import xml.dom.minidom
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

from PIL import Image

from onsight.errors import ImageError
from onsight.image.blocks import EXIF_HEADER, exif_blocks, iptc_records, xmp_packets
from onsight.image.guard import guarded

_ORIENTATION, _XMP_TAG = 0x0112, 0x02BC
_EXIF_IFD, _GPS_IFD, _INTEROP_IFD = 0x8769, 0x8825, 0xA005
_COLOUR_SPACE, _WIDTH, _HEIGHT, _MAKER_NOTE = 0xA001, 0xA002, 0xA003, 0x927C
_SRGB = 1
_IPTC_TAG, _PHOTOSHOP_TAG, _ICC_TAG = 0x83BB, 0x8649, 0x8773

# What says how the pixels of a TIFF are stored, or holds another picture, and what has a place of its own in a file.
_STRUCTURE = frozenset(
    {0xFE, 0xFF, 0x0106, 0x010A, 0x0111, 0x0115, 0x0116, 0x0117, 0x011C, 0x013D, 0x0140, 0x014A, 0x0152, 0x0153, 0x015B}
    | set(range(0x0100, 0x0104))
    | set(range(0x0120, 0x0126))
    | set(range(0x0141, 0x0146))
    | set(range(0x0200, 0x020A))
    | set(range(0x0211, 0x0215))
    | set(range(0xC612, 0xC800))  # DNG
    | {_XMP_TAG, _IPTC_TAG, _PHOTOSHOP_TAG, _ICC_TAG}
)
_AREAS = frozenset({0x9214, 0xA214})
"""Where in the picture the subject is."""

_PLACES = ("gps", "latitude", "longitude", "altitude", "location")
_PLACE_NAMES = frozenset(
    {"City", "State", "Country", "CountryCode", "CountryName", "ProvinceState", "Sublocation", "coverage"}
)
_PICTURES = (
    "http://ns.google.com/photos/1.0/",
    "http://ns.adobe.com/hdr-gain-map/",
    "http://ns.apple.com/HDRGainMap/",
    "http://ns.apple.com/pixeldatainfo/",
)
_NAMESPACES = "http://www.w3.org/2000/xmlns/"
_STALE = frozenset(
    {"Orientation", "ImageWidth", "ImageLength", "PixelXDimension", "PixelYDimension", "ColorSpace", "ICCProfile",
     "ColorMode", "Thumbnails", "HasExtendedXMP", "BitsPerSample", "Compression", "PhotometricInterpretation",
     "SamplesPerPixel", "PlanarConfiguration", "YCbCrSubSampling", "YCbCrPositioning", "NativeDigest"}
)  # fmt: skip
_REGIONS = ("http://www.metadataworkinggroup.com/schemas/regions/", "http://ns.microsoft.com/photo/1.2/")
_IPTC_PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})
"""Datasets of IPTC's application record that name a place."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says besides its pixels.

    Attributes:
        exif: With its header, as Pillow writes it; empty for none.
        xmp: A packet; empty for none.
        iptc: Records; empty for none.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""


NONE = Metadata()


def carry_over(data: bytes, *, size: tuple[int, int], location: bool, reshaped: bool) -> Metadata:
    """Return what a new file says that is made of another's pixels.

    Args:
        data: The other file's bytes; damaged metadata counts as none.
        size: Width and height of the new picture in pixels.
        location: Whether to keep where the picture was taken. Without it IPTC's records go altogether.
        reshaped: Whether the new picture shows another part, or another way up: what points into it goes.
    """
    exif = b""
    for block in exif_blocks(data):
        # Pillow's parser raises nearly anything on damaged metadata, and warns of the rest.
        with suppress(ImageError), guarded(data, "EXIF"):
            exif = _exif(block, size, location, reshaped)
            break
    packet = next(xmp_packets(data), b"") or _tiff_packet(data)
    iptc = b"".join(iptc_records(data))
    return Metadata(exif, _xmp(packet, location, reshaped), iptc if location else _without_places(iptc))


def _exif(block: bytes, size: tuple[int, int], location: bool, reshaped: bool) -> bytes:
    read = Image.Exif()
    read.load(EXIF_HEADER + block)
    camera, places = dict(read.get_ifd(_EXIF_IFD)), dict(read.get_ifd(_GPS_IFD))
    interop = dict(read.get_ifd(_INTEROP_IFD)) if _INTEROP_IFD in camera else {}
    unwanted = _STRUCTURE | {_EXIF_IFD, _GPS_IFD, _INTEROP_IFD, _MAKER_NOTE}
    written = Image.Exif()
    for tag, value in read.items():
        if tag not in unwanted and _can_be_written(tag, value):
            written[tag] = value
    written[_ORIENTATION] = 1
    kept: dict[int, Any] = {
        tag: value
        for tag, value in camera.items()
        if tag not in unwanted and not (reshaped and tag in _AREAS) and _can_be_written(tag, value, _EXIF_IFD)
    }
    kept[_COLOUR_SPACE] = _SRGB
    kept[_WIDTH], kept[_HEIGHT] = size
    if interop and _can_be_written(_INTEROP_IFD, interop, _EXIF_IFD):
        kept[_INTEROP_IFD] = interop
    written[_EXIF_IFD] = kept
    if location and places and _can_be_written(_GPS_IFD, places):
        written[_GPS_IFD] = places
    return written.tobytes()


def _can_be_written(tag: int, value: Any, ifd: int | None = None) -> bool:
    """Tell whether Pillow can write what it has read, which is not so of every damaged value."""
    trial = Image.Exif()
    trial[tag if ifd is None else ifd] = value if ifd is None else {tag: value}
    try:
        trial.tobytes()
    except Exception:
        return False
    return True


def _tiff_packet(data: bytes) -> bytes:
    """Return the XMP packet of a TIFF, which keeps it among its tags."""
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return b""
    with suppress(ImageError), guarded(data, "EXIF"):
        read = Image.Exif()
        read.load(EXIF_HEADER + data)
        packet = read.get(_XMP_TAG, b"")
        return bytes(packet) if isinstance(packet, (bytes, tuple, list)) else b""
    return b""


def _xmp(packet: bytes, location: bool, reshaped: bool) -> bytes:
    """Return a packet without what would contradict the new picture; one that cannot be read is dropped."""
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(b"</x:xmpmeta>")
    if start < 0 or end < 0 or b"<!" in packet:
        return b""

    def unwanted(namespace: str, name: str) -> bool:
        if namespace == _NAMESPACES:
            return False
        if name in _STALE or namespace.startswith(_PICTURES) or (reshaped and namespace.startswith(_REGIONS)):
            return True
        plain = name.lower()
        return not location and (name in _PLACE_NAMES or any(sign in plain for sign in _PLACES))

    try:
        document = xml.dom.minidom.parseString(packet[start : end + len(b"</x:xmpmeta>")])
        root: Any = document.documentElement
        _prune(root, unwanted)
        body = root.toxml()
    except (ExpatError, ValueError, RecursionError):
        return b""
    text = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'
    return text.encode("utf-8", "ignore")


def _prune(element: Any, unwanted: Callable[[str, str], bool]) -> None:
    attributes = element.attributes
    for attribute in [attributes.item(index) for index in range(attributes.length)]:
        if unwanted(attribute.namespaceURI or "", attribute.localName or ""):
            element.removeAttributeNode(attribute)
    for child in list(element.childNodes):
        if child.nodeType != child.ELEMENT_NODE:
            continue
        if unwanted(child.namespaceURI or "", child.localName or ""):
            element.removeChild(child)
        else:
            _prune(child, unwanted)


def _without_places(records: bytes) -> bytes:
    """Return IPTC records without those that name a place; what comes after damage is dropped."""
    kept, at = [], 0
    while records[at : at + 1] == b"\x1c" and at + 5 <= len(records):
        length = int.from_bytes(records[at + 3 : at + 5], "big")
        if length & 0x8000:  # longer than 32 KB: none of the text fields is
            break
        if not (records[at + 1] == 2 and records[at + 2] in _IPTC_PLACES):
            kept.append(records[at : at + 5 + length])
        at += 5 + length
    return b"".join(kept)
