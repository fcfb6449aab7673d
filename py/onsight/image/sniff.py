"""Detect a file's format by its first bytes, never by its name.

Formats that Onsight opens are returned as a name in ``READABLE``. Everything else is refused here, by name if it is
known, so that no decoder gets data in another format.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from typing import NoReturn

from onsight.core.texts import text
from onsight.errors import EmptyFileError, NotAnImageError, UnsupportedFormatError
from onsight.image.containers import is_camera_raw

READABLE = frozenset({"JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "JPEG 2000", "ICO", "PNM", "PSD"})
"""Names of the formats that ``sniff_format`` returns."""

_HEAD_BYTES = 4096
_SAVE_AS = "save it as JPEG or PNG and choose that file"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file that Onsight does not open."""

    name: str
    message: str
    is_image: bool = True
    try_browser: bool = False


def _picture(name: str, article: str = "a", *, try_browser: bool = False) -> _Kind:
    return _Kind(
        name,
        f"This is {article} {name} picture, which cannot be opened here: {_SAVE_AS}.",
        try_browser=try_browser,
    )


def _other(name: str, what: str, advice: str) -> _Kind:
    return _Kind(name, f"This is {what}, not a picture: {advice}.", is_image=False)


_CHOOSE_PICTURE = "choose a picture file, such as JPEG or PNG"
_VIDEO = _other("video", "a video", "save a frame of it as a picture and choose that")
_AUDIO = _other("audio", "a sound file", _CHOOSE_PICTURE)
_ARCHIVE = _other("archive", "an archive", "unpack it and choose the pictures inside")
_OFFICE = _other("document", "an office document", "save its pictures as files and choose those")
_PROGRAM = _other("program", "a program", _CHOOSE_PICTURE)
_TEXT = _other("text", "a text file", _CHOOSE_PICTURE)
_HTML = _other("HTML", "a web page", "save the picture itself rather than the page around it")
_UNKNOWN = _Kind(
    "unknown",
    f"This file is not a picture in any format that Onsight knows: {_CHOOSE_PICTURE}.",
    is_image=False,
)
_ZEROS = _Kind(
    "zeros", "This file holds nothing but zeros: it was not copied completely. Copy it again.", is_image=False
)
_PDF = _Kind(
    "PDF",
    "This is a PDF document, which cannot be opened here: save the page as JPEG or PNG and choose that file.",
)
_SVG = _Kind("SVG", "This is an SVG drawing, which cannot be opened here: save it as PNG and choose that file.")
_POSTSCRIPT = _Kind("PostScript", f"This is a PostScript drawing, which cannot be opened here: {_SAVE_AS}.")
_RAW = _Kind(
    "camera raw",
    "This is a camera raw file, which holds no finished picture: export it as JPEG and choose that file.",
)
_HEIC = _picture("HEIC", try_browser=True)
_JPEG_XL = _picture("JPEG XL", try_browser=True)

# (offset, signature, result): the result is a name in READABLE or a kind that is refused.
# The first match wins, so longer signatures come before shorter ones that they start with.
_SIGNATURES: tuple[tuple[int, bytes, str | _Kind], ...] = (
    (0, b"\xff\xd8", "JPEG"),
    (0, b"\x89PNG", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"II*\x00\x10\x00\x00\x00CR", _RAW),  # Canon CR2
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"II+\x00", "TIFF"),  # BigTIFF
    (0, b"MM\x00+", "TIFF"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\x00\x00\x01\x00", "ICO"),
    (0, b"8BPS", "PSD"),
    (0, b"\xff\x0a", _JPEG_XL),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", _JPEG_XL),
    (0, b"IIRO", _RAW),  # Olympus
    (0, b"IIRS", _RAW),
    (0, b"MMOR", _RAW),
    (0, b"IIU\x00", _RAW),  # Panasonic
    (0, b"FUJIFILMCCD-RAW", _RAW),
    (6, b"HEAPCCDR", _RAW),  # Canon CRW
    (0, b"FOVb", _RAW),  # Sigma
    (0, b"\x00MRM", _RAW),  # Minolta
    (0, b"II\xbc\x01", _picture("JPEG XR")),
    (0, b"gimp xcf", _picture("GIMP")),
    (0, b"qoif", _picture("QOI")),
    (0, b"DDS ", _picture("DDS")),
    (0, b"icns", _picture("ICNS", "an")),
    (0, b"v/1\x01", _picture("OpenEXR", "an")),
    (0, b"#?RADIANCE", _picture("Radiance HDR")),
    (0, b"#?RGBE", _picture("Radiance HDR")),
    (128, b"DICM", _picture("DICOM")),
    (0, b"SIMPLE  =", _picture("FITS")),
    (0, b"AT&TFORM", _picture("DjVu")),
    (0, b"\xd7\xcd\xc6\x9a", _picture("Windows metafile")),
    (40, b" EMF", _picture("Windows metafile")),
    (0, b"BPG\xfb", _picture("BPG")),
    (0, b"%PDF-", _PDF),
    (0, b"%!PS", _POSTSCRIPT),
    (0, b"\xc5\xd0\xd3\xc6", _POSTSCRIPT),
    (0, b"\x1aE\xdf\xa3", _VIDEO),  # Matroska, WebM
    (4, b"moov", _VIDEO),
    (4, b"mdat", _VIDEO),
    (4, b"wide", _VIDEO),
    (0, b"\x00\x00\x01\xba", _VIDEO),  # MPEG
    (0, b"\x00\x00\x01\xb3", _VIDEO),
    (0, b"FLV\x01", _VIDEO),
    (0, b"0&\xb2u\x8ef\xcf\x11", _VIDEO),  # Windows Media
    (0, b"OggS", _AUDIO),
    (0, b"ID3", _AUDIO),
    (0, b"fLaC", _AUDIO),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    (0, b"{\\rtf", _OFFICE),
    (0, b"Rar!\x1a\x07", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (0, b"\x1f\x8b", _ARCHIVE),
    (0, b"BZh", _ARCHIVE),
    (0, b"\xfd7zXZ\x00", _ARCHIVE),
    (0, b"(\xb5/\xfd", _ARCHIVE),
    (257, b"ustar", _ARCHIVE),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"MZ", _PROGRAM),
    (0, b"\x00asm", _PROGRAM),
)

