"""Degradations of good pictures, so that Auto's result can be compared with the original."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from onsight.tools.enhance.tone import decode, encode

Pixels = NDArray[np.uint8]


def underexposed(pixels: Pixels, stops: float = 2.0) -> Pixels:
    """Return a picture with less light, as if exposed for a shorter time."""
    return _levels(encode(decode(pixels / 255) * 2.0**-stops))


def cast(pixels: Pixels, gains: tuple[float, float, float]) -> Pixels:
    """Return a picture whose encoded channels are multiplied."""
    return _levels(pixels / 255 * np.asarray(gains))


def noisy(pixels: Pixels, sigma: float = 15.0) -> Pixels:
    """Return a picture with white noise in each channel; the noise is the same each time for a picture."""
    seed = int(pixels.astype(np.uint64).sum())
    return _levels((pixels + np.random.default_rng(seed).normal(0, sigma, pixels.shape)) / 255)


def blurred(pixels: Pixels, sigma: float = 1.5) -> Pixels:
    """Return a picture that is out of focus."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sigma)))


def compressed(pixels: Pixels, quality: int) -> Pixels:
    """Return a picture with the artefacts of a low-quality JPEG."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=quality)
    with Image.open(data) as image:
        return np.asarray(image.convert("RGB"))


def downscaled(pixels: Pixels, factor: int = 2) -> Pixels:
    """Return a picture that was shrunk and enlarged again."""
    image = Image.fromarray(pixels)
    small = image.resize((image.width // factor, image.height // factor), Image.Resampling.LANCZOS)
    return np.asarray(small.resize(image.size, Image.Resampling.BICUBIC))


def _levels(values: NDArray[np.float64]) -> Pixels:
    return np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)


DEGRADATIONS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "good": lambda pixels: pixels,
    "underexposed by 2 stops": underexposed,
    "underexposed by 1 stop": lambda pixels: underexposed(pixels, 1.0),
    "warm cast": lambda pixels: cast(pixels, (1.15, 1.0, 0.75)),
    "blue cast": lambda pixels: cast(pixels, (0.75, 0.95, 1.15)),
    "green cast": lambda pixels: cast(pixels, (0.85, 1.1, 0.85)),
    "noise, σ = 15": noisy,
    "blur, σ = 1.5": blurred,
    "JPEG, quality 15": lambda pixels: compressed(pixels, 15),
    "JPEG, quality 20": lambda pixels: compressed(pixels, 20),
    "shrunk by half and enlarged": downscaled,
}
"""Functions by name; the first returns the picture unchanged."""
