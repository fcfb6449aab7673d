"""Export boxes in the formats of tools that train detectors.

Missing pictures are left out, and so are pictures on which object detection has not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from onsight._version import __version__
from onsight.evidence.detected_classes import DetectedClasses
from onsight.library.database import Library
from onsight.library.exports.files import Choice, ExportFile, Picture, pictures
from onsight.tools.detect.exports import FORMATS, DetectedPicture, image_names
from onsight.tools.detect.results import Detection
from onsight.tools.detect.task import DETECTORS


def _write(format: str, library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    named = [
        DetectedPicture(picture.path, Detection(picture.boxes, picture.image, _models(library, picture.facts["run"])))
        for picture in _looked_at(library, images, choice)
    ]
    # The table lists the classes in the same order as the models.
    for name, text in FORMATS[format](named, tuple(DetectedClasses.load().classes)).items():
        yield ExportFile(name, [text.encode("utf-8", "backslashreplace")])


def image_files(library: Library, images: Sequence[int], format: str) -> list[tuple[str, int]]:
    """Return the paths of the picture files in a data set.

    Args:
        library: The library.
        images: Ids of the pictures, as for `onsight.library.exports.export`.
        format: One of `onsight.tools.detect.exports.IMAGE_FOLDERS`.

    Returns:
        Relative path, with ``/``, and id of each exported picture, in the order of ``images``.
    """
    listed = [(picture.path, picture.facts["id"]) for picture in _looked_at(library, images, Choice())]
    names = image_names(format, [path for path, _ in listed])
    return [(name, id) for name, (_, id) in zip(names, listed, strict=True)]


def _looked_at(library: Library, images: Sequence[int], choice: Choice) -> Iterator[Picture]:
    for picture in pictures(library, images, choice):
        if picture.facts["detected"] and not picture.facts["missing"]:
            yield picture


def _models(library: Library, run: int) -> str:
    """Return the ids of the detectors that a run used, joined by ``+``; Onsight's version if there are none."""
    known = {
        name
        for (name,) in library.connection.execute(
            "SELECT name FROM run_model JOIN model ON model.id = model WHERE run = ?", (run,)
        )
    }
    return "+".join(model for model in DETECTORS if model in known) or f"Onsight {__version__}"


WRITERS: Mapping[str, Callable[[Library, Sequence[int], Choice], Iterator[ExportFile]]] = {
    format: partial(_write, format) for format in FORMATS
}
