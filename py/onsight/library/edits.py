"""Change the user's own tags of many pictures at once. Every change can be undone, even in a later session.

A change is recorded as steps: a tag was added to a picture, or removed from it. Only steps that had an effect are
recorded, so undoing a change reverses its steps.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onsight.core.texts import text
from onsight.library import stated
from onsight.library.database import Library, now
from onsight.library.terms import check_tag_name

MAX_EDITS = 1000
"""Maximum number of changes in the history."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change.

    Attributes:
        id: Its number; later changes have greater ones.
        made: When it was made, ISO 8601 in UTC.
        action: Its description for the user, such as ``Add “holiday”``.
        undone: Whether it was undone.
        images: Number of pictures that it changed.
    """

    id: int
    made: str
    action: str
    undone: bool
    images: int


def add_tags(library: Library, images: Iterable[int], names: Sequence[str]) -> Edit:
    """Add the user's own tags to pictures. A tag from Onsight with this name is no longer rejected.

    If pictures already have the tag in another case, one spelling remains: the new one if ``images`` includes all of
    these pictures, or else the existing one.

    Args:
        library: The library.
        images: Ids of the pictures.
        names: Names of the tags.

    Raises:
        InvalidOptionError: A tag is empty, too long, or has control characters.
    """
    wanted = [check_tag_name(name) for name in names]
    with library.transaction():
        change = _Change(library, images, text("Add {tags}", tags=_listed(wanted)))
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
    """Remove tags: delete the user's own, reject those from Onsight. Arguments and errors as for `add_tags`."""
    wanted = [check_tag_name(name) for name in names]
    with library.transaction():
        change = _Change(library, images, text("Remove {tags}", tags=_listed(wanted)))
        for term in (term for name in wanted for term in library.terms.find(name)):
            change.apply("user_tag", term, added=False)
            change.apply("rejected", term, added=True)
        return change.finish()


def rename_tag(library: Library, images: Iterable[int], old: str, new: str) -> Edit:
    """Replace a tag with another in the pictures that have it. Arguments and errors as for `add_tags`.

    The names may differ in case or accents only.
    """
    old, new = check_tag_name(old), check_tag_name(new)
    with library.transaction():
        change = _Change(library, images, text("Rename “{old}” to “{new}”", old=old, new=new))
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
    """Make a tag from Onsight the user's own where it is shown, so that analysing again cannot remove it."""
    name = check_tag_name(name)
    with library.transaction():
        change = _Change(library, images, text("Accept “{tag}”", tag=name))
        for term in library.terms.find(name)[:1]:
            change.keep_those_with([term])
            change.apply("user_tag", term, added=True)
        return change.finish()


def reject(library: Library, images: Iterable[int], name: str) -> Edit:
    """Reject a tag from Onsight, so that analysing again does not bring it back."""
    name = check_tag_name(name)
    with library.transaction():
        change = _Change(library, images, text("Reject “{tag}”", tag=name))
        for term in library.terms.find(name):
            change.apply("rejected", term, added=True)
        return change.finish()


def undo(library: Library) -> Edit | None:
    """Undo the latest change that is not undone; return it, or None if there is none."""
    return _turn(library, "SELECT max(id) FROM edit WHERE NOT undone", undone=True)


def redo(library: Library) -> Edit | None:
    """Redo the change that was undone last; return it, or None. Not possible after a new change."""
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
        """Whether any picture is left that could change."""
        return self._images != "[]"

    def has_all_of(self, term: int) -> bool:
        """Return whether all pictures with one of the user's own tags are among these."""
        rows = self._connection.execute(
            "SELECT 1 FROM user_tag WHERE term = ? AND image NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
            (term, self._images),
        )
        return rows.fetchone() is None

    def keep_those_with(self, terms: Sequence[int]) -> None:
        """Keep only the pictures that show one of these tags."""
        rows = self._connection.execute(
            f"SELECT id FROM image WHERE id IN (SELECT value FROM json_each(:images)) AND ({_HAS}) ORDER BY id",
            {"images": self._images, "terms": json.dumps(list(terms))},
        )
        self._keep(id for (id,) in rows)

    def _keep(self, images: Iterable[int]) -> None:
        self._images = json.dumps(list(images))

    def apply(self, target: str, term: int, *, added: bool) -> None:
        """Apply one step to all pictures where it has an effect."""
        self._step += 1
        condition = f"id {'NOT IN' if added else 'IN'} (SELECT image FROM {target} WHERE term = ?)"
        values = [self._images, term]
        if target == "rejected" and added:  # only tags from Onsight can be rejected
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
        """Return the change. One without effect is not recorded, and leaves undone changes to be redone."""
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
