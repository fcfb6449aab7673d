"""Find free names in the target folders, for pictures and for their companion files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from onsight.files.companions import Companion, Companions, stem_of
from onsight.files.names import numbered, path_key

Existing = Callable[[str, Collection[int]], Mapping[str, str]]
"""Lists a target folder. Takes its relative path, with ``/``, and the sizes in bytes of the pictures that go there.
Returns the SHA-256 in hex of each entry, by name; it may be empty if no picture has the entry's size.
"""

_NUMBERED = re.compile(r"(.*) \((\d+)\)")


@dataclass(frozen=True, slots=True)
class Original:
    """A picture's file before it is sorted.

    Attributes:
        folder: Its folder.
        name: Its name.
        hash: SHA-256 of its content.
        companions: The files that go along with it.
    """

    folder: str
    name: str
    hash: str
    companions: Sequence[Companion] = ()

    @property
    def stem(self) -> tuple[str, str]:
        """A key that is the same for pictures that share a file such as ``IMG_1.xmp``."""
        return self.folder, path_key(stem_of(self.name))

    @property
    def shares_stem(self) -> bool:
        """Whether a companion file would belong to any picture with the same stem."""
        return any(companion.after != "name" for companion in self.companions)


@dataclass(slots=True)
class _Folder:
    """A target folder with the entries that it has and will have."""

    companions: Companions
    keys: set[str]
    by_hash: dict[str, list[str]]
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)  # key of a name → folder and name of its original
    next_number: dict[str, int] = field(default_factory=dict)
    stems: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    shared_stems: dict[str, tuple[str, str]] = field(default_factory=dict)


class Targets:
    """Gives out each name once, in linear time."""

    def __init__(self, existing: Existing, sizes: Mapping[str, Collection[int]]) -> None:
        """Begin with the existing entries.

        Args:
            existing: Lists the entries of a target folder.
            sizes: Sizes in bytes of the pictures that go into each target folder.
        """
        self._existing = existing
        self._sizes = sizes
        self._folders: dict[str, _Folder] = {}

    def give(self, folder: str, wanted: str, original: Original) -> tuple[str, bool]:
        """Return a name for a picture in a target folder, and whether the same file has that name already.

        Args:
            folder: The target folder.
            wanted: The preferred name; a number is added if it is taken.
            original: The picture.
        """
        there = self._folder(folder)
        same = self._same(there, wanted, original.hash)
        name = same or self._free(there, wanted, original)
        place = (original.folder, original.name)
        there.taken[path_key(name)] = place
        stem = path_key(stem_of(name))
        there.stems[stem].add(original.stem)
        if original.shares_stem:
            there.shared_stems[stem] = original.stem
        return name, same is not None

    def give_companion(self, folder: str, picture: str, original: Original, companion: Companion) -> str:
        """Return the name of a companion file in a target folder.

        Args:
            folder: The target folder.
            picture: The picture's new name.
            original: The picture.
            companion: The companion file.
        """
        there = self._folder(folder)
        wanted = companion.renamed(original.name, picture)
        place, number, name = (original.folder, companion.name), 1, wanted
        # Two pictures with one stem may share it; both then get the same name.
        while there.taken.get(path_key(name), place) != place:
            number += 1
            name = numbered(wanted, number)
        there.taken[path_key(name)] = place
        return name

    def _folder(self, folder: str) -> _Folder:
        if folder not in self._folders:
            hashes = self._existing(folder, self._sizes.get(folder, ()))
            by_hash = defaultdict(list)
            for name, hash in hashes.items():
                if hash:
                    by_hash[hash].append(name)
            self._folders[folder] = _Folder(Companions(hashes), set(map(path_key, hashes)), by_hash)
        return self._folders[folder]

    @staticmethod
    def _same(there: _Folder, wanted: str, hash: str) -> str | None:
        """Return the name of an existing copy, if it has the wanted name, with or without a number."""
        names = [
            name
            for name in there.by_hash.get(hash, ())
            if path_key(name) not in there.taken and path_key(wanted) in (path_key(name), path_key(_unnumbered(name)))
        ]
        return min(names, key=lambda name: (len(name), name), default=None)

    def _free(self, there: _Folder, wanted: str, original: Original) -> str:
        series = path_key(wanted)
        number = there.next_number.get(series, 1)
        while not self._is_free(there, name := numbered(wanted, number) if number > 1 else wanted, original):
            number += 1
        there.next_number[series] = number + 1
        return name

    @staticmethod
    def _is_free(there: _Folder, name: str, original: Original) -> bool:
        keys = [path_key(name)]
        keys += [path_key(companion.renamed(original.name, name)) for companion in original.companions]
        if keys[0] in there.taken or not there.keys.isdisjoint(keys):
            return False
        for key, companion in zip(keys[1:], original.companions, strict=True):
            if there.taken.get(key, (original.folder, companion.name)) != (original.folder, companion.name):
                return False
        # No companion file may seem to belong to a different picture than before.
        stem = path_key(stem_of(name))
        if there.shared_stems.get(stem, original.stem) != original.stem or there.companions.of(name):
            return False
        others = there.stems.get(stem, set()) - {original.stem}
        return not (original.shares_stem and (others or there.companions.same_stem(name)))


def _unnumbered(name: str) -> str:
    """Return ``cat.jpg`` for ``cat (2).jpg``."""
    path = PurePosixPath(name)
    match = _NUMBERED.fullmatch(path.stem)
    return f"{match[1]}{path.suffix}" if match else name
