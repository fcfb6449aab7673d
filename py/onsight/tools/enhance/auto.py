"""From what was measured to what is done, and the words for it: restrained, and nothing for a picture that is fine.

The limits lie between what good photographs measure and what degraded ones do; docs/enhance.md has the tables.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from onsight.tools.enhance import tone
from onsight.tools.enhance.detail import NOISE_SIGMA
from onsight.tools.enhance.results import EnhanceMeasurements, EnhancePreset
from onsight.tools.enhance.settings import NEUTRAL, EnhanceSettings

FINE = "This picture is fine as it is."

_WHITE_AT = 0.97
"""Encoded level that the brightest parts of an underexposed picture are brought to."""
_EXPOSURE_FROM, _EXPOSURE_MOST = 1.25, 3.0
"""Stops that must be missing before any are added, and that are added at most."""
_CAST_FROM, _CAST_FULL, _CAST_MOST = 0.45, 0.65, 1.6
"""Stops of a cast from which on some of it, and all of it, is taken away, and that are taken away at most."""
_WHITES = 0.002
"""Share of white in a picture that has no cast."""
_NOISE_FROM, _COLOUR_NOISE_SHARE = 3.0, 0.5
"""Grain that is smoothed where colour has at least this share of it: where it has none, it is fur, grass or sand."""
_NOISE_SURE = 14.0
_BLOCKS_FROM = 1.75
_BLURRED, _BLURRED_COARSE, _SOFT = 0.322, 0.42, 0.40
"""Sharpness below which a picture is out of focus (over one pixel, and over two), and was enlarged once."""


def propose(measured: EnhanceMeasurements) -> EnhanceSettings:
    """Return what makes a picture better; neutral settings for one that is fine."""
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
    """Return the stops that bring the brightest parts of an underexposed picture near white."""
    if measured.white < 0.02:  # black altogether
        return 0.0
    stops = math.log2(_linear(_WHITE_AT) / _linear(measured.white))
    return round(min(stops, _EXPOSURE_MOST), 2) if stops > _EXPOSURE_FROM else 0.0


def _linear(encoded: float) -> float:
    return float(tone.decode(np.array(encoded)))


def _balance(measured: EnhanceMeasurements) -> tuple[float, float]:
    """Return the temperature and tint that take a cast away."""
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
    """Return in words what settings do, the most visible first."""
    found = []
    if settings.exposure:
        found.append("brightened the picture" if settings.exposure > 0 else "darkened the picture")
    if settings.shadows:
        found.append("lifted the shadows" if settings.shadows > 0 else "deepened the shadows")
    if settings.highlights:
        found.append("recovered the highlights" if settings.highlights < 0 else "brightened the highlights")
    if settings.temperature or settings.tint:
        found.append(f"removed {_cast_name(settings)} cast")
    if settings.contrast:
        found.append("raised the contrast" if settings.contrast > 0 else "softened the contrast")
    if settings.dehaze > 0:
        found.append("cleared the haze")
    if settings.vibrance > 0 or settings.saturation > 0:
        found.append("strengthened pale colours")
    if settings.denoise or settings.denoise_colour:
        found.append("smoothed the grain")
    if settings.sharpen:
        found.append("sharpened the picture" if settings.sharpen > 30 else "sharpened it a little")
    return tuple(found)


def summarise(done: tuple[str, ...]) -> str:
    """Return one sentence."""
    if not done:
        return FINE
    listed = done[0] if len(done) == 1 else f"{', '.join(done[:-1])} and {done[-1]}"
    return f"{listed[0].upper()}{listed[1:]}."


def presets(settings: EnhanceSettings, measured: EnhanceMeasurements) -> tuple[EnhancePreset, ...]:
    """Return the presets, Auto first, fitted to the picture.

    Args:
        settings: What `propose` returned.
        measured: What was measured.
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
        EnhancePreset("auto", "Auto", settings),
        EnhancePreset("vivid", "Vivid", vivid),
        EnhancePreset("low-light", "Low light", low_light),
        EnhancePreset("document", "Document", document),
        EnhancePreset("black-and-white", "Black & white", grey),
    )


def _cast_name(settings: EnhanceSettings) -> str:
    if abs(settings.temperature) >= abs(settings.tint):
        return "a blue" if settings.temperature > 0 else "a yellow"
    return "a green" if settings.tint > 0 else "a magenta"
