"""The Pascal VOC format: an XML file for each picture. See http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from xml.etree import ElementTree

from onsight.core.results import Box
from onsight.tools.detect.exports.pictures import DetectedPicture, dataset_names, renamed, without_suffix
from onsight.tools.detect.exports.tables import renaming_table

IMAGES = "JPEGImages"
"""The folder of the pictures."""

_NOT_IN_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "�")


def write(pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Return ``Annotations/<picture>.xml`` for each picture and, for several pictures, lists of them."""
    names = [picture.name for picture in pictures]
    given = dataset_names(names)
    stems = [without_suffix(name) for name in given]
    written = {
        f"Annotations/{stem}.xml": _document(name, picture)
        for stem, name, picture in zip(stems, given, pictures, strict=True)
    }
    if len(stems) > 1:
        for split in ("train", "val", "trainval"):
            written[f"ImageSets/Main/{split}.txt"] = "".join(f"{stem}\n" for stem in stems)
    return written | renaming_table(IMAGES, renamed(names, given))


def _document(name: str, picture: DetectedPicture) -> str:
    info, path = picture.detection.image, PurePosixPath(name)
    root = ElementTree.Element("annotation")
    folder = str(path.parent)
    _add(root, "folder", IMAGES if folder == "." else folder)
    _add(root, "filename", path.name)
    _add(root, "path", f"{IMAGES}/{name}")
    _add(ElementTree.SubElement(root, "source"), "database", "Onsight")
    size = ElementTree.SubElement(root, "size")
    for name, value in (("width", info.width), ("height", info.height), ("depth", 3)):
        _add(size, name, value)
    _add(root, "segmented", 0)
    for box in picture.detection.boxes:
        entry = ElementTree.SubElement(root, "object")
        for name, text in (("name", box.label), ("pose", "Unspecified"), ("truncated", 0), ("difficult", 0)):
            _add(entry, name, text)
        bounds = ElementTree.SubElement(entry, "bndbox")
        for name, value in zip(("xmin", "ymin", "xmax", "ymax"), _pixels(box), strict=True):
            _add(bounds, name, value)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _pixels(box: Box) -> tuple[int, int, int, int]:
    """Return the first and last whole pixels of a box, counted from 1: ``(xmin, ymin, xmax, ymax)``."""
    x1, y1, x2, y2 = (round(value) for value in (box.x1, box.y1, box.x2, box.y2))
    return x1 + 1, y1 + 1, max(x2, x1 + 1), max(y2, y1 + 1)


def _add(parent: ElementTree.Element, name: str, text: object) -> None:
    # File names can hold characters that XML cannot.
    ElementTree.SubElement(parent, name).text = str(text).translate(_NOT_IN_XML)
