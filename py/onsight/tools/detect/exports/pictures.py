"""Names of pictures in data sets, and of the files about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.files.names import path_key
from onsight.tools.detect.results import Detection

_TAKEN_BY_LOADERS = frozenset({"images", "labels"})
"""Folder names that training programs replace with each other to find a picture's labels."""

_LINE_BREAKS = re.compile(r"[\0\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class DetectedPicture:
    """A picture's name and the objects in it.

    Attributes:
        name: Path of the picture for the reader of the export, with ``/``.
        detection: The objects.
    """

    name: str
    detection: Detection


def dataset_names(names: Sequence[str]) -> list[str]:
    """Return the names of pictures in a data set, which are unique even without their suffixes.

    A picture's labels have its name with another suffix.

    Folders stay. A name is changed only if a list of names could not be read with it, or if it differs from another
    name only in its suffix or case; then it gets a number.

    Args:
        names: Paths of the pictures with ``/``.

    Returns:
        Relative paths with ``/``, in the same order; no two are the same without their suffixes, on any system.
    """
    wanted = [_below(name) for name in names]
    first: dict[str, int] = {}
    for index, path in enumerate(wanted):
        first.setdefault(_key(path), index)
    taken = set(first)
    given = []
    for index, path in enumerate(wanted):
        number, unique = 1, path
        if first[_key(path)] != index:
            while _key(unique) in taken:
                number += 1
                unique = path.with_name(f"{path.stem}-{number}{path.suffix}")
            taken.add(_key(unique))
        given.append(str(unique))
    return given


def without_suffix(path: str) -> str:
    """Return a path without its last suffix, as programs do to find a picture's labels."""
    return str(PurePosixPath(path).with_suffix(""))


def renamed(names: Sequence[str], given: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pictures whose name differs in the data set, as pairs of the new and the old name."""
    return [(new, old) for old, new in zip(names, given, strict=True) if str(PurePosixPath(old)) != new]


def _below(name: str) -> PurePosixPath:
    """Return a path that stays below its folder and has no line breaks."""
    steps = [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]
    if steps and steps[0].endswith(":"):  # a drive
        del steps[0]
    *folders, last = [_LINE_BREAKS.sub("_", step) for step in steps] or ["picture"]
    if last.startswith(".") and last.count(".") == 1:  # some programs take all of this as the suffix
        last = f"picture{last}"
    folders = [f"{folder}_" if folder.casefold() in _TAKEN_BY_LOADERS else folder for folder in folders]
    return PurePosixPath(*folders, last)


def _key(path: PurePosixPath) -> str:
    return path_key(str(path.with_suffix("")))
