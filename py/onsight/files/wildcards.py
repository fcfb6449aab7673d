"""Expands wildcards in the names of files, where no shell has done so: on Windows, or in quotes."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path


def expand(paths: Iterable[str], *, folders: bool = False) -> list[str]:
    """Return the files that names and patterns stand for, in order.

    ``*``, ``?`` and ``[ab]`` stand for characters of a name, ``**`` for folders within folders, a ``~`` at the
    beginning for the home folder. A name that exists is meant as it is, even if it has such characters in it. A
    pattern that matches nothing stays as it is: whoever opens it finds that there is no such file.

    Args:
        paths: Names and patterns.
        folders: Whether folders are wanted, too.
    """
    return [found for path in paths for found in _expand(path, folders)]


def is_pattern(path: str | os.PathLike[str]) -> bool:
    """Return whether a name has wildcards in it."""
    return glob.has_magic(os.fspath(path))


def _expand(path: str, folders: bool) -> list[str]:
    if os.path.lexists(path):
        return [path]
    if path.startswith("~"):
        path = os.path.expanduser(path)
    if not is_pattern(path):
        return [path]
    found = sorted(glob.glob(_with_literals(path), recursive=True))
    wanted = found if folders else [one for one in found if not os.path.isdir(one)]
    return wanted or found or [path]


def _with_literals(pattern: str) -> str:
    """Return a pattern in which the folders at its beginning that exist as they are written stand for themselves."""
    parts = Path(pattern).parts
    for count in range(len(parts) - 1, 0, -1):
        if os.path.isdir(Path(*parts[:count])):
            return os.path.join(glob.escape(str(Path(*parts[:count]))), *parts[count:])
    return pattern
