"""What can be chosen when the boxes of a picture are put to use. A file's ``name`` is the picture's own."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.core.options import check_flag, check_integer, check_number, check_text, check_texts
from onsight.core.parsing import items_from, rectangle_from
from onsight.core.results import Box
from onsight.errors import InvalidOptionError
from onsight.tools.detect.exports import FORMATS
from onsight.tools.detect.exports.pictures import Named
from onsight.tools.detect.parsing import box_from, detection_from
from onsight.tools.detect.redact import STYLES


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """How objects are looked for, and which are answered.

    Attributes:
        score: Probability in [0, 1] that an object must reach; None takes each class's own threshold.
        iou: Of boxes of one class whose intersection over union exceeds this, in (0, 1], one stays.
        max_results: How many boxes to answer at most, 1 to 1000.
        allow: Classes to answer; all if there are none.
        deny: Classes to leave out.
        thorough: Whether to look several times, in several sizes: finds more, takes several times as long.
        tiled: Whether to look at overlapping parts of the picture too: finds small objects in large pictures,
            takes up to 17 times as long.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    score: float | None = None
    iou: float = 0.45
    max_results: int = 100
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    thorough: bool = False
    tiled: bool = False

    def __post_init__(self) -> None:
        if self.score is not None:
            check_number("score", self.score, 0, 1)
        check_number("iou", self.iou, 0, 1)
        if self.iou == 0:
            raise InvalidOptionError("iou must be above 0 and at most 1, got 0.")
        check_integer("max_results", self.max_results, 1, 1000)
        for name in ("allow", "deny"):
            object.__setattr__(self, name, check_texts(name, getattr(self, name)))
        check_flag("thorough", self.thorough)
        check_flag("tiled", self.tiled)


@dataclass(frozen=True, slots=True)
class CropOptions:
    """Which part of a picture becomes a picture of its own.

    Attributes:
        box: The part, ``(x1, y1, x2, y2)`` in pixels of the upright picture.
        label: What it shows, for the file's name.
        name: Of the picture.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    box: tuple[float, float, float, float]
    label: str = "crop"
    name: str = "picture"

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", rectangle_from("box", self.box))
        x1, y1, x2, y2 = self.box
        if min(x2, y2) <= 0 or x1 == x2 or y1 == y2:
            raise InvalidOptionError(f"box must have an area inside of the picture, got {list(self.box)}.")
        check_text("label", self.label)
        check_text("name", self.name)


@dataclass(frozen=True, slots=True)
class RedactOptions:
    """What of a picture is made unrecognisable.

    Attributes:
        boxes: The parts, ``(x1, y1, x2, y2)`` in pixels of the upright picture.
        style: ``"blur"`` or ``"black"``; neither can be undone.
        name: Of the picture.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    boxes: tuple[tuple[float, float, float, float], ...]
    style: str = "blur"
    name: str = "picture"

    def __post_init__(self) -> None:
        boxes = tuple(rectangle_from(f"box {n}", box) for n, box in enumerate(items_from("boxes", self.boxes), 1))
        if not boxes:
            raise InvalidOptionError("boxes must name what to blur, got none.")
        object.__setattr__(self, "boxes", boxes)
        if self.style not in STYLES:
            raise InvalidOptionError(f"style must be one of {', '.join(STYLES)}, got {self.style!r}.")
        check_text("name", self.name)


@dataclass(frozen=True, slots=True)
class AnnotateOptions:
    """Which boxes are drawn.

    Attributes:
        boxes: The boxes, of classes that detection knows.
        name: Of the picture.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    boxes: tuple[Box, ...] = ()
    name: str = "picture"

    def __post_init__(self) -> None:
        boxes = tuple(box_from(f"box {n}", box) for n, box in enumerate(items_from("boxes", self.boxes), 1))
        object.__setattr__(self, "boxes", boxes)
        check_text("name", self.name)


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is written in another tool's format.

    Attributes:
        format: ``"coco"``, ``"yolo"``, ``"voc"`` or ``"labelstudio"``.
        pictures: The pictures' names and what was found in them.
        name: What the file is called, without a suffix.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    format: str = "coco"
    pictures: tuple[Named, ...] = ()
    name: str = "onsight"

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise InvalidOptionError(f"format must be one of {', '.join(FORMATS)}, got {self.format!r}.")
        pictures = tuple(_named(f"picture {n}", one) for n, one in enumerate(items_from("pictures", self.pictures), 1))
        object.__setattr__(self, "pictures", pictures)
        check_text("name", self.name)


def _named(name: str, value: object) -> Named:
    if isinstance(value, Named):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InvalidOptionError(f"{name} must be an object with name and detection, got {value!r}.")
    return Named(value["name"], detection_from(name, value.get("detection")))
