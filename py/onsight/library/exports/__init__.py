"""Pictures of a library for elsewhere.

================  ==========================================================================================
``csv``           one table, a row a picture
``tags-csv``      one table, a row a tag
``json``          one file with everything that is known
``rekognition``   one JSON file a picture, in the shape that programs know from Amazon Rekognition's labels
``xmp``           one sidecar a picture, ``<name>.<ext>.xmp``
``coco``, ``yolo``, ``voc``, ``labelstudio``   boxes, see `onsight.tools.detect.exports`
``html``          contact sheets: pages that hold all that they show
================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from onsight.errors import InvalidOptionError
from onsight.library.database import Library
from onsight.library.exports import boxes, contact_sheet, documents, tables
from onsight.library.exports.files import ExportFile
from onsight.library.exports.paths import PATHS
from onsight.tools.detect.exports import IMAGE_FOLDERS

__all__ = ["FORMATS", "FORMAT_NAMES", "ExportFile", "export"]

Writer = Callable[[Library, Sequence[int], str], Iterator[ExportFile]]

FORMATS: Mapping[str, Writer] = {
    "csv": tables.write_pictures,
    "tags-csv": tables.write_tags,
    "json": documents.write_json,
    "rekognition": documents.write_rekognition,
    "xmp": documents.write_sidecars,
    **boxes.WRITERS,
    "html": contact_sheet.write,
}

FORMAT_NAMES: Mapping[str, str] = {
    "csv": "CSV table, a row a picture",
    "tags-csv": "CSV table, a row a tag",
    "json": "JSON, everything that is known",
    "rekognition": "JSON like Amazon Rekognition's",
    "xmp": "XMP sidecars, new ones",
    "coco": "COCO boxes",
    "yolo": "YOLO boxes",
    "voc": "Pascal VOC boxes",
    "labelstudio": "Label Studio boxes",
    "html": "Contact sheet (HTML)",
}
"""The formats for people."""

_ALWAYS_RELATIVE = frozenset({"rekognition", "xmp", *IMAGE_FOLDERS})
"""Formats whose files are called after the pictures."""

SINGLE_FILE_FORMATS = ("csv", "tags-csv", "json", "coco", "labelstudio")
"""Formats that have one file for all pictures."""


def export(library: Library, images: Sequence[int], format: str, paths: str = "relative") -> Iterator[ExportFile]:
    """Write what a library knows of pictures in some format.

    Args:
        library: The library.
        images: Ids of the pictures, in the order in which they are written.
        format: One of `FORMATS`.
        paths: What pictures are called: ``"relative"``, by their paths below the folders that were indexed, or
            ``"absolute"``, by where they are on this computer. Data sets and sidecars are always relative.

    Returns:
        The files, one after another; the content of each must be taken before the next.

    Raises:
        InvalidOptionError: The format is not known.
    """
    if format not in FORMATS:
        raise InvalidOptionError(f"format must be one of {', '.join(FORMATS)}, got {format!r}.")
    if paths not in PATHS:
        raise InvalidOptionError(f"paths must be one of {', '.join(PATHS)}, got {paths!r}.")
    return FORMATS[format](library, images, "relative" if format in _ALWAYS_RELATIVE else paths)
