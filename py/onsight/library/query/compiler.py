"""From a query's tree to SQL. What a person wrote gets into it as parameters only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from onsight.categories import CATEGORIES
from onsight.errors import InvalidQueryError
from onsight.library.query import values
from onsight.library.query.parser import parse
from onsight.library.query.syntax import And, Condition, Node, Not, Or, Word
from onsight.library.query.values import Bound
from onsight.library.terms import fold
from onsight.tagging.colours import Palette

MIN_COLOUR_SHARE = 0.1
"""Part of the picture that a colour must cover to be found."""

Bounds = tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as SQL.

    Attributes:
        condition: What stands behind WHERE in a query of the table ``image``.
        parameters: In the order of its question marks.
    """

    condition: str
    parameters: tuple[Any, ...] = ()


def compile_query(query: str, connection: sqlite3.Connection) -> Compiled:
    """Turn a query into a condition.

    Args:
        query: As a person wrote it.
        connection: To the library, in which words are looked up.

    Raises:
        InvalidQueryError: It cannot be understood; ``detail`` tells where, and repeats the query.
    """
    try:
        return _Compiler(connection).compile(parse(query), ())
    except InvalidQueryError as error:
        error.detail["query"] = query
        raise


class _Compiler:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def compile(self, node: Node, scores: Bounds) -> Compiled:
        """Compile a part; ``scores`` is what the words in it must reach."""
        match node:
            case Word():
                return self._word(node, scores)
            case Condition():
                return self._condition(node, scores)
            case Not(item):
                inner = self.compile(item, ())
                # What is not known to hold does not: -iso:>100 finds pictures without an ISO too.
                return Compiled(f"({inner.condition}) IS NOT TRUE", inner.parameters)
            case Or(items):
                return _join("OR", (self.compile(item, scores) for item in items))
            case And(items):
                return self._and(items, scores)

    def _and(self, items: tuple[Node, ...], scores: Bounds) -> Compiled:
        if not items:
            return Compiled("TRUE")
        # A score speaks of the words beside it; where there are none, of the label.
        if any(_is_scored(item) for item in items):
            wanted = [item for item in items if isinstance(item, Condition) and item.field == "score"]
            scores += tuple(bound for item in wanted for bound in _score_bounds(item.value))
            items = tuple(item for item in items if item not in wanted)
        return _join("AND", (self.compile(item, scores) for item in items))

    # --- words ---------------------------------------------------------------------------------------------------

    def _word(self, word: Word, scores: Bounds) -> Compiled:
        terms = self._terms(word)
        parts = [
            self._tags(terms, scores),
            self._labels(terms, scores),
            self._user_tags(terms, scores),
            self._boxes(terms, scores),
        ]
        if not scores:  # nobody is more or less sure of a file's name
            parts.append(Compiled("SELECT rowid FROM image_text WHERE image_text MATCH ?", (_fts("name", word),)))
        return _any_of(parts)

    def _terms(self, word: Word) -> str:
        """Return the ids of what a word names and of all that is narrower, as a JSON list.

        A word that is a name of something means that and not what merely has the word in its name: *dog* is no hot
        dog. A person's own tags are found by each of their words all the same.
        """
        query, folded = self._connection.execute, fold(word.text)
        if word.prefix:
            pattern = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            named = query("SELECT term FROM alias WHERE folded LIKE ? ESCAPE '\\'", (pattern,)).fetchall()
        else:
            spellings = [folded, *_other_numbers(folded)]
            named = query(
                f"SELECT term FROM alias WHERE folded IN ({', '.join('?' * len(spellings))})", spellings
            ).fetchall()
        has_word = query(
            "SELECT id FROM term_text JOIN term ON id = term_text.rowid WHERE term_text MATCH ? AND (NOT known OR ?)",
            (_fts("name", word), word.prefix or not named),
        ).fetchall()
        found = json.dumps([id for (id,) in (*named, *has_word)])
        narrower = query(
            "SELECT term FROM broader WHERE ancestor IN (SELECT value FROM json_each(?))", (found,)
        ).fetchall()
        return json.dumps(sorted({id for (id,) in narrower}))

    def _tags(self, terms: str, scores: Bounds) -> Compiled:
        # Who asks for a score may be content with less than what is shown by default.
        sure, limits = _limit("score", scores) if scores else ("shown", ())
        return Compiled(
            f"SELECT image FROM tag WHERE term IN (SELECT value FROM json_each(?)) AND {sure} AND NOT EXISTS "
            "(SELECT 1 FROM rejected WHERE rejected.term = tag.term AND rejected.image = tag.image)",
            (terms, *limits),
        )

    def _labels(self, terms: str, scores: Bounds) -> Compiled:
        sure, limits = _limit("label_score", scores)
        return Compiled(
            f"SELECT id FROM image AS seen WHERE label_term IN (SELECT value FROM json_each(?)) AND {sure} AND "
            "NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = label_term AND rejected.image = seen.id)",
            (terms, *limits),
        )

    def _user_tags(self, terms: str, scores: Bounds) -> Compiled:
        # A person is sure.
        sure, limits = _limit("1.0", scores)
        return Compiled(
            f"SELECT image FROM user_tag WHERE term IN (SELECT value FROM json_each(?)) AND {sure}", (terms, *limits)
        )

    def _boxes(self, terms: str, scores: Bounds) -> Compiled:
        sure, limits = _limit("score", scores)
        return Compiled(
            f"SELECT image FROM box WHERE term IN (SELECT value FROM json_each(?)) AND {sure} AND NOT EXISTS "
            "(SELECT 1 FROM rejected WHERE rejected.term = box.term AND rejected.image = box.image)",
            (terms, *limits),
        )

    # --- conditions ----------------------------------------------------------------------------------------------

    def _condition(self, node: Condition, scores: Bounds) -> Compiled:
        word = node.value
        match node.field:
            case "tag":
                terms = self._terms(word)
                return _any_of([self._tags(terms, scores), self._user_tags(terms, scores)])
            case "user":
                return _any_of([self._user_tags(self._terms(word), scores)])
            case "label":
                return _any_of([self._labels(self._terms(word), scores)])
            case "object":
                return _any_of([self._boxes(self._terms(word), scores)])
            case "name" | "folder" | "camera" | "lens":
                return _any_of(
                    [Compiled("SELECT rowid FROM image_text WHERE image_text MATCH ?", (_fts(node.field, word),))]
                )
            case "score":
                return Compiled(*_limit("label_score", _score_bounds(word)))
            case "category":
                condition, parameters = _one_of("category", _choose(word, _categories(), "category"))
                sure, limits = _limit("label_score", scores)
                return Compiled(f"{condition} AND {sure}", (*parameters, *limits))
            case "taken" | "added":
                return Compiled(*_limit(node.field, values.date_bounds(word)))
        if node.field in _NUMBERS:
            column, units, whole = _NUMBERS[node.field]
            return Compiled(*_limit(column, values.number_bounds(word, units, whole=whole)))
        return _CHOICES[node.field](word)


