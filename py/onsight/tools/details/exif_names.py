"""EXIF's tags by subject: their names in plain words, and which of them are personal. Source: Exif 3.0, CIPA DC-008."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from onsight.core.texts import text

PLACE, PEOPLE, TIME, CAMERA = "place", "people", "time", "camera"
WORDS, SOFTWARE, REST = "words", "software", "rest"


def subjects() -> Mapping[str, str]:
    """Return the title of each subject, in the order in which they are shown."""
    return {
        PLACE: text("Place"),
        PEOPLE: text("People and rights"),
        TIME: text("Time"),
        CAMERA: text("Camera"),
        WORDS: text("Words"),
        SOFTWARE: text("Software"),
        REST: text("In the file"),
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
        0x8827: TagName(CAMERA, text("Sensitivity")),
        0x9003: TagName(TIME, text("Taken")),
        0x9004: TagName(TIME, text("Digitised")),
        0x9010: TagName(TIME, text("Time zone of the change"), True),
        0x9011: TagName(TIME, text("Time zone"), True),
        0x9012: TagName(TIME, text("Time zone of the digitising"), True),
        0x9209: TagName(CAMERA, text("Flash")),
        0x920A: TagName(CAMERA, text("Focal length")),
        0x9286: TagName(WORDS, text("User comment"), True),
        0xA405: TagName(CAMERA, text("Focal length as for 35 mm film")),
        0xA420: TagName(REST, text("Unique picture id"), True),
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
