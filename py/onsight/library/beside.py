"""Finds and reads what lies beside a picture and says something about it: XMP sidecars and Google Takeout's JSON.

A picture ``IMG_1.JPG`` has ``IMG_1.JPG.xmp`` (the spelling of darktable and digiKam), ``IMG_1.xmp`` (that of Adobe's
programs), or both, in upper or lower case. What the former says goes before the latter, sidecars before Takeout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onsight.errors import OnsightError
from onsight.files.companions import Companion, Companions
from onsight.library.stated import ALONE, Beside
from onsight.metadata.reading import combine, read_sidecar, read_takeout
from onsight.metadata.sidecar import is_anothers, spelling_of
from onsight.metadata.stated import NOTHING, Stated


@dataclass(frozen=True, slots=True)
class SmallFile:
    """A file beside a picture.

    Attributes:
        name: Its name.
        mark: Changes when the file does.
        read: Returns its bytes.
    """

    name: str
    mark: str
    read: Callable[[], bytes]


def beside(picture: str, companions: Companions, find: Callable[[str], SmallFile | None]) -> Beside:
    """Return what lies beside a picture.

    Args:
        picture: Its name.
        companions: The names in its folder.
        find: Returns a file of the folder by its name; None if it cannot be read or is too large to be read.
    """
    wanted = sorted((one for one in companions.of(picture) if _rank(one)), key=_order)
    found = [(one, file) for one in wanted if (file := find(one.name))]
    if not found:
        return ALONE

    def read() -> Stated:
        return combine(*(_read(one, picture, file) for one, file in found))

    return Beside("; ".join(f"{file.name} {file.mark}" for _, file in found), read)


def pair(pictures: Sequence[str], files: Sequence[str]) -> list[tuple[int, ...]]:
    """Return for each picture which files say something about it, as their places in ``files``, the first first.

    Args:
        pictures: Paths of the pictures.
        files: Paths of sidecars and JSON files.
    """
    places: dict[str, dict[str, int]] = defaultdict(dict)
    names: dict[str, list[str]] = defaultdict(list)
    for place, path in enumerate(files):
        folder, _, name = path.rpartition("/")
        places[folder][name] = place
        names[folder].append(name)
    for path in pictures:
        folder, _, name = path.rpartition("/")
        if folder in places:
            names[folder].append(name)
    companions = {folder: Companions(names[folder]) for folder in places}
    found = []
    for path in pictures:
        folder, _, name = path.rpartition("/")
        own = companions[folder].of(name) if folder in companions else ()
        wanted = sorted((one for one in own if _rank(one) and one.name in places[folder]), key=_order)
        found.append(tuple(places[folder][one.name] for one in wanted))
    return found


def _order(companion: Companion) -> tuple[int, str]:
    return _rank(companion), companion.name


def _rank(companion: Companion) -> int:
    """Return what goes first, from 1 on; 0 for what says nothing."""
    return 3 if companion.kind == "takeout" else {"name": 1, "stem": 2}.get(spelling_of(companion), 0)


def _read(companion: Companion, picture: str, file: SmallFile) -> Stated:
    try:
        data = file.read()
    except (OSError, OnsightError):  # it is gone, or must not be read: then it says nothing
        return NOTHING
    if companion.kind == "takeout":
        return read_takeout(data)
    if companion.after == "stem" and is_anothers(data, picture):
        return NOTHING
    return read_sidecar(data)
