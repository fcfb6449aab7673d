"""Collect everything that a library knows about a picture, for the user."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.library import store
from onsight.library.database import Library
from onsight.metadata.dates import SOURCES
from onsight.tools.classify.results import Candidate
from onsight.tools.detect.class_names import count_objects
from onsight.tools.organise.results import Fact, LibraryPicture, TagCount
from onsight.tools.tag.results import Colour


def describe_picture(library: Library, image: int) -> LibraryPicture:
    """Return everything that is known of a picture.

    Raises:
        InvalidOptionError: There is no such picture.
    """
    row = library.connection.execute("SELECT * FROM image WHERE id = ?", (image,)).fetchone()
    if row is None:
        raise InvalidOptionError(text("The library no longer has this picture."))
    rejected = library.connection.execute(
        "SELECT name FROM rejected JOIN term ON term.id = term WHERE image = ? ORDER BY name", (image,)
    )
    colours = library.connection.execute(
        "SELECT colour, name, hex, share FROM colour WHERE image = ? ORDER BY share DESC, name", (image,)
    )
    boxes = store.boxes_of(library, image) if row["detected"] else None
    return LibraryPicture(
        id=image,
        folder=row["folder"],
        name=row["name"],
        size=row["size"],
        modified_ms=row["mtime_ns"] // 1_000_000,
        width=row["width"],
        height=row["height"],
        label=row["label"],
        score=row["label_score"],
        certain=row["label_term"] is not None,
        category=row["category"],
        candidates=tuple(Candidate(*one) for one in json.loads(row["candidates"])),
        tags=store.tags_of(library, image),
        rejected=tuple(name for (name,) in rejected),
        boxes=boxes,
        objects=count_objects(boxes or ()),
        colours=tuple(Colour(*colour) for colour in colours),
        facts=tuple(_facts(row)),
    )


def count_tags(library: Library, images: Sequence[int]) -> Iterator[TagCount]:
    """Yield the tags that pictures show, the most frequent first."""
    rows = library.connection.execute(
        """
        WITH chosen (image) AS (SELECT value FROM json_each(?)),
        shown (term, own) AS (
            SELECT term, 1 FROM chosen JOIN user_tag USING (image)
            UNION ALL
            SELECT term, 0 FROM chosen JOIN tag USING (image) WHERE shown
            AND NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = tag.term AND rejected.image = tag.image)
            AND NOT EXISTS (SELECT 1 FROM user_tag WHERE user_tag.term = tag.term AND user_tag.image = tag.image)
        )
        SELECT name, count(*) AS total, sum(own) FROM shown JOIN term ON term.id = shown.term
        GROUP BY shown.term ORDER BY total DESC, name
        """,
        (json.dumps(list(images)),),
    )
    for name, count, own in rows:
        yield TagCount(name, count, own)


def _facts(row: Mapping[str, Any]) -> Iterator[Fact]:
    for name, column in ((text("Title"), "title"), (text("Description"), "description")):
        if row[column]:
            yield Fact(name, row[column])
    if row["rating"]:
        stars = text("Rejected") if row["rating"] < 0 else text("{count} of 5 stars", count=row["rating"])
        yield Fact(text("Rating"), stars)
    if row["missing"]:
        yield Fact(
            text("Missing"),
            text("Another file has replaced this picture’s file. Add the folder that contains the picture."),
        )
    if row["warning"]:
        yield Fact(text("Damaged"), row["warning"])
    if row["taken"]:
        source = SOURCES.get(row["taken_source"], "")
        yield Fact(text("Taken"), row["taken"].replace("T", " ") + (f" – {source}" if source else ""))
    size = text(
        "{width:,} × {height:,} pixels, {format}", **{name: row[name] for name in ("width", "height", "format")}
    )
    yield Fact(text("Size"), size)
    for name, column in ((text("Camera"), "camera"), (text("Lens"), "lens")):
        if row[column]:
            yield Fact(name, row[column])
    exposure = [
        part
        for part in (
            _exposure(row["exposure_s"]),
            f"f/{row['aperture']:g}" if row["aperture"] else "",
            f"ISO {row['iso']}" if row["iso"] else "",
            f"{row['focal_length_mm']:g} mm" if row["focal_length_mm"] else "",
        )
        if part
    ]
    if exposure:
        yield Fact(text("Exposure"), ", ".join(exposure))
    if row["has_location"]:
        yield Fact(text("Location"), text("The file says where it was taken"))
    yield Fact(text("Added"), row["added"].replace("T", " ").removesuffix("Z") + " UTC")


def _exposure(seconds: float | None) -> str:
    if not seconds:
        return ""
    # As cameras show it: 1/60 s, but 0.6 s, which is not such a fraction.
    fraction = round(1 / seconds)
    if seconds < 0.25 or (seconds < 1 and abs(seconds * fraction - 1) < 0.01):
        return f"1/{fraction} s"
    return f"{round(seconds, 1):g} s"
