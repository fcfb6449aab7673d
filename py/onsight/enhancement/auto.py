"""From what was measured to what is done, and the words for it: restrained, and nothing for a picture that is fine."""

from __future__ import annotations

from dataclasses import replace

from onsight.enhancement.results import EnhanceMeasurements, EnhancePreset
from onsight.enhancement.settings import NEUTRAL, EnhanceSettings

FINE = "This picture is fine as it is."


def propose(measured: EnhanceMeasurements) -> EnhanceSettings:
    """Return what makes a picture better."""
    settings = NEUTRAL
    if measured.brightest < 70 and measured.brightest > 5:
        settings = replace(settings, exposure=round(min(2.5, (80 - measured.brightest) / 22), 2))
    elif measured.lightness < 32 and measured.brightest > 70:
        settings = replace(settings, shadows=float(round(min(60, 2.5 * (32 - measured.lightness)))))
    strength = abs(measured.cast_temperature) + abs(measured.cast_tint)
    if strength > 25:
        settings = replace(
            settings,
            temperature=float(round(max(-60, min(60, -0.7 * measured.cast_temperature)))),
            tint=float(round(max(-60, min(60, -0.7 * measured.cast_tint)))),
        )
    if measured.noise > 5:
        settings = replace(settings, denoise=float(round(min(70, 4 * measured.noise))), denoise_colour=40.0)
    elif measured.sharpness < 0.3:
        settings = replace(settings, sharpen=35.0)
    return settings


def changes(settings: EnhanceSettings) -> tuple[str, ...]:
    """Return in words what settings do, the most visible first."""
    found = []
    if settings.exposure:
        found.append("brightened the picture" if settings.exposure > 0 else "darkened the picture")
    if settings.shadows:
        found.append("lifted the shadows" if settings.shadows > 0 else "deepened the shadows")
    if settings.highlights:
        found.append("recovered the highlights" if settings.highlights < 0 else "brightened the highlights")
    if cast := _cast_name(settings):
        found.append(f"removed {cast} cast")
    if settings.contrast:
        found.append("raised the contrast" if settings.contrast > 0 else "softened the contrast")
    if settings.dehaze > 0:
        found.append("cleared the haze")
    if settings.vibrance > 0 or settings.saturation > 0:
        found.append("strengthened pale colours")
    if settings.denoise or settings.denoise_colour:
        found.append("smoothed the grain")
    if settings.sharpen:
        found.append("sharpened")
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
        exposure=max(settings.exposure, round(1.2 * dark, 2)),
        shadows=max(settings.shadows, float(round(20 + 40 * dark))),
        denoise=max(settings.denoise, float(round(min(60, 15 + 4 * measured.noise)))),
        denoise_colour=max(settings.denoise_colour, 40.0),
    )
    document = EnhanceSettings(
        exposure=round(max(0.0, min(1.5, (95 - measured.brightest) / 20)), 2),
        contrast=45.0,
        temperature=float(round(max(-100, min(100, -measured.cast_temperature)))),
        tint=float(round(max(-100, min(100, -measured.cast_tint)))),
        saturation=-20.0,
        sharpen=40.0,
    )
    grey = replace(
        settings, temperature=0.0, tint=0.0, vibrance=0.0, saturation=0.0, contrast=15.0, clarity=15.0,
        black_and_white=True,
    )  # fmt: skip
    return (
        EnhancePreset("auto", "Auto", settings),
        EnhancePreset("vivid", "Vivid", vivid),
        EnhancePreset("low-light", "Low light", low_light),
        EnhancePreset("document", "Document", document),
        EnhancePreset("black-and-white", "Black & white", grey),
    )


def _cast_name(settings: EnhanceSettings) -> str:
    if abs(settings.temperature) >= abs(settings.tint) and settings.temperature:
        return "a blue" if settings.temperature > 0 else "a yellow"
    if settings.tint:
        return "a green" if settings.tint > 0 else "a magenta"
    return ""
