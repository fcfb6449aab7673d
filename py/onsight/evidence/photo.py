"""Photographic properties of a picture: sharpness, exposure, contrast, colour, orientation, size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.image import DecodedImage
from onsight.image.oklab import oklab
from onsight.networks.preprocess import resize

Array = NDArray[np.float32]

COLOUR_SIDE = 64
"""Side in pixels of the copy that colours are measured on."""

SHARPNESS_SIDE = 256
"""Long side of the copy that sharpness is measured on: a picture is as sharp as it looks on a small screen."""

LOW_RESOLUTION = 120_000
HIGH_RESOLUTION = 8_000_000
PANORAMA_RATIO = 2.0
PANORAMA_PIXELS = 1_000_000
SQUARE_RATIO = 1.05

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_EDGE_PART = 0.1
_MIN_SIDE = 8


@dataclass(frozen=True, slots=True)
class Measurements:
    """The measured values.

    Attributes:
        lightness: Mean lightness, 0 (black) to 1 (white).
        contrast: Standard deviation of the lightness.
        chroma: 95th percentile of the distance from grey, 0 to about 0.3.
        warmth: Mean of the blue–yellow axis, about −0.1 to 0.1.
        variety: How much colours deviate from the typical colour of their lightness, 0 in a toned photograph.
        sharpness: How abrupt the strongest edges are; about 0.6 in focus, below 0.3 out of focus.
    """

    lightness: float
    contrast: float
    chroma: float
    warmth: float
    variety: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named property of a photograph.

    Attributes:
        id: Stable id.
        label: Displayed name.
        score: How certainly it applies, in [0, 1].
    """

    id: str
    label: str
    score: float


def colour_pixels(image: DecodedImage) -> Array:
    """Return the pixels of a small copy in Oklab, float32 [n, 3]."""
    return oklab(resize(image.pixels, (COLOUR_SIDE, COLOUR_SIDE), "bilinear")).reshape(-1, 3)


def measure(image: DecodedImage, colours: Array) -> Measurements:
    """Measure a picture.

    Args:
        image: The picture, or a smaller copy of it.
        colours: From `colour_pixels`.
    """
    lightness, chroma = colours[:, 0], np.hypot(colours[:, 1], colours[:, 2])
    # Toning gives each lightness one colour, so the residual of a smooth curve is noise.
    powers = (lightness[:, None] ** np.arange(4)).astype(np.float64)
    curve = np.linalg.lstsq(powers, colours[:, 1:].astype(np.float64), rcond=None)[0]
    strays = colours[:, 1:] - powers @ curve
    return Measurements(
        lightness=float(lightness.mean()),
        contrast=float(lightness.std()),
        chroma=float(np.percentile(chroma, 95)),
        warmth=float(colours[:, 2].mean()),
        variety=float(np.sqrt((strays**2).sum(axis=1).mean())),
        sharpness=_sharpness(image),
    )


def attributes(measured: Measurements, size: tuple[int, int]) -> tuple[Attribute, ...]:
    """Return the orientation and any unusual properties.

    Args:
        measured: The measured values.
        size: ``(height, width)`` of the picture in pixels.

    Returns:
        The attributes; a score of 0.5 is where a person would begin to notice.
    """
    height, width = size
    long, short = max(size), min(size)
    monochrome = _above(0.008, measured.chroma, 0.002)
    is_toned = _above(0.0053, measured.variety, 0.0008) * _above(measured.warmth, 0.0125, 0.002)
    orientation = "square" if long < SQUARE_RATIO * short else "vertical" if height > width else "horizontal"
    found = [
        Attribute("monochrome", "Black and white", monochrome),
        Attribute("sepia", "Sepia", (1 - monochrome) * is_toned),
        Attribute("blurry", "Blurry", _above(0.31, measured.sharpness, 0.03)),
        Attribute("dark", "Dark", _above(0.28, measured.lightness, 0.03)),
        Attribute("bright", "Bright", _above(measured.lightness, 0.86, 0.02)),
        Attribute("low_contrast", "Low contrast", _above(0.08, measured.contrast, 0.01)),
        Attribute(orientation, orientation.capitalize(), 1.0),
    ]
    if long >= PANORAMA_RATIO * short and height * width >= PANORAMA_PIXELS:
        found.append(Attribute("panorama", "Panorama", 1.0))
    if height * width < LOW_RESOLUTION:
        found.append(Attribute("low_resolution", "Low resolution", 1.0))
    if height * width >= HIGH_RESOLUTION:
        found.append(Attribute("high_resolution", "High resolution", 1.0))
    return tuple(found)


def _sharpness(image: DecodedImage) -> float:
    height, width = image.pixels.shape[:2]
    scale = SHARPNESS_SIDE / max(height, width)
    size = (max(_MIN_SIDE, round(height * scale)), max(_MIN_SIDE, round(width * scale)))
    luma = resize(image.pixels, size, "bilinear") @ _LUMA
    inner = luma[1:-1, 1:-1]
    curvature = np.abs(4 * inner - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:]).ravel()
    slope = np.hypot(luma[1:-1, 2:] - luma[1:-1, :-2], luma[2:, 1:-1] - luma[:-2, 1:-1]).ravel()
    # Blur makes edges less abrupt; a picture without edges, such as a sky, is not blurred.
    count = max(1, round(_EDGE_PART * slope.size))
    edges = np.argpartition(slope, slope.size - count)[-count:]
    return float(curvature[edges].mean() / (slope[edges].mean() + 2))


def _above(value: float, limit: float, width: float) -> float:
    """Return how certainly ``value`` exceeds ``limit``: 0.5 if they are equal, nearly 0 or 1 beyond ``width``."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, (value - limit) / width))))
