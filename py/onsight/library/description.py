"""Describe a picture of a library in a sentence, from its stored tags and objects."""

from __future__ import annotations

from dataclasses import replace

from onsight.core.results import ImageInfo
from onsight.library import store
from onsight.library.database import Library
from onsight.tools.tag import description


def describe(library: Library, image: int) -> str:
    """Return a sentence that describes a picture; empty if too little is certain.

    The user's own tags say nothing about numbers or places, so that only those of Onsight count that were not rejected.
    """
    row = library.connection.execute(
        "SELECT width, height, format, detected FROM image WHERE id = ?", (image,)
    ).fetchone()
    tags = [tag for tag in store.tags_of(library, image) if tag.source != "user"]
    unlikely = library.connection.execute(
        "SELECT term.key, score FROM tag JOIN term ON term.id = term WHERE image = ? AND NOT shown AND key IS NOT NULL",
        (image,),
    ).fetchall()
    if not tags:
        return ""
    known = {tag.id for tag in tags}
    # Weaker tags count as well: a person is only called a man if it is not likely that it is a woman.
    weak = [replace(tags[0], id=key, score=score, shown=False) for key, score in unlikely if key not in known]
    boxes = store.boxes_of(library, image) if row["detected"] else None
    return description.describe([*tags, *weak], boxes, ImageInfo(row["width"], row["height"], row["format"]))
