"""Exposure, white balance and contrast: one curve for each channel, as tables.

A level is converted to linear light and multiplied by exposure and white balance. Then it is encoded again and goes
through two curves:

- a **shoulder** compresses what would be brighter than white. It is straight up to a knee k, then
  ``S(x) = k + (1 - k) · p·u / (1 + (p - 1)·u)`` with ``u = (x - k) / (peak - k)``, and ``p`` such that the slope is
  continuous. The peak becomes white, and nothing else does. If the picture's brightest parts stay below white, the knee
  is high, so that an underexposed picture is only brightened; if they would pass white, the knee is low.
- **contrast** is a logistic curve through black, middle grey and white; negative contrast is its inverse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onsight.tools.enhance.settings import EnhanceSettings

Floats = NDArray[np.float64]

LOW_KNEE, HIGH_KNEE = 0.7, 0.96
"""Lowest and highest knee: the encoded level at which the shoulder begins."""

LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in lightness (ITU-R BT.709)."""

_RED_STOPS, _BLUE_STOPS, _GREEN_STOPS = 0.8, 0.8, 0.7
"""Change of a channel at the end of the sliders for temperature and tint, in stops."""
_STEEPEST = 6.5


def decode(encoded: Floats) -> Floats:
    """Return linear light for encoded sRGB; both are 0 to 1 for black to white, and may be outside that range."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)


def encode(linear: Floats) -> Floats:
    """Return encoded sRGB for linear light; the inverse of `decode`."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def balance_gains(temperature: float, tint: float) -> Floats:
    """Return the gains of red, green and blue in linear light, float64 [3]; grey keeps its luminance.

    Args:
        temperature: From -100 (bluer) to 100 (warmer).
        tint: From -100 (greener) to 100 (more magenta).
    """
    warm, magenta = temperature / 100, tint / 100
    stops = np.array([_RED_STOPS * warm, -_GREEN_STOPS * magenta, -_BLUE_STOPS * warm])
    gains = np.exp2(stops)
    return np.asarray(gains / np.dot(gains, LUMA))


def balance_settings(gains: Floats) -> tuple[float, float]:
    """Return the temperature and tint whose gains are nearest to ``gains``, without limits; inverts `balance_gains`."""
    red, green, blue = np.log2(gains)
    warm = (red - blue) / (_RED_STOPS + _BLUE_STOPS)
    magenta = ((red + blue) / 2 - green) / _GREEN_STOPS
    return 100 * float(warm), 100 * float(magenta)


def shoulder(values: Floats, peak: Floats | float, knee: Floats | float = LOW_KNEE) -> Floats:
    """Compress values above the knee so that ``peak`` becomes 1; nothing changes if the peak is at most 1."""
    peak = np.maximum(peak, 1.0)
    steep = (peak - knee) / (1 - knee)
    part = np.clip((values - knee) / (peak - knee), 0, 1)
    bent = knee + (1 - knee) * steep * part / (1 + (steep - 1) * part)
    return np.where(values <= knee, values, bent)


def knee_of(brightest: Floats | float) -> Floats:
    """Return the knee for a picture whose brightest parts would reach an encoded level."""
    return np.clip(HIGH_KNEE - 1.1 * (np.asarray(brightest, np.float64) - HIGH_KNEE), LOW_KNEE, HIGH_KNEE)


def contrast_curve(values: Floats, amount: float) -> Floats:
    """Return encoded levels, 0 to 1, with more contrast, or less for a negative ``amount``, which is -1 to 1."""
    if not amount:
        return values
    steep = _STEEPEST * abs(amount)
    low, high = _logistic(-steep / 2), _logistic(steep / 2)
    if amount > 0:
        return np.asarray((_logistic(steep * (values - 0.5)) - low) / (high - low))
    inside = low + (high - low) * np.clip(values, 0, 1)
    return np.asarray(0.5 + np.log(inside / (1 - inside)) / steep)


def _logistic(x: Floats | float) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.asarray(x, np.float64))))


def tone_tables(settings: EnhanceSettings, gains: Floats, white: tuple[float, float, float]) -> NDArray[np.uint8]:
    """Return the new level for each channel, local gain and level.

    Args:
        settings: The settings; only exposure, temperature, tint and contrast matter.
        gains: float64 [G], local gains of encoded levels; ``[1.0]`` for none.
        white: Encoded levels, 0 to 1, of the picture's brightest parts in each channel.

    Returns:
        uint8 [3, G, 256]. Only level 255 can become 255, and only level 0 can become 0.
    """
    levels = np.arange(256) / 255
    tables = np.empty((3, len(gains), 256), np.uint8)
    exposed = 2.0**settings.exposure
    balances = balance_gains(settings.temperature, settings.tint)
    brightest = encode(decode(np.array(white)) * (exposed * balances))
    for channel, balance in enumerate(balances):
        lit = encode(decode(levels) * (exposed * balance))
        local = lit[None, :] * gains[:, None]
        bent = contrast_curve(
            shoulder(local, local[:, -1:], knee_of(brightest[channel] * gains)[:, None]), settings.contrast / 100
        )
        table = np.rint(255 * np.clip(bent, 0, 1))
        table[:, 1:-1] = np.clip(table[:, 1:-1], 1, 254)
        tables[channel] = table
    return tables


def is_neutral(settings: EnhanceSettings) -> bool:
    """Return whether settings leave every level unchanged, apart from local gains."""
    return not (settings.exposure or settings.temperature or settings.tint or settings.contrast)
