"""What the tools answer: frozen dataclasses that are the JSON of the command line, the library and the page.

Sizes are in pixels of the upright picture, boxes are ``(x1, y1, x2, y2)`` with ``x2`` and ``y2`` exclusive,
scores are calibrated probabilities in [0, 1].
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """The picture that a result speaks of.

    Attributes:
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        format: The file's format, such as ``"JPEG"``.
    """

    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible answer.

    Attributes:
        label: Name for people, such as ``"Golden retriever"``.
        score: Probability in [0, 1].
    """

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where in the picture the evidence for an answer lies.

    Attributes:
        box: Region of the upright picture that the map covers, ``(x1, y1, x2, y2)`` in pixels.
        height: Number of rows.
        width: Number of columns.
        values: ``height * width`` numbers in [0, 1], row by row; 1 is the strongest place.
    """

    box: tuple[float, float, float, float]
    height: int
    width: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """One label for the whole picture.

    Attributes:
        label: The most specific name that the evidence supports, or ``"Not sure"``.
        score: Probability of ``label``; of the best guess where there is no certain label.
        certain: Whether a label passed its threshold.
        category: One of about 20 broad groups, such as ``"Pets"``.
        path: Names from broad to specific that end in ``label``; empty where there is none.
        candidates: The best answers, most probable first.
        heat_map: Where the network looked for ``label``, or None.
        image: The picture.
        model: Id of the model that answered.
    """

    label: str
    score: float
    certain: bool
    category: str
    path: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    heat_map: HeatMap | None
    image: ImageInfo
    model: str

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data (tuples as lists)."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class Box:
    """Where an object is.

    Attributes:
        label: Name of its class, such as ``"person"``.
        score: Probability in [0, 1].
        x1: Left edge in pixels of the upright picture.
        y1: Top edge.
        x2: Right edge.
        y2: Bottom edge.
    """

    label: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float


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
class Preview:
    """A picture that any browser can show, upright.

    Attributes:
        data: The bytes of a JPEG file.
        media_type: ``"image/jpeg"``.
        image: The picture that it was made from.
    """

    data: bytes
    media_type: str
    image: ImageInfo

    def to_json(self) -> dict[str, Any]:
        """Return the preview as plain data; ``data`` stays bytes."""
        return to_json(self)


def to_json(result: Any) -> dict[str, Any]:
    """Return a result dataclass as plain JSON data: dicts, lists, strings, numbers, booleans and None."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (tuple, list)):
            return [plain(item) for item in value]
        return value

    plain_result: dict[str, Any] = plain(asdict(result))
    return plain_result
