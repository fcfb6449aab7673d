"""Find pictures, count facets and save searches. `onsight.library.ordering` decides the order of the results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from onsight.core.checks import check_choice
from onsight.core.texts import text
from onsight.evidence.detected_classes import DetectedClasses
from onsight.library.database import Library, now
from onsight.library.ordering import ORDERS, ordered
from onsight.library.query import Compiled, compile_query, exactly, plain_words
from onsight.library.query.choices import MIN_COLOUR_SHARE
from onsight.library.query.plain import advice, explanation, suggestions
from onsight.library.query.plain.advice import Advice
from onsight.library.query.plain.evidence import Gatherer
from onsight.library.query.plain.suggestions import Suggestion
from onsight.library.records import FacetValue, SavedSearch
from onsight.library.terms import check_tag_name
from onsight.metadata.dates import KINDS as DATE_KINDS

MAX_FACET_VALUES = 30
"""Maximum number of values per facet."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture that was found.

    Attributes:
        image: Id of the picture.
        folder: Folder of its file.
        name: Name of its file.
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        label: Its label.
        score: Probability of the label, 0 to 1.
        category: Its category.
        taken: When it was taken, ISO 8601 without a time zone, or None.
        missing: Whether another picture's file is in the place of its file.
        taken_source: Where ``taken`` comes from, one of `onsight.metadata.dates.SOURCES`, or None.
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
        """Folder and name of the file."""
        return f"{self.folder.rstrip('/')}/{self.name}" if self.folder else self.name


def find(library: Library, query: str = "", order: str = "relevance") -> list[int]:
    """Return the ids of the pictures that a query finds.

    Args:
        library: The library.
        query: See `onsight.library.query`; an empty one finds all pictures.
        order: One of `onsight.library.ordering.ORDERS`. A query such as ``similar:5`` has its own order instead.

    Raises:
        InvalidQueryError: The query is invalid; ``detail`` has the position.
        InvalidOptionError: The order is unknown.
    """
    return find_ranked(library, query, order)[0]


def find_ranked(library: Library, query: str = "", order: str = "relevance") -> tuple[list[int], bool]:
    """Return the result of `find`, and whether the query has its own order, as ``similar:5`` does."""
    check_choice("order", order, ORDERS)
    matches = _matches(library, query)
    compiled = matches.compiled
    rows = library.connection.execute(
        f"SELECT id FROM image WHERE {compiled.condition} ORDER BY {ORDERS[order]}", compiled.parameters
    )
    matches.images = [id for (id,) in rows]
    relevance = compiled.relevance if order == "relevance" else None
    return ordered(matches.images, compiled.ranking, relevance), compiled.ranking is not None


@dataclass(slots=True)
class _Matches:
    """A compiled query and, once they are known, the ids of the pictures that it finds."""

    query: str
    version: tuple[int, int]
    compiled: Compiled
    images: list[int] | None = None


_latest: WeakKeyDictionary[Library, _Matches] = WeakKeyDictionary()
_gatherers: WeakKeyDictionary[Library, tuple[tuple[int, int], Gatherer]] = WeakKeyDictionary()


def gatherer_of(library: Library) -> Gatherer:
    """Return what gathers the evidence for plain words; it remembers evidence until the library changes."""
    known, version = _gatherers.get(library), library.version
    if known is None or known[0] != version:
        known = _gatherers[library] = (version, Gatherer(library.connection))
    return known[1]


def _matches(library: Library, query: str) -> _Matches:
    """Compile a query. The latest one is cached until the library changes: the page asks for hits, then for facets."""
    latest, version = _latest.get(library), library.version
    if latest is None or (latest.query, latest.version) != (query, version):
        latest = _latest[library] = _Matches(
            query, version, compile_query(query, library.connection, gatherer_of(library))
        )
    return latest


