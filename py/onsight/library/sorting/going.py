"""Decides what goes along with the pictures of a plan, and what stays.

A file that belongs to several pictures, such as ``IMG_1.xmp`` beside ``IMG_1.HEIC`` and ``IMG_1.JPG``, is dealt with
by its kind. Each picture gets a copy of what a person wrote: sidecars, edits, Takeout's JSON; such a file leaves its
place with the last of its pictures. Anything else goes with the first of the pictures, and only if all are sorted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from onsight.files.companions import SMALL, Companion, Companions, stem_of
from onsight.files.names import path_key
from onsight.files.suffixes import is_tried


class Going:
    """What belongs to the pictures of a plan."""

    def __init__(self, pictures: Iterable[tuple[str, str]], beside: Callable[[str], Iterable[str]]) -> None:
        """Look at the folders of the pictures.

        Args:
            pictures: Folder and name of each.
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
        """Return what goes along with a picture."""
        companions = self._folders[folder]
        if companions is None:
            return ()
        return tuple(one for one in companions.of(name) if self._reason(folder, one) is None)

    def left(self) -> Iterator[tuple[str, str, str]]:
        """Yield folder and name of each file that has a picture's name and stays, and why."""
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
                yield folder, name, self._words(folder, name, owners)

    def _reason(self, folder: str, companion: Companion) -> str | None:
        """Return why a file does not go along with a picture that it belongs to."""
        if companion.name in self._sorted[folder]:
            return "it is sorted by itself"
        if companion.kind in SMALL:
            return None
        if any(sharer not in self._sorted[folder] for sharer in companion.sharers):
            return "it also belongs to a picture that stays"
        return None if companion.is_first else "it goes with another picture"

    def _words(self, folder: str, name: str, owners: tuple[str, ...]) -> str:
        staying = [owner for owner in owners if owner not in self._sorted[folder]]
        if staying:
            return f"it also belongs to {staying[0]}, which is not sorted"
        if is_tried(name):
            return "it is a picture of its own, which is not among those that are sorted"
        return "it is not known to belong to the picture of that name"
