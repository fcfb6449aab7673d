"""The options of Detect and of what is done with the boxes of a picture."""

from __future__ import annotations

from typing import Any

from onsight.core.options import option, options
from onsight.core.parsing import rectangle_from
from onsight.core.results import Box
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.tools.detect.exports import FORMATS, IMAGE_FOLDERS
from onsight.tools.detect.exports.pictures import DetectedPicture as DetectedPicture
from onsight.tools.detect.parsing import box_from, detection_from
from onsight.tools.detect.redact import STYLES


def _named(name: str, value: Any) -> DetectedPicture:
    if isinstance(value, DetectedPicture):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InvalidOptionError(
            text("{name} must be an object with name and detection, got {value!r}.", name=name, value=value)
        )
    return DetectedPicture(value["name"], detection_from(name, value.get("detection")))


@options
class DetectOptions:
    """How to look for objects, and which of them to return."""

    score: float | None = option(
        default=None,
        low=0,
        high=1,
        none="each class's own threshold",
        doc="Probability that an object must reach.",
    )
    iou: float = option(
        default=0.45,
        low=0,
        above=True,
        high=1,
        doc="Of two boxes of one class whose intersection over union exceeds this, only the more probable is returned.",
    )
    max_results: int = option(default=100, low=1, high=1000, doc="How many boxes to return at most.")
    allow: tuple[str, ...] = option(default=(), item="class", doc="Classes to return; all if the list is empty.")
    deny: tuple[str, ...] = option(default=(), item="class", doc="Classes to leave out.")
    quick: bool = option(
        default=False, doc="Look at less detail: takes a little more than half of the time, misses more small objects."
    )
    thorough: bool = option(
        default=False, doc="Look several times, at several sizes: finds more, takes several times as long."
    )
    tiled: bool = option(
        default=False,
        doc="Look at overlapping parts of the picture as well: finds small objects in large pictures, takes up to "
        "17 times as long.",
    )

    def __post_init__(self) -> None:
        if self.quick and self.thorough:
            raise InvalidOptionError(text("quick and thorough exclude each other. Use one of them."))

    @property
    def preset(self) -> str:
        """Name of the preset that the options choose."""
        return "quick" if self.quick else "thorough" if self.thorough else "default"


@options
class CropOptions:
    """Which part of a picture to cut out."""

    box: tuple[float, float, float, float] = option(
        read=rectangle_from, unit="px", doc="The part: x1, y1, x2, y2 in pixels of the upright picture."
    )
    label: str = option(default="crop", doc="What the part shows; it becomes part of the file's name.")
    name: str = option(default="picture", file_name=True, doc="Name of the picture's file.")

    def __post_init__(self) -> None:
        x1, y1, x2, y2 = self.box
        if min(x2, y2) <= 0 or x1 == x2 or y1 == y2:
            raise InvalidOptionError(text("box must cover an area inside the picture, got {box}.", box=list(self.box)))


@options
class RedactOptions:
    """Which parts of a picture to make unrecognisable."""

    boxes: tuple[tuple[float, float, float, float], ...] = option(
        each=rectangle_from,
        item="box",
        unit="px",
        doc="The parts, each x1, y1, x2, y2 in pixels of the upright picture; at least one.",
    )
    style: str = option(default="blur", choices=STYLES, doc="How the parts are covered; neither can be undone.")
    name: str = option(default="picture", file_name=True, doc="Name of the picture's file.")

    def __post_init__(self) -> None:
        if not self.boxes:
            raise InvalidOptionError(text("boxes must contain at least one area to blur, got none."))


@options
class AnnotateOptions:
    """Which boxes to draw."""

    boxes: tuple[Box, ...] = option(each=box_from, item="box", doc="The boxes, of classes that detection knows.")
    name: str = option(default="picture", file_name=True, doc="Name of the picture's file.")


@options
class ExportOptions:
    """Which boxes to write in another tool's format."""

    format: str = option(choices=tuple(FORMATS), doc="The format.")
    pictures: tuple[DetectedPicture, ...] = option(
        each=_named, item="picture", doc="The names of the pictures and what was found in each."
    )
    name: str = option(default="onsight", doc="Name of the file, without a suffix.")


@options
class DataSetOptions:
    """Which pictures and boxes to make a data set of."""

    format: str = option(choices=tuple(IMAGE_FOLDERS), doc="The format.")
    pictures: tuple[DetectedPicture, ...] = option(
        each=_named, item="picture", doc="The names of the pictures and what was found in each."
    )
    name: str = option(default="onsight", doc="Name of the data set.")