def advise(library: Library, query: str) -> Advice | None:
    """Return what to say about a query of plain words that finds nothing; None if it has no plain words.

    Raises:
        InvalidQueryError: The query is invalid.
    """
    gatherer = gatherer_of(library)
    wanted = plain_words(query, gatherer)
    return advice.advise(query, wanted, gatherer) if wanted else None


def suggest(library: Library, query: str, limit: int = 8) -> list[Suggestion]:
    """Return completions of the last word or words of a query, with the number of pictures that each would find."""
    return suggestions.suggest(query, gatherer_of(library), library.connection, limit)


def explain(library: Library, query: str, image: int) -> list[str]:
    """Return a sentence about each thing that the plain words of a query ask for: what of it a picture shows.

    Raises:
        InvalidQueryError: The query is invalid.
    """
    gatherer = gatherer_of(library)
    return explanation.explain(plain_words(query, gatherer), image, gatherer, library.connection)


def describe(library: Library, images: Sequence[int]) -> list[Hit]:
    """Return the data for listing pictures, in the order of their ids; unknown ids are skipped."""
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
        limit: Maximum number of values of each kind.

    Returns:
        The values of each kind (the keys of `facet_names`), most frequent first. Kinds without values are left out.

    Raises:
        InvalidQueryError: The query is invalid.
    """
    matches = _matches(library, query)
    connection = library.connection
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS hit (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.hit")
    if matches.images is None:
        condition, parameters = matches.compiled.condition, matches.compiled.parameters
        connection.execute(f"INSERT INTO temp.hit SELECT id FROM image WHERE {condition}", parameters)
    else:
        connection.execute("INSERT INTO temp.hit SELECT value FROM json_each(?)", (json.dumps(matches.images),))
    found = {}
    for kind, select in _FACETS.items():
        rows = connection.execute(f"{select} GROUP BY 1 ORDER BY 3 DESC, 2 LIMIT ?", (limit,))
        values = [
            FacetValue(_facet_name(kind, value, name), count, _facet_query(kind, value)) for value, name, count in rows
        ]
        if values:
            found[kind] = values
    return found


def _facet_name(kind: str, value: str, name: str) -> str:
    if kind == "dated" and value == "none":
        return text("No date")
    if kind == "object":
        return DetectedClasses.load().name(value)
    return text("Rejected") if kind == "rating" and int(value) < 0 else name


def _facet_query(kind: str, value: str) -> str:
    if kind == "rating":
        return f"rating:{value}" if int(value) >= 0 else "rating:<0"
    if kind == "object":
        value = DetectedClasses.load().name(value)
    return f"taken:{value}" if kind in ("year", "dated") else f"{kind}:{exactly(value)}"


def save_search(library: Library, name: str, query: str) -> SavedSearch:
    """Save a search. It replaces one with the same name.

    Raises:
        InvalidOptionError: The name is empty, too long, or has control characters.
        InvalidQueryError: The query is invalid.
    """
    name = check_tag_name(name)
    compile_query(query, library.connection)
    with library.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO saved_search VALUES (?, ?, ?)", (name, query, now()))
    return SavedSearch(name, query)


def saved_searches(library: Library) -> list[SavedSearch]:
    """Return the saved searches, sorted by name."""
    return [
        SavedSearch(*row) for row in library.connection.execute("SELECT name, query FROM saved_search ORDER BY name")
    ]


def forget_search(library: Library, name: str) -> bool:
    """Delete a saved search; return whether there was one with this name."""
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
"""For each kind, selects the values, their names and the number of pictures. The number must agree with the search that
a click on the value starts (`onsight.library.query.texts.exact_select`)."""


def facet_names() -> dict[str, str]:
    """Return the name of each kind of facet, for the user."""
    return {
        "category": text("Category"),
        "label": text("Label"),
        "tag": text("Tags"),
        "user": text("Your tags"),
        "colour": text("Colour"),
        "object": text("Objects"),
        "camera": text("Camera"),
        "year": text("Year"),
        "dated": text("Date from"),
        "rating": text("Rating"),
        "folder": text("Folder"),
    }
