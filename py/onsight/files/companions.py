"""Find the companion files of a picture: sidecars, raw files, Live Photo videos, edits, voice memos, Takeout's JSON.

The names within a folder decide which files belong to a picture:

===========  ==================================================================================================
``raw``      ``IMG_1.CR2`` next to ``IMG_1.JPG``
``video``    the other half of a Live Photo or Motion Photo: ``IMG_1.MOV``, ``IMG_1.JPG.mov``, ``PXL_1.MP``
``edits``    an editor's instructions: ``IMG_1.AAE``, ``IMG_O0001.AAE``, ``IMG_1.CR2.pp3``, …
``sidecar``  ``IMG_1.JPG.xmp``, ``IMG_1.xmp``, darktable's ``IMG_1_01.JPG.xmp``
``takeout``  ``IMG_1.JPG.json`` in all the shortened and numbered forms that Google Takeout writes
``memo``     a voice memo, ``IMG_1.WAV``
``preview``  a camera's own thumbnail, ``IMG_1.THM``
===========  ==================================================================================================

Case and the composition of accents do not matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.files.names import path_key
from onsight.files.suffixes import RAW, TRIED, suffix_of

VIDEOS = (".mov", ".mp4", ".m4v", ".mp")
EDITS = (".aae", ".pp3", ".dop", ".arp", ".cos", ".on1", ".nksc", ".vrd", ".dr4")

_KINDS = {
    ".xmp": "sidecar",
    ".json": "takeout",
    ".wav": "memo",
    ".thm": "preview",
    **dict.fromkeys(VIDEOS, "video"),
    **dict.fromkeys(EDITS, "edits"),
    **dict.fromkeys(RAW, "raw"),
}

SMALL = frozenset({"sidecar", "takeout", "edits"})
"""Kinds of files of which each picture gets a copy if several pictures share one, because they contain user input."""

_DETAILS = ".supplemental-metadata"
_SHORTENED_FROM = 44
"""Takeout shortens a name before ``.json`` to 46 characters or slightly fewer; shorter names are complete."""

_EDITED = re.compile(
    "-(edited|effects|smile|mix|bearbeitet|modifié|editado|editada|modificato|bewerkt|redigerad|redigeret|redigert"
    "|edytowane|upravené|muokattu|изменено|編集済み|已修改|已編輯|수정됨)$"
)
_APPLE = re.compile(r"(img_)([eo]?)(\d{4,})")
_NUMBER = re.compile(r"(.*)(\(\d+\))")

_FIRST = (".heic", ".heif", ".hif", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".jxl", ".avif", ".webp", ".tif", ".tiff")
"""Order of the pictures with the same stem; a shared file follows the first one. The camera's format comes first."""


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to a picture.

    Attributes:
        name: Name of the file, which is in the picture's folder.
        kind: Kind of the file; see the table at the top of this module.
        after: The part of the picture's name with which the companion's name starts: ``"name"``, ``"stem"``, or ``""``
            if the two names have something else in common.
        tail: The rest of the companion's name after that part, with the suffix.
        sharers: Names of the other pictures to which the companion belongs.
        is_first: Whether the picture is the first of those to which the companion belongs.
    """

    name: str
    kind: str
    after: str
    tail: str
    sharers: tuple[str, ...] = ()
    is_first: bool = True

    def renamed(self, old: str, new: str) -> str:
        """Return the companion's new name when its picture is renamed: the stem changes, the rest stays.

        Args:
            old: Old name of the picture.
            new: New name of the picture.
        """
        if old == new:
            return self.name
        whole = self.after == "name" or (not self.after and self.kind == "takeout")
        return (new if whole else stem_of(new)) + self.tail


class Companions:
    """The companion files of the pictures in one folder."""

    def __init__(self, names: Iterable[str]) -> None:
        """Index a folder.

        Args:
            names: Names of all files in the folder.
        """
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._pictures: dict[str, list[str]] = defaultdict(list)
        for name in sorted(set(names)):
            if suffix_of(name) in _KINDS:
                self._by_stem[path_key(stem_of(name))].append(name)
            if suffix_of(name) in TRIED:
                self._pictures[path_key(stem_of(name))].append(name)
        self._owners: dict[str, list[str]] = defaultdict(list)
        for name in sorted((name for names in self._pictures.values() for name in names), key=_rank):
            if not self._is_owned(name):
                for companion in self._matches(name):
                    self._owners[companion].append(name)

    def of(self, picture: str) -> tuple[Companion, ...]:
        """Return a picture's companions, sorted by name. A raw file that is itself a companion has none."""
        if self._is_owned(picture):
            return ()
        found = []
        for name, (kind, after, tail) in sorted(self._matches(picture).items()):
            owners = self._owners[name] if picture in self._owners.get(name, ()) else [picture]
            others = tuple(owner for owner in owners if owner != picture)
            found.append(Companion(name, kind, after, tail, others, owners[0] == picture))
        return tuple(found)

    def owners_of(self, name: str) -> tuple[str, ...]:
        """Return the pictures that a file belongs to, starting with the one that it follows."""
        return tuple(self._owners.get(name, ()))

    def same_stem(self, picture: str) -> tuple[str, ...]:
        """Return the other pictures with the same stem, such as ``IMG_1.HEIC`` for ``IMG_1.JPG``."""
        return tuple(name for name in self._pictures.get(path_key(stem_of(picture)), ()) if name != picture)

    def _is_owned(self, name: str) -> bool:
        is_raw = suffix_of(name) in RAW
        return is_raw and any(suffix_of(other) not in RAW for other in self._pictures.get(path_key(stem_of(name)), ()))

    def _matches(self, picture: str) -> dict[str, tuple[str, str, str]]:
        """Return ``kind``, ``after`` and ``tail`` of a picture's companions, by name."""
        found: dict[str, tuple[str, str, str]] = {}
        suffix, stem = PurePosixPath(picture).suffix, stem_of(picture)

        def take(start: str, after: str, middle: str = "", kinds: Iterable[str] = frozenset(_KINDS.values())) -> None:
            for name in self._by_stem.get(path_key(start), ()):
                kind = _KINDS[suffix_of(name)]
                is_its_like = kind == "raw" and suffix.lower() in RAW
                if kind in kinds and name != picture and not is_its_like:
                    found.setdefault(name, (kind, after, middle + PurePosixPath(name).suffix))

        take(picture, "name")
        take(stem, "stem")
        if path_key(stem).endswith(".mp"):  # PXL_1.MP next to PXL_1.MP.jpg
            take(stem[:-3], "stem", kinds=["video"])
        for name, (kind, after, tail) in list(found.items()):
            if kind in ("raw", "video"):
                take(name, after, tail, SMALL)
        for other in self._apple_stems(path_key(stem)):
            take(other, "", kinds=["edits"])
        # Sidecars of other versions, as darktable numbers them.
        for number in range(1, 100):
            middle = f"_{number:02}{suffix}"
            if path_key(stem + middle) in map(path_key, self._pictures.get(path_key(stem_of(stem + middle)), ())):
                break
            before = len(found)
            take(stem + middle, "stem", middle, ["sidecar"])
            if len(found) == before:
                break
        for base in self._takeout_names(picture):
            is_whole = base.startswith(picture)
            take(base, "name" if is_whole else "", base[len(picture) :] if is_whole else "", ["takeout"])
        return found

    def _apple_stems(self, stem: str) -> Iterator[str]:
        """Yield the other stems that Apple Photos uses when it exports edits."""
        match = _APPLE.fullmatch(stem)
        if not match:
            return
        start, letter, digits = match.groups()
        if letter == "":
            yield f"{start}o{digits}"
            if f"{start}e{digits}" not in self._pictures:
                yield f"{start}e{digits}"
        elif letter == "e" and f"{start}{digits}" not in self._pictures:
            yield from (f"{start}{digits}", f"{start}o{digits}")

    @staticmethod
    def _takeout_names(picture: str) -> Iterator[str]:
        """Yield the names that Takeout may give a picture's JSON file, without ``.json``."""
        stem, suffix = stem_of(picture), PurePosixPath(picture).suffix
        titles = [(stem, "")]
        if match := _NUMBER.fullmatch(stem):  # IMG(1).JPG has IMG.JPG(1).json
            titles.append((match[1], match[2]))
        # An edited picture shares the JSON file of its original.
        titles += [(_EDITED.sub("", title), number) for title, number in titles if _EDITED.search(title)]
        for title, number in titles:
            full = f"{title}{suffix}{_DETAILS}"
            whole = len(title) + len(suffix)
            yield title + number
            for length in range(min(whole, max(_SHORTENED_FROM, len(title))), len(full) + 1):
                yield full[:length] + number
            for length in range(_SHORTENED_FROM, whole):
                yield full[:length] + number


def stem_of(name: str) -> str:
    """Return a file's name without its last suffix."""
    return PurePosixPath(name).stem


def _rank(name: str) -> tuple[bool, int, str]:
    suffix = suffix_of(name)
    is_derived = bool(_EDITED.search(_NUMBER.sub(r"\1", stem_of(name))))
    return is_derived, _FIRST.index(suffix) if suffix in _FIRST else len(_FIRST) + (suffix in RAW), name
