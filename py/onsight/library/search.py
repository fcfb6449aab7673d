"""Finds pictures, counts what is among them, and remembers searches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onsight.errors import InvalidOptionError
from onsight.library.database import Library, now
from onsight.library.query import compile_query, exactly
from onsight.library.query.choices import MIN_COLOUR_SHARE
from onsight.library.records import FacetValue, SavedSearch
from onsight.library.terms import check_tag_name
from onsight.metadata.dates import KINDS as DATE_KINDS

ORDERS: Mapping[str, str] = {
    "date": "taken IS NULL, taken DESC, folder, name",
    "name": "folder, name",
    "added": "added DESC, id DESC",
    "label": "label, label_score DESC, id",
    "score": "label_score DESC, id",
    "size": "size DESC, id",
    "pixels": "width * height DESC, id",
}
"""In what order pictures can be listed, and how to say it in SQL."""

ORDER_NAMES: Mapping[str, str] = {
    "date": "Newest first",
    "name": "By name",
    "added": "Added last",
    "label": "By label",
    "score": "Surest first",
    "size": "Largest files",
    "pixels": "Most pixels",
}
"""The orders for people."""

MOST_ALIKE = "Most alike first"
"""The order of pictures that look like one, for people."""

MAX_FACET_VALUES = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that was found.

    Attributes:
        image: Its id.
        folder: Where its file lies.
        name: Of its file.
        width: Of the upright picture in pixels.
        height: Of the upright picture in pixels.
        label: Its one label.
        score: Probability of the label.
        category: Its broad group.
        taken: When it was taken, ISO 8601 without a zone, or None.
        missing: Whether its file is not at this place any more: another picture's is.
        taken_source: Where ``taken`` comes from, of `onsight.metadata.dates.SOURCES`, or None.
    """

    image: int
    folder: str
    name: str
    width: int
    height: int
    label: str
    score: float
    category: str
    taken: str | None
    missing: bool = False
    taken_source: str | None = None

    @property
    def path(self) -> str:
        """Where the file lies, with its name."""
        return f"{self.folder.rstrip('/')}/{self.name}" if self.folder else self.name


def find(library: Library, query: str = "", order: str = "date") -> list[int]:
    """Return the ids of the pictures that a query finds.

    Args:
        library: The library.
        query: See `onsight.library.query`; an empty one finds all.
        order: One of `ORDERS`. Pictures that look like one (``similar:5``) come most alike first whatever it is.

    Raises:
        InvalidQueryError: The query cannot be understood; ``detail`` tells where.
        InvalidOptionError: The order is not known.
    """
    return find_ranked(library, query, order)[0]


def find_ranked(library: Library, query: str = "", order: str = "date") -> tuple[list[int], bool]:
    """Return what `find` returns, and whether the query itself says in what order, as ``similar:5`` does."""
    if order not in ORDERS:
        raise InvalidOptionError(f"order must be one of {', '.join(ORDERS)}, got {order!r}.")
    compiled = compile_query(query, library.connection)
    rows = library.connection.execute(
        f"SELECT id FROM image WHERE {compiled.condition} ORDER BY {ORDERS[order]}", compiled.parameters
    )
    found = [id for (id,) in rows]
    if compiled.ranking is None:
        return found, False
    kept = set(found)
    return [id for id in compiled.ranking if id in kept], True


def describe(library: Library, images: Sequence[int]) -> list[Hit]:
    """Return what a list shows of pictures, in their order; those that the library does not have are left out."""
    rows = library.connection.execute(
        "SELECT image.id, folder, name, width, height, label, label_score, category, taken, missing, taken_source "
        "FROM json_each(?) AS wanted JOIN image ON image.id = wanted.value ORDER BY wanted.key",
        (json.dumps(list(images)),),
    )
    return [Hit(*row) for row in rows]


