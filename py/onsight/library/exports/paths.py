"""What pictures are called in exports: by their paths below the folders that were indexed.

Where a folder is on this computer is nobody else's business, and of no use to another computer.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from onsight.files.names import path_key
from onsight.library.database import Library
from onsight.library.roots import is_absolute, root_of, roots

PATHS = ("relative", "absolute")
"""Ways to name pictures: below the folder that was indexed, or by where they are on this computer."""


def full_path(folder: str, name: str) -> str:
    """Return the path of a picture as the library knows it."""
    return f"{folder.rstrip('/')}/{name}" if folder else name


def relative_paths(library: Library) -> Callable[[str, str], str]:
    """Return what makes relative paths of folders and names: the same path never comes of two pictures.

    If all pictures of the library are below one folder of this computer that was indexed, paths begin there. Otherwise
    they begin with the name of that folder, which no other has. So they do in a page, which knows no more of a folder.
    """
    names = {root.path: root.name for root in roots(library)}
    folders = [folder for (folder,) in library.connection.execute("SELECT DISTINCT folder FROM image")]
    tops = _tops(folders, names)
    used = {tops[folder] for folder in folders}

    def relative(folder: str, name: str) -> str:
        top, prefix = tops.get(folder, ("", ""))
        path = full_path(folder, name)
        if not is_absolute(folder):
            return path
        inner = path[len(top) :].lstrip("/") if path.startswith(top) else path
        return inner if len(used) == 1 or not prefix else f"{prefix}/{inner}"

    return relative


def _tops(folders: list[str], names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return for each folder the path that is left out of it, and the name that may stand for that path."""
    tops: dict[str, tuple[str, str]] = {}
    outside: dict[str, list[str]] = {}
    for folder in folders:
        root = root_of(folder, names)
        if root is not None:
            tops[folder] = (root, names[root])
        elif is_absolute(folder):
            outside.setdefault(_drive(folder), []).append(folder)
        else:
            tops[folder] = ("", "")
    taken = {path_key(name) for name in names.values()}
    for drive, on_drive in outside.items():  # of libraries that do not know yet which folders were added
        common = drive + posixpath.commonpath([folder[len(drive) :] or "/" for folder in on_drive])
        number, free = 1, common.rsplit("/", 1)[-1] or "files"
        while path_key(free) in taken:
            number += 1
            free = f"{common.rsplit('/', 1)[-1] or 'files'} ({number})"
        taken.add(path_key(free))
        tops |= dict.fromkeys(on_drive, (common, free))
    return tops


def _drive(folder: str) -> str:
    found = re.match(r"[A-Za-z]:", folder)
    return found[0] if found else ""
