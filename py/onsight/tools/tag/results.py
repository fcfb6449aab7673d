"""Results of Tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import HeatMap, ImageInfo, to_json

ROWS = ("tags", "colours", "style")
"""Rows of tags: what the picture shows, its colours, and how it was photographed."""

LEVELS = ("main", "broader", "more", "unlikely")
"""Levels of tags: ``"main"`` tags are shown; ``"broader"`` tags apply, too, but a main tag is more specific; ``"more"``
tags apply and say less; ``"unlikely"`` tags do not reach their thresholds."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Something that a picture shows, or is.

    Attributes:
        id: Stable name: of the vocabulary (``"river_lake"``), of the taxonomy (``"n02099601"``), or
            ``"colour_red"``, ``"photo_blurry"``.
        name: Name for people, such as ``"River or lake"``.
        group: What kind of thing it is, such as ``"Animals"``.
        score: Probability in [0, 1].
        threshold: Score from which on it is shown where nobody chose another.
        shown: Whether it is one of the six to ten tags that describe the picture; if the options have a threshold,
            whether it reaches that.
        parents: Names of the broader tags that hold as well, nearest first.
        source: Where it comes from: ``"classifier"``, ``"scene"``, ``"detector"``, ``"colour"``, ``"photo"`` or
            ``"user"``.
        boxes: Where it is, ``(x1, y1, x2, y2)`` in pixels, if a detector found it.
        heat_map: Where the evidence lies, or None where it applies to the whole picture.
        row: Where a page lists it, one of `ROWS`.
        level: How much it says about the picture, one of `LEVELS`.
    """

    id: str
    name: str
    group: str
    score: float
    threshold: float
    shown: bool
    parents: tuple[str, ...]
    source: str
    boxes: tuple[tuple[float, float, float, float], ...]
    heat_map: HeatMap | None
    row: str = "tags"
    level: str = "unlikely"

    @property
    def applies(self) -> bool:
        """Whether it is shown or at least reaches its threshold."""
        return self.shown or self.level != "unlikely"


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that covers a part of a picture.

    Attributes:
        id: Stable name, such as ``"red"``.
        name: Name for people.
        hex: The average of its pixels, ``"#rrggbb"``.
        share: Part of the picture, in (0, 1].
    """

    id: str
    name: str
    hex: str
    share: float


@dataclass(frozen=True, slots=True)
class Photo:
    """Facts of a picture as a photograph; None where the file does not tell.

    Attributes:
        orientation: ``"horizontal"``, ``"vertical"`` or ``"square"``.
        megapixels: Millions of pixels.
        lightness: Mean lightness, 0 (black) to 1 (white), in a perceptual scale.
        contrast: Standard deviation of the lightness.
        sharpness: How abrupt the strongest edges are: about 0.6 in focus, below 0.3 out of focus.
        taken: When it was taken, ISO 8601 without a zone: a time, or a day, month or year where no more is known.
        taken_source: Where the date comes from, one of `onsight.metadata.dates.SOURCES`.
        camera: Maker and model.
        lens: Its name.
        focal_length_mm: Of the lens, in millimetres.
        aperture: The f-number.
        exposure_s: Exposure time in seconds.
        iso: Sensitivity.
        has_location: Whether the file tells where it was taken. The place itself is never read out.
    """

    orientation: str
    megapixels: float
    lightness: float
    contrast: float
    sharpness: float
    taken: str | None
    taken_source: str | None
    camera: str | None
    lens: str | None
    focal_length_mm: float | None
    aperture: float | None
    exposure_s: float | None
    iso: int | None
    has_location: bool


@dataclass(frozen=True, slots=True)
class Tagging:
    """Everything that a picture shows; each tag stands for itself, their scores add up to nothing.

    Attributes:
        tags: Those that are shown first, the main subject before the others; then the rest, down to a low floor.
        colours: The dominant colours, largest share first.
        photo: Facts of the picture as a photograph.
        groups: The groups in the order in which a page lists them.
        image: The picture.
        model: Id of the model that looked.
        description: A sentence that says what is certain, such as "Two dogs on a beach"; empty if too little is.
    """

    tags: tuple[Tag, ...]
    colours: tuple[Colour, ...]
    photo: Photo
    groups: tuple[str, ...]
    image: ImageInfo
    model: str
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class TagName:
    """A name that a person may give a tag.

    Attributes:
        id: Of the tag.
        name: Name for people, such as ``"Golden retriever"``.
        group: What kind of thing it is, such as ``"Animals"``.
        parents: Names of the broader tags that hold as well, nearest first.
        aliases: Other names that lead to it.
    """

    id: str
    name: str
    group: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagNames:
    """All names that Onsight knows.

    Attributes:
        names: Those of the vocabulary first, then more specific ones.
    """

    names: tuple[TagName, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the names as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags of a picture after a person has changed them.

    Attributes:
        tags: Those of the person first, ``"user"`` as their source; then the others in their order.
    """

    tags: tuple[Tag, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the tags as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class BegunSidecar:
    """What the sidecar of a picture begins with.

    Attributes:
        data: An XMP document in UTF-8.
    """

    data: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the document as plain data; ``data`` stays bytes."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class TagText:
    """Tags as a text.

    Attributes:
        text: To be pasted somewhere.
    """

    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the text as plain JSON data."""
        return to_json(self)
