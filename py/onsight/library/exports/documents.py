"""Export documents for other programs: JSON with all data, Rekognition's labels, XMP sidecars."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from onsight import __version__
from onsight.core.results import Box
from onsight.library import stated
from onsight.library.database import Library
from onsight.library.exports.files import Choice, ExportFile, Picture, pictures
from onsight.metadata.beginning import with_texts
from onsight.metadata.xmp import EMPTY, merge
from onsight.tools.detect.exports.pictures import dataset_names, without_suffix
from onsight.tools.tag.exports import rekognition
from onsight.tools.tag.exports.pictures import SidecarNames

_FACTS = (
    *(
        "hash",
        "size",
        "width",
        "height",
        "format",
        "orientation",
        "taken",
        "taken_source",
        "camera",
        "lens",
        "focal_length_mm",
    ),
    *("aperture", "exposure_s", "iso", "lightness", "contrast", "sharpness", "added", "rating", "title", "description"),
)

_TAG_FIELDS = ("id", "name", "group", "score", "parents", "source", "boxes", "level")


def write_json(library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    """Yield ``pictures.json``, with all data about each picture except its thumbnail and embedding."""

    def chunks() -> Iterator[bytes]:
        yield f'{{"generator": "Onsight {__version__}", "pictures": ['.encode()
        for index, picture in enumerate(pictures(library, images, choice)):
            text = json.dumps(document(picture), ensure_ascii=False)
            yield f"{',' if index else ''}\n{text}".encode("utf-8", "backslashreplace")
        yield b"\n]}\n"

    yield ExportFile("pictures.json", chunks())


def document(picture: Picture) -> dict[str, Any]:
    """Return the data about a picture, except its thumbnail and embedding, as plain JSON data."""
    facts = picture.facts
    return {
        "path": picture.path,
        **{name: facts[name] for name in _FACTS},
        "has_location": bool(facts["has_location"]),
        "classification": {
            "label": facts["label"],
            "score": facts["label_score"],
            "certain": facts["label_term"] is not None,
            "category": facts["category"],
            "path": json.loads(facts["path"]),
            "candidates": [{"label": label, "score": score} for label, score in json.loads(facts["candidates"])],
        },
        "tags": [{name: getattr(tag, name) for name in _TAG_FIELDS} for tag in picture.tags],
        "colours": list(picture.colours),
        "boxes": _boxes(picture.boxes) if facts["detected"] else None,
    }


def _boxes(boxes: Sequence[Box]) -> list[dict[str, Any]]:
    # The ids are left out, because they are only meaningful within one result.
    return [{name: getattr(box, name) for name in ("label", "score", "x1", "y1", "x2", "y2")} for box in boxes]


def write_rekognition(library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    """Yield one ``<picture>.json`` per picture, in the picture's folder."""
    names = dataset_names([picture.path for picture in pictures(library, images, choice)])
    for name, picture in zip(names, pictures(library, images, choice), strict=True):
        labels = rekognition.document(picture.tagged)
        text = json.dumps(labels, ensure_ascii=False, indent=1) + "\n"
        yield ExportFile(f"{without_suffix(name)}.json", [text.encode("utf-8", "backslashreplace")])


def write_sidecars(library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    """Yield one ``<picture>.<ext>.xmp`` per picture, in the picture's folder. Existing sidecars are not read."""
    names = SidecarNames()
    for picture in pictures(library, images, choice):
        said = stated.of_picture(library, picture.facts["id"])
        yield ExportFile(names.unique(picture.path), [merge(with_texts(EMPTY, said), picture.tagged.keywords)])