_RIFF: dict[bytes, str | _Kind] = {b"WEBP": "WebP", b"AVI ": _VIDEO, b"WAVE": _AUDIO}
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset(
    {
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"hevx",
        b"hevm",
        b"hevs",
        b"mif1",
        b"msf1",
        b"mif2",
    }
)
_BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})


def sniff_format(data: bytes) -> str:
    """Return the name of the format of ``data``.

    Args:
        data: The bytes of a whole file.

    Returns:
        One of ``READABLE``; the picture may still be incomplete.

    Raises:
        EmptyFileError: There are no bytes.
        NotAnImageError: The file is not a picture.
        UnsupportedFormatError: The file is in a picture, drawing or document format that Onsight does not open.
    """
    if not data:
        raise EmptyFileError(text("This file is empty: it has no bytes. Copy or download it again."))
    found = _identify(data[:_HEAD_BYTES])
    if found == "TIFF" and is_camera_raw(data):
        found = _RAW
    if isinstance(found, _Kind):
        _refuse(found)
    return found


def _refuse(kind: _Kind) -> NoReturn:
    if kind.is_image:
        detail = {"format": kind.name, "try_browser": kind.try_browser}
        raise UnsupportedFormatError(kind.message, detail=detail)
    raise NotAnImageError(kind.message, detail={"format": kind.name})


def _identify(head: bytes) -> str | _Kind:
    for offset, signature, found in _SIGNATURES:
        if head.startswith(signature, offset):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], _UNKNOWN)
    if head[4:8] == b"ftyp":
        return _identify_iso_media(head)
    if head[:2] == b"BM" and len(head) >= 18 and struct.unpack_from("<I", head, 14)[0] in _BMP_HEADER_SIZES:
        return "BMP"
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "PNM"
    if head[:4] == b"PK\x03\x04":
        # Office files are ZIP archives whose first entry is one of these.
        inside = (b"[Content_Types].xml", b"_rels/", b"mimetypeapplication/", b"docProps/")
        return _OFFICE if any(name in head for name in inside) else _ARCHIVE
    if b"%PDF-" in head[:1024]:  # the PDF standard allows junk before its signature
        return _PDF
    if not any(head):
        return _ZEROS
    return _identify_text(head)


def _identify_iso_media(head: bytes) -> str | _Kind:
    # ISO/IEC 14496-12: size, "ftyp", major brand, version, compatible brands up to size.
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major} | {head[at : at + 4] for at in range(16, size - 3, 4)}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        return _HEIC
    if major == b"crx ":
        return _RAW  # Canon CR3
    if major in (b"M4A ", b"M4B "):
        return _AUDIO
    return _VIDEO


def _identify_text(head: bytes) -> _Kind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore")
    else:
        try:
            # Incrementally, because the end of the head may split a character.
            text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
        except UnicodeDecodeError:
            return _UNKNOWN
    if any(character < " " and character not in "\t\n\r\f\x1b" for character in text):
        return _UNKNOWN
    text = text.lstrip().lower()
    if text.startswith("<"):
        if "<svg" in text:
            # A web page that contains an SVG is still a web page.
            return _HTML if "<html" in text.partition("<svg")[0] else _SVG
        if "<html" in text or text.startswith("<!doctype html"):
            return _HTML
    return _TEXT
