"""Export the pictures of a library in formats that other programs read.

================  ==========================================================================================
``csv``           one table, with one row per picture
``tags-csv``      one table, with one row per tag of each picture
``json``          one file with all data about the pictures
``rekognition``   one JSON file per picture, in the format of Amazon Rekognition's labels
``xmp``           one sidecar per picture, ``<name>.<ext>.xmp``
``coco``, ``yolo``, ``voc``, ``labelstudio``   boxes, see `onsight.tools.detect.exports`
``html``          contact sheets: HTML pages with embedded thumbnails
================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from onsight.core.checks import check_choice
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.library.database import Library
from onsight.library.exports import boxes, contact_sheet, documents, tables
from onsight.library.exports.files import Choice, ExportFile
from onsight.library.exports.paths import PATHS
from onsight.tools.detect.exports import IMAGE_FOLDERS
from onsight.tools.tag.keywords import LEVELS

__all__ = ["FORMATS", "FORMAT_NAMES", "ExportFile", "export"]

Writer = Callable[[Library, Sequence[int], Choice], Iterator[ExportFile]]

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
    "csv": "CSV table, one row per picture",
    "tags-csv": "CSV table, one row per tag",
    "json": "JSON, everything that is known",
    "rekognition": "JSON like Amazon Rekognition's",
    "xmp": "XMP sidecars, new ones",
    "coco": "COCO boxes",
    "yolo": "YOLO boxes",
    "voc": "Pascal VOC boxes",
    "labelstudio": "Label Studio boxes",
    "html": "Contact sheet (HTML)",
}
"""Names of the formats in the user interface."""

_ALWAYS_RELATIVE = frozenset({"rekognition", "xmp", *IMAGE_FOLDERS})
"""Formats that name files after the pictures, and therefore always use relative paths."""

SINGLE_FILE_FORMATS = ("csv", "tags-csv", "json", "coco", "labelstudio")
"""Formats that write one file for all pictures."""


def export(
    library: Library,
    images: Sequence[int],
    format: str,
    paths: str = "relative",
    *,
    keywords: str = "main",
    alt_text: bool = False,
) -> Iterator[ExportFile]:
    """Export the data of pictures.

    Args:
        library: The library.
        images: Ids of the pictures, in the order in which they are written.
        format: One of `FORMATS`.
        paths: How pictures are named: by ``"relative"`` paths, which start at the indexed folder, or by ``"absolute"``
            paths. Formats that name files after the pictures always use relative paths.
        keywords: Which tags are written, one of `onsight.tools.tag.keywords.LEVELS`; JSON has all of them.
        alt_text: Whether CSV and XMP contain a sentence that describes the picture; in XMP where it has none.

    Returns:
        The files. Read the content of each file before you request the next.

    Raises:
        InvalidOptionError: ``format`` or ``paths`` is unknown.
    """
    if format not in FORMATS:
        raise InvalidOptionError(
            text("format must be one of {names}, got {format!r}.", names=", ".join(FORMATS), format=format)
        )
    if paths not in PATHS:
        raise InvalidOptionError(
            text("paths must be one of {names}, got {paths!r}.", names=", ".join(PATHS), paths=paths)
        )
    check_choice("keywords", keywords, LEVELS)
    choice = Choice("relative" if format in _ALWAYS_RELATIVE else paths, keywords, alt_text)
    return FORMATS[format](library, images, choice)