def _is_scored(node: Node) -> bool:
    """Say whether there is something in it that a machine is more or less sure of."""
    match node:
        case Word():
            return True
        case Condition(field):
            return field in ("tag", "label", "object", "category", "user")
        case And(items) | Or(items):
            return any(_is_scored(item) for item in items)
        case _:
            return False


def _join(operator: str, parts: Iterable[Compiled]) -> Compiled:
    listed = list(parts)
    if not listed:
        return Compiled("TRUE")
    return Compiled(
        f" {operator} ".join(f"({part.condition})" for part in listed),
        tuple(parameter for part in listed for parameter in part.parameters),
    )


def _any_of(selects: list[Compiled]) -> Compiled:
    return Compiled(
        f"image.id IN ({' UNION ALL '.join(select.condition for select in selects)})",
        tuple(parameter for select in selects for parameter in select.parameters),
    )


def _limit(column: str, bounds: Bounds) -> tuple[str, tuple[Any, ...]]:
    if not bounds:
        return "TRUE", ()
    return (
        " AND ".join(f"{column} {bound.operator} ?" for bound in bounds),
        tuple(bound.value for bound in bounds),
    )


def _one_of(column: str, wanted: list[str]) -> tuple[str, tuple[str, ...]]:
    return f"{column} IN ({', '.join('?' * len(wanted))})", tuple(wanted)


def _score_bounds(word: Word) -> Bounds:
    bounds = values.number_bounds(word, values.SCORE_UNITS)
    # Nobody looks for exactly 0.8.
    if word.text[0] not in "<>=" and ".." not in word.text:
        middle = sum(float(bound.value) for bound in bounds) / 2
        return (Bound(">=", round(middle, 9)),)
    return bounds


