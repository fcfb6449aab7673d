"""Expand wildcards in file names if the shell has not done so: on Windows, or in quotes."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path


def expand(paths: Iterable[str], *, folders: bool = False) -> list[str]:
    """Return the files that match names and patterns, in order.

    ``*``, ``?`` and ``[ab]`` match characters of a name, ``**`` matches nested folders, and a leading ``~`` is the home
    folder. If a name exists, it is used literally, even if it contains such characters. A pattern without a match is
    returned unchanged, and opening it then reports that there is no such file.

    Args:
        paths: Names and patterns.
        folders: Whether to return folders as well.
    """
    return [found for path in paths for found in _expand(path, folders)]


def is_pattern(path: str | os.PathLike[str]) -> bool:
    """Return whether a name contains wildcards."""
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
    """Return a pattern with its leading folders escaped, as far as they exist literally."""
    parts = Path(pattern).parts
    for count in range(len(parts) - 1, 0, -1):
        if os.path.isdir(Path(*parts[:count])):
            return os.path.join(glob.escape(str(Path(*parts[:count]))), *parts[count:])
    return pattern
