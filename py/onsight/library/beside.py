"""Finds and reads what lies beside a picture and says something about it: XMP sidecars and Google Takeout's JSON.

A picture ``IMG_1.JPG`` has ``IMG_1.JPG.xmp`` (the spelling of darktable and digiKam), ``IMG_1.xmp`` (that of Adobe's
programs), or both, in upper or lower case. What the former says goes before the latter, sidecars before Takeout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from onsight.files.suffixes import RAW, suffix_of
from onsight.image.xmp import PHOTOSHOP, properties
from onsight.library.companions import Companion, Companions
from onsight.library.records import Source
from onsight.library.stated import ALONE, Beside
from onsight.metadata.reading import MAX_PACKET, combine, read_sidecar, read_takeout
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


def beside(picture: str, companions: Companions, files: Mapping[str, SmallFile]) -> Beside:
    """Return what lies beside a picture.

    Args:
        picture: Its name.
        companions: The names in its folder.
        files: The sidecars and JSON files in its folder, by name.
    """
    found = [one for one in companions.of(picture) if one.name in files and spelling_of(one)]
    found.sort(key=lambda one: (spelling_of(one), one.name))
    if not found:
        return ALONE

    def read() -> Stated:
        return combine(*(_read(one, picture, files[one.name]) for one in found))

    return Beside("; ".join(f"{one.name} {files[one.name].mark}" for one in found), read)


def spelling_of(companion: Companion) -> int:
    """Return 1 for a sidecar named after the whole file, 2 for one named after its stem, 3 for Takeout's; else 0."""
    if companion.kind == "takeout":
        return 3
    # Further sidecars are those of other versions of the picture, which darktable numbers.
    is_sidecar = companion.kind == "sidecar" and companion.tail.lower() == ".xmp"
    return {"name": 1, "stem": 2}.get(companion.after, 0) if is_sidecar else 0


def belongs_to_other(document: bytes, picture: str, sharers: Iterable[str]) -> bool:
    """Say whether a sidecar that is named after a stem says itself that it is another picture's.

    Args:
        document: The sidecar.
        picture: Name of the picture.
        sharers: Names of the others with this stem.
    """
    named = properties(document).get((PHOTOSHOP, "SidecarForExtension"), ())
    extension = f".{named[0].lower().removeprefix('.')}" if named else suffix_of(picture)
    # What is said of a raw file holds for the finished picture beside it, too.
    return extension != suffix_of(picture) and extension not in RAW and extension in map(suffix_of, sharers)


def _read(companion: Companion, picture: str, file: SmallFile) -> Stated:
    try:
        data = file.read()
    except OSError:  # it is gone, or must not be read: then it says nothing
        return NOTHING
    if companion.kind == "takeout":
        return read_takeout(data)
    if spelling_of(companion) == 2 and belongs_to_other(data, picture, companion.sharers):
        return NOTHING
    return read_sidecar(data)


class Folders:
    """Looks beside pictures in the folders of this computer; remembers the folder that it looked into last."""

    def __init__(self) -> None:
        """Begin; nothing is read yet."""
        self._folder: str | None = None
        self._companions = Companions(())
        self._files: dict[str, SmallFile] = {}

    def __call__(self, source: Source) -> Beside:
        """Return what lies beside a picture; in an archive, nothing."""
        if source.folder != self._folder:
            self._look_into(source.folder)
        return beside(source.name, self._companions, self._files)

    def _look_into(self, folder: str) -> None:
        names, self._files = [], {}
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if suffix_of(entry.name) in (".xmp", ".json"):
                        self._add(entry)
        except OSError:
            names = []
        self._folder, self._companions = folder, Companions(names)

    def _add(self, entry: os.DirEntry[str]) -> None:
        try:
            facts = entry.stat()
        except OSError:
            return
        if entry.is_file() and facts.st_size <= MAX_PACKET:
            path = Path(entry.path)
            self._files[entry.name] = SmallFile(entry.name, f"{facts.st_size} {facts.st_mtime_ns}", path.read_bytes)
