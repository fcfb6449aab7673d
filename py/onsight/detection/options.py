"""What can be chosen when the boxes of a picture are put to use. A file's ``name`` is the picture's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.detection.exports import FORMATS
from onsight.detection.exports.naming import Named
from onsight.detection.plain import box_from, detection_from, rectangle_from
from onsight.detection.redact import STYLES
from onsight.errors import InvalidOptionError
from onsight.results import Box, OutputFile


@dataclass(frozen=True, slots=True)
class NoOptions:
    """Nothing can be chosen."""


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
        _check_text("label", self.label)
        _check_text("name", self.name)


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
        boxes = tuple(rectangle_from(f"box {n}", box) for n, box in enumerate(_items("boxes", self.boxes), 1))
        if not boxes:
            raise InvalidOptionError("boxes must name what to blur, got none.")
        object.__setattr__(self, "boxes", boxes)
        if self.style not in STYLES:
            raise InvalidOptionError(f"style must be one of {', '.join(STYLES)}, got {self.style!r}.")
        _check_text("name", self.name)


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
        boxes = tuple(box_from(f"box {n}", box) for n, box in enumerate(_items("boxes", self.boxes), 1))
        object.__setattr__(self, "boxes", boxes)
        _check_text("name", self.name)


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
        pictures = tuple(_named(f"picture {n}", one) for n, one in enumerate(_items("pictures", self.pictures), 1))
        object.__setattr__(self, "pictures", pictures)
        _check_text("name", self.name)


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """Which files are put into one.

    Attributes:
        files: The files; names that are alike are told apart by a number.
        name: What the archive is called, without a suffix.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    files: tuple[OutputFile, ...] = ()
    name: str = "onsight"

    def __post_init__(self) -> None:
        files = tuple(_file(f"file {n}", one) for n, one in enumerate(_items("files", self.files), 1))
        object.__setattr__(self, "files", files)
        _check_text("name", self.name)


def _items(name: str, value: object) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise InvalidOptionError(f"{name} must be a list, got {value!r}.")
    return list(value)


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidOptionError(f"{name} must be a text, got {value!r}.")


def _named(name: str, value: object) -> Named:
    if isinstance(value, Named):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InvalidOptionError(f"{name} must be an object with name and detection, got {value!r}.")
    return Named(value["name"], detection_from(name, value.get("detection")))


def _file(name: str, value: object) -> OutputFile:
    if isinstance(value, OutputFile):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise InvalidOptionError(f"{name} must be an object with data and name.")
    data = value.get("data")
    if not isinstance(data, (bytes, memoryview)):
        raise InvalidOptionError(f"The data of {name} must be bytes, got {type(data).__name__}.")
    return OutputFile(bytes(data), value["name"], str(value.get("media_type", "")))
