"""Find the metadata files next to pictures on this computer, in folders and archives."""

from __future__ import annotations

from onsight.errors import OnsightError
from onsight.files.companions import Companions
from onsight.library.beside import SmallFile, beside
from onsight.library.files import names_beside, read_picture, source_of
from onsight.library.records import Source
from onsight.library.stated import Beside
from onsight.metadata.reading import MAX_PACKET


class Folders:
    """Finds metadata files. Caches the names in the latest folder."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._folder: str | None = None
        self._companions = Companions(())

    def __call__(self, source: Source) -> Beside:
        """Return the metadata files next to a picture."""
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
