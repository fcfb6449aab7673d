"""Perceptual hashes: 64 bits that differ little between pictures that look alike.

A bit is the sign of a low-frequency DCT coefficient of the picture's lightness. Scaling, compression and small changes
of lightness keep nearly all bits. Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions" (2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onsight.image import DecodedImage
from onsight.networks.preprocess import resize

SIDE = 32
"""Side of the scaled copy whose DCT is computed, in pixels."""

WAVES = 8
"""Number of coefficients in each direction that give a bit."""

MIN_CONTRAST = 1.5
"""Minimum standard deviation, in levels of 255; below it the picture is nearly empty and its hash is noise."""

_BLOCK = 1 << 21
"""Maximum number of distances in memory at a time."""

_MAX_BANDED = 12
"""For larger distances the bands are so narrow that comparing all pairs is faster."""

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
    hashes, are_empty = hashes_of(waves_of(image)[None])
    return None if are_empty[0] else int(hashes[0])


def waves_of(image: DecodedImage) -> NDArray[np.float64]:
    """Return the coarsest waves (DCT-II) of a picture's lightness, [WAVES, WAVES]."""
    lightness = resize(image.pixels, (SIDE, SIDE), "bilinear").astype(np.float64) @ _LUMA.astype(np.float64)
    waves: NDArray[np.float64] = _COSINES @ lightness @ _COSINES.T
    return waves


def hashes_of(waves: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the hashes of pictures, and which pictures are all but empty: the hashes of those mean nothing.

    Args:
        waves: Of `waves_of`, [n, WAVES, WAVES].

    Returns:
        int64 [n] and bool [n].
    """
    flat = waves.reshape(-1, WAVES * WAVES).astype(np.float64)
    flat[:, 0] = 0  # the mean lightness says nothing
    are_empty = np.sqrt((flat**2).sum(axis=1)) / SIDE < MIN_CONTRAST
    bits = flat > np.median(flat[:, 1:], axis=1, keepdims=True)
    bits[:, 0] = False
    hashes = np.packbits(bits, axis=1).view(">i8").astype(np.int64).ravel()
    return hashes, are_empty


def distance(one: int, other: int) -> int:
    """Return in how many of the 64 bits two hashes differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def near_pairs(
    hashes: NDArray[np.int64], max_distance: int, others: NDArray[np.int64] | None = None
) -> Iterator[NDArray[np.intp]]:
    """Find all pairs of hashes that differ in a few bits at most.

    The bits are cut into two bands more than may differ, so that two such hashes agree in two bands at least: only
    those are compared that do.

    Args:
        hashes: [n]; all different from one another if there are no ``others``.
        max_distance: In how many bits they may differ, 0 to 31.
        others: What they are compared with, [m]; each other by default.

    Yields:
        Indexes of pairs, [k, 2]: of ``hashes``, and of ``others``. A pair may come more than once.
    """
    ours, theirs = hashes.view(np.uint64), (hashes if others is None else others).view(np.uint64)
    for bits in _tables(max_distance):
        their_keys, our_keys = theirs & bits, ours & bits
        order = np.argsort(their_keys)
        our_order = order if others is None else np.argsort(our_keys)
        their_keys, our_keys = their_keys[order], our_keys[our_order]  # sorted keys are found faster
        first = np.searchsorted(their_keys, our_keys, "left")
        counts = np.searchsorted(their_keys, our_keys, "right") - first
        for start, end in _blocks(counts):
            rows = np.repeat(our_order[start:end], counts[start:end])
            ends = np.cumsum(counts[start:end])
            within = np.arange(len(rows)) - np.repeat(ends - counts[start:end], counts[start:end])
            columns = order[np.repeat(first[start:end], counts[start:end]) + within]
            if others is None:
                after = rows < columns
                rows, columns = rows[after], columns[after]
            near = np.bitwise_count(ours[rows] ^ theirs[columns]) <= max_distance
            if near.any():
                yield np.stack([rows[near], columns[near]], axis=1)


def _tables(max_distance: int) -> Iterator[np.uint64]:
    """Yield which bits of hashes must agree, for each two of the bands."""
    if max_distance > _MAX_BANDED:
        yield np.uint64(0)
        return
    edges = np.linspace(0, 64, max_distance + 3).round().astype(int).tolist()
    bands = [((1 << (high - low)) - 1) << low for low, high in pairwise(edges)]
    for one, other in combinations(bands, 2):
        yield np.uint64(one | other)


def _blocks(counts: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Yield spans of rows whose counts fit into memory together."""
    sums = np.concatenate([[0], np.cumsum(counts)])
    start = 0
    while start < len(counts):
        end = max(start + 1, int(np.searchsorted(sums, sums[start] + _BLOCK, "right")) - 1)
        if sums[end] > sums[start]:
            yield start, end
        start = end
