"""Conditions on names, folders, captions, cameras and a person's own tags: words, parts of words, exact names."""

from __future__ import annotations

import re
import sqlite3
from itertools import takewhile

from onsight.core.folding import is_unspaced, may_be_inside, search_key
from onsight.library.query.choices import MIN_COLOUR_SHARE
from onsight.library.query.parser import meant_by
from onsight.library.query.sql import Compiled, join
from onsight.library.query.syntax import Word
from onsight.library.text_index import VALUE_COLUMNS


def text_select(field: str, word: Word) -> Compiled:
    """Select the pictures that have a word in their name, caption, folder, camera or lens.

    A bare word is found inside words too, unless it is as short as ``or``. Words in quotation marks are whole words,
    and with ``*`` the beginning of one.
    """
    return _with_value(field, word) if field in VALUE_COLUMNS else _with_text(word, field)


def own_tag_select(word: Word) -> Compiled:
    """Select the pictures with a tag of a person's that has a word in its name."""
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
    """Select the pictures that have exactly this name in a field; None for fields that only have fixed names."""
    values = meant_by(word.text)
    select = _EXACT.get(field)
    return Compiled(select, values) if select else None


def _with_text(word: Word, *fields: str) -> Compiled:
    raw = {"name": "(SELECT name FROM image WHERE id = image)"}  # of captions only the words are kept
    condition = join("OR", (_holds(word, field, raw.get(field, "''")) for field in fields))
    return Compiled(f"SELECT image FROM image_text WHERE {condition.condition}", condition.parameters)


def _with_value(field: str, word: Word, part: Compiled | None = None) -> Compiled:
    """Select the pictures that have a word in a value that many share, or in a part of it."""
    condition = _holds(word, "search_key(part)", "part") if part else _holds(word, "text", "value")
    rows = f"(SELECT value, {part.condition} AS part FROM value_text" if part else "(SELECT value, text FROM value_text"
    return Compiled(
        f"SELECT id FROM image WHERE {field} IN "
        f"(SELECT value FROM {rows} WHERE kind = '{field}') WHERE {condition.condition})",
        (*(part.parameters if part else ()), *condition.parameters),
    )


def _holds(word: Word, text: str, raw: str) -> Compiled:
    """Return the condition that a text has a word.

    Args:
        word: What a person wrote.
        text: SQL for the search key, between spaces.
        raw: SQL for the text as it is, for words that have nothing but punctuation.
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
    """Return SQL for a folder without what leads to the one that holds all pictures of its part of the disk.

    That says where this computer keeps pictures, so no word should find it: *home* would find everything. None if no
    folder is absolute.
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
"""Parts of the disk, such as ``/home`` and ``/media``, that are looked at, at most."""

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
"""What is selected by exactly one name, given twice: as written, and as it may have been written (`meant_by`)."""
