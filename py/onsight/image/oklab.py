"""Oklab, a colour space in which equal steps look equal.

Source: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


_LINEAR_TO_LMS = np.array(
    [
        [0.4122214708, 0.2119034982, 0.0883024619],
        [0.5363325363, 0.6806995451, 0.2817188376],
        [0.0514459929, 0.1073969566, 0.6299787005],
    ],
    np.float32,
)

_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 1.9779984951, 0.0259040371],
        [0.7936177850, -2.4285922050, 0.7827717662],
        [-0.0040720468, 0.4505937099, -0.8086757660],
    ],
    np.float32,
)


def oklab(pixels: NDArray[np.uint8]) -> Array:
    """Convert sRGB pixels, uint8 [..., 3], to Oklab, float32 [..., 3]: lightness in [0, 1], green–red, blue–yellow."""
    lms = np.cbrt(_LINEAR[pixels] @ _LINEAR_TO_LMS)
    lab: Array = lms @ _LMS_TO_LAB
    return lab


def to_hex(colour: Array) -> str:
    """Return an Oklab colour, [3], as sRGB ``"#rrggbb"``, clipped to the gamut."""
    lms = np.linalg.solve(_LMS_TO_LAB.T.astype(np.float64), colour) ** 3
    linear = np.clip(np.linalg.solve(_LINEAR_TO_LMS.T.astype(np.float64), lms), 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{value:02x}" for value in np.round(encoded * 255).astype(int))


def _linear_table() -> Array:
    """Return the linear light of each of the 256 values of sRGB, in [0, 1]."""
    values = np.arange(256) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear_table()
