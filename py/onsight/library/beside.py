"""Finds and reads what lies beside a picture and says something about it: XMP sidecars and Google Takeout's JSON.

A picture ``IMG_1.JPG`` has ``IMG_1.JPG.xmp`` (the spelling of darktable and digiKam), ``IMG_1.xmp`` (that of Adobe's
programs), or both, in upper or lower case. What the former says goes before the latter, sidecars before Takeout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from onsight.files.suffixes import suffix_of
from onsight.library.companions import Companion, Companions
from onsight.library.records import Source
from onsight.library.stated import ALONE, Beside
from onsight.metadata.reading import MAX_PACKET, combine, read_sidecar, read_takeout
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


def beside(picture: str, companions: Companions, files: Mapping[str, SmallFile]) -> Beside:
    """Return what lies beside a picture.

    Args:
        picture: Its name.
        companions: The names in its folder.
        files: The sidecars and JSON files in its folder, by name.
    """
    found = [one for one in companions.of(picture) if one.name in files and _rank(one)]
    found.sort(key=lambda one: (_rank(one), one.name))
    if not found:
        return ALONE

    def read() -> Stated:
        return combine(*(_read(one, picture, files[one.name]) for one in found))

    return Beside("; ".join(f"{one.name} {files[one.name].mark}" for one in found), read)


def _rank(companion: Companion) -> int:
    """Return what goes first, from 1 on; 0 for what says nothing."""
    return 3 if companion.kind == "takeout" else {"name": 1, "stem": 2}.get(spelling_of(companion), 0)


def _read(companion: Companion, picture: str, file: SmallFile) -> Stated:
    try:
        data = file.read()
    except OSError:  # it is gone, or must not be read: then it says nothing
        return NOTHING
    if companion.kind == "takeout":
        return read_takeout(data)
    if companion.after == "stem" and is_anothers(data, picture, companion):
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
