"""Colour spaces described by numbers instead of an ICC profile, and their conversion to sRGB.

Primaries and transfer functions are identified by their codes in ITU-T H.273. Colours outside sRGB are clipped channel
by channel, as in Chromium.

HDR pictures (PQ and HLG) are tone-mapped to the range of a screen without HDR. Brightness up to 88 nits is unchanged,
if the screen's white is the reference white of 203 nits (BT.2408). From there up to 1,000 nits, which become the
screen's white, the curve of BT.2390, 5.4, rolls off. It uses the brightest channel of each pixel, so the hue is
preserved. HLG is shown as on a screen of 1,000 nits (BT.2100, gamma 1.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Points = tuple[float, float, float, float, float, float, float, float]
"""x and y of white, red, green and blue."""

REFERENCE_WHITE = 203.0
"""Luminance of reference white in HDR, in nits (BT.2408)."""
PEAK = 1000.0
"""Luminance that becomes the screen's white, in nits."""

_D65 = (0.3127, 0.3290)
_C = (0.310, 0.316)
_DCI = (0.314, 0.351)
_E = (1 / 3, 1 / 3)
SRGB: Points = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)

# ITU-T H.273, table 2.
PRIMARIES: dict[int, Points] = {
    1: SRGB,
    4: (*_C, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    8: (*_C, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    10: (*_E, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    11: (*_DCI, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}

_PQ, _HLG, SRGB_TRANSFER = 16, 18, 13
VIDEO = frozenset({1, 6, 11, 14, 15})
"""Transfer functions of television cameras."""


def _power(exponent: float, scale: float = 1.0) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda values: scale * values**exponent


def _srgb_to_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _smpte_240_to_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values < 0.0913, values / 4.0, ((values + 0.1115) / 1.1115) ** (1 / 0.45))


def _pq_to_nits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084."""
    power = np.clip(values, 0.0, 1.0) ** (1 / 78.84375)
    linear: NDArray[np.float64] = np.maximum(power - 0.8359375, 0.0) / (18.8515625 - 18.6875 * power)
    return 10_000.0 * linear ** (1 / 0.1593017578125)


def _nits_to_pq(nits: NDArray[np.float64]) -> NDArray[np.float64]:
    power = (np.maximum(nits, 0.0) / 10_000.0) ** 0.1593017578125
    signal: NDArray[np.float64] = ((0.8359375 + 18.8515625 * power) / (1.0 + 18.6875 * power)) ** 78.84375
    return signal


def _hlg_to_scene(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """ARIB STD-B67; 1 is the maximum."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(values <= 0.5, values**2 / 3.0, (np.exp((values - c) / a) + b) / 12.0)


# ITU-T H.273, table 3; 1 is white, or one nit for PQ.
TRANSFERS: dict[int, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    **dict.fromkeys(VIDEO, _power(2.4)),
    4: _power(2.2),
    5: _power(2.8),
    7: _smpte_240_to_linear,
    8: _power(1.0),
    SRGB_TRANSFER: _srgb_to_linear,
    _PQ: _pq_to_nits,
    17: _power(2.6, 52.37 / 48.0),
    _HLG: _hlg_to_scene,
}

_LEVELS = 1 << 16
_HLG_WEIGHTS = np.array([0.2627, 0.6780, 0.0593], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ColourSpace:
    """The conversion of 8-bit RGB to sRGB.

    Attributes:
        linear: float32 [256], linear light of each value; 1 is white.
        matrix: float32 [3, 3], from this space's linear light to that of sRGB.
        tone: Maps linear HDR light [N, 3] to [0, 1] in this space; None if it is in that range already.
    """

    linear: Floats
    matrix: Floats
    tone: Callable[[Floats], Floats] | None = None

    @classmethod
    def of_codes(cls, primaries: int, transfer: int) -> ColourSpace | None:
        """Return the space for two codes of H.273; None if it is sRGB or a code is undefined."""
        if primaries not in PRIMARIES or transfer not in TRANSFERS or (primaries, transfer) == (1, SRGB_TRANSFER):
            return None
        tone = {_PQ: _tone_of_pq, _HLG: _tone_of_hlg}.get(transfer)
        return cls(_table(TRANSFERS[transfer]), _to_srgb_matrix(PRIMARIES[primaries]), tone)

    @classmethod
    def of_gamma(cls, exponent: float, points: Points = SRGB) -> ColourSpace | None:
        """Return the space of a display with this exponent; None if its primaries are invalid."""
        try:
            matrix = _to_srgb_matrix(points)
        except (np.linalg.LinAlgError, ZeroDivisionError):
            return None
        return cls(_table(_power(exponent)), matrix) if np.isfinite(matrix).all() else None

    def to_srgb(self, image: Image.Image) -> Image.Image:
        """Return an RGB picture converted to sRGB."""
        values = np.asarray(image)
        light = self.linear[values.reshape(-1, 3)]
        if self.tone:
            light = self.tone(light)
        light = light @ self.matrix.T
        np.clip(light, 0.0, 1.0, out=light)
        light *= _LEVELS - 1
        light += 0.5
        return Image.fromarray(_encoded()[light.astype(np.uint16)].reshape(values.shape))


def _table(transfer: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Floats:
    return transfer(np.arange(256) / 255.0).astype(np.float32)


_encoding: list[NDArray[np.uint8]] = []


def _encoded() -> NDArray[np.uint8]:
    """Return the sRGB value of each of 65,536 steps of linear light; computed on first use."""
    if not _encoding:
        light = np.arange(_LEVELS) / (_LEVELS - 1)
        signal = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        _encoding.append(np.rint(255.0 * signal).astype(np.uint8))
    return _encoding[0]


def _tone_of_pq(nits: Floats) -> Floats:
    brightest = nits.max(axis=1, keepdims=True)
    return nits * _roll_off(brightest)


def _tone_of_hlg(scene: Floats) -> Floats:
    luminance = np.maximum(scene @ _HLG_WEIGHTS, 1e-6)[:, None]
    nits = np.asarray(PEAK * luminance**0.2 * scene, np.float32)
    return _tone_of_pq(nits)


def _roll_off(nits: Floats) -> Floats:
    """Return the factor for light of this many nits, for a screen whose white is the reference white."""
    signal = _nits_to_pq(np.minimum(nits, PEAK).astype(np.float64)) / _PQ_PEAK
    most = _PQ_WHITE / _PQ_PEAK
    knee = 1.5 * most - 0.5
    t = np.clip((signal - knee) / (1.0 - knee), 0.0, 1.0)
    curve = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    shown = _pq_to_nits(np.where(signal < knee, signal, curve) * _PQ_PEAK)
    return np.asarray(shown / np.maximum(nits, 1e-6) / REFERENCE_WHITE, np.float32)


_PQ_PEAK = float(_nits_to_pq(np.array(PEAK)))
_PQ_WHITE = float(_nits_to_pq(np.array(REFERENCE_WHITE)))


def _xyz_matrix(points: Points) -> NDArray[np.float64]:
    """Return the matrix from linear RGB to XYZ."""
    white, *colours = [np.array((x / y, 1.0, (1 - x - y) / y)) for x, y in _pairs(points)]
    columns = np.stack(colours, axis=1)
    return np.asarray(columns * np.linalg.solve(columns, white), np.float64)


def _pairs(points: Points) -> list[tuple[float, float]]:
    # A primary on the x axis has no luminance; a small value keeps the numbers finite.
    return [(x, y or 1e-9) for x, y in zip(points[::2], points[1::2], strict=True)]


def _to_srgb_matrix(points: Points) -> Floats:
    """Return the matrix from linear RGB with these primaries to linear sRGB; white stays white (Bradford)."""
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    source, target = _xyz_matrix(points), _xyz_matrix(SRGB)
    cones = (bradford @ target.sum(axis=1)) / (bradford @ source.sum(axis=1))
    adapt = np.linalg.inv(bradford) @ np.diag(cones) @ bradford
    return np.asarray(np.linalg.inv(target) @ adapt @ source, np.float32)
