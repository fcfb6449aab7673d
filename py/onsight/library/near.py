"""Find the same picture in another size, format or lightness, turned or mirrored, but not in other colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from onsight.library.database import Library
from onsight.library.orientation import SWAPS_SIDES, followed_by, inverse, oriented, oriented_waves
from onsight.library.perceptual import hashes_of, near_pairs
from onsight.library.signature import Signatures, lightness_of, same_picture
from onsight.library.signatures import load_signatures

MAX_DISTANCE = 8
"""Maximum number of bits, of 64, in which the hashes of the same picture differ. The hashes of different pictures
usually differ in 22 or more."""

MAX_TURNED_DISTANCE = 5
"""The same for turned or mirrored pictures. It is smaller because programs do not crop a picture when they turn it."""

SHAPE_TOLERANCE = 0.06
"""Maximum difference between the logarithms of the aspect ratios (width / height) of the same picture."""

TURNED = (1, 2, 3, 4, 5, 7)
"""The orientations to search for. The two quarter turns undo each other, so one of them is enough."""

_CACHED = 4096
"""Maximum number of pictures whose lightness is cached, at 9 KB each."""


def find_same(library: Library, images: Sequence[int], max_distance: int = MAX_DISTANCE) -> Iterator[dict[int, int]]:
    """Yield the groups of files that show the same picture. A picture without copies is a group of one.

    Args:
        library: The library.
        images: Ids of the pictures to compare.
        max_distance: Maximum number of different bits of the perceptual hashes, 0 to 31.

    Yields:
        By picture id, each picture's orientation relative to one picture of the group; see
        `onsight.library.orientation`.
    """
    joined = _Union(images)
    by_content: dict[str, int] = {}
    wanted, rows = frozenset(images), []
    for row in library.connection.execute(
        "SELECT id, hash, perceptual_hash, width, height FROM image WHERE NOT missing ORDER BY id"
    ):
        if row["id"] not in wanted:
            continue
        first = by_content.setdefault(row["hash"], row["id"])
        if first == row["id"]:
            rows.append(row)
        else:
            joined.join(first, row["id"], 0)
    ids = [row["id"] for row in rows]
    signatures, have_one = load_signatures(library, ids)
    shapes = [math.log(row["width"] / row["height"]) for row in rows]
    pictures = _Pictures(_lightness_loader(library), ids, shapes, signatures, have_one)
    # If a thumbnail cannot be opened, only the hash that was computed from the picture itself is available.
    stored = np.array([row["perceptual_hash"] or 0 for row in rows], np.int64)
    hashes, are_empty = hashes_of(signatures.waves)
    hashes = np.where(have_one, hashes, stored)
    usable = np.where(have_one, ~are_empty, [row["perceptual_hash"] is not None for row in rows])
    kinds = _kinds(pictures, joined, np.flatnonzero(usable), hashes)
    unique = np.array(list(kinds), np.int64)
    for pairs in near_pairs(unique, max_distance):
        for one, other in pairs.tolist():
            pictures.join_all(joined, kinds[unique[one]], kinds[unique[other]], 0)
    left = [place for places in kinds.values() for place in places if have_one[place]]
    turned = [hashes_of(oriented_waves(signatures.waves[left], orientation))[0] for orientation in TURNED]
    for pairs in near_pairs(np.concatenate(turned), min(max_distance, MAX_TURNED_DISTANCE), hashes[left]):
        for row, other in pairs.tolist():
            turn, one = divmod(row, len(left))
            if one != other:
                pictures.join_all(joined, [left[one]], [left[other]], TURNED[turn])
    yield from joined.groups()


def _kinds(
    pictures: _Pictures, joined: _Union, places: NDArray[np.intp], hashes: NDArray[np.int64]
) -> dict[np.int64, list[int]]:
    """Join pictures that are the same and have equal hashes.

    Returns:
        By hash, the index of one picture of each group.
    """
    kinds: dict[np.int64, list[int]] = {}
    for place in places.tolist():
        standing = kinds.setdefault(hashes[place], [])
        same = next((one for one in standing if pictures.are_same(one, place, 0)), None)
        if same is None:
            standing.append(place)
        else:
            joined.join(pictures.ids[same], pictures.ids[place], 0)
    return kinds


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    """The data by which pictures are compared. Methods identify a picture by its index in these lists."""

    lightness: Callable[[int], NDArray[np.uint8] | None]
    ids: Sequence[int]
    shapes: Sequence[float]
    signatures: Signatures
    have_one: NDArray[np.bool_]

    def join_all(self, joined: _Union, ones: Iterable[int], others: Iterable[int], orientation: int) -> None:
        """Join the pairs from two lists that show the same picture when the first is turned to ``orientation``."""
        others = list(others)
        for one in ones:
            for other in others:
                if not joined.are_joined(self.ids[one], self.ids[other]) and self.are_same(one, other, orientation):
                    joined.join(self.ids[one], self.ids[other], orientation)

    def are_same(self, one: int, other: int, orientation: int) -> bool:
        """Return whether two pictures are the same when the first is turned; their hashes are not compared."""
        shape = -self.shapes[one] if orientation & SWAPS_SIDES else self.shapes[one]
        if abs(shape - self.shapes[other]) > SHAPE_TOLERANCE:
            return False
        if not (self.have_one[one] and self.have_one[other]):
            return True
        if not self.signatures.same_colours(one, other, orientation):
            return False
        ours, theirs = self.lightness(self.ids[one]), self.lightness(self.ids[other])
        return ours is None or theirs is None or same_picture(oriented(ours, orientation), theirs)


def _lightness_loader(library: Library) -> Callable[[int], NDArray[np.uint8] | None]:
    """Return a function that loads the lightness of a picture, with a cache of `_CACHED` pictures."""

    @lru_cache(maxsize=_CACHED)
    def load(image: int) -> NDArray[np.uint8] | None:
        row = library.connection.execute("SELECT data FROM thumbnail WHERE image = ?", (image,)).fetchone()
        return lightness_of(row["data"]) if row else None

    return load


class _Union:
    """Groups of joined pictures with their orientations: a union–find with an orientation on each link."""

    def __init__(self, members: Iterable[int]) -> None:
        self._parent = {member: member for member in members}
        self._turn = dict.fromkeys(self._parent, 0)  # orientation that turns the parent into the member

    def are_joined(self, one: int, other: int) -> bool:
        """Return whether two pictures are in the same group."""
        return self._root(one)[0] == self._root(other)[0]

    def join(self, one: int, other: int, orientation: int) -> None:
        """Join the groups of two pictures; ``orientation`` turns the first picture into the second."""
        root, turn = self._root(one)
        other_root, other_turn = self._root(other)
        if root != other_root:
            self._parent[other_root] = root
            self._turn[other_root] = followed_by(followed_by(turn, orientation), inverse(other_turn))

    def groups(self) -> Iterator[dict[int, int]]:
        """Yield the groups: by picture, the orientation that turns the group's root into the picture."""
        found: dict[int, dict[int, int]] = {}
        for member in self._parent:
            root, turn = self._root(member)
            found.setdefault(root, {})[member] = turn
        yield from found.values()

    def _root(self, member: int) -> tuple[int, int]:
        """Return the root of a picture's group, and the orientation that turns the root into the picture."""
        path = []
        while self._parent[member] != member:
            path.append(member)
            member = self._parent[member]
        turn = 0
        for one in reversed(path):
            turn = followed_by(turn, self._turn[one])
            self._parent[one], self._turn[one] = member, turn
        return member, turn
