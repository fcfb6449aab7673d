"""Load and write the signatures of a library's pictures; missing ones are computed from the thumbnails."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onsight.library.database import Library
from onsight.library.signature import SIGNATURE_BYTES, Signatures, signature_of

_BATCH = 500


def write_signature(connection: sqlite3.Connection, image: int, thumbnail: bytes) -> None:
    """Compute and write the signature of a picture whose thumbnail was just written."""
    connection.execute("INSERT OR REPLACE INTO signature VALUES (?, ?)", (image, signature_of(thumbnail)))


def load_signatures(library: Library, images: Sequence[int]) -> tuple[Signatures, NDArray[np.bool_]]:
    """Return the signatures of pictures, and which pictures have one.

    A picture has no signature if its thumbnail cannot be opened.

    Args:
        library: The library. Missing signatures are computed and written to it.
        images: Ids of the pictures.

    Returns:
        Signatures in the order of ``images``, zero for pictures without one; whether each picture has one, bool [n].
    """
    _complete(library)
    found = dict(
        library.connection.execute(
            "SELECT image, data FROM signature JOIN json_each(?) AS wanted ON wanted.value = image",
            (json.dumps(list(images)),),
        ).fetchall()
    )
    rows = [found.get(image) for image in images]
    nothing = bytes(SIGNATURE_BYTES)
    return Signatures.from_bytes(b"".join(row or nothing for row in rows)), np.array([bool(row) for row in rows], bool)


def _complete(library: Library) -> None:
    while True:
        missing = library.connection.execute(
            "SELECT image, data FROM thumbnail WHERE image NOT IN (SELECT image FROM signature) LIMIT ?", (_BATCH,)
        ).fetchall()
        if not missing:
            return
        made = [(row["image"], signature_of(row["data"])) for row in missing]
        with library.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO signature VALUES (?, ?)", made)
