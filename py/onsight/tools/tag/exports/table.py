"""Tags as CSV tables (RFC 4180), which `onsight.tools.tag.exports.cells` can read back.

One has a row for each picture, as shops and catalogues import them; the other has a row for each tag.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from onsight.core.wording import listed
from onsight.tools.tag.exports.cells import BYTE_ORDER_MARK, guarded, list_cell
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.phrases import common_name

HEADER = ("picture", "tag", "confidence", "group", "broader", "source", "id")


PICTURE_HEADER = ("picture", "title", "keywords", "colours")
ALT_TEXT = "alt text"
"""Column that is there only if the sentences are wanted."""

TITLE_TAGS = 3
"""Number of tags that make a title."""


def write_pictures(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``pictures.csv``: a row for each picture, with its keywords in one cell."""
    has_texts = any(picture.alt_text for picture in pictures)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*PICTURE_HEADER, *((ALT_TEXT,) if has_texts else ())))
    for picture in pictures:
        colours = [tag.name for tag in picture.tags if tag.row == "colours" and tag.applies]
        row = (guarded(picture.name), guarded(title_of(picture)), list_cell(picture.keywords.subjects))
        sentence = (guarded(picture.alt_text),) if has_texts else ()
        writer.writerow((*row, list_cell(colours), *sentence))
    return {"pictures.csv": BYTE_ORDER_MARK + text.getvalue()}


def title_of(picture: TaggedPicture) -> str:
    """Return a title for a picture, such as ``"Dog, beach and sea"``; empty without a tag."""
    first, *others = [tag.name for tag in picture.tags if tag.shown and tag.row == "tags"][:TITLE_TAGS] or [""]
    return listed([first, *(common_name(name) for name in others)])


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``tags.csv``: a row for each tag."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for picture in pictures:
        for tag in picture.chosen:
            confidence = "" if tag.source == "user" else f"{tag.score:.4f}"
            before = (guarded(cell) for cell in (picture.name, tag.name, confidence, tag.group))
            writer.writerow((*before, guarded(" | ".join(tag.parents)), tag.source, guarded(tag.id)))
    return {"tags.csv": BYTE_ORDER_MARK + text.getvalue()}
