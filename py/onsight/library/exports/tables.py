"""Export CSV tables (RFC 4180) that spreadsheets can open safely, because no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from onsight.evidence.detected_classes import DetectedClasses
from onsight.library.database import Library
from onsight.library.exports.files import Choice, ExportFile, Picture, pictures
from onsight.tools.tag.exports import table
from onsight.tools.tag.exports.cells import BYTE_ORDER_MARK, guarded, list_cell

_PLAIN = (
    *("width", "height", "format", "size", "taken", "camera", "lens", "focal_length_mm", "aperture", "exposure_s"),
    *("iso", "orientation", "sharpness", "hash", "taken_source", "rating", "title", "description"),
)
LISTS = ("tags", "own tags", "objects", "colours")
"""Columns whose cells are lists; `onsight.tools.tag.exports.cells` writes and reads such cells."""

COLUMNS = ("path", "label", "confidence", "category", "tags", "own tags", "objects", "colours", "location", *_PLAIN)
"""Columns of ``pictures.csv``, in order."""


def write_pictures(library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    """Yield ``pictures.csv``, with one row per picture."""
    rows = (
        (*_cells(picture), *((guarded(picture.alt_text),) if choice.alt_text else ()))
        for picture in pictures(library, images, choice)
    )
    yield ExportFile("pictures.csv", _csv([(*COLUMNS, *((table.ALT_TEXT,) if choice.alt_text else ()))], rows))


def write_tags(library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    """Yield ``tags.csv``, with one row per tag of each picture."""

    def chunks() -> Iterator[bytes]:
        yield _text([table.HEADER], mark=True)
        for picture in pictures(library, images, choice):
            (content,) = table.write([picture.tagged]).values()
            # Each table starts with a byte order mark and a header, which the file has already.
            yield content.split("\r\n", 1)[1].encode("utf-8", "backslashreplace")

    yield ExportFile("tags.csv", chunks())


def _cells(picture: Picture) -> Sequence[object]:
    facts = picture.facts
    return (
        guarded(picture.path),
        guarded(facts["label"]),
        f"{facts['label_score']:.4f}",
        facts["category"],
        list_cell(tag.name for tag in picture.tagged.chosen if tag.source != "user"),
        list_cell(tag.name for tag in picture.tags if tag.source == "user"),
        list_cell(DetectedClasses.load().name(box.label) for box in picture.boxes),
        list_cell(colour["name"] for colour in picture.colours),
        "yes" if facts["has_location"] else "no",
        *(guarded(value) if isinstance(value := facts[name], str) else value for name in _PLAIN),
    )


def _csv(header: Iterable[Sequence[object]], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    yield _text(header, mark=True)
    for row in rows:
        yield _text([row])


def _text(rows: Iterable[Sequence[object]], *, mark: bool = False) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(["" if cell is None else cell for cell in row])
    return ((BYTE_ORDER_MARK if mark else "") + text.getvalue()).encode("utf-8", "backslashreplace")
