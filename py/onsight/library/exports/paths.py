"""Name the pictures of an export by their paths relative to the indexed folders.

An absolute path may reveal private information, and is useless on another computer.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from onsight.files.names import path_key
from onsight.library.database import Library
from onsight.library.roots import is_absolute, root_of, roots

PATHS = ("relative", "absolute")
"""Ways to name pictures: by their paths relative to the indexed folder, or by their paths on this computer."""


def full_path(folder: str, name: str) -> str:
    """Return the path of a picture in the library: its folder and name joined with ``/``."""
    return f"{folder.rstrip('/')}/{name}" if folder else name


def relative_paths(library: Library) -> Callable[[str, str], str]:
    """Return a function that converts the folder and name of a picture to its relative path. Each path is unique.

    If all pictures of the library are in one indexed folder of this computer, paths start inside that folder. Otherwise
    they start with the folder's unique name. Paths of pictures from a page always start with that name.
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
    """Return, for each folder, the start of its path that relative paths omit, and the name that may replace it."""
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
    for drive, on_drive in outside.items():  # in libraries from versions that did not record the indexed folders
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
