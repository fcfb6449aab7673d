"""Pictures that are the same, all but the same, or alike, and which of them to keep.

``exact`` is the same file, byte for byte; ``near`` the same picture in another size, format or light, turned or
mirrored, see `onsight.library.near`; ``similar`` a picture of much the same thing, by what the network saw.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from onsight.core.checks import check_integer, check_number
from onsight.errors import InvalidOptionError
from onsight.library.database import Library
from onsight.library.near import MAX_DISTANCE, find_same
from onsight.library.orientation import NAMES, followed_by, inverse
from onsight.library.ranking import REASONS, merits

MIN_SIMILARITY = 0.8
"""Cosine from which on two pictures are alike: crops and copies of one reach it, two of grass and gravel do not."""

BLOCK = 1024
"""Embeddings that are compared with as many others at a time."""

_CACHED_BYTES = 192 << 20


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that belong together.

    Attributes:
        images: Their ids, the one to keep first, then from better to worse.
        reason: Why the first is better than the second, of `onsight.library.ranking.REASONS`; empty if nothing tells
            them apart.
        turns: How each differs from the first: ``"turned 90° clockwise"``, ``"mirrored"``; empty if it is the same way
            up.
    """

    images: tuple[int, ...]
    reason: str
    turns: tuple[str, ...]

    @property
    def best(self) -> int:
        """Id of the one to keep: what the others were made from, as far as that can be told."""
        return self.images[0]


@dataclass(frozen=True, slots=True)
class Similar:
    """A picture that is like another.

    Attributes:
        image: Its id.
        similarity: Cosine of the two embeddings, −1 to 1.
    """

    image: int
    similarity: float


def exact(library: Library, images: Collection[int] | None = None) -> list[Group]:
    """Return the groups of files with the same content.

    Args:
        library: The library.
        images: Ids of the pictures to look among; None takes all.
    """
    groups: dict[str, list[int]] = {}
    chosen = _chosen(images)
    for row in library.connection.execute(
        "SELECT id, hash FROM image WHERE NOT missing "
        "AND hash IN (SELECT hash FROM image WHERE NOT missing GROUP BY hash HAVING count(*) > 1)"
    ):
        if chosen(row["id"]):
            groups.setdefault(row["hash"], []).append(row["id"])
    return _sorted(library, (dict.fromkeys(group, 0) for group in groups.values()))


def near(library: Library, images: Collection[int] | None = None, *, max_distance: int = MAX_DISTANCE) -> list[Group]:
    """Return the groups of files with the same picture, exact copies among them; arguments as for `exact`.

    Args:
        library: The library.
        images: As for `exact`.
        max_distance: In how many bits perceptual hashes may differ, 0 to 31.

    Raises:
        InvalidOptionError: ``max_distance`` is outside its range.
    """
    check_integer("max_distance", max_distance, 0, 31)
    chosen = _chosen(images)
    ids = [
        id for (id,) in library.connection.execute("SELECT id FROM image WHERE NOT missing ORDER BY id") if chosen(id)
    ]
    return _sorted(library, find_same(library, ids, max_distance))


def similar(
    library: Library, images: Collection[int] | None = None, *, min_similarity: float = MIN_SIMILARITY
) -> list[Group]:
    """Return the groups of pictures that are alike; arguments as for `exact`.

    Each picture of a group is alike to the group's first one, so that no chain leads from a dog to a sofa.

    Args:
        library: The library.
        images: As for `exact`.
        min_similarity: Cosine of two embeddings that makes them alike, in (0, 1].

    Raises:
        InvalidOptionError: ``min_similarity`` is outside its range.
    """
    _check_similarity(min_similarity)
    chosen = _chosen(images)
    ids = [
        id
        for (id,) in library.connection.execute(
            "SELECT image FROM embedding JOIN image ON image.id = embedding.image WHERE NOT missing ORDER BY image"
        )
        if chosen(id)
    ]
    blocks = [ids[start : start + BLOCK] for start in range(0, len(ids), BLOCK)]
    load = _block_loader(library, blocks)
    taken = np.zeros(len(ids), bool)
    groups: list[list[int]] = []
    for first in range(len(blocks)):
        start = first * BLOCK
        found: dict[int, list[NDArray[np.intp]]] = {}
        rows = load(first).astype(np.float32)
        for second in range(first, len(blocks)):
            alike = rows @ load(second).astype(np.float32).T >= min_similarity
            for row in np.flatnonzero(alike.any(axis=1)).tolist():
                found.setdefault(row, []).append(np.flatnonzero(alike[row]) + second * BLOCK)
        for row in sorted(found):
            if taken[start + row]:
                continue
            members = np.concatenate(found[row])
            members = members[(members > start + row) & ~taken[members]]
            if len(members):
                taken[members] = taken[start + row] = True
                groups.append([ids[start + row], *(ids[member] for member in members.tolist())])
    return _sorted(library, (dict.fromkeys(group, 0) for group in groups))


