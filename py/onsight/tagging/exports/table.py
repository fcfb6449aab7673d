"""Tags as a table, CSV after RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from onsight.tagging.exports.naming import TaggedPicture

HEADER = ("picture", "tag", "confidence", "group", "broader", "source", "id")

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take the file for one in the machine's old encoding."""


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``tags.csv``: a row for each tag that is shown."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for picture in pictures:
        for tag in picture.shown:
            confidence = "" if tag.source == "user" else f"{tag.score:.4f}"
            cells = (picture.name, tag.name, confidence, tag.group, " | ".join(tag.parents), tag.source, tag.id)
            writer.writerow(guarded(cell) for cell in cells)
    return {"tags.csv": BYTE_ORDER_MARK + text.getvalue()}


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Names of files and of people's own tags are texts of strangers: ``=HYPERLINK(…)`` in one of them would be run.
    Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if cell.lstrip().startswith(("=", "+", "-", "@")) or cell.startswith(("\t", "\r", "\n")) else cell
