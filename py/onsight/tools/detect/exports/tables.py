"""The table of the pictures that have another name in a data set."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def renaming_table(folder: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return ``renamed.csv``, or nothing if no picture has another name.

    Args:
        folder: Folder of the pictures in the data set.
        pairs: New and old name of each picture.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("picture in this data set", "picture"))
    rows = [(f"{folder}/{new}", old) for new, old in pairs]
    writer.writerows(rows)
    return {"renamed.csv": text.getvalue()} if rows else {}
