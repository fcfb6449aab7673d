"""Results of Detect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import Box, ImageInfo, to_json


@dataclass(frozen=True, slots=True)
class Detection:
    """The objects in a picture.

    Attributes:
        boxes: One an object, most probable first.
        image: The picture.
        model: Ids of the models that looked, joined by ``+``.
    """

    boxes: tuple[Box, ...]
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class DetectionClass:
    """A kind of object that detection knows.

    Attributes:
        label: Its name, such as ``"person"``.
        threshold: Score that an object must reach where nobody chose another.
    """

    label: str
    threshold: float


@dataclass(frozen=True, slots=True)
class DetectionClasses:
    """All kinds of objects that detection knows.

    Attributes:
        classes: In the order of the models.
    """

    classes: tuple[DetectionClass, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the classes as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class DataSetText:
    """A text file of a data set.

    Attributes:
        path: Relative and with ``/``.
        text: What is in it.
    """

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledDataSet:
    """A data set to train detectors with, made of pictures that the page has.

    Attributes:
        name: Of the whole, without a suffix.
        texts: Labels and lists.
        images: Where the pictures' files belong, relative and with ``/``, in the order in which they were given.
    """

    name: str
    texts: tuple[DataSetText, ...]
    images: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the data set as plain JSON data (tuples as lists)."""
        return to_json(self)
