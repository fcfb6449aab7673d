"""Find and read the metadata files next to a picture: XMP sidecars and Google Takeout's JSON.

The sidecar of ``IMG_1.JPG`` is ``IMG_1.JPG.xmp`` (darktable, digiKam) or ``IMG_1.xmp`` (Adobe), in any case. If there
are several files, the order of precedence is this one; Takeout's JSON comes last.
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
    """A file next to a picture.

    Attributes:
        name: Its name.
        mark: A text that changes when the file changes.
        read: Returns its bytes.
    """

    name: str
    mark: str
    read: Callable[[], bytes]


def beside(picture: str, companions: Companions, find: Callable[[str], SmallFile | None]) -> Beside:
    """Return the metadata files next to a picture.

    Args:
        picture: The picture's name.
        companions: The names in its folder.
        find: Returns a file of the folder by its name; None if it cannot be read or is too large.
    """
    wanted = sorted((one for one in companions.of(picture) if _rank(one)), key=_order)
    found = [(one, file) for one in wanted if (file := find(one.name))]
    if not found:
        return ALONE

    def read() -> Stated:
        return combine(*(_read(one, picture, file) for one, file in found))

    return Beside("; ".join(f"{file.name} {file.mark}" for _, file in found), read)


def pair(pictures: Sequence[str], files: Sequence[str]) -> list[tuple[int, ...]]:
    """Return the metadata files of each picture as indexes into ``files``, in order of precedence.

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
    """Return the rank of a file, 1 for the highest precedence; 0 if it has no metadata."""
    return 3 if companion.kind == "takeout" else {"name": 1, "stem": 2}.get(spelling_of(companion), 0)


def _read(companion: Companion, picture: str, file: SmallFile) -> Stated:
    try:
        data = file.read()
    except (OSError, OnsightError):  # an unreadable file counts as empty
        return NOTHING
    if companion.kind == "takeout":
        return read_takeout(data)
    if companion.after == "stem" and is_anothers(data, picture):
        return NOTHING
    return read_sidecar(data)
