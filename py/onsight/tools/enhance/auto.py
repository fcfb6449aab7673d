"""Chooses settings from what was measured, and describes them: restrained, and nothing for a picture that is fine.

The limits are between the measurements of good photographs and of degraded ones; docs/enhance.md has the tables.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from onsight.core.texts import text
from onsight.core.wording import listed
from onsight.tools.enhance import tone
from onsight.tools.enhance.detail import NOISE_SIGMA
from onsight.tools.enhance.results import EnhanceMeasurements, EnhancePreset
from onsight.tools.enhance.settings import NEUTRAL, EnhanceSettings

_WHITE_AT = 0.97
"""Encoded level to which the brightest parts of an underexposed picture are raised."""
_EXPOSURE_FROM, _EXPOSURE_MOST = 1.25, 3.0
"""How many stops must be missing before any are added, and how many are added at most."""
_CAST_FROM, _CAST_FULL, _CAST_MOST = 0.45, 0.65, 1.6
"""Strength of a cast, in stops, from which part of it is removed, from which all is, and the most that is removed."""
_WHITES = 0.002
"""A picture with a larger share of white pixels has no cast."""
_NOISE_FROM, _COLOUR_NOISE_SHARE = 3.0, 0.5
"""Grain above this is smoothed if colour has at least this share of it; without colour, it is fur, grass or sand."""
_NOISE_SURE = 14.0
"""Grain above this is smoothed in any case."""
_BLOCKS_FROM = 1.75
"""Blockiness above this is smoothed."""
_BLURRED, _BLURRED_COARSE, _SOFT = 0.322, 0.42, 0.40
"""A picture with both sharpnesses below the first two is out of focus; below the third, it was enlarged before."""


def propose(measured: EnhanceMeasurements) -> EnhanceSettings:
    """Return settings that improve a picture; neutral settings for a picture that is fine."""
    settings = replace(NEUTRAL, exposure=_exposure(measured))
    if not settings.exposure and measured.lightness < 20 and measured.white > 0.85:
        settings = replace(settings, shadows=float(round(min(40.0, 2.5 * (20 - measured.lightness) + 10))))
    temperature, tint = _balance(measured)
    settings = replace(settings, temperature=temperature, tint=tint)
    if measured.noise > _NOISE_SURE or (
        measured.noise > _NOISE_FROM and measured.noise_colour > _COLOUR_NOISE_SHARE * measured.noise
    ):
        amount = float(round(min(100.0, 100 * 1.05 * measured.noise / NOISE_SIGMA)))
        return replace(settings, denoise=amount, denoise_colour=60.0)
    if measured.blockiness > _BLOCKS_FROM:
        return replace(settings, denoise=20.0, denoise_colour=40.0)
    if measured.sharpness < _BLURRED and measured.sharpness_coarse < _BLURRED_COARSE:
        return replace(settings, sharpen=70.0)
    if measured.sharpness < _SOFT:
        return replace(settings, sharpen=15.0)
    return settings


def _exposure(measured: EnhanceMeasurements) -> float:
    """Return how many stops bring the brightest parts of an underexposed picture near white; 0 for other pictures."""
    if measured.white < 0.02:  # black altogether
        return 0.0
    stops = math.log2(_linear(_WHITE_AT) / _linear(measured.white))
    return round(min(stops, _EXPOSURE_MOST), 2) if stops > _EXPOSURE_FROM else 0.0


def _linear(encoded: float) -> float:
    return float(tone.decode(np.array(encoded)))


def _balance(measured: EnhanceMeasurements) -> tuple[float, float]:
    """Return the temperature and tint that remove a cast."""
    gains = tone.balance_gains(measured.cast_temperature, measured.cast_tint)
    red, green, blue = np.log2(gains)
    strength = math.hypot(red - green, blue - green)
    if measured.neutral_whites > _WHITES or strength < _CAST_FROM:
        return 0.0, 0.0
    part = min(1.0, (strength - _CAST_FROM) / (_CAST_FULL - _CAST_FROM), _CAST_MOST / strength)
    return (
        float(round(max(-100.0, min(100.0, -part * measured.cast_temperature)))),
        float(round(max(-100.0, min(100.0, -part * measured.cast_tint)))),
    )


def changes(settings: EnhanceSettings) -> tuple[str, ...]:
    """Return phrases that say what settings do, the most visible change first."""
    found = []
    if settings.exposure:
        found.append(text("brightened the picture") if settings.exposure > 0 else text("darkened the picture"))
    if settings.shadows:
        found.append(text("lifted the shadows") if settings.shadows > 0 else text("deepened the shadows"))
    if settings.highlights:
        found.append(text("recovered the highlights") if settings.highlights < 0 else text("brightened the highlights"))
    if settings.temperature or settings.tint:
        found.append(_removed_cast(settings))
    if settings.contrast:
        found.append(text("raised the contrast") if settings.contrast > 0 else text("reduced the contrast"))
    if settings.dehaze > 0:
        found.append(text("removed haze"))
    if settings.vibrance > 0 or settings.saturation > 0:
        found.append(text("strengthened pale colours"))
    if settings.denoise or settings.denoise_colour:
        found.append(text("smoothed the grain"))
    if settings.sharpen:
        found.append(text("sharpened the picture") if settings.sharpen > 30 else text("sharpened it a little"))
    return tuple(found)


def summarise(done: tuple[str, ...]) -> str:
    """Return the phrases of `changes` as one sentence."""
    if not done:
        return text("This picture is fine as it is.")
    phrases = listed(done)
    return text("{changes}.", changes=phrases[0].upper() + phrases[1:])


def presets(settings: EnhanceSettings, measured: EnhanceMeasurements) -> tuple[EnhancePreset, ...]:
    """Return the presets, fitted to the picture; Auto is the first.

    Args:
        settings: The settings from `propose`.
        measured: The measurements of the picture.
    """
    dark = max(0.0, min(1.0, (50 - measured.lightness) / 40))
    vivid = replace(settings, contrast=15.0, vibrance=45.0, clarity=20.0)
    low_light = replace(
        settings,
        exposure=max(settings.exposure, round(1.0 * dark, 2)),
        shadows=max(settings.shadows, float(round(20 + 40 * dark))),
        denoise=max(settings.denoise, float(round(min(60, 10 + 4 * measured.noise)))),
        denoise_colour=max(settings.denoise_colour, 40.0),
        sharpen=0.0,
    )
    document = EnhanceSettings(
        exposure=max(settings.exposure, round(max(0.0, min(1.5, (95 - measured.brightest) / 20)), 2)),
        contrast=45.0,
        temperature=float(round(max(-100, min(100, -measured.cast_temperature)))),
        tint=float(round(max(-100, min(100, -measured.cast_tint)))),
        saturation=-20.0,
        sharpen=40.0,
    )
    grey = replace(settings, temperature=0.0, tint=0.0, contrast=15.0, clarity=15.0, black_and_white=True)
    return (
        EnhancePreset("auto", text("Auto"), settings),
        EnhancePreset("vivid", text("Vivid"), vivid),
        EnhancePreset("low-light", text("Low light"), low_light),
        EnhancePreset("document", text("Document"), document),
        EnhancePreset("black-and-white", text("Black & white"), grey),
    )


def _removed_cast(settings: EnhanceSettings) -> str:
    if abs(settings.temperature) >= abs(settings.tint):
        return text("removed a blue cast") if settings.temperature > 0 else text("removed a yellow cast")
    return text("removed a green cast") if settings.tint > 0 else text("removed a magenta cast")
