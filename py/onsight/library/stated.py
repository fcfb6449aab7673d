"""Store the metadata of files and sidecars: date, keywords, rating, title, description.

Keywords become the user's own tags. The table ``file_tag`` records which tags come from the file, so that reading it
again applies only the changes: a new keyword is added, a removed one is deleted unless the user added the tag as well,
and one that the user removed in Onsight does not come back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onsight.errors import InvalidOptionError
from onsight.library.database import Library
from onsight.library.records import Source
from onsight.library.terms import check_tag_name
from onsight.metadata.dates import choose
from onsight.metadata.name_dates import date_in_name
from onsight.metadata.reading import combine
from onsight.metadata.stated import NOTHING, Stated

READER = "1"
"""Version of the metadata reader. Files that another version has read are read again, without running a network.
Increase it when the results of `onsight.metadata.reading` or `onsight.metadata.dates` change."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The metadata files next to a picture.

    Attributes:
        mark: A text that changes when one of these files is added, removed or changed; empty without files.
        read: Returns their combined metadata.
    """

    mark: str = ""
    read: Callable[[], Stated] = lambda: NOTHING


ALONE = Beside()
"""No metadata files."""


def is_current(library: Library, image: int, beside: Beside) -> bool:
    """Return whether a picture, whose own file has not changed, was read by this version with these files beside it."""
    row = library.connection.execute("SELECT stated_mark FROM image WHERE id = ?", (image,)).fetchone()
    return row is not None and row["stated_mark"] == _mark(beside)


def write(library: Library, image: int, source: Source, inside: Stated, beside: Beside = ALONE) -> None:
    """Store the metadata of a picture, replacing what an earlier reading stored.

    Args:
        library: The library.
        image: The picture's id.
        source: Its file, whose name may contain a date.
        inside: The metadata in the file.
        beside: The files next to it. Their metadata takes precedence over the file's own.
    """
    said = combine(beside.read(), inside)
    in_name = date_in_name(source.name)
    taken = choose((*said.dates, in_name) if in_name else said.dates)
    with library.transaction() as connection:
        connection.execute(
            "UPDATE image SET taken = ?, taken_source = ?, rating = ?, title = ?, description = ?, stated_mark = ? "
            "WHERE id = ?",
            (
                taken.value if taken else None,
                taken.source if taken else None,
                said.rating or None,  # 0 stars mean "not rated"
                said.title,
                said.description,
                _mark(beside),
                image,
            ),
        )
        _write_keywords(library, image, _terms(library, said.keywords))


def of_picture(library: Library, image: int) -> Stated:
    """Return the rating and the texts that are known to be said about a picture."""
    row = library.connection.execute("SELECT rating, title, description FROM image WHERE id = ?", (image,)).fetchone()
    return Stated(rating=row["rating"], title=row["title"], description=row["description"]) if row else NOTHING


def note_written(library: Library, image: int, keywords: Iterable[str]) -> None:
    """Note that Onsight itself writes keywords about a picture: reading them again must not make them a person's.

    Args:
        library: The library.
        image: The picture's id.
        keywords: The machine's tags and a person's, and what is broader.
    """
    with library.transaction() as connection:
        rows = [(image, term) for term in _terms(library, keywords)]
        connection.executemany("INSERT OR IGNORE INTO file_tag VALUES (?, ?, 0)", rows)


def note_given(connection: sqlite3.Connection, images: str, term: int) -> None:
    """Note that a person gave pictures a tag, so that it stays if their files lose the keyword.

    Args:
        connection: To the library.
        images: Ids of the pictures as a JSON list.
        term: The tag.
    """
    connection.execute(
        "UPDATE file_tag SET owned = 0 WHERE term = ? AND image IN (SELECT value FROM json_each(?))", (term, images)
    )


def _mark(beside: Beside) -> str:
    return f"{READER} {beside.mark}".strip()


def _terms(library: Library, keywords: Iterable[str]) -> set[int]:
    found = set()
    for keyword in keywords:
        try:
            found.add(library.terms.ensure_own(check_tag_name(keyword)))
        except InvalidOptionError:  # not a valid tag name, but nothing is wrong with the file
            continue
    return found


def _write_keywords(library: Library, image: int, now: set[int]) -> None:
    connection = library.connection
    before = {
        row["term"]: row["owned"]
        for row in connection.execute("SELECT term, owned FROM file_tag WHERE image = ?", (image,))
    }
    rejected = {term for (term,) in connection.execute("SELECT term FROM rejected WHERE image = ?", (image,))}
    for term in now - before.keys():
        is_new = term not in rejected and (
            connection.execute("INSERT OR IGNORE INTO user_tag (term, image) VALUES (?, ?)", (term, image)).rowcount > 0
        )
        connection.execute("INSERT INTO file_tag VALUES (?, ?, ?)", (image, term, int(is_new)))
    for term in before.keys() - now:
        if before[term]:
            connection.execute("DELETE FROM user_tag WHERE image = ? AND term = ?", (image, term))
        connection.execute("DELETE FROM file_tag WHERE image = ? AND term = ?", (image, term))
