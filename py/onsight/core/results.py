"""The tools' shared results: frozen dataclasses, which become the JSON of the command line, library and page.

Sizes are in pixels of the upright picture, boxes are ``(x1, y1, x2, y2)`` with ``x2`` and ``y2`` exclusive,
scores are calibrated probabilities in [0, 1].
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """The picture that a result describes.

    Attributes:
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        format: The file's format, such as ``"JPEG"``.
        warning: A sentence about a problem with a file that could still be opened, or None.
        as_in_browsers: Whether every browser shows the file as Onsight decodes it: the same pixels, orientation and
        colours. If false, the page shows a preview instead of the file itself.
    """

    width: int
    height: int
    format: str
    warning: str | None = None
    as_in_browsers: bool = True


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where in the picture the evidence for an answer is.

    Attributes:
        box: Region of the upright picture that the map covers, ``(x1, y1, x2, y2)`` in pixels.
        height: Number of rows.
        width: Number of columns.
        values: ``height * width`` numbers in [0, 1], row by row; 1 is the strongest evidence.
    """

    box: tuple[float, float, float, float]
    height: int
    width: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An object in the picture.

    Attributes:
        label: Name of its class, such as ``"person"``.
        score: Probability in [0, 1].
        x1: Left edge in pixels of the upright picture.
        y1: Top edge.
        x2: Right edge.
        y2: Bottom edge.
        id: Number of the object. Within a picture it stays the same at every threshold and overlap; 0 if unknown.
    """

    label: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float
    id: int = 0


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A generated file.

    Attributes:
        data: Its bytes.
        name: Suggested name, such as ``"street-blur.jpg"``.
        media_type: Media type, such as ``"image/jpeg"``.
        notes: Sentences that the user should read, such as which metadata the file could not hold.
    """

    data: bytes
    name: str
    media_type: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the file as plain data; ``data`` stays bytes."""
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
