"""Pictures for training and evaluation, and the patches that training draws from them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
HELD_OUT_PART = 10
"""One picture in this many is held out."""

CONTEXT = 7
"""Pixels around each pixel of the small picture that the network needs: one per layer."""
SUPPORT = 3
"""Additional pixels on each side, for reducing the outermost pixels of a patch."""

OTHER_FILTER = 0.15
"""Fraction of the patches that are reduced with a filter other than bicubic."""
DEGRADED = 0.25
"""Fraction of the small patches that get noise or JPEG artefacts."""


class PicturesError(Exception):
    """There are no usable pictures; the message says why."""


def find(folders: Sequence[Path]) -> list[Path]:
    """Return the pictures in some folders, sorted by name."""
    found = sorted(path for folder in folders for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise PicturesError(f"There are no pictures in {', '.join(map(str, folders))}.")
    return found


def is_held_out(path: Path) -> bool:
    """Return whether a picture is held out for evaluation; this depends only on its name."""
    return int(hashlib.sha256(path.name.encode()).hexdigest()[:8], 16) % HELD_OUT_PART == 0


def luminance(path: Path) -> Pixels:
    """Return a picture's luminance (BT.601), uint8 [height, width]."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").convert("L"))


@dataclass(frozen=True)
class Patches:
    """Draws pairs of small patches and residuals: the difference between the large patch and Lanczos.

    Attributes:
        sources: Luminance of the pictures, uint8 [height, width].
        scale: 2 or 4.
        size: Side of the enlarged part of a small patch, in pixels.
    """

    sources: Sequence[Pixels]
    scale: int
    size: int

    @classmethod
    def load(cls, paths: Sequence[Path], scale: int, size: int) -> Patches:
        """Read pictures, each at full and at half size.

        A photograph from a JPEG file has compression artefacts; at half size it has hardly any and is sharper.
        """
        needed = scale * (size + 2 * (CONTEXT + SUPPORT))
        sources = []
        for path in paths:
            whole = luminance(path)
            half = np.asarray(Image.fromarray(whole).reduce(2))
            sources += [source for source in (whole, half) if min(source.shape) >= needed]
        if not sources:
            raise PicturesError(f"No picture has sides of at least {needed} pixels.")
        return cls(sources, scale, size)

    def batches(self, count: int, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
        """Yield batches forever.

        Args:
            count: Patches per batch.
            rng: Random number generator.

        Yields:
            Small patches, float32 [count, 1, size + 2 · CONTEXT, the same], luminance - 0.5 in [-0.5, 0.5]; and the
            residuals, float32 [count, 1, scale · size, the same].
        """
        areas = np.array([source.size for source in self.sources], np.float64)
        while True:
            chosen = rng.choice(len(self.sources), count, p=areas / areas.sum())
            pairs = [self._pair(self.sources[index], rng) for index in chosen]
            small, residual = (np.stack(part)[:, None] for part in zip(*pairs, strict=True))
            yield small, residual

    def _pair(self, source: Pixels, rng: np.random.Generator) -> tuple[Floats, Floats]:
        side = self.size + 2 * (CONTEXT + SUPPORT)
        top, left = (rng.integers(0, length - self.scale * side + 1) for length in source.shape)
        large = source[top : top + self.scale * side, left : left + self.scale * side]
        large = np.rot90(large, int(rng.integers(4)))
        if rng.integers(2):
            large = large[:, ::-1]
        large = np.ascontiguousarray(large)
        resampling = Image.Resampling.BICUBIC
        if rng.random() < OTHER_FILTER:
            resampling = (Image.Resampling.BOX, Image.Resampling.LANCZOS)[rng.integers(2)]
        small = Image.fromarray(large).resize((side, side), resampling)
        if rng.random() < DEGRADED:
            small = _degrade(small, rng)
        base = np.asarray(small.resize(large.shape, Image.Resampling.LANCZOS), np.float32)
        edge = self.scale * (CONTEXT + SUPPORT)
        residual = (large - base)[edge:-edge, edge:-edge] / np.float32(255)
        pixels = np.asarray(small, np.float32)[SUPPORT:-SUPPORT, SUPPORT:-SUPPORT]
        return pixels / np.float32(255) - np.float32(0.5), residual


def _degrade(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Add typical flaws of small pictures: a little noise, or the artefacts of a good JPEG."""
    if rng.random() < 0.5:
        pixels = np.asarray(image, np.float32)
        noisy = pixels + rng.normal(0, rng.uniform(0.5, 4), pixels.shape)
        return Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(rng.integers(75, 97)))
    return Image.open(file).convert("L")
