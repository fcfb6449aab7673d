"""The settings of Enhance. By default they are neutral and change nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from onsight.core.options import declared_options, option, options, options_from
from onsight.core.texts import text
from onsight.errors import InvalidOptionError

ROTATIONS = (0, 90, 180, 270)
SCALES = (1, 2, 4)
MAX_SIDE = 65_500
MIN_CROP = 1e-4


def part_from(name: str, value: object) -> tuple[float, ...]:
    """Return a part of a picture, ``(x1, y1, x2, y2)`` as fractions, or an empty tuple for the whole picture.

    Args:
        name: Name of the value in error messages.
        value: A list of four fractions, or an empty one.

    Raises:
        InvalidOptionError: It is something else, or the part has no area.
    """
    if isinstance(value, (list, tuple)) and not value:
        return ()
    wanted = text(
        "{name} must be four fractions x1, y1, x2, y2 from 0 to 1 with x1 < x2 and y1 < y2, got {value!r}.",
        name=name,
        value=value,
    )
    if not isinstance(value, (list, tuple)) or len(value) != 4 or not all(_is_fraction(item) for item in value):
        raise InvalidOptionError(wanted)
    x1, y1, x2, y2 = (float(item) for item in value)
    if x2 - x1 < MIN_CROP or y2 - y1 < MIN_CROP:
        raise InvalidOptionError(wanted)
    return (x1, y1, x2, y2)


def _is_fraction(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


@options
class EnhanceSettings:
    """What to do to a picture. The order is fixed: shape, detail, light, colour, size."""

    exposure: float = option(default=0.0, low=-4, high=4, unit="stops", doc="Brightness of the whole picture.")
    contrast: float = option(default=0.0, low=-100, high=100, doc="Contrast.")
    highlights: float = option(
        default=0.0, low=-100, high=100, doc="Bright parts: negative is darker, positive is brighter."
    )
    shadows: float = option(
        default=0.0, low=-100, high=100, doc="Dark parts: negative is darker, positive is brighter."
    )
    temperature: float = option(default=0.0, low=-100, high=100, doc="Negative is bluer, positive is warmer.")
    tint: float = option(default=0.0, low=-100, high=100, doc="Negative is greener, positive is more magenta.")
    saturation: float = option(default=0.0, low=-100, high=100, doc="Saturation of all colours; -100 is grey.")
    vibrance: float = option(default=0.0, low=-100, high=100, doc="Saturation of pale colours.")
    clarity: float = option(default=0.0, low=-100, high=100, doc="Local contrast.")
    dehaze: float = option(default=0.0, low=-100, high=100, doc="Negative is hazier, positive is clearer.")
    denoise: float = option(default=0.0, low=0, high=100, doc="How much noise in lightness to smooth.")
    denoise_colour: float = option(default=0.0, low=0, high=100, doc="How much noise in colour to smooth.")
    sharpen: float = option(default=0.0, low=0, high=100, doc="How much to sharpen.")
    black_and_white: bool = option(default=False, doc="Remove all colour.")
    rotate: int = option(default=0, choices=ROTATIONS, unit="degrees", doc="Rotation, clockwise.")
    straighten: float = option(
        default=0.0,
        low=-45,
        high=45,
        unit="degrees",
        doc="Rotation after that, clockwise; the picture is cropped to the largest part of the same shape that has "
        "no empty corners.",
    )
    crop: tuple[float, ...] = option(
        default=(),
        read=part_from,
        doc="The part to keep: x1, y1, x2, y2 as fractions of the rotated and straightened picture; empty for all "
        "of it.",
    )
    upscale: int = option(
        default=1, choices=SCALES, doc="How many times as wide and as high to make the picture, by a network."
    )
    max_side: int = option(
        default=0,
        low=0,
        high=MAX_SIDE,
        unit="px",
        doc="Longest side of the result; a larger picture is shrunk to it. 0 means no limit.",
    )

    def over(self, base: EnhanceSettings) -> EnhanceSettings:
        """Return ``base`` with the values of all controls that are not neutral here."""
        changed = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        }
        return dataclasses.replace(base, **changed)


def settings_from(name: str, value: object) -> EnhanceSettings:
    """Return settings from plain data.

    Args:
        name: Name of the value in error messages.
        value: Settings, or an object with some of their fields.

    Raises:
        InvalidOptionError: It is something else, or a value is not valid.
    """
    if isinstance(value, EnhanceSettings):
        return value
    if not isinstance(value, Mapping):
        raise InvalidOptionError(
            text("{name} must be an object with controls and their values, got {value!r}.", name=name, value=value)
        )
    return options_from(EnhanceSettings, value)


NEUTRAL = EnhanceSettings()
"""Settings that change nothing."""

RANGES: Mapping[str, tuple[float, float]] = {
    name: (one.declaration.low, one.declaration.high)
    for name, one in declared_options(EnhanceSettings).items()
    if one.kind is float and one.declaration.low is not None and one.declaration.high is not None
}
"""Lowest and highest value of each control that is a number."""
