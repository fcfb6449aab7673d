"""Detections in the formats of other tools.

======================  ==================================================================================
``coco``                one JSON file for all pictures; boxes are (x, y, width, height) in pixels
``yolo``                one text file a picture, in the picture's folder below ``labels/``, the lists of pictures and
                        classes and a ``data.yaml``; boxes are (centre x, centre y, width, height) in parts of
                        the picture's size. The pictures belong below ``images/``
``voc``                 one XML file a picture, in the picture's folder below ``Annotations/``, lists of the pictures;
                        boxes are (xmin, ymin, xmax, ymax) in whole pixels that count from 1 and include the last.
                        The pictures belong below ``JPEGImages/``
``labelstudio``         one JSON file of tasks with predictions and the labelling configuration that fits;
                        boxes are (x, y, width, height) in percent of the picture's size
======================  ==================================================================================

All of them are of the upright picture: where a tool ignores EXIF orientation, turn the pictures upright first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
"""Where in a data set the pictures are, for the formats that say so."""


def image_names(format: str, names: Sequence[str]) -> list[str]:
    """Return where in a data set pictures belong, relative and with ``/``.

    Args:
        format: One of `IMAGE_FOLDERS`.
        names: As in `DetectedPicture`, of all the pictures, in the same order.
    """
    return [f"{IMAGE_FOLDERS[format]}/{name}" for name in dataset_names(names)]


def export(name: str, pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Write the objects of some pictures in another tool's format.

    Args:
        name: One of `FORMATS`.
        pictures: The pictures' names and objects.
        labels: All classes that there are, in the order of the model, also those that were not found.

    Returns:
        Content by name of file, relative and with ``/``, the most important first. Where pictures go into a data
        set under other names, ``renamed.csv`` lists them.

    Raises:
        InvalidOptionError: The format is not known.
    """
    if name not in FORMATS:
        raise InvalidOptionError(f"format must be one of {', '.join(FORMATS)}, got {name!r}.")
    return FORMATS[name](pictures, labels)
