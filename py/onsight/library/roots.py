"""Manage the folders that the user has added ("roots"), and map files to places in the library.

On a computer, a root is identified by its path. A browser reveals only the folder's name, and two memory cards may both
have a folder ``100CANON``. The library calls the second one ``100CANON (2)``. It recognises a folder by its files or,
if the browser has handles for folders, by a key that the page stores with the handle.
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
"""Name of the further roots for single files, followed by a number; the first such place has an empty path."""


MIN_AGREEMENT = 0.25
"""Minimum share of unchanged files by which a root is recognised: of the folder's files or of the root's pictures,
whichever are fewer."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that the user has added.

    Attributes:
        path: Start of the folder paths of its pictures.
        name: Unique name that the user sees.
        kind: ``"folder"``, or ``"files"`` for single files that were added one by one.
        keys: Keys of the page's handles of the folder.
    """

    path: str
    name: str
    kind: str
    keys: tuple[str, ...] = ()


class Places(Protocol):
    """Maps the files of an import to places in the library."""

    def known(self, source: Source) -> Sequence[Source]:
        """Return the places where the library may have a file, most likely first."""

    def free(self, source: Source) -> Source:
        """Return the place for a picture that is new to the library."""


class OwnPlaces:
    """Maps files of this computer to their own paths."""

    def known(self, source: Source) -> Sequence[Source]:
        """Return the file's own path."""
        return (source,)

    def free(self, source: Source) -> Source:
        """Return the file's own path."""
        return source


OWN_PLACES = OwnPlaces()


@dataclass(slots=True)
class Arrival:
    """A folder, or single files, that the user added in one action.

    Attributes:
        name: Name of the folder; empty for single files.
        key: Key of the page's handle of the folder; empty if there is no handle.
        root: Path of the root to which the files belong, once it is known.
        candidates: Paths of the roots to which the files may belong.
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
    """Maps files from a page, which knows only the names of their folders."""

    def __init__(self, library: Library, arrival: Arrival) -> None:
        """Use an arrival that `settle` has returned."""
        self._library = library
        self._arrival = arrival

    def known(self, source: Source) -> Sequence[Source]:
        """Return the file's place in each root that the folder may be."""
        arrival = self._arrival
        roots = dict.fromkeys(([arrival.root] if arrival.root is not None else []) + arrival.candidates)
        return [arrival.in_root(source, root) for root in roots]

    def free(self, source: Source) -> Source:
        """Return the file's place in the folder's root, or in the first root for single files with a free place."""
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
    """Find the root of an arrival, or its candidates if the root is uncertain.

    Args:
        library: The library.
        arrival: The added folder or files; the result is stored in it.
        files: The arrival's files, as far as they are known now. Their folders start with the arrival's name.

    Returns:
        The arrival.
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
    """Return the roots in the order in which they were added."""
    rows = library.connection.execute(
        "SELECT path, name, kind, (SELECT json_group_array(key) FROM root_key WHERE root = id) AS keys "
        "FROM root ORDER BY id"
    )
    return [Root(row["path"], row["name"], row["kind"], tuple(json.loads(row["keys"]))) for row in rows]


def known_root(library: Library, key: str, path: str = "") -> Root | None:
    """Return the root with a key or, if there is none, the root with a path; None if there is neither."""
    found = roots(library)
    by_key = (root for root in found if key in root.keys)
    return next(by_key, None) or next((root for root in found if path and root.path == path), None)


def add_root(library: Library, name: str, *, key: str = "", kind: str = "folder") -> Root:
    """Add a root for a page's folder, with a unique name.

    Args:
        library: The library.
        name: The folder's own name.
        key: Key of the page's handle of the folder; empty if there is no handle.
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
    """Record the key of a page's handle of a root. A key that belonged to another root moves to this one."""
    with library.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO root_key SELECT ?, id FROM root WHERE path = ?",
            (key, path),
        )


def add_own_root(library: Library, path: str) -> None:
    """Add a root for an indexed folder or archive of this computer, unless there is one."""
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
    """Return the path of the outermost root that contains a folder, or None."""
    parts = folder.split("/")
    for count in range(1, len(parts) + 1):
        path = "/".join(parts[:count]) or "/"
        if path in paths:
            return path
    return None


def common_end(one: str, other: str) -> int:
    """Return the number of parts that two paths share at their ends."""
    count = 0
    for part, its in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if path_key(part) != path_key(its):
            break
        count += 1
    return count


def is_absolute(folder: str) -> bool:
    """Return whether a folder is an absolute path of a computer; folders from a page start with a root's name."""
    return re.match(r"/|[A-Za-z]:|\\\\", folder) is not None


def _agreement(library: Library, arrival: Arrival, root: str, files: Sequence[Source]) -> tuple[int, bool]:
    """Return how many files are in a root by size and date, and whether these are enough to recognise the root."""
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
    return same, is_enough or not rows  # its pictures have moved, for example because the command line indexed them


def _unique(name: str, taken: Collection[str]) -> str:
    free, number = name, 1
    while path_key(free) in taken:
        number += 1
        free = f"{name} ({number})"
    return free
