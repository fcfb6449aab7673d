"""A person's own tags over many pictures at once; every change can be undone, also in a later session.

A change is written as steps: *this tag came to this picture*, *that one went*. Only what did change is written, so
that to undo is to take the steps back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onsight.library import stated
from onsight.library.database import Library, now
from onsight.library.terms import check_tag_name

MAX_EDITS = 1000
"""How many changes are remembered."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change.

    Attributes:
        id: Its number, greater than those of earlier ones.
        made: When, ISO 8601 in UTC.
        action: What it was, for people.
        undone: Whether it was taken back.
        images: In how many pictures it changed anything.
    """

    id: int
    made: str
    action: str
    undone: bool
    images: int


def add_tags(library: Library, images: Iterable[int], names: Sequence[str]) -> Edit:
    """Give pictures a person's tags; a machine's tag that was rejected there holds again.

    If pictures have the tag in another case already, they keep one spelling: the new one if all of them are among
    ``images``, else the one that is there.

    Args:
        library: The library.
        images: Ids of the pictures.
        names: The tags.

    Raises:
        InvalidOptionError: A tag is empty, too long, or has control characters.
    """
    wanted = [check_tag_name(name) for name in names]
    with library.transaction():
        change = _Change(library, images, f"Add {_listed(wanted)}")
        for name in wanted if change.has_images else ():
            replaced = [term for term in library.terms.own_in_other_case(name) if change.has_all_of(term)]
            term = library.terms.ensure_own(name, instead_of=replaced)
            for other in replaced:
                if other != term:
                    change.apply("user_tag", other, added=False)
            change.apply("rejected", term, added=False)
            change.apply("user_tag", term, added=True)
        return change.finish()


def remove_tags(library: Library, images: Iterable[int], names: Sequence[str]) -> Edit:
    """Take tags from pictures: a person's own go, a machine's are rejected; arguments as for `add_tags`."""
    wanted = [check_tag_name(name) for name in names]
    with library.transaction():
        change = _Change(library, images, f"Remove {_listed(wanted)}")
        for term in (term for name in wanted for term in library.terms.find(name)):
            change.apply("user_tag", term, added=False)
            change.apply("rejected", term, added=True)
        return change.finish()


def rename_tag(library: Library, images: Iterable[int], old: str, new: str) -> Edit:
    """Give the pictures that have one tag another in its place; arguments and errors as for `add_tags`.

    The new name may differ from the old one by case or accents alone.
    """
    old, new = check_tag_name(old), check_tag_name(new)
    with library.transaction():
        change = _Change(library, images, f"Rename “{old}” to “{new}”")
        before = library.terms.find(old)
        change.keep_those_with(before)
        if change.has_images:
            after = library.terms.ensure_own(new, instead_of=before)
            for term in before:
                if term != after:
                    change.apply("user_tag", term, added=False)
                    change.apply("rejected", term, added=True)
            change.apply("rejected", after, added=False)
            change.apply("user_tag", after, added=True)
        return change.finish()


def accept(library: Library, images: Iterable[int], name: str) -> Edit:
    """Make a machine's tag a person's own where it is shown; no later look can take it away again."""
    name = check_tag_name(name)
    with library.transaction():
        change = _Change(library, images, f"Accept “{name}”")
        for term in library.terms.find(name)[:1]:
            change.keep_those_with([term])
            change.apply("user_tag", term, added=True)
        return change.finish()


def reject(library: Library, images: Iterable[int], name: str) -> Edit:
    """Say that a machine's tag does not hold; no later look brings it back."""
    name = check_tag_name(name)
    with library.transaction():
        change = _Change(library, images, f"Reject “{name}”")
        for term in library.terms.find(name):
            change.apply("rejected", term, added=True)
        return change.finish()


def undo(library: Library) -> Edit | None:
    """Take back the latest change that stands; return it, or None if there is none."""
    return _turn(library, "SELECT max(id) FROM edit WHERE NOT undone", undone=True)


def redo(library: Library) -> Edit | None:
    """Do again what was undone last; return it, or None. A new change ends what can be done again."""
    return _turn(library, "SELECT min(id) FROM edit WHERE undone", undone=False)


