"""Decide whether a changed file is an edited version of the same picture, or a different picture.

An edited picture keeps the user's tags; a different picture does not get them. Weak evidence counts as different.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.library.database import Library
from onsight.library.records import PictureRecord

SIDE = 64
"""Side, in pixels, to which thumbnails are scaled before they are compared."""

BLOCKS = 8
"""Number of blocks along each side of the scaled thumbnails."""

SAME_PIXELS = 1.0
"""Maximum mean difference of any block, in levels of 255, between two thumbnails of the same pixels."""

SAME_PICTURE = 14.0
"""Maximum mean difference of any block, in levels of 255, between a picture and an edited copy after their lightness
and contrast have been matched."""

MIN_CORRELATION = 0.9
"""Minimum correlation between the lightness of a picture and that of an edited copy."""

COLOURLESS = 2.5
"""Maximum root-mean-square difference, in levels of 255, between the channels of a black-and-white picture and its
lightness."""

MIN_COLOUR_COSINE = 0.8
"""Minimum cosine similarity between the colours of a picture and those of an edited copy."""

GAINS = (0.6, 1.6)
"""Range of the factor by which an edit may change a picture's contrast."""

MAX_OFFSET = 60.0
"""Maximum change of a picture's lightness through an edit, in levels of 255."""

MIN_DEVIATION = 6.0
"""Minimum standard deviation of lightness, in levels of 255, of a thumbnail with enough content to compare."""

FINE_SIDE = 128
"""Side, in pixels, to which thumbnails of pages and screenshots are scaled before their details are compared."""

PAGE_SHARE = 0.35
"""Minimum share of a page's or screenshot's pixels that are about as light as its background."""

BACKGROUND_LEVELS = 17
"""Number of neighbouring levels of 255 that count as about equally light."""

MIN_DETAIL = 3.0
"""Minimum standard deviation of lightness, in levels of 255, of a block of a page with enough content to compare."""

SAME_DETAILS = 0.985
"""Minimum correlation of any block between a page and an edited copy."""

MIN_GAIN = 0.25
"""Minimum share of a block's contrast that an edit of a page preserves."""

SAME_SUBJECT = 0.72
"""Minimum cosine similarity of the embeddings of two files from the same second that are one picture, such as a crop
and its original."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """The features by which pictures are compared.

    Attributes:
        taken: Date on which the picture was taken, ISO 8601, or None.
        taken_source: Source of the date, one of `onsight.metadata.dates.SOURCES`, or None.
        camera: Name of the camera, or None.
        thumbnail: A small JPEG, upright.
        embedding: As in `PictureRecord`.
    """

    taken: str | None
    taken_source: str | None
    camera: str | None
    thumbnail: bytes
    embedding: NDArray[np.float16]

    @classmethod
    def of_look(cls, look: PictureRecord) -> Appearance:
        """Return the appearance of a picture that was just analysed."""
        photo = look.tagging.photo
        return cls(photo.taken, photo.taken_source, photo.camera, look.thumbnail, look.embedding)

    @classmethod
    def of_picture(cls, library: Library, image: int) -> Appearance:
        """Return the appearance of a picture of the library."""
        row = library.connection.execute(
            "SELECT taken, taken_source, camera, thumbnail.data, embedding.data FROM image "
            "LEFT JOIN thumbnail ON thumbnail.image = id LEFT JOIN embedding ON embedding.image = id WHERE id = ?",
            (image,),
        ).fetchone()
        taken, source, camera, thumbnail, embedding = row
        return cls(taken, source, camera, thumbnail or b"", np.frombuffer(embedding or b"", np.float16))


def is_same_picture(before: Appearance, after: Appearance) -> bool:
    """Return whether two files show the same picture: edited, saved again, turned or with other metadata.

    Args:
        before: Appearance of the picture in the library.
        after: Appearance of the file that is at its path now.
    """
    one, other = _pixels(before.thumbnail), _pixels(after.thumbnail)
    is_dated = bool(before.taken and after.taken and before.taken_source == after.taken_source)
    is_elsewhen = is_dated and (before.taken, before.camera) != (after.taken, after.camera)
    if one is not None and other is not None:
        is_plain = min(float((pixels @ _LUMA).std()) for pixels in (one, other)) < MIN_DEVIATION
        fine, other_fine = (_pixels(appearance.thumbnail, FINE_SIDE) for appearance in (before, after))
        for way, turned in enumerate(_turned(one)):
            if _largest_difference(turned, other) <= SAME_PIXELS and not (is_plain and is_elsewhen):
                return True  # even if the metadata have changed
            if is_plain or is_elsewhen or not _is_edited(turned, other):
                continue
            # Two pages of the same form, or two screenshots of the same program, differ only in their details.
            if is_dated or fine is None or other_fine is None or not _is_page(fine):
                return True
            if _details_agree([*_turned(fine)][way], other_fine):
                return True
    if is_elsewhen:
        return False
    return bool(is_dated and _cosine(before, after) >= SAME_SUBJECT)


def _pixels(thumbnail: bytes, side: int = SIDE) -> NDArray[np.float32] | None:
    """Return a thumbnail scaled to a square, float32 [side, side, 3], or None if it cannot be opened."""
    try:
        with Image.open(io.BytesIO(thumbnail)) as image:
            square = image.convert("RGB").resize((side, side), Image.Resampling.BOX)
    except OSError:
        return None
    return np.asarray(square, np.float32)


def _turned(pixels: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Yield a picture in all eight orientations, starting with the original."""
    for one in (pixels, pixels[:, ::-1]):
        for turns in range(4):
            yield np.rot90(one, turns)


