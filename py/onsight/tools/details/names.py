"""The names of metadata in plain words, by subject, and which of them are personal.

Sources: Exif 3.0 (CIPA DC-008), IPTC-IIM 4.2, the XMP specification and IPTC Photo Metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from onsight.core.texts import text
from onsight.image.xmp import DC, PHOTOSHOP, XMP, Name

_MEDIA_MANAGEMENT = "http://ns.adobe.com/xap/1.0/mm/"
_IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
_IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_AUX = "http://ns.adobe.com/exif/1.0/aux/"

PLACE, PEOPLE, TIME, CAMERA = "place", "people", "time", "camera"
WORDS, SOFTWARE, REST = "words", "software", "rest"


def subjects() -> Mapping[str, str]:
    """Return the title of each subject, in the order in which they are shown."""
    return {
        PLACE: text("Place"),
        PEOPLE: text("People and rights"),
        TIME: text("Time"),
        CAMERA: text("Camera"),
        WORDS: text("Text"),
        SOFTWARE: text("Software"),
        REST: text("Other data"),
    }


class TagName(NamedTuple):
    """What a tag is called.

    Attributes:
        subject: A key of `subjects`.
        name: In plain words.
        personal: Whether it can identify a person, a device or a place.
    """

    subject: str
    name: str
    personal: bool = False


def main_names() -> Mapping[int, TagName]:
    """Return the names of the tags in the main directory."""
    return {
        0x010E: TagName(WORDS, text("Description"), True),
        0x010F: TagName(CAMERA, text("Maker")),
        0x0110: TagName(CAMERA, text("Model")),
        0x0131: TagName(SOFTWARE, text("Software")),
        0x0132: TagName(TIME, text("Changed")),
        0x013B: TagName(PEOPLE, text("Artist"), True),
        0x013C: TagName(SOFTWARE, text("Computer"), True),
        0x4746: TagName(WORDS, text("Rating")),
        0x8298: TagName(PEOPLE, text("Copyright"), True),
        0x9C9B: TagName(WORDS, text("Title"), True),
        0x9C9C: TagName(WORDS, text("Comment"), True),
        0x9C9D: TagName(PEOPLE, text("Author"), True),
        0x9C9E: TagName(WORDS, text("Keywords"), True),
        0x9C9F: TagName(WORDS, text("Subject"), True),
        0xC614: TagName(CAMERA, text("Model (DNG)")),
        0xC62F: TagName(CAMERA, text("Camera serial number (DNG)"), True),
    }


def detail_names() -> Mapping[int, TagName]:
    """Return the names of the tags about how the picture was taken."""
    return {
        0x829A: TagName(CAMERA, text("Exposure time")),
        0x829D: TagName(CAMERA, text("Aperture")),
        0x8827: TagName(CAMERA, text("ISO sensitivity")),
        0x9003: TagName(TIME, text("Taken")),
        0x9004: TagName(TIME, text("Digitised")),
        0x9010: TagName(TIME, text("Time zone of the last change"), True),
        0x9011: TagName(TIME, text("Time zone"), True),
        0x9012: TagName(TIME, text("Time zone of digitisation"), True),
        0x9209: TagName(CAMERA, text("Flash")),
        0x920A: TagName(CAMERA, text("Focal length")),
        0x9286: TagName(WORDS, text("User comment"), True),
        0xA405: TagName(CAMERA, text("35 mm equivalent focal length")),
        0xA420: TagName(REST, text("Unique picture ID"), True),
        0xA430: TagName(PEOPLE, text("Camera owner"), True),
        0xA431: TagName(CAMERA, text("Camera serial number"), True),
        0xA433: TagName(CAMERA, text("Lens maker")),
        0xA434: TagName(CAMERA, text("Lens")),
        0xA435: TagName(CAMERA, text("Lens serial number"), True),
        0xA436: TagName(WORDS, text("Title"), True),
        0xA437: TagName(PEOPLE, text("Photographer"), True),
        0xA438: TagName(PEOPLE, text("Editor"), True),
    }


MAKER_NOTE = 0x927C
"""The maker's own notes: undocumented bytes, often with serial numbers."""


