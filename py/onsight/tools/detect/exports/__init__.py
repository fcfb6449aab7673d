"""Detections in the formats of other tools.

======================  ==================================================================================
``coco``                one JSON file for all pictures; boxes are (x, y, width, height) in pixels
``yolo``                a text file for each picture, in the picture's folder below ``labels/``, lists of the pictures
                        and classes, and a ``data.yaml``; boxes are (centre x, centre y, width, height) as fractions
                        of the picture's size. The pictures belong below ``images/``
``voc``                 an XML file for each picture, in the picture's folder below ``Annotations/``, and lists of the
                        pictures; boxes are (xmin, ymin, xmax, ymax) in whole pixels, counted from 1, with the last
                        pixel included. The pictures belong below ``JPEGImages/``
``labelstudio``         one JSON file of tasks with predictions, and the labelling configuration for it; boxes are
                        (x, y, width, height) in percent of the picture's size
======================  ==================================================================================

All boxes are of the upright picture. If a tool ignores the EXIF orientation, turn the pictures upright first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.tools.detect.exports import coco, labelstudio, voc, yolo
from onsight.tools.detect.exports.pictures import DetectedPicture, dataset_names

__all__ = ["FORMATS", "IMAGE_FOLDERS", "DetectedPicture", "export", "image_names"]

FORMATS: Mapping[str, Callable[[Sequence[DetectedPicture], Sequence[str]], dict[str, str]]] = {
    "coco": coco.write,
    "yolo": yolo.write,
    "voc": voc.write,
    "labelstudio": labelstudio.write,
}

IMAGE_FOLDERS: Mapping[str, str] = {"yolo": yolo.IMAGES, "voc": voc.IMAGES}
"""Folder of the pictures in a data set, for the formats that define one."""


def image_names(format: str, names: Sequence[str]) -> list[str]:
    """Return the paths of pictures in a data set, relative and with ``/``, in the order of ``names``.

    Args:
        format: One of `IMAGE_FOLDERS`.
        names: Names of all pictures of the data set, as in `DetectedPicture`.
    """
    return [f"{IMAGE_FOLDERS[format]}/{name}" for name in dataset_names(names)]


def export(name: str, pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Write the objects of pictures in another tool's format.

    Args:
        name: One of `FORMATS`.
        pictures: The pictures' names and objects.
        labels: All classes, in the order of the model, including those that were not found.

    Returns:
        Content by file name, relative and with ``/``, the most important file first. If pictures have other names in
        the data set, ``renamed.csv`` lists them.

    Raises:
        InvalidOptionError: The format does not exist.
    """
    if name not in FORMATS:
        raise InvalidOptionError(
            text("format must be one of {formats}, got {value!r}.", formats=", ".join(FORMATS), value=name)
        )
    return FORMATS[name](pictures, labels)
