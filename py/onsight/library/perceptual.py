"""Perceptual hashes: 64 bits that are alike for pictures that look alike.

The signs of the coarsest waves of the picture's lightness: scaling, compression and a touch of light leave nearly all
of them as they are. Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from onsight.image import DecodedImage
from onsight.preprocess import resize

SIDE = 32
"""Side of the copy whose waves are looked at, in pixels."""

WAVES = 8
"""How many waves in each direction give a bit."""

MIN_CONTRAST = 1.5
"""Standard deviation, in levels of 255, that the coarse waves must have: those of an empty picture are noise."""

_BLOCK = 1 << 22
"""Distances that are in memory at a time."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _cosines() -> NDArray[np.float64]:
    """Return the first rows of the orthonormal DCT-II matrix, [WAVES, SIDE]."""
    waves, places = np.arange(WAVES)[:, None], np.arange(SIDE)[None, :]
    rows: NDArray[np.float64] = np.cos(np.pi * waves * (2 * places + 1) / (2 * SIDE)) * np.sqrt(2 / SIDE)
    rows[0] /= np.sqrt(2)
    return rows


_COSINES = _cosines()


def perceptual_hash(image: DecodedImage) -> int | None:
    """Return the hash of a picture as a signed 64-bit integer, or None if the picture is all but empty.

    Args:
        image: The picture, or a smaller copy of it.
    """
    lightness = resize(image.pixels, (SIDE, SIDE), "bilinear").astype(np.float64) @ _LUMA.astype(np.float64)
    waves = (_COSINES @ lightness @ _COSINES.T).ravel()
    waves[0] = 0  # the mean lightness says nothing
    if np.sqrt((waves**2).sum()) / SIDE < MIN_CONTRAST:
        return None
    bits = waves > np.median(waves[1:])
    bits[0] = False
    return int(np.packbits(bits).view(">i8")[0])


def distance(one: int, other: int) -> int:
    """Return in how many of the 64 bits two hashes differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def near_pairs(hashes: NDArray[np.int64], max_distance: int) -> Iterator[NDArray[np.intp]]:
    """Find all pairs of hashes that differ in a few bits at most.

    The bits are cut into one band more than may differ, so that two such hashes agree in one band at least: only
    those are compared.

    Args:
        hashes: [n], all different from one another.
        max_distance: In how many bits they may differ, 0 to 31.

    Yields:
        Indexes of pairs, [m, 2]; a pair may come more than once.
    """
    bits = hashes.view(np.uint64)
    edges = np.linspace(0, 64, max_distance + 2).round().astype(int)
    for low, high in pairwise(edges.tolist()):
        keys = (bits >> np.uint64(low)) & np.uint64((1 << (high - low)) - 1)
        order = np.argsort(keys, kind="stable")
        cuts = np.flatnonzero(np.diff(keys[order])) + 1
        for members in np.split(order, cuts):
            yield from _close(bits, members, max_distance)


def _close(bits: NDArray[np.uint64], members: NDArray[np.intp], limit: int) -> Iterator[NDArray[np.intp]]:
    rows = max(1, _BLOCK // max(1, len(members)))
    for start in range(0, len(members) - 1, rows):
        block = members[start : start + rows]
        rest = members[start:]
        differ = np.bitwise_count(bits[block][:, None] ^ bits[rest][None, :])
        one, other = np.nonzero(np.triu(differ <= limit, 1))
        if len(one):
            yield np.stack([block[one], rest[other]], axis=1)