def iptc_names() -> Mapping[int, TagName]:
    """Return the names of datasets of IPTC's application record. Source: IPTC-IIM 4.2."""
    return {
        5: TagName(WORDS, text("Title"), True),
        25: TagName(WORDS, text("Keyword"), True),
        26: TagName(PLACE, text("Location code"), True),
        27: TagName(PLACE, text("Place"), True),
        55: TagName(TIME, text("Taken on")),
        60: TagName(TIME, text("Taken at")),
        80: TagName(PEOPLE, text("Author"), True),
        85: TagName(PEOPLE, text("Author’s position"), True),
        90: TagName(PLACE, text("City"), True),
        92: TagName(PLACE, text("District"), True),
        95: TagName(PLACE, text("State or province"), True),
        101: TagName(PLACE, text("Country"), True),
        103: TagName(WORDS, text("Job")),
        105: TagName(WORDS, text("Headline"), True),
        110: TagName(PEOPLE, text("Credit"), True),
        115: TagName(PEOPLE, text("Source"), True),
        116: TagName(PEOPLE, text("Copyright"), True),
        118: TagName(PEOPLE, text("Contact"), True),
        120: TagName(WORDS, text("Description"), True),
        122: TagName(PEOPLE, text("Caption writer"), True),
    }


def xmp_names() -> Mapping[Name, TagName]:
    """Return the properties that have a name of their own; others are listed by the name that the file gives them."""
    return {
        (DC, "title"): TagName(WORDS, text("Title"), True),
        (DC, "description"): TagName(WORDS, text("Description"), True),
        (DC, "subject"): TagName(WORDS, text("Keywords"), True),
        (DC, "creator"): TagName(PEOPLE, text("Author"), True),
        (DC, "rights"): TagName(PEOPLE, text("Copyright"), True),
        (XMP, "CreatorTool"): TagName(SOFTWARE, text("Created with")),
        (XMP, "Rating"): TagName(WORDS, text("Rating")),
        (XMP, "CreateDate"): TagName(TIME, text("Created")),
        (XMP, "ModifyDate"): TagName(TIME, text("Changed")),
        (PHOTOSHOP, "DateCreated"): TagName(TIME, text("Taken")),
        (PHOTOSHOP, "City"): TagName(PLACE, text("City"), True),
        (PHOTOSHOP, "State"): TagName(PLACE, text("State or province"), True),
        (PHOTOSHOP, "Country"): TagName(PLACE, text("Country"), True),
        (PHOTOSHOP, "Headline"): TagName(WORDS, text("Headline"), True),
        (PHOTOSHOP, "Credit"): TagName(PEOPLE, text("Credit"), True),
        (PHOTOSHOP, "Source"): TagName(PEOPLE, text("Source"), True),
        (_IPTC_CORE, "Location"): TagName(PLACE, text("Place"), True),
        (_IPTC_EXTENSION, "PersonInImage"): TagName(PEOPLE, text("People in the picture"), True),
        (_IPTC_EXTENSION, "DigitalSourceType"): TagName(SOFTWARE, text("How it was created")),
        (_AUX, "SerialNumber"): TagName(CAMERA, text("Camera serial number"), True),
        (_AUX, "LensSerialNumber"): TagName(CAMERA, text("Lens serial number"), True),
        (_AUX, "OwnerName"): TagName(PEOPLE, text("Camera owner"), True),
        (_AUX, "Lens"): TagName(CAMERA, text("Lens")),
        (_MEDIA_MANAGEMENT, "DocumentID"): TagName(SOFTWARE, text("Document ID"), True),
        (_MEDIA_MANAGEMENT, "OriginalDocumentID"): TagName(SOFTWARE, text("ID of the first version"), True),
        (_MEDIA_MANAGEMENT, "InstanceID"): TagName(SOFTWARE, text("Version ID"), True),
    }
