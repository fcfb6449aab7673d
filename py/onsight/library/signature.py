"""What a library keeps of a picture to find the same picture again: in another size, turned, mirrored, recompressed.

A signature is made from the thumbnail, so that libraries of any age get one without their originals. It has the
coarsest waves of the picture's lightness, from which the perceptual hashes of all eight orientations follow, and its
colours on a coarse grid. Both only find candidates: `same_picture` compares what the thumbnails show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.errors import OnsightError
from onsight.image import DecodedImage, decode
from onsight.library.orientation import oriented
from onsight.library.perceptual import WAVES, waves_of
from onsight.networks.preprocess import resize

GRID = 8
"""Cells of a signature's colours along each side."""

SIDE = 96
"""Side of the copies whose outlines are compared, in pixels."""

PART = 12
"""Side of the parts of those copies that are compared by themselves, in pixels."""

REACH = 3
"""How far a part may have moved, in pixels: what is cut off at one edge moves everything else."""

NOISE = 2.5
"""Levels of 255 by which compression changes outlines."""

MAX_CHANGE = 0.45
"""How much of a part's outlines may differ: 0 for the same, 1 for unrelated ones."""

MAX_CHANGED, MAX_CHANGED_AND_MOVED = 0.1, 0.25
"""Which part of the picture may have changed, where nothing has moved and where something has."""

MAX_CHROMA = 22.0
"""How far the colour of a cell may differ, in levels of 255: more than other light or another white balance does."""

GAINS, MAX_OFFSET = (0.6, 1.6), 50.0
"""By what factor a copy may have more contrast, and by how many levels of 255 it may be lighter."""

MAX_LIGHTNESS = 32.0
"""Maximum difference, in levels of 255, that most parts may then still have: a grey mug is not a black one."""

ALIKE_IN_LIGHT = 0.85
"""How many of the parts that is asked of: the edges of what has moved differ in many others."""

SIGNATURE_BYTES = WAVES * WAVES * 2 + GRID * GRID * 2

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """What is kept of some pictures.

    Attributes:
        waves: Of their lightness, float16 [n, WAVES, WAVES]; see `onsight.library.perceptual`.
        chroma: Cb and Cr on a grid, in levels of 255, int8 [n, GRID, GRID, 2].
    """

    waves: NDArray[np.float16]
    chroma: NDArray[np.int8]

    @classmethod
    def from_bytes(cls, data: bytes) -> Signatures:
        """Return the signatures that bytes are of, one after the other."""
        rows = np.frombuffer(data, np.uint8).reshape(-1, SIGNATURE_BYTES)
        waves = np.ascontiguousarray(rows[:, : WAVES * WAVES * 2]).view("<f2").reshape(-1, WAVES, WAVES)
        chroma = np.ascontiguousarray(rows[:, WAVES * WAVES * 2 :]).view(np.int8).reshape(-1, GRID, GRID, 2)
        return cls(waves, chroma)

    def same_colours(self, one: int, other: int, orientation: int) -> bool:
        """Say whether two pictures have the same colours in the same places when the first is turned."""
        ours, theirs = oriented(self.chroma[one], orientation).astype(np.float32), self.chroma[other]
        return float(((ours - theirs) ** 2).sum(axis=2).max()) <= MAX_CHROMA**2


def signature_of(thumbnail: bytes) -> bytes | None:
    """Return the signature of a picture as the bytes that a library holds, or None if its thumbnail cannot be opened.

    Args:
        thumbnail: A JPEG.
    """
    picture = _opened(thumbnail)
    if picture is None:
        return None
    red, green, blue = np.moveaxis(resize(picture.pixels, (GRID, GRID), "bilinear").astype(np.float32), 2, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = np.stack([(blue - luma) / 1.772, (red - luma) / 1.402], axis=2)
    waves: bytes = waves_of(picture).astype("<f2").tobytes()
    colours: bytes = np.clip(chroma.round(), -128, 127).astype(np.int8).tobytes()
    return waves + colours


def lightness_of(thumbnail: bytes) -> NDArray[np.uint8] | None:
    """Return a picture's lightness, uint8 [SIDE, SIDE], for `same_picture`; None if its thumbnail cannot be opened."""
    picture = _opened(thumbnail)
    if picture is None:
        return None
    lightness = resize(picture.pixels, (SIDE, SIDE), "bilinear").astype(np.float32) @ _LUMA
    return lightness.round().astype(np.uint8)


def same_picture(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Say whether two pictures have the same outlines in the same places.

    Outlines across and along are compared apart: lines of text have all of theirs along in common, and none across.

    Args:
        one: Of `lightness_of`, turned as the other is.
        other: Of `lightness_of`.
    """
    if not _has_same_lights(one, other):
        return False
    ours, theirs = _outlines(one), _outlines(other)
    # A copy with more contrast is the same picture.
    ours *= float(np.sqrt(((theirs**2).mean() + NOISE**2) / ((ours**2).mean() + NOISE**2)))
    change, has_outlines = _change(ours, theirs)
    if not has_outlines.any() or (change > MAX_CHANGE)[has_outlines].mean() <= MAX_CHANGED:
        return True
    padded = np.pad(theirs, ((0, 0), (REACH, REACH), (REACH, REACH)), mode="edge")
    for down in range(2 * REACH + 1):
        for right in range(2 * REACH + 1):
            moved, _ = _change(ours, padded[:, down : down + SIDE, right : right + SIDE])
            np.minimum(change, moved, out=change)
    return bool((change > MAX_CHANGE)[has_outlines].mean() <= MAX_CHANGED_AND_MOVED)


def _has_same_lights(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether two pictures are light and dark in the same places, apart from overall lightness and contrast."""
    count = SIDE // PART
    ours, theirs = (levels.reshape(count, PART, count, PART).mean(axis=(1, 3)) for levels in (one, other))
    gain = float(np.clip(theirs.std() / max(float(ours.std()), 1e-3), *GAINS))
    offset = float(np.clip(theirs.mean() - gain * ours.mean(), -MAX_OFFSET, MAX_OFFSET))
    apart = np.abs(np.clip(gain * ours + offset, 0, 255) - theirs)
    return float(np.quantile(apart, ALIKE_IN_LIGHT)) <= MAX_LIGHTNESS


def _outlines(lightness: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how fast lightness changes along both axes, [2, SIDE, SIDE]."""
    levels = lightness.astype(np.float32)
    slopes = np.zeros((2, SIDE, SIDE), np.float32)
    slopes[0, :, 1:-1] = (levels[:, 2:] - levels[:, :-2]) / 2
    slopes[1, 1:-1] = (levels[2:] - levels[:-2]) / 2
    return slopes


def _change(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return for each part how much it differs, 0 to 1, and whether there are any outlines in it."""
    energy = _per_part(ours**2) + _per_part(theirs**2)
    change = (_per_part((ours - theirs) ** 2) / (energy + 2 * NOISE**2)).max(axis=0)
    return change, energy.max(axis=0) > NOISE**2


def _per_part(values: NDArray[np.float32]) -> NDArray[np.float32]:
    count = SIDE // PART
    means: NDArray[np.float32] = values.reshape(2, count, PART, count, PART).mean(axis=(2, 4))
    return means


def _opened(thumbnail: bytes) -> DecodedImage | None:
    try:
        return decode(thumbnail)
    except OnsightError:
        return None
