"""Find copies and similar pictures, and decide which of them to keep.

`exact` finds identical files. `near` finds the same picture in another size, format or lightness, turned or mirrored
(see `onsight.library.near`). `similar` finds pictures of similar things by their embeddings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from onsight.core.checks import check_integer, check_number
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.library.best_copy import REASONS, merits
from onsight.library.database import Library
from onsight.library.near import MAX_DISTANCE, find_same
from onsight.library.orientation import NAMES, followed_by, inverse

MIN_SIMILARITY = 0.8
"""Minimum cosine similarity of similar pictures. Crops and copies reach it; pictures of grass and gravel do not."""

BLOCK = 1024
"""Number of embeddings in a block; blocks are compared in pairs."""

_CACHED_BYTES = 192 << 20


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that belong together.

    Attributes:
        images: Their ids, best first; the first is the one to keep.
        reason: Why the first is better than the second, one of `onsight.library.best_copy.REASONS`; empty if they are
            equally good.
        turns: How each is oriented compared with the first: ``"turned 90° clockwise"``, ``"mirrored"``; empty for the
            same orientation.
    """

    images: tuple[int, ...]
    reason: str
    turns: tuple[str, ...]

    @property
    def best(self) -> int:
        """Id of the picture to keep, which is probably the original."""
        return self.images[0]


@dataclass(frozen=True, slots=True)
class Similar:
    """A picture that is similar to another.

    Attributes:
        image: Id of the picture.
        similarity: Cosine similarity of the two embeddings, −1 to 1.
    """

    image: int
    similarity: float


def exact(library: Library, images: Collection[int] | None = None) -> list[Group]:
    """Return the groups of files with the same content.

    Args:
        library: The library.
        images: Ids of the pictures to compare; None for all.
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
    """Return the groups of files with the same picture, including exact copies.

    Args:
        library: The library.
        images: As for `exact`.
        max_distance: Maximum number of different bits of the perceptual hashes, 0 to 31.

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
    """Return the groups of similar pictures.

    Each picture is similar to the first one of its group, so that no chain of pictures leads from a dog to a sofa.

    Args:
        library: The library.
        images: As for `exact`.
        min_similarity: Minimum cosine similarity of the embeddings, in (0, 1].

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
    """Return the pictures that are most similar to a picture, most similar first.

    Args:
        library: The library.
        image: Id of the picture.
        limit: Maximum number of results, 1 to 10000.
        min_similarity: Minimum cosine similarity, in (0, 1].
        images: As for `exact`.

    Raises:
        InvalidOptionError: The library does not have the picture, or a value is outside its range.
    """
    return like_examples(library, [image], limit=limit, min_similarity=min_similarity, images=images)


def like_examples(
    library: Library,
    examples: Sequence[int],
    counterexamples: Sequence[int] = (),
    *,
    limit: int = 20,
    min_similarity: float = 0.5,
    images: Collection[int] | None = None,
) -> list[Similar]:
    """Return the pictures that are similar to some pictures and not to others, most similar first.

    The similarity is the cosine to the mean of the examples, minus half of that to the mean of the counterexamples.

    Args:
        library: The library.
        examples: Ids of the pictures that the results should look like, at least one.
        counterexamples: Ids of the pictures that they should not look like.
        limit: Maximum number of results, 1 to 10000. The examples themselves are not results.
        min_similarity: Minimum cosine similarity to the examples, in (0, 1]; it must exceed that to the
            counterexamples.
        images: As for `exact`.

    Raises:
        InvalidOptionError: The library does not have a picture, or a value is outside its range.
    """
    check_integer("limit", limit, 1, 10_000)
    _check_similarity(min_similarity)
    wanted = _mean_embedding(library, examples)
    unwanted = _mean_embedding(library, counterexamples) if counterexamples else None
    given = {*examples, *counterexamples}
    chosen = _chosen(images)
    best: list[Similar] = []
    cursor = library.connection.execute("SELECT image, data FROM embedding")
    while rows := cursor.fetchmany(BLOCK):
        matrix = np.frombuffer(b"".join(one["data"] for one in rows), np.float16).reshape(len(rows), -1)
        cosines = matrix.astype(np.float32) @ wanted
        fits = cosines >= min_similarity
        if unwanted is not None:
            others = matrix.astype(np.float32) @ unwanted
            fits &= cosines > others
            cosines = cosines - COUNTEREXAMPLES * others
        best += (
            Similar(rows[index]["image"], round(min(float(cosines[index]), 1.0), 4))
            for index in np.flatnonzero(fits).tolist()
            if rows[index]["image"] not in given and chosen(rows[index]["image"])
        )
        best.sort(key=lambda one: (-one.similarity, one.image))
        del best[limit:]
    return best


COUNTEREXAMPLES = 0.5
"""How much similarity to the counterexamples counts against a picture."""


def _mean_embedding(library: Library, images: Sequence[int]) -> NDArray[np.float32]:
    """Return the direction of the mean of some pictures' embeddings, float32 [D] of length 1."""
    vectors = []
    for image in images:
        row = library.connection.execute("SELECT data FROM embedding WHERE image = ?", (image,)).fetchone()
        if row is None:
            raise InvalidOptionError(text("The library has no picture {number}.", number=image))
        vectors.append(np.frombuffer(row["data"], np.float16).astype(np.float32))
    mean: NDArray[np.float32] = np.mean(vectors, axis=0, dtype=np.float32)
    return mean / np.float32(max(float(np.linalg.norm(mean)), 1e-6)) if len(images) > 1 else mean


def _check_similarity(value: float) -> None:
    check_number("min_similarity", value, 0, 1)
    if value == 0:
        raise InvalidOptionError(text("min_similarity must be above 0 and at most 1, got 0."))


def _chosen(images: Collection[int] | None) -> Callable[[int], bool]:
    if images is None:
        return lambda id: True
    wanted = frozenset(images)
    return lambda id: id in wanted


def _block_loader(library: Library, blocks: list[list[int]]) -> Callable[[int], NDArray[np.float16]]:
    """Return a function that reads the embeddings of a block, with a cache of limited size."""
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
    """Return groups of two or more pictures, sorted by their smallest id, each with the best picture first.

    Args:
        library: The library.
        groups: The orientation of each picture by its id, compared with any picture of the group.
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