def _largest_difference(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the mean difference of the block that differs most, in levels of 255."""
    side = SIDE // BLOCKS
    blocks = np.abs(one - other).reshape(BLOCKS, side, BLOCKS, side, -1).mean(axis=(1, 3, 4))
    return float(blocks.max())


def _is_edited(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether two pictures differ only in lightness, contrast and saturation. Neither picture may be plain."""
    first, second = one @ _LUMA, other @ _LUMA
    correlation = np.corrcoef(first.ravel(), second.ravel())[0, 1]
    if not correlation >= MIN_CORRELATION:
        return False
    gain = float(np.clip(second.std() / first.std(), *GAINS))
    offset = float(np.clip(second.mean() - gain * first.mean(), -MAX_OFFSET, MAX_OFFSET))
    adjusted = np.clip(first * np.float32(gain) + np.float32(offset), 0, 255)
    return _largest_difference(adjusted, second) <= SAME_PICTURE and _colours_agree(
        one - first[..., None], other - second[..., None]
    )


def _is_page(pixels: NDArray[np.float32]) -> bool:
    """Return whether much of a picture is background of one lightness, as in a page of text or a screenshot."""
    counts = np.bincount((pixels @ _LUMA).astype(np.intp).ravel(), minlength=256)
    return bool(np.convolve(counts, np.ones(BACKGROUND_LEVELS), "same").max() >= PAGE_SHARE * counts.sum())


def _details_agree(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether two pages agree in each block that has content, regardless of lightness and contrast."""
    side = FINE_SIDE // BLOCKS
    first, second = (
        (pixels @ _LUMA).reshape(BLOCKS, side, BLOCKS, side).transpose(0, 2, 1, 3).reshape(BLOCKS * BLOCKS, -1)
        for pixels in (one, other)
    )
    first, second = (blocks - blocks.mean(axis=1, keepdims=True) for blocks in (first, second))
    lengths = np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1)
    has_details = np.maximum(*lengths) >= MIN_DETAIL * side
    is_in_both = np.minimum(*lengths) >= MIN_GAIN * np.maximum(*lengths)
    is_alike = (first * second).sum(axis=1) >= SAME_DETAILS * lengths[0] * lengths[1]
    return bool(np.all((is_in_both & is_alike)[has_details]))


def _colours_agree(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether two pictures, with lightness subtracted, have the same colours or one of them is colourless."""
    first, second = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    if min(first, second) < COLOURLESS * np.sqrt(one.size):
        return True
    return float((one * other).sum()) >= MIN_COLOUR_COSINE * first * second


def _cosine(before: Appearance, after: Appearance) -> float:
    if before.embedding.shape != after.embedding.shape or not before.embedding.size:
        return 0.0
    return float(before.embedding.astype(np.float32) @ after.embedding.astype(np.float32))
