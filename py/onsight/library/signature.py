"""Compute picture signatures, which help to find the same picture resized, turned, mirrored or recompressed.

A signature is computed from the thumbnail, so that old libraries get signatures without the original files. It contains
the lowest DCT coefficients of the lightness, from which the perceptual hashes of all eight orientations follow, and the
colours on a coarse grid. Both only find candidates; `same_picture` then compares the thumbnails.
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
"""Number of cells along each side of a signature's colour grid."""

SIDE = 96
"""Side, in pixels, of the scaled copies whose outlines are compared."""

PART = 12
"""Side, in pixels, of the blocks of those copies that are compared separately."""

REACH = 3
"""Maximum shift of a block, in pixels. Blocks shift when a copy is cropped slightly."""

NOISE = 2.5
"""Typical change of outlines through compression, in levels of 255."""

MAX_CHANGE = 0.45
"""Maximum difference of the outlines of a block: 0 for equal outlines, 1 for unrelated ones."""

MAX_CHANGED, MAX_CHANGED_AND_MOVED = 0.1, 0.25
"""Maximum share of blocks that may have changed: without shifts, and with the best shift of each block."""

MAX_CHROMA = 22.0
"""Maximum colour difference of a cell, in levels of 255. Other light or another white balance changes it less."""

GAINS, MAX_OFFSET = (0.6, 1.6), 50.0
"""Range of the factor by which a copy's contrast may differ, and maximum difference in lightness in levels of 255."""

MAX_LIGHTNESS = 32.0
"""Maximum remaining difference in lightness of most blocks, in levels of 255: a grey mug is not a black one."""

ALIKE_IN_LIGHT = 0.85
"""Share of blocks that must be within `MAX_LIGHTNESS`. The others may contain edges of shifted content."""

SIGNATURE_BYTES = WAVES * WAVES * 2 + GRID * GRID * 2
"""Size of a signature: the DCT coefficients as little-endian float16, then Cb and Cr of each cell as int8."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """The signatures of some pictures.

    Attributes:
        waves: Lowest DCT coefficients of the lightness, float16 [n, WAVES, WAVES]; see `onsight.library.perceptual`.
        chroma: Cb and Cr on a grid, in levels of 255, int8 [n, GRID, GRID, 2].
    """

    waves: NDArray[np.float16]
    chroma: NDArray[np.int8]

    @classmethod
    def from_bytes(cls, data: bytes) -> Signatures:
        """Parse signatures from their concatenated bytes."""
        rows = np.frombuffer(data, np.uint8).reshape(-1, SIGNATURE_BYTES)
        waves = np.ascontiguousarray(rows[:, : WAVES * WAVES * 2]).view("<f2").reshape(-1, WAVES, WAVES)
        chroma = np.ascontiguousarray(rows[:, WAVES * WAVES * 2 :]).view(np.int8).reshape(-1, GRID, GRID, 2)
        return cls(waves, chroma)

    def same_colours(self, one: int, other: int, orientation: int) -> bool:
        """Return whether two pictures have the same colours in the same places when the first is turned."""
        ours, theirs = oriented(self.chroma[one], orientation).astype(np.float32), self.chroma[other]
        return float(((ours - theirs) ** 2).sum(axis=2).max()) <= MAX_CHROMA**2


def signature_of(thumbnail: bytes) -> bytes | None:
    """Return a picture's signature as `SIGNATURE_BYTES` bytes, or None if the thumbnail cannot be opened.

    Args:
        thumbnail: Thumbnail of the picture, a JPEG.
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
    """Return a picture's lightness, uint8 [SIDE, SIDE], or None if the thumbnail cannot be opened."""
    picture = _opened(thumbnail)
    if picture is None:
        return None
    lightness = resize(picture.pixels, (SIDE, SIDE), "bilinear").astype(np.float32) @ _LUMA
    return lightness.round().astype(np.uint8)


def same_picture(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether two pictures have the same outlines in the same places.

    Horizontal and vertical outlines are compared separately, because any two lines of text share the horizontal ones.

    Args:
        one: Lightness of a picture from `lightness_of`, turned to the orientation of ``other``.
        other: Lightness of the other picture from `lightness_of`.
    """
    if not _has_same_lights(one, other):
        return False
    ours, theirs = _outlines(one), _outlines(other)
    # A copy may have a different contrast.
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
    """Return whether two pictures are light and dark in the same places.

    Overall lightness and contrast are first matched, within `GAINS` and `MAX_OFFSET`.
    """
    count = SIDE // PART
    ours, theirs = (levels.reshape(count, PART, count, PART).mean(axis=(1, 3)) for levels in (one, other))
    gain = float(np.clip(theirs.std() / max(float(ours.std()), 1e-3), *GAINS))
    offset = float(np.clip(theirs.mean() - gain * ours.mean(), -MAX_OFFSET, MAX_OFFSET))
    apart = np.abs(np.clip(gain * ours + offset, 0, 255) - theirs)
    return float(np.quantile(apart, ALIKE_IN_LIGHT)) <= MAX_LIGHTNESS


def _outlines(lightness: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the gradients of lightness in x and y, float32 [2, SIDE, SIDE]."""
    levels = lightness.astype(np.float32)
    slopes = np.zeros((2, SIDE, SIDE), np.float32)
    slopes[0, :, 1:-1] = (levels[:, 2:] - levels[:, :-2]) / 2
    slopes[1, 1:-1] = (levels[2:] - levels[:-2]) / 2
    return slopes


def _change(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return each block's difference, 0 to 1, and whether it has outlines; both [SIDE // PART, SIDE // PART]."""
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
