"""Carry a file's metadata over to another file with the same picture.

The new file's pixels are upright, in sRGB, and may differ from the camera's. So everything that would contradict them
is removed: orientation, sizes, colour profiles, thumbnails and other pictures inside the metadata. The rest is copied
byte for byte, unless the location must be removed: then only what `onsight.image.placeless` and `onsight.image.exif`
list is kept.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from functools import partial

from onsight.image import blocks, exif
from onsight.image.parts import PHOTOSHOP_HEADER, is_jpeg, is_png, jpeg_segments, photoshop_resources, png_chunks
from onsight.image.placeless import is_placeless_text, placeless_iptc, placeless_xmp
from onsight.image.png_text import XMP_HEADER, PngText, png_texts
from onsight.image.xmp import EXIF, PHOTOSHOP, TIFF, XMP, Name, parse
from onsight.image.xmp_edit import XMP_NOTE, joined, without

_PICTURES = (
    "http://ns.google.com/photos/1.0/image/",
    "http://ns.google.com/photos/1.0/depthmap/",
    "http://ns.google.com/photos/1.0/container/",
    "http://ns.google.com/photos/dd/1.0/",
    "http://ns.adobe.com/hdr-gain-map/",
    "http://ns.apple.com/HDRGainMap/",
    "http://ns.apple.com/pixeldatainfo/",
)
_CAMERA, _VIDEOS = "http://ns.google.com/photos/1.0/camera/", ("MotionPhoto", "MicroVideo")
_PANORAMA = "http://ns.google.com/photos/1.0/panorama/"
_REGIONS = ("http://www.metadataworkinggroup.com/schemas/regions/", "http://ns.microsoft.com/photo/1.2/")
_STALE = frozenset(
    {
        (TIFF, name)
        for name in (
            "Orientation", "ImageWidth", "ImageLength", "BitsPerSample", "Compression", "PhotometricInterpretation",
            "SamplesPerPixel", "PlanarConfiguration", "YCbCrSubSampling", "YCbCrPositioning", "YCbCrCoefficients",
            "TransferFunction", "WhitePoint", "PrimaryChromaticities", "ReferenceBlackWhite", "NativeDigest",
        )
    }
    | {(EXIF, name) for name in ("PixelXDimension", "PixelYDimension", "ColorSpace", "Gamma", "NativeDigest")}
    | {(PHOTOSHOP, "ICCProfile"), (PHOTOSHOP, "ColorMode"), (XMP, "Thumbnails"), (XMP_NOTE, "HasExtendedXMP")}
)  # fmt: skip

_DROPPED_RESOURCES = frozenset({0x03ED, 0x0404, 0x0409, 0x040C, 0x040F, 0x0422, 0x0423, 0x0424, 0x0416, 0x0419})
"""Photoshop's resources with thumbnails, colours of the old pixels, or data that is stored elsewhere as well."""


_KNOWN_SEGMENTS = (
    blocks.EXIF_HEADER, XMP_HEADER, blocks.XMP_EXTENSION_HEADER, PHOTOSHOP_HEADER, b"ICC_PROFILE\0", b"MPF\0",
    b"Adobe", b"urn:iso:std:iso:ts:21496",
)  # fmt: skip
"""Signatures of segments that are read, or belong to the old pixels: profiles, other pictures, gain maps."""
_IPTC_MARK = b"\x1c"
_CREDENTIALS = "Content Credentials, which are true of the original alone"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of a file.

    Attributes:
        exif: A TIFF structure; empty for none.
        xmp: A packet in UTF-8; empty for none.
        iptc: Records; empty for none.
        resources: Photoshop's other resources, each complete; empty for none.
        comments: A JPEG's or GIF's comments.
        texts: A PNG's texts.
        resolution: Pixels per inch, or None.
        density: Unit, x and y as in a JPEG's JFIF header; empty to derive them from `resolution`.
        physical: Content of a PNG's pHYs chunk; empty to derive it from `resolution`.
        left_out: Descriptions of what could not be kept, for the user.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    resources: bytes = b""
    comments: tuple[bytes, ...] = ()
    texts: tuple[PngText, ...] = ()
    resolution: blocks.Resolution | None = None
    density: bytes = b""
    physical: bytes = b""
    left_out: tuple[str, ...] = ()


NONE = Metadata()


