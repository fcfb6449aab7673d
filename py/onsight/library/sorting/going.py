"""Decide which companion files go along with the pictures of a plan, and which stay.

A file can belong to several pictures, such as ``IMG_1.xmp`` to ``IMG_1.HEIC`` and ``IMG_1.JPG``. If it contains the
user's work (sidecars, edits, Takeout's JSON), every picture gets a copy; a move deletes the original with the last of
its pictures. Any other file goes with the first picture, and only if all its pictures are sorted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from onsight.core.texts import text
from onsight.files.companions import SMALL, Companion, Companions, stem_of
from onsight.files.names import path_key
from onsight.files.suffixes import is_tried


class Going:
    """The companion files of the pictures of a plan."""

    def __init__(self, pictures: Iterable[tuple[str, str]], beside: Callable[[str], Iterable[str]]) -> None:
        """List the folders of the pictures.

        Args:
            pictures: Folder and name of each picture.
            beside: Returns the names of all files in a folder.
        """
        self._sorted: dict[str, set[str]] = defaultdict(set)
        for folder, name in pictures:
            self._sorted[folder].add(name)
        self._names = {folder: sorted(beside(folder)) for folder in self._sorted}
        self._folders = {
            folder: Companions({*names, *self._sorted[folder]}) if names else None
            for folder, names in self._names.items()
        }

    def along(self, folder: str, name: str) -> tuple[Companion, ...]:
        """Return the files that go along with a picture."""
        companions = self._folders[folder]
        if companions is None:
            return ()
        return tuple(one for one in companions.of(name) if self._goes(folder, one))

    def left(self) -> Iterator[tuple[str, str, str]]:
        """Yield folder, name and reason for each file that shares a picture's name but stays."""
        for folder, names in self._names.items():
            companions, chosen = self._folders[folder], self._sorted[folder]
            if companions is None:
                continue
            going = {one.name for name in chosen for one in self.along(folder, name)}
            keys = {path_key(key) for name in chosen for key in (name, stem_of(name))}
            for name in names:
                if name in going or name in chosen:
                    continue
                owners = companions.owners_of(name)
                if not (owners and chosen.intersection(owners)) and path_key(stem_of(name)) not in keys:
                    continue
                yield folder, name, self._reason(folder, name, owners)

    def _goes(self, folder: str, companion: Companion) -> bool:
        """Return whether a file goes along with the picture that it belongs to."""
        if companion.name in self._sorted[folder]:  # it has a move of its own
            return False
        if companion.kind in SMALL:
            return True
        return companion.is_first and all(sharer in self._sorted[folder] for sharer in companion.sharers)

    def _reason(self, folder: str, name: str, owners: tuple[str, ...]) -> str:
        """Return why a file stays, as the end of the sentence "IMG_1.xmp stays: …"."""
        staying = [owner for owner in owners if owner not in self._sorted[folder]]
        if staying:
            return text("it also belongs to {picture}, which is not being sorted", picture=staying[0])
        if is_tried(name):
            return text("it is a picture itself, and is not among those being sorted")
        return text("it does not seem to belong to the picture with the same name")