def similar_to(
    library: Library, image: int, *, limit: int = 20, min_similarity: float = 0.5, images: Collection[int] | None = None
) -> list[Similar]:
    """Return the pictures that are most like one, the most similar first.

    Args:
        library: The library.
        image: Id of the one.
        limit: How many at most, 1 to 10000.
        min_similarity: Cosine that they must reach, in (0, 1].
        images: As for `exact`.

    Raises:
        InvalidOptionError: There is no such picture, or a value is outside its range.
    """
    check_integer("limit", limit, 1, 10_000)
    _check_similarity(min_similarity)
    row = library.connection.execute("SELECT data FROM embedding WHERE image = ?", (image,)).fetchone()
    if row is None:
        raise InvalidOptionError(f"The library has no picture {image}.")
    wanted = np.frombuffer(row["data"], np.float16).astype(np.float32)
    chosen = _chosen(images)
    best: list[Similar] = []
    cursor = library.connection.execute("SELECT image, data FROM embedding WHERE image <> ?", (image,))
    while rows := cursor.fetchmany(BLOCK):
        matrix = np.frombuffer(b"".join(one["data"] for one in rows), np.float16).reshape(len(rows), -1)
        cosines = matrix.astype(np.float32) @ wanted
        best += (
            Similar(rows[index]["image"], round(min(float(cosines[index]), 1.0), 4))
            for index in np.flatnonzero(cosines >= min_similarity).tolist()
            if chosen(rows[index]["image"])
        )
        best.sort(key=lambda one: (-one.similarity, one.image))
        del best[limit:]
    return best


def _check_similarity(value: float) -> None:
    check_number("min_similarity", value, 0, 1)
    if value == 0:
        raise InvalidOptionError("min_similarity must be above 0 and at most 1, got 0.")


def _chosen(images: Collection[int] | None) -> Callable[[int], bool]:
    if images is None:
        return lambda id: True
    wanted = frozenset(images)
    return lambda id: id in wanted


def _block_loader(library: Library, blocks: list[list[int]]) -> Callable[[int], NDArray[np.float16]]:
    """Return what reads the embeddings of a block, and keeps as many as memory may hold."""
    row = library.connection.execute("SELECT length(data) FROM embedding LIMIT 1").fetchone()
    size = BLOCK * (row[0] if row else 1)

    @lru_cache(maxsize=max(2, _CACHED_BYTES // size))
    def load(index: int) -> NDArray[np.float16]:
        data = library.connection.execute(
            "SELECT data FROM embedding WHERE image IN (SELECT value FROM json_each(?)) ORDER BY image",
            (json.dumps(blocks[index]),),
        )
        rows = [row["data"] for row in data]
        return np.frombuffer(b"".join(rows), np.float16).reshape(len(rows), -1)

    return load


def _sorted(library: Library, groups: Iterable[Mapping[int, int]]) -> list[Group]:
    """Return groups of two or more, from better to worse within, the group of the smallest id first.

    Args:
        library: The library.
        groups: By the pictures' ids, which way up each is in comparison with any of the group.
    """
    listed = sorted((group for group in groups if len(group) > 1), key=min)
    found = []
    for group, merits_of in zip(listed, merits(library, listed), strict=True):
        best, second, *_ = images = sorted(sorted(group), key=lambda id: merits_of[id], reverse=True)
        ranks = zip(REASONS, merits_of[best], merits_of[second], strict=True)
        reason = next((reason for reason, one, other in ranks if one != other), "")
        back = inverse(group[best])
        turns = tuple(NAMES[followed_by(back, group[id])] for id in images)
        found.append(Group(tuple(images), reason, turns))
    return found
