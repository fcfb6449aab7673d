"""The folders that a person has added, each with a name of its own, and where in the library their files belong.

On a computer a folder is known by its path. A browser tells no more of one than its name: two memory cards both have a
folder ``100CANON``. The library calls the second ``100CANON (2)``, and knows it again by what is in it or, where the
browser gives handles of folders away, by a key that the page keeps with the handle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Protocol

from onsight.files.names import path_key
from onsight.library.database import Library
from onsight.library.records import Source

FILES = "Single files"
"""What the second and further places for single files are called, with a number; the first has no name."""


MIN_AGREEMENT = 0.25
"""What part of a folder's files, or of those that the library knows in it, must be as they were
for it to be that folder."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that a person has added.

    Attributes:
        path: What the folders of its pictures begin with.
        name: For people; no other root has it.
        kind: ``"folder"``, or ``"files"`` for a place of single files that were added one by one.
        keys: By which a page knows its handle.
    """

    path: str
    name: str
    kind: str
    keys: tuple[str, ...] = ()


class Places(Protocol):
    """Where in a library the files of one import belong."""

    def known(self, source: Source) -> Sequence[Source]:
        """Return where the library may know a file from, the likeliest place first."""

    def free(self, source: Source) -> Source:
        """Return the place of a picture that is new to the library."""


class OwnPlaces:
    """Places of files that have a path of their own on this computer."""

    def known(self, source: Source) -> Sequence[Source]:
        """Return the file's own path."""
        return (source,)

    def free(self, source: Source) -> Source:
        """Return the file's own path."""
        return source


OWN_PLACES = OwnPlaces()


@dataclass(slots=True)
class Arrival:
    """Files that a person has added at once: a folder, or single files.

    Attributes:
        name: Of the folder; empty for single files.
        key: By which the page knows the folder.
        root: Path of the root that they belong to, once that is known.
        candidates: Paths of the roots that they may belong to.
    """

    name: str
    key: str = ""
    root: str | None = None
    candidates: list[str] = field(default_factory=list)

    def in_root(self, source: Source, root: str) -> Source:
        """Return the place of a file in a root."""
        inner = source.folder[len(self.name) :].strip("/")
        return replace(source, folder=f"{root}/{inner}" if root and inner else root or inner)


class AddedPlaces:
    """Places of files whose folders are known by their names alone."""

    def __init__(self, library: Library, arrival: Arrival) -> None:
        """Begin with an arrival that `settle` has seen."""
        self._library = library
        self._arrival = arrival

    def known(self, source: Source) -> Sequence[Source]:
        """Return the places in all roots that the folder may be."""
        arrival = self._arrival
        roots = dict.fromkeys(([arrival.root] if arrival.root is not None else []) + arrival.candidates)
        return [arrival.in_root(source, root) for root in roots]

    def free(self, source: Source) -> Source:
        """Return the place in the folder's root, or in the first root of single files where its name is free."""
        arrival = self._arrival
        if not arrival.name:
            return self._free_single(source)
        if arrival.root is None:
            arrival.root = add_root(self._library, arrival.name, key=arrival.key).path
        return arrival.in_root(source, arrival.root)

    def _free_single(self, source: Source) -> Source:
        for place in self.known(source):
            if not self._library.connection.execute("SELECT 1 FROM image WHERE place = ?", (place.place,)).fetchone():
                return place
        root = add_root(self._library, FILES, kind="files")
        self._arrival.candidates.append(root.path)
        return self._arrival.in_root(source, root.path)


def settle(library: Library, arrival: Arrival, files: Iterable[Source]) -> Arrival:
    """Find out which root the files of an arrival belong to; where that is not certain, name the candidates.

    Args:
        library: The library.
        arrival: What was added.
        files: All its files that are known now, with folders that begin with the arrival's name.
    """
    if not arrival.name:
        others = [root.path for root in roots(library) if root.kind == "files"]
        arrival.candidates = list(dict.fromkeys(["", *others]))
        return arrival
    if arrival.root is not None:
        return arrival
    all_roots = roots(library)
    by_key = next((root for root in all_roots if arrival.key and arrival.key in root.keys), None)
    if by_key:
        arrival.root = by_key.path
        return arrival
    own = {row["path"]: row["own_name"] for row in library.connection.execute("SELECT path, own_name FROM root")}
    wanted = path_key(arrival.name)
    named = [
        root.path
        for root in all_roots
        if root.kind == "folder"
        and not is_absolute(root.path)
        and wanted in (path_key(own[root.path]), path_key(root.path))
    ]
    if not named:
        return arrival
    files = list(files)
    scores = {path: _agreement(library, arrival, path, files) for path in named}
    best = max(named, key=lambda path: scores[path][0])
    if scores[best][1]:
        arrival.root = best
        if arrival.key:
            add_key(library, best, arrival.key)
    else:
        arrival.candidates = named
    return arrival


