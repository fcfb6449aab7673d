"""Tags as a CSV table (RFC 4180), which `onsight.tools.tag.exports.cells` can read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from onsight.tools.tag.exports.cells import BYTE_ORDER_MARK, guarded
from onsight.tools.tag.exports.pictures import TaggedPicture

HEADER = ("picture", "tag", "confidence", "group", "broader", "source", "id")


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``tags.csv``: a row for each tag that is shown."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for picture in pictures:
        for tag in picture.shown:
            confidence = "" if tag.source == "user" else f"{tag.score:.4f}"
            before = (guarded(cell) for cell in (picture.name, tag.name, confidence, tag.group))
            writer.writerow((*before, guarded(" | ".join(tag.parents)), tag.source, guarded(tag.id)))
    return {"tags.csv": BYTE_ORDER_MARK + text.getvalue()}
