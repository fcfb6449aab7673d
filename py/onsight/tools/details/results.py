"""What Details returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import ImageInfo, to_json


@dataclass(frozen=True, slots=True)
class Detail:
    """One item of metadata.

    Attributes:
        name: Such as ``"Camera"``.
        value: As people read it.
        source: Where in the file it is: ``"EXIF"``, ``"XMP"``, ``"IPTC"``, ``"PNG text"`` or ``"File"``.
        personal: Whether it can identify a person, a device or a place.
    """

    name: str
    value: str
    source: str
    personal: bool


@dataclass(frozen=True, slots=True)
class DetailGroup:
    """Details about one subject.

    Attributes:
        id: ``"place"``, ``"people"``, ``"time"``, ``"camera"``, ``"words"``, ``"software"`` or ``"rest"``.
        title: The subject for people, such as ``"Place"``.
        details: In order of importance.
    """

    id: str
    title: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """Where a picture was taken, according to its file.

    Attributes:
        latitude: Degrees, north positive.
        longitude: Degrees, east positive.
    """

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class PictureDetails:
    """All the metadata in a file.

    Attributes:
        groups: In order of how personal they are: place, people, time, camera, words, software, and the rest.
        personal: How many of the details are personal.
        location: Where the picture was taken, or None.
        cleanable: Whether `clean` can write a copy without changing a pixel.
        image: The picture.
    """

    groups: tuple[DetailGroup, ...]
    personal: int
    location: Location | None
    cleanable: bool
    image: ImageInfo

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)