def history(library: Library, limit: int = 20) -> list[Edit]:
    """Return the latest changes, newest first."""
    ids = library.connection.execute("SELECT id FROM edit ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    return [_edit(library.connection, id) for (id,) in ids]


class _Change:
    """Collects the steps of one change, in one transaction."""

    def __init__(self, library: Library, images: Iterable[int], action: str) -> None:
        self._connection = library.connection
        rows = self._connection.execute(
            "SELECT id FROM image WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(sorted(set(images))),),
        )
        self._keep(id for (id,) in rows)
        (self._id,) = self._connection.execute(
            "INSERT INTO edit (made, action) VALUES (?, ?) RETURNING id", (now(), action)
        ).fetchone()
        self._step = 0

    @property
    def has_images(self) -> bool:
        """Whether there is any picture that could change."""
        return self._images != "[]"

    def has_all_of(self, term: int) -> bool:
        """Say whether no other pictures have a person's tag."""
        rows = self._connection.execute(
            "SELECT 1 FROM user_tag WHERE term = ? AND image NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
            (term, self._images),
        )
        return rows.fetchone() is None

    def keep_those_with(self, terms: Sequence[int]) -> None:
        """Go on with those of the pictures alone that show one of these tags."""
        rows = self._connection.execute(
            f"SELECT id FROM image WHERE id IN (SELECT value FROM json_each(:images)) AND ({_HAS}) ORDER BY id",
            {"images": self._images, "terms": json.dumps(list(terms))},
        )
        self._keep(id for (id,) in rows)

    def _keep(self, images: Iterable[int]) -> None:
        self._images = json.dumps(list(images))

    def apply(self, target: str, term: int, *, added: bool) -> None:
        """Make one step in all pictures where it changes anything."""
        self._step += 1
        condition = f"id {'NOT IN' if added else 'IN'} (SELECT image FROM {target} WHERE term = ?)"
        values = [self._images, term]
        if target == "rejected" and added:  # only what a machine says can be rejected
            condition += " AND (label_term = ? OR id IN (SELECT image FROM tag WHERE term = ?))"
            values += [term, term]
        self._connection.execute(
            "INSERT INTO edit_step (edit, step, image, target, term, added) "
            f"SELECT {self._id}, {self._step}, id, '{target}', {term}, {int(added)} FROM image "
            f"WHERE id IN (SELECT value FROM json_each(?)) AND {condition}",
            values,
        )
        _carry_out(self._connection, self._id, self._step, target, added=added)
        if target == "user_tag" and added:
            stated.note_given(self._connection, self._images, term)

    def finish(self) -> Edit:
        """Return the change; one that changed nothing is not remembered, and what was undone can still be redone."""
        edit = _edit(self._connection, self._id)
        if edit.images:
            self._connection.execute("DELETE FROM edit WHERE undone")
        else:
            self._connection.execute("DELETE FROM edit WHERE id = ?", (self._id,))
        self._connection.execute(
            "DELETE FROM edit WHERE id <= (SELECT id FROM edit ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (MAX_EDITS,),
        )
        return edit


_WANTED = "term IN (SELECT value FROM json_each(:terms))"
_HAS = f"""id IN (SELECT image FROM user_tag WHERE {_WANTED}) OR id IN (
    SELECT image FROM tag WHERE {_WANTED} AND shown
    AND NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = tag.term AND rejected.image = tag.image)
)"""


def _carry_out(connection: sqlite3.Connection, edit: int, step: int, target: str, *, added: bool) -> None:
    steps = f"SELECT term, image FROM edit_step WHERE edit = {edit} AND step = {step}"
    if added:
        connection.execute(f"INSERT OR IGNORE INTO {target} (term, image) {steps}")
    else:
        connection.execute(f"DELETE FROM {target} WHERE (term, image) IN ({steps})")


def _turn(library: Library, which: str, *, undone: bool) -> Edit | None:
    with library.transaction() as connection:
        (id,) = connection.execute(which).fetchone()
        if id is None:
            return None
        steps = connection.execute(
            "SELECT DISTINCT step, target, added FROM edit_step WHERE edit = ? ORDER BY step", (id,)
        ).fetchall()
        for step, target, added in reversed(steps) if undone else steps:
            _carry_out(connection, id, step, target, added=bool(added) is not undone)
        connection.execute("UPDATE edit SET undone = ? WHERE id = ?", (int(undone), id))
        return _edit(connection, id)


def _edit(connection: sqlite3.Connection, id: int) -> Edit:
    row = connection.execute(
        "SELECT id, made, action, undone, (SELECT count(DISTINCT image) FROM edit_step WHERE edit = edit.id) AS images "
        "FROM edit WHERE id = ?",
        (id,),
    ).fetchone()
    return Edit(row["id"], row["made"], row["action"], bool(row["undone"]), row["images"])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
