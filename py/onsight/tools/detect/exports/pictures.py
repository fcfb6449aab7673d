"""Names of pictures, and of the files about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.files.names import path_key
from onsight.tools.detect.results import Detection

_TAKEN_BY_LOADERS = frozenset({"images", "labels"})
"""Folders that programs exchange for one another to find the labels of a picture."""


_LINE_BREAKS = re.compile(r"[\0\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class DetectedPicture:
    """What was found in a picture, and the picture's name.

    Attributes:
        name: Path of the picture as whoever reads the export shall find it, with ``/``.
        detection: What was found.
    """

    name: str
    detection: Detection


def dataset_names(names: Sequence[str]) -> list[str]:
    """Return under which names pictures go into a data set, so that each has a file beside it that differs in suffix.

    The folders stay. Names are only changed if a list of them could not be read, and if they differ from another's in
    nothing but their suffix or case: these get a number.

    Args:
        names: Paths of the pictures with ``/``.

    Returns:
        Relative paths with ``/``; no two of them are the same without their suffixes, on any system.
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
    """Return a path without its last suffix, as programs do that look for the labels of a picture."""
    return str(PurePosixPath(path).with_suffix(""))


def renamed(names: Sequence[str], given: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pictures that go into a data set under another name, as pairs of both names, the new one first."""
    return [(new, old) for old, new in zip(names, given, strict=True) if str(PurePosixPath(old)) != new]


def _below(name: str) -> PurePosixPath:
    """Return a path that stays below the folder that it is put into, and takes one line."""
    steps = [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]
    if steps and steps[0].endswith(":"):  # a drive
        del steps[0]
    *folders, last = [_LINE_BREAKS.sub("_", step) for step in steps] or ["picture"]
    if last.startswith(".") and last.count(".") == 1:  # for some programs all of this is the suffix
        last = f"picture{last}"
    folders = [f"{folder}_" if folder.casefold() in _TAKEN_BY_LOADERS else folder for folder in folders]
    return PurePosixPath(*folders, last)


def _key(path: PurePosixPath) -> str:
    return path_key(str(path.with_suffix("")))
