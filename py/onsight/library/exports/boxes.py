"""Boxes in the formats of tools that train detectors; pictures in which nobody looked for objects are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from onsight.detection.exports import FORMATS, Named
from onsight.library.database import Library
from onsight.library.exports.files import ExportFile, pictures
from onsight.results import Detection
from onsight.tagging.detections import DetectedClasses


def _write(format: str, library: Library, images: Sequence[int]) -> Iterator[ExportFile]:
    named = [
        Named(picture.path, Detection(picture.boxes, picture.image, ""))
        for picture in pictures(library, images)
        if picture.facts["detected"]
    ]
    # The table of classes has them in the order of the models.
    for name, text in FORMATS[format](named, tuple(DetectedClasses.load().classes)).items():
        yield ExportFile(name, [text.encode("utf-8", "backslashreplace")])


WRITERS: Mapping[str, Callable[[Library, Sequence[int]], Iterator[ExportFile]]] = {
    format: partial(_write, format) for format in FORMATS
}
