"""Looks beside the pictures of this computer, in folders and archives, for what says something about them."""

from __future__ import annotations

from onsight.errors import OnsightError
from onsight.files.companions import Companions
from onsight.library.beside import SmallFile, beside
from onsight.library.files import names_beside, read_picture, source_of
from onsight.library.records import Source
from onsight.library.stated import Beside
from onsight.metadata.reading import MAX_PACKET


class Folders:
    """Looks beside pictures in the folders and archives of this computer; remembers the folder it looked into last."""

    def __init__(self) -> None:
        """Begin; nothing is read yet."""
        self._folder: str | None = None
        self._companions = Companions(())

    def __call__(self, source: Source) -> Beside:
        """Return what lies beside a picture."""
        if source.folder != self._folder:
            self._folder, self._companions = source.folder, Companions(names_beside(source.folder))
        return beside(source.name, self._companions, lambda name: _small_file(source.folder, name))


def _small_file(folder: str, name: str) -> SmallFile | None:
    try:
        source = source_of(folder, name)
    except OnsightError:
        return None
    if source.size > MAX_PACKET:
        return None
    return SmallFile(name, f"{source.size} {source.mtime_ns}", lambda: read_picture(source))
