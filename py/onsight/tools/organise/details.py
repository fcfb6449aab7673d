"""What is known of pictures, put together from all tables for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onsight.errors import InvalidOptionError
from onsight.library import store
from onsight.library.database import Library
from onsight.metadata.dates import SOURCES
from onsight.tools.classify.results import Candidate
from onsight.tools.organise.results import Fact, LibraryPicture, TagCount
from onsight.tools.tag.results import Colour


def describe_picture(library: Library, image: int) -> LibraryPicture:
    """Return everything that is known of a picture.

    Raises:
        InvalidOptionError: There is no such picture.
    """
    row = library.connection.execute("SELECT * FROM image WHERE id = ?", (image,)).fetchone()
    if row is None:
        raise InvalidOptionError("The library no longer has this picture.")
    rejected = library.connection.execute(
        "SELECT name FROM rejected JOIN term ON term.id = term WHERE image = ? ORDER BY name", (image,)
    )
    colours = library.connection.execute(
        "SELECT colour, name, hex, share FROM colour WHERE image = ? ORDER BY share DESC, name", (image,)
    )
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
        boxes=store.boxes_of(library, image) if row["detected"] else None,
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
    for name, column in (("Title", "title"), ("Description", "description")):
        if row[column]:
            yield Fact(name, row[column])
    if row["rating"]:
        yield Fact("Rating", "Rejected" if row["rating"] < 0 else f"{row['rating']} of 5 stars")
    if row["missing"]:
        yield Fact("Missing", "Another picture’s file is where this one’s was. Add the folder that has it.")
    if row["warning"]:
        yield Fact("Damaged", row["warning"])
    if row["taken"]:
        source = SOURCES.get(row["taken_source"], "")
        yield Fact("Taken", row["taken"].replace("T", " ") + (f" – {source}" if source else ""))
    yield Fact("Size", f"{row['width']:,} × {row['height']:,} pixels, {row['format']}")
    for name, column in (("Camera", "camera"), ("Lens", "lens")):
        if row[column]:
            yield Fact(name, row[column])
    exposure = [
        text
        for text in (
            _exposure(row["exposure_s"]),
            f"f/{row['aperture']:g}" if row["aperture"] else "",
            f"ISO {row['iso']}" if row["iso"] else "",
            f"{row['focal_length_mm']:g} mm" if row["focal_length_mm"] else "",
        )
        if text
    ]
    if exposure:
        yield Fact("Exposure", ", ".join(exposure))
    if row["has_location"]:
        yield Fact("Location", "The file tells where it was taken")
    yield Fact("Added", row["added"].replace("T", " ").removesuffix("Z") + " UTC")


def _exposure(seconds: float | None) -> str:
    if not seconds:
        return ""
    # As cameras show it: 1/60 s, but 0.6 s, which is no such fraction.
    fraction = round(1 / seconds)
    if seconds < 0.25 or (seconds < 1 and abs(seconds * fraction - 1) < 0.01):
        return f"1/{fraction} s"
    return f"{round(seconds, 1):g} s"