def facets(library: Library, query: str = "", limit: int = MAX_FACET_VALUES) -> dict[str, list[FacetValue]]:
    """Count what the pictures that a query finds have in common.

    Args:
        library: The library.
        query: As for `find`.
        limit: How many values of each kind at most.

    Returns:
        By kind (``"category"``, ``"label"``, ``"tag"``, ``"user"``, ``"colour"``, ``"object"``, ``"camera"``,
        ``"year"``, ``"dated"``, ``"rating"``, ``"folder"``), the most frequent values first; kinds without
        any are left out.

    Raises:
        InvalidQueryError: The query cannot be understood.
    """
    compiled = compile_query(query, library.connection)
    connection = library.connection
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS hit (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.hit")
    connection.execute(f"INSERT INTO temp.hit SELECT id FROM image WHERE {compiled.condition}", compiled.parameters)
    found = {}
    for kind, select in _FACETS.items():
        rows = connection.execute(f"{select} GROUP BY 1 ORDER BY 3 DESC, 2 LIMIT ?", (limit,))
        values = [FacetValue(name, count, _facet_query(kind, value)) for value, name, count in rows]
        if values:
            found[kind] = values
    return found


def _facet_query(kind: str, value: str) -> str:
    if kind == "rating":
        return f"rating:{value}" if int(value) >= 0 else "rating:<0"
    return f"taken:{value}" if kind in ("year", "dated") else f"{kind}:{exactly(value)}"


def save_search(library: Library, name: str, query: str) -> SavedSearch:
    """Remember a search; one of the same name is replaced.

    Raises:
        InvalidOptionError: The name is empty, too long, or has control characters.
        InvalidQueryError: The query cannot be understood.
    """
    name = check_tag_name(name)
    compile_query(query, library.connection)
    with library.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO saved_search VALUES (?, ?, ?)", (name, query, now()))
    return SavedSearch(name, query)


def saved_searches(library: Library) -> list[SavedSearch]:
    """Return the searches that are remembered, by name."""
    return [
        SavedSearch(*row) for row in library.connection.execute("SELECT name, query FROM saved_search ORDER BY name")
    ]


def forget_search(library: Library, name: str) -> bool:
    """Forget a search; say whether there was one of this name."""
    with library.transaction() as connection:
        return connection.execute("DELETE FROM saved_search WHERE name = ?", (name,)).rowcount > 0


_NOT_REJECTED = "NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = {0}.term AND rejected.image = {0}.image)"
_SHOWN = f"shown AND {_NOT_REJECTED.format('tag')}"
_DATED = "CASE WHEN taken IS NULL THEN 'none' ELSE substr(taken_source, 1, instr(taken_source || '-', '-') - 1) END"
_FACETS: Mapping[str, str] = {
    "category": "SELECT category, category, count(*) FROM temp.hit JOIN image USING (id)",
    "label": "SELECT label, label, count(*) FROM temp.hit JOIN image USING (id) WHERE label_term IS NOT NULL AND "
    "NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = label_term AND rejected.image = hit.id)",
    "tag": f"""SELECT name, name, total + (
            SELECT count(*) FROM user_tag JOIN temp.hit ON hit.id = image WHERE user_tag.term = counted.term AND
            NOT EXISTS (SELECT 1 FROM tag WHERE tag.term = user_tag.term AND tag.image = user_tag.image AND {_SHOWN})
        ) FROM (
            SELECT term, count(*) AS total FROM temp.hit JOIN tag ON image = hit.id WHERE {_SHOWN} GROUP BY term
        ) AS counted JOIN term ON term.id = term""",
    "user": "SELECT name, name, count(*) FROM temp.hit JOIN user_tag ON image = hit.id JOIN term ON term.id = term",
    "colour": f"SELECT colour, name, count(*) FROM temp.hit JOIN colour ON image = hit.id "
    f"WHERE share >= {MIN_COLOUR_SHARE}",
    "object": "SELECT label, label, count(DISTINCT image) FROM temp.hit JOIN box ON image = hit.id WHERE "
    + _NOT_REJECTED.format("box"),
    "camera": "SELECT camera, camera, count(*) FROM temp.hit JOIN image USING (id) WHERE camera IS NOT NULL",
    "year": "SELECT substr(taken, 1, 4) AS year, substr(taken, 1, 4), count(*) FROM temp.hit JOIN image USING (id) "
    "WHERE taken GLOB '[0-9][0-9][0-9][0-9]*' AND taken > '0001' AND taken < substr(taken, 1, 4) || '-13'",
    "dated": f"SELECT {_DATED} AS kind, CASE {_DATED} "
    + " ".join(f"WHEN '{kind}' THEN '{name}'" for kind, name in {**DATE_KINDS, "none": "No date"}.items())
    + " END, count(*) FROM temp.hit JOIN image USING (id)",
    "rating": "SELECT rating, CASE rating WHEN -1 THEN 'Rejected' ELSE substr('★★★★★', 1, rating) END, count(*) "
    "FROM temp.hit JOIN image USING (id) WHERE rating IS NOT NULL",
    "folder": "SELECT folder, folder, count(*) FROM temp.hit JOIN image USING (id) WHERE folder <> ''",
}
"""How each kind is counted: its values, their names, and in how many pictures. Must agree with what the condition finds
that a person clicks on, an exact one (`onsight.library.query.texts.exact_select`)."""

FACET_NAMES: Mapping[str, str] = {
    "category": "Category",
    "label": "Label",
    "tag": "Tags",
    "user": "Your tags",
    "colour": "Colour",
    "object": "Objects",
    "camera": "Camera",
    "year": "Year",
    "dated": "Date from",
    "rating": "Rating",
    "folder": "Folder",
}
"""The kinds of facets for people."""