def carry_over(
    data: bytes, *, size: tuple[int, int], location: bool, reshaped: bool, resized: bool = False
) -> Metadata:
    """Return the metadata for a new file that is made from another's pixels.

    Args:
        data: The other file's bytes; damaged metadata counts as none.
        size: Width and height of the new picture in pixels.
        location: Whether to keep everything; otherwise only what cannot reveal a location.
        reshaped: Whether the new picture is cropped or rotated, so that positions in it no longer apply.
        resized: Whether its size differs for another reason.
    """
    left_out: list[str] = []
    copy = exif.ExifCopy(b"")
    for block in blocks.exif_blocks(data):
        copy = exif.copied(block, size=size, location=location, reshaped=reshaped)
        if copy.block:
            break
    if copy.is_damaged and location:
        left_out.append("EXIF data that is damaged")
    if copy.lost_maker_notes:
        left_out.append("the camera maker's own notes")
    resolution = blocks.resolution(data)
    said = Metadata(copy.block, resolution=resolution, density=_density(data), physical=_physical(data))
    packets = list(blocks.xmp_packets(data))
    found = list(blocks.iptc_records(data))
    records = b"".join(one for one in found if one.startswith(_IPTC_MARK))
    if len(records) < sum(map(len, found)) and location:
        left_out.append("IPTC records that are damaged")
    texts = tuple(png_texts(data))
    if not location:
        whole = next((packet for packet in packets if parse(packet)), b"")
        whole = joined(whole, [packet for packet in packets if packet != whole]) or b""
        return replace(
            said,
            xmp=placeless_xmp(whole),
            iptc=placeless_iptc(records),
            texts=tuple(replace(text, raw=b"") for text in texts if is_placeless_text(text)),
        )
    xmp = _kept_xmp(packets, partial(_is_stale, reshaped=reshaped, resized=resized))
    if packets and xmp is None:
        left_out.append("XMP that is damaged")
    left_out += _others(data)
    return replace(
        said,
        xmp=xmp or b"",
        iptc=records,
        resources=b"" if reshaped else _resources(data),
        comments=tuple(blocks.comments(data)),
        texts=texts,
        left_out=tuple(left_out),
    )


def _kept_xmp(packets: list[bytes], is_stale: partial[bool]) -> bytes | None:
    readable = [packet for packet in packets if parse(packet)]
    if not readable:
        return None
    whole = joined(readable[0], readable[1:])
    return without(whole, is_stale) if whole else None


def _is_stale(name: Name, *, reshaped: bool, resized: bool) -> bool:
    namespace = name[0]
    if namespace.startswith(_PANORAMA):
        return reshaped or resized
    if namespace == _CAMERA:
        return name[1].startswith(_VIDEOS)
    return name in _STALE or namespace.startswith(_PICTURES) or (reshaped and namespace.startswith(_REGIONS))


def _resources(data: bytes) -> bytes:
    """Return a JPEG's Photoshop resources other than IPTC records: paths, the copyright flag and URL."""
    if not is_jpeg(data):
        return b""
    kept = b""
    header = len(PHOTOSHOP_HEADER)
    bodies = [data[part.body : part.body_end] for part in jpeg_segments(data) if part.kind == b"\xed"]
    whole = b"".join(body[header:] for body in bodies if body.startswith(PHOTOSHOP_HEADER))
    for number, content in photoshop_resources(whole):
        if number not in _DROPPED_RESOURCES:
            kept += b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + bytes(len(content) % 2)
    return kept


def _others(data: bytes) -> list[str]:
    """Return descriptions of other metadata: it concerns the old pixels, or is unknown."""
    found: list[str] = []
    if is_jpeg(data):
        for part in jpeg_segments(data):
            body = data[part.body : part.body + 40]
            number = part.kind[0] - 0xE0
            if number == 11 and b"jumb" in body:
                found.append(_CREDENTIALS)
            elif 0 < number < 16 and not body.startswith(_KNOWN_SEGMENTS):
                found.append(f"an APP{number} segment")
    elif is_png(data) and any(part.kind == b"caBX" for part in png_chunks(data)):
        found.append(_CREDENTIALS)
    return list(dict.fromkeys(found))


def _density(data: bytes) -> bytes:
    if is_jpeg(data):
        for part in jpeg_segments(data):
            body = data[part.body : part.body_end]
            if part.kind == b"\xe0" and body.startswith(b"JFIF\0") and len(body) >= 12 and body[7] in (1, 2):
                return body[7:12]
    return b""


def _physical(data: bytes) -> bytes:
    if is_png(data):
        for part in png_chunks(data):
            if part.kind == b"pHYs" and part.body_end - part.body == 9:
                return data[part.body : part.body_end]
    return b""