def roots(library: Library) -> list[Root]:
    """Return the folders that were added, in that order."""
    rows = library.connection.execute(
        "SELECT path, name, kind, (SELECT json_group_array(key) FROM root_key WHERE root = id) AS keys "
        "FROM root ORDER BY id"
    )
    return [Root(row["path"], row["name"], row["kind"], tuple(json.loads(row["keys"]))) for row in rows]


def known_root(library: Library, key: str, path: str = "") -> Root | None:
    """Return the root that a page knows by a key or, if there is none, the one with a path."""
    found = roots(library)
    by_key = (root for root in found if key in root.keys)
    return next(by_key, None) or next((root for root in found if path and root.path == path), None)


def add_root(library: Library, name: str, *, key: str = "", kind: str = "folder") -> Root:
    """Write down a folder that a page has added; give it a name that no other has.

    Args:
        library: The library.
        name: The folder's own name.
        key: By which the page knows its handle, if it has one.
        kind: As in `Root`.
    """
    with library.transaction() as connection:
        taken = {path_key(text) for row in connection.execute("SELECT path, name FROM root") for text in row}
        if kind == "files":
            taken.add(path_key(name))
        free = _unique(name, taken)
        connection.execute(
            "INSERT INTO root (path, name, own_name, kind) VALUES (?, ?, ?, ?)", (free, free, name, kind)
        )
        if key:
            add_key(library, free, key)
    return Root(free, free, kind, (key,) if key else ())


def add_key(library: Library, path: str, key: str) -> None:
    """Write down by which key a page knows a root."""
    with library.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO root_key SELECT ?, id FROM root WHERE path = ?",
            (key, path),
        )


def add_own_root(library: Library, path: str) -> None:
    """Write down a folder or archive of this computer that was indexed."""
    with library.transaction() as connection:
        rows = connection.execute("SELECT path, name FROM root").fetchall()
        if any(row["path"] == path for row in rows):
            return
        own = PurePosixPath(path).name or path
        name = _unique(own, {path_key(text) for row in rows for text in row})
        connection.execute(
            "INSERT INTO root (path, name, own_name, kind) VALUES (?, ?, ?, 'folder')", (path, name, own)
        )


def root_of(folder: str, paths: Collection[str]) -> str | None:
    """Return the path of the outermost root that a folder is in, or None."""
    parts = folder.split("/")
    for count in range(1, len(parts) + 1):
        path = "/".join(parts[:count]) or "/"
        if path in paths:
            return path
    return None


def common_end(one: str, other: str) -> int:
    """Return how many parts two paths have in common at their ends."""
    count = 0
    for part, its in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if path_key(part) != path_key(its):
            break
        count += 1
    return count


def is_absolute(folder: str) -> bool:
    """Say whether a folder is one of a computer; those of a page begin with the name of the folder that was added."""
    return re.match(r"/|[A-Za-z]:|\\\\", folder) is not None


def _agreement(library: Library, arrival: Arrival, root: str, files: Sequence[Source]) -> tuple[int, bool]:
    """Return how many files a root has by size and date, and whether that is enough for them to be in this root."""
    rows = library.connection.execute(
        "SELECT place, size, mtime_ns FROM image WHERE folder = :root "
        "OR substr(folder, 1, length(:root) + 1) = :root || '/'",
        {"root": root},
    ).fetchall()
    facts = {(row["size"], row["mtime_ns"]) for row in rows}
    places = {row["place"] for row in rows}
    same = different = 0
    for file in files:
        is_same = (file.size, file.mtime_ns) in facts
        same += is_same
        different += not is_same and arrival.in_root(file, root).place in places
    is_enough = same > 0 and same >= different and same >= MIN_AGREEMENT * min(len(files), len(rows))
    return same, is_enough or not rows  # all of its pictures have moved, to the command line's folders for example


def _unique(name: str, taken: Collection[str]) -> str:
    free, number = name, 1
    while path_key(free) in taken:
        number += 1
        free = f"{name} ({number})"
    return free