def _fts(column: str, word: Word) -> str:
    """Return a phrase in the language of FTS5."""
    phrase = fold(word.text).replace('"', '""').replace("\0", " ")
    return f'{column} : "{phrase}"{"*" if word.prefix else ""}'


def _other_numbers(word: str) -> list[str]:
    """Return what the singular or plural of an English word may be."""
    found = [word + "s", word + "es"]
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("y"):
        found.append(word[:-1] + "ies")
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
    return found


def _choose(word: Word, choices: Mapping[str, str], what: str) -> list[str]:
    """Return the values whose names are, begin with, or have a word that is, what a person wrote.

    Args:
        word: What she wrote.
        choices: Values by name.
        what: What they are, for people.

    Raises:
        InvalidQueryError: There is none.
    """
    wanted = fold(word.text)
    names = {fold(name): value for name, value in choices.items()}
    if wanted in names and not word.prefix:
        return [names[wanted]]
    found = [
        value
        for name, value in names.items()
        if wanted in name.split() or (word.prefix and any(part.startswith(wanted) for part in (name, *name.split())))
    ]
    if not found:
        near = get_close_matches(wanted, names, 1)
        listed = ", ".join(dict.fromkeys(choices.values()))
        hint = f"Did you mean {names[near[0]]}?" if near else f"There are {listed}."
        raise word.span.error(f"There is no {what} “{word.text}”. {hint}")
    return list(dict.fromkeys(found))


def _categories() -> Mapping[str, str]:
    return {name: one.label for one in CATEGORIES.values() for name in (one.id, one.label)}


def _colour(word: Word) -> Compiled:
    colours = {name: id for id, label in Palette.load().names for name in (id.replace("_", " "), label, id)}
    condition, parameters = _one_of("colour", _choose(word, colours, "colour"))
    return _any_of(
        [Compiled(f"SELECT image FROM colour WHERE {condition} AND share >= ?", (*parameters, MIN_COLOUR_SHARE))]
    )


def _format(word: Word) -> Compiled:
    formats = {name: name for name in _FORMATS} | {"JPG": "JPEG", "TIF": "TIFF", "JP2": "JPEG 2000"}
    return Compiled(*_one_of("format", _choose(word, formats, "format")))


def _flag(what: str, conditions: Mapping[str, str]) -> Callable[[Word], Compiled]:
    def choose(word: Word) -> Compiled:
        names = {name: name for name in conditions}
        return _join("OR", (Compiled(conditions[name]) for name in _choose(word, names, what)))

    return choose


_FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "JPEG 2000", "ICO", "PNM", "PSD", "HEIC")

_HAS_USER_TAG = "image.id IN (SELECT image FROM user_tag)"

_CHOICES: Mapping[str, Callable[[Word], Compiled]] = {
    "colour": _colour,
    "format": _format,
    "orientation": _flag(
        "orientation", {name: f"orientation = '{name}'" for name in ("horizontal", "vertical", "square")}
    ),
    "has": _flag(
        "property",
        {
            "location": "has_location",
            "camera": "camera IS NOT NULL",
            "lens": "lens IS NOT NULL",
            "date": "taken IS NOT NULL",
            "objects": "image.id IN (SELECT image FROM box)",
            "tags": _HAS_USER_TAG,
        },
    ),
    "is": _flag(
        "state",
        {
            "untagged": f"NOT {_HAS_USER_TAG}",
            "tagged": _HAS_USER_TAG,
            "unsure": "label_term IS NULL",
            "duplicate": "hash IN (SELECT hash FROM image GROUP BY hash HAVING count(*) > 1)",
        },
    ),
}

_NUMBERS: Mapping[str, tuple[str, Mapping[str, float], bool]] = {
    "width": ("width", values.PLAIN_UNITS, True),
    "height": ("height", values.PLAIN_UNITS, True),
    "megapixels": ("width * height / 1e6", values.PLAIN_UNITS, False),
    "size": ("size", values.SIZE_UNITS, True),
    "sharpness": ("sharpness", values.PLAIN_UNITS, False),
    "iso": ("iso", values.PLAIN_UNITS, True),
    "aperture": ("aperture", values.PLAIN_UNITS, False),
    "focal": ("focal_length_mm", values.FOCAL_UNITS, False),
}
