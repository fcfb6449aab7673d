"""Remove the location from metadata: only the properties listed here are kept.

The lists contain technical properties, dates, ratings, authors and copyright holders. Titles, descriptions, keywords,
comments and names of people or things in a picture may name a place, so they are not listed; nor are unknown
properties. A value is also removed if it does not have the form that its property requires.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from onsight.core.xml_text import escape
from onsight.image.iptc import iptc_spans
from onsight.image.png_text import PngText
from onsight.image.xmp import DC, EXIF, PHOTOSHOP, RDF, TIFF, XML, XMP, Name, Node, parse
from onsight.image.xmp_edit import wrapped

_Check = Callable[[str], bool]


def _form(pattern: str) -> _Check:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _any(_: str) -> bool:
    return True


_is_number = _form(r"[+-]?\d{1,12}(?:[./]\d{1,12})?")
_DATE = r"\d{4}(?:[-:]\d\d){0,2}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)? ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?"
_is_date = _form(_DATE)
_is_written_date = _form(
    _DATE + r"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[, ]{1,2})?(?:\d{1,2} )?"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: \d{1,2})?"
    r"(?: \d{4})? \d\d:\d\d(?::\d\d)?(?: \d{4})?(?: GMT| UTC| [+-]\d{4})?"
)
_is_flag = _form(r"True|False|true|false|[01]")
_is_id = _form(r"(?:xmp\.(?:did|iid|rid):|uuid:|adobe:docid:(?:photoshop|indd):)?[0-9A-Fa-f\-]{8,64}")
_is_source_type = _form(
    r"https?://cv\.iptc\.org/newscodes/digitalsourcetype/(?:digitalCapture|computationalCapture|negativeFilm|"
    r"positiveFilm|print|humanEdits|minorHumanEdits|compositeCapture|composite|algorithmicallyEnhanced|softwareImage|"
    r"dataDrivenMedia|digitalArt|digitalCreation|virtualRecording|compositeSynthetic|trainedAlgorithmicMedia|"
    r"algorithmicMedia|screenCapture|compositeWithTrainedAlgorithmicMedia)"
)
_is_language = _form(r"x-default|[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-[A-Za-z]{2})?")

_RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
_MEDIA_MANAGEMENT = "http://ns.adobe.com/xap/1.0/mm/"
_AUX = "http://ns.adobe.com/exif/1.0/aux/"
_EXIF_EX = "http://cipa.jp/exif/1.0/"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_MICROSOFT = "http://ns.microsoft.com/photo/1.0/"
_CC = "http://creativecommons.org/ns#"

_PREFIXES = {
    DC: "dc", XMP: "xmp", EXIF: "exif", TIFF: "tiff", PHOTOSHOP: "photoshop", _RIGHTS: "xmpRights",
    _MEDIA_MANAGEMENT: "xmpMM", _AUX: "aux", _EXIF_EX: "exifEX", _IPTC_EXT: "Iptc4xmpExt",
    _MICROSOFT: "MicrosoftPhoto", _CC: "cc",
}  # fmt: skip


def _properties(namespace: str, check: _Check, names: str) -> dict[Name, _Check]:
    return {(namespace, name): check for name in names.split()}


_XMP: Mapping[Name, _Check] = {
    **_properties(DC, _any, "creator rights"),
    **_properties(XMP, _is_number, "Rating"),
    **_properties(XMP, _is_date, "CreateDate ModifyDate MetadataDate"),
    **_properties(XMP, _any, "CreatorTool"),
    **_properties(TIFF, _any, "Make Model Software Artist Copyright"),
    **_properties(TIFF, _is_number, "XResolution YResolution ResolutionUnit"),
    **_properties(TIFF, _is_date, "DateTime"),
    **_properties(EXIF, _is_date, "DateTimeOriginal DateTimeDigitized"),
    **_properties(
        EXIF,
        _is_number,
        "ExposureTime FNumber ExposureProgram ISOSpeedRatings ShutterSpeedValue ApertureValue BrightnessValue "
        "ExposureBiasValue MaxApertureValue MeteringMode LightSource FocalLength SensingMethod FileSource "
        "SceneType CustomRendered ExposureMode WhiteBalance DigitalZoomRatio FocalLengthIn35mmFilm SceneCaptureType "
        "GainControl Contrast Saturation Sharpness SubjectDistanceRange ExifVersion FlashpixVersion",
    ),
    **_properties(_EXIF_EX, _is_number, "PhotographicSensitivity SensitivityType RecommendedExposureIndex"),
    **_properties(_EXIF_EX, _any, "CameraOwnerName BodySerialNumber LensMake LensModel LensSerialNumber"),
    **_properties(_AUX, _any, "Lens SerialNumber LensSerialNumber OwnerName Firmware"),
    **_properties(_AUX, _is_number, "LensID FlashCompensation"),
    **_properties(_RIGHTS, _any, "Owner UsageTerms WebStatement"),
    **_properties(_RIGHTS, _is_flag, "Marked"),
    **_properties(_CC, _any, "license attributionName"),
    **_properties(PHOTOSHOP, _is_date, "DateCreated"),
    **_properties(PHOTOSHOP, _any, "AuthorsPosition Credit"),
    **_properties(_MEDIA_MANAGEMENT, _is_id, "DocumentID InstanceID OriginalDocumentID"),
    **_properties(_IPTC_EXT, _is_source_type, "DigitalSourceType"),
    **_properties(_MICROSOFT, _is_number, "Rating"),
}

_IPTC: Mapping[tuple[int, int], re.Pattern[bytes] | None] = {
    (1, 90): re.compile(rb"\x1b[%/A-Z0-9.(\-]{1,3}"),  # the encoding
    (2, 0): re.compile(rb"[\0-\x0f]{2}"),
    (2, 10): re.compile(rb"[0-9]"),  # urgency
    **dict.fromkeys([(2, 55), (2, 60), (2, 62), (2, 63)], re.compile(rb"\d{8}|\d{6}(?:[+-]\d{4})?")),  # dates and times
    **dict.fromkeys([(2, 65), (2, 70), (2, 80), (2, 85), (2, 110), (2, 116)]),  # program, author, credit, copyright
}
"""Record and dataset, and the form that the value must have, if it is restricted."""
_HOUSEKEEPING = frozenset({(1, 90), (2, 0)})

_TEXTS: Mapping[str, _Check] = {
    "author": _any,
    "artist": _any,
    "copyright": _any,
    "software": _any,
    "creation time": _is_written_date,
    "date:create": _is_date,
    "date:modify": _is_date,
}
"""Keywords of PNG texts in lower case."""


def placeless_xmp(packet: bytes) -> bytes:
    """Return a new packet with only the properties that cannot reveal a location; empty if there are none."""
    document = parse(packet)
    found: dict[Name, str] = {}
    for description in document.descriptions() if document else ():
        for name, value in description.attributes.items():
            if name in _XMP and _XMP[name](value.strip()):
                found.setdefault(name, escape(value.strip()))
        for node in description.children:
            if node.name in _XMP and (content := _content(node, _XMP[node.name])):
                found.setdefault(node.name, content)
    if not found:
        return b""
    used = sorted({namespace for namespace, _ in found})
    declared = "".join(f' xmlns:{_PREFIXES[namespace]}="{namespace}"' for namespace in used)
    body = "".join(
        f"<{_PREFIXES[namespace]}:{name}>{content}</{_PREFIXES[namespace]}:{name}>"
        for (namespace, name), content in found.items()
    )
    description_ = f'<rdf:Description rdf:about=""{declared}>{body}</rdf:Description>'
    return wrapped(f'<rdf:RDF xmlns:rdf="{RDF}">{description_}</rdf:RDF>')


def _content(node: Node, check: _Check) -> str:
    """Return an element's content as XML: a string or a list of strings, each of the right form; else nothing."""
    resource = node.attributes.get((RDF, "resource"))
    if resource is not None:
        return escape(resource) if check(resource) else ""
    if not node.children:
        text = node.text.strip()
        return escape(text) if text and check(text) else ""
    (first, *more) = node.children
    if more or first.name[0] != RDF or first.name[1] not in ("Bag", "Seq", "Alt"):
        return ""
    items = []
    for item in first.children:
        text = item.text.strip()
        if item.name != (RDF, "li") or item.children or not text or not check(text):
            continue
        language = item.attributes.get((XML, "lang"), "")
        mark = f' xml:lang="{language}"' if _is_language(language) else ""
        items.append(f"<rdf:li{mark}>{escape(text)}</rdf:li>")
    kind = first.name[1]
    return f"<rdf:{kind}>{''.join(items)}</rdf:{kind}>" if items else ""


def placeless_iptc(records: bytes) -> bytes:
    """Return the IPTC datasets that cannot reveal a location, up to the first damaged one."""
    kept, says_something = [], False
    for record, dataset, start, end in iptc_spans(records):
        if (record, dataset) in _IPTC and end - start < 0x8000:
            form = _IPTC[record, dataset]
            if form is None or form.fullmatch(records[start + 5 : end]):
                kept.append(records[start:end])
                says_something = says_something or (record, dataset) not in _HOUSEKEEPING
    return b"".join(kept) if says_something else b""


def is_placeless_text(text: PngText) -> bool:
    """Return whether a PNG text cannot reveal a location."""
    check = _TEXTS.get(text.keyword.lower())
    return check is not None and check(text.text.strip()) and not text.translated
