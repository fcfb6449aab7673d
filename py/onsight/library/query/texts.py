"""Conditions on names, folders, captions, cameras and the user's own tags: words, parts of words, exact names."""

from __future__ import annotations

import re
import sqlite3
from itertools import takewhile

from onsight.core.folding import is_unspaced, may_be_inside, search_key
from onsight.evidence.detected_classes import DetectedClasses
from onsight.library.query.choices import MIN_COLOUR_SHARE
from onsight.library.query.parser import meant_by
from onsight.library.query.sql import Compiled, join
from onsight.library.query.syntax import Word
from onsight.library.text_index import VALUE_COLUMNS


def text_select(field: str, word: Word) -> Compiled:
    """Select the pictures that have a word in their name, caption, folder, camera or lens.

    A bare word also matches inside longer words, unless it is as short as ``or``. Quoted words match whole words; with
    ``*`` the last one matches the beginning of a word.
    """
    return _with_value(field, word) if field in VALUE_COLUMNS else _with_text(word, field)


def own_tag_select(word: Word) -> Compiled:
    """Select the pictures with one of the user's own tags whose name contains a word."""
    condition = _holds(word, "' ' || folded || ' '", "name")
    return Compiled(
        f"SELECT image FROM user_tag WHERE term IN (SELECT id FROM term WHERE {condition.condition})",
        condition.parameters,
    )


def bare_selects(connection: sqlite3.Connection, word: Word) -> list[Compiled]:
    """Select the pictures that have a word in any of their texts."""
    below = _below_shared(connection)
    folder = _with_value("folder", word, below)
    return [_with_text(word, "name", "caption"), folder, _with_value("camera", word), _with_value("lens", word)]


def exact_select(field: str, word: Word) -> Compiled | None:
    """Select the pictures that have exactly this value in a field; None for fields with a fixed set of values."""
    values: tuple[str, ...] = meant_by(word.text)
    if field == "object":
        # Boxes are stored under the detectors' names, which other tools' formats need.
        values = tuple(DetectedClasses.load().label(value) for value in values)
    select = _EXACT.get(field)
    return Compiled(select, values) if select else None


def _with_text(word: Word, *fields: str) -> Compiled:
    raw = {"name": "(SELECT name FROM image WHERE id = image)"}  # captions are stored as search keys only
    condition = join("OR", (_holds(word, field, raw.get(field, "''")) for field in fields))
    return Compiled(f"SELECT image FROM image_text WHERE {condition.condition}", condition.parameters)


def _with_value(field: str, word: Word, part: Compiled | None = None) -> Compiled:
    """Select the pictures that have a word in a shared value, such as a folder, or in ``part`` of it."""
    condition = _holds(word, "search_key(part)", "part") if part else _holds(word, "text", "value")
    rows = f"(SELECT value, {part.condition} AS part FROM value_text" if part else "(SELECT value, text FROM value_text"
    return Compiled(
        f"SELECT id FROM image WHERE {field} IN "
        f"(SELECT value FROM {rows} WHERE kind = '{field}') WHERE {condition.condition})",
        (*(part.parameters if part else ()), *condition.parameters),
    )


def _holds(word: Word, text: str, raw: str) -> Compiled:
    """Return the condition that a text contains a word.

    Args:
        word: The word as the user wrote it.
        text: SQL for the text's search key, with a space at both ends.
        raw: SQL for the original text, for words that consist of punctuation only.
    """
    key = search_key(word.text)
    if not key:
        return Compiled(f"instr(lower({raw}), ?) > 0", (word.text.strip().lower(),))
    begins = word.prefix or word.quoted or not may_be_inside(key)
    ends = word.quoted and not word.prefix
    before = " " if begins and not is_unspaced(key[0]) else ""
    behind = " " if ends and not is_unspaced(key[-1]) else ""
    return Compiled(f"instr({text}, ?) > 0", (f"{before}{key}{behind}",))


def _below_shared(connection: sqlite3.Connection) -> Compiled | None:
    """Return SQL for a folder without the leading path that all pictures below one mount point share.

    Otherwise words in that path, such as *home*, would find every picture. None if no folder is absolute.
    """
    cases: list[str] = []
    parameters: list[str | int] = []
    (first,) = connection.execute("SELECT min(folder) FROM image").fetchone()
    while first is not None and len(cases) < MAX_DISK_PARTS:
        top = _TOP.match(first)
        end = f"{top[0] if top else first}\uffff"
        (last,) = connection.execute("SELECT max(folder) FROM image WHERE folder < ?", (end,)).fetchone()
        if top:
            both = zip(first.split("/"), last.split("/"), strict=False)
            shared = [one for one, _ in takewhile(lambda parts: parts[0] == parts[1], both)]
            cases.append("WHEN value >= ? AND value < ? THEN substr(value, ?)")
            parameters += [first, end, sum(len(part) + 1 for part in shared[:-1]) + 1]
        (first,) = connection.execute("SELECT min(folder) FROM image WHERE folder >= ?", (end,)).fetchone()
    return Compiled(f"CASE {' '.join(cases)} ELSE value END", tuple(parameters)) if cases else None


MAX_DISK_PARTS = 8
"""Maximum number of mount points, such as ``/home`` and ``/media``, that are distinguished."""

_TOP = re.compile(r"//[^/]+/|/[^/]+/|[A-Za-z]:/")
_TERMS = "term IN (SELECT id FROM term WHERE name IN (?, ?))"
_NOT_REJECTED = "NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = {term} AND rejected.image = {image})"
_EXACT = {
    **{field: f"SELECT id FROM image WHERE {field} IN (?, ?)" for field in (*VALUE_COLUMNS, "name", "category")},
    "user": f"SELECT image FROM user_tag WHERE {_TERMS}",
    "tag": f"SELECT image FROM (SELECT term, image FROM tag WHERE shown AND "
    f"{_NOT_REJECTED.format(term='tag.term', image='tag.image')} UNION ALL SELECT term, image FROM user_tag) "
    f"WHERE {_TERMS}",
    "label": "SELECT id FROM image AS seen WHERE label IN (?, ?) AND label_term IS NOT NULL AND "
    + _NOT_REJECTED.format(term="label_term", image="seen.id"),
    "object": "SELECT image FROM box WHERE label IN (?, ?) AND "
    + _NOT_REJECTED.format(term="box.term", image="box.image"),
    "colour": "WITH wanted (name) AS (VALUES (?), (?)) SELECT image FROM colour "
    f"WHERE (colour IN wanted OR name IN wanted) AND share >= {MIN_COLOUR_SHARE}",
}
"""The statement for an exact value of each field. It takes the two texts of `meant_by`."""
