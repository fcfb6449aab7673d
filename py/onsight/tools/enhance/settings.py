"""Every control of Enhance. All are neutral at first: settings that nobody touched change nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onsight.core.options import check_flag, check_integer, check_number, options_from
from onsight.errors import InvalidOptionError

RANGES: Mapping[str, tuple[float, float]] = {
    "exposure": (-4.0, 4.0),
    "contrast": (-100.0, 100.0),
    "highlights": (-100.0, 100.0),
    "shadows": (-100.0, 100.0),
    "temperature": (-100.0, 100.0),
    "tint": (-100.0, 100.0),
    "saturation": (-100.0, 100.0),
    "vibrance": (-100.0, 100.0),
    "clarity": (-100.0, 100.0),
    "dehaze": (-100.0, 100.0),
    "denoise": (0.0, 100.0),
    "denoise_colour": (0.0, 100.0),
    "sharpen": (0.0, 100.0),
    "straighten": (-45.0, 45.0),
}
"""Lowest and highest value of each control that is a number."""

ROTATIONS = (0, 90, 180, 270)
SCALES = (1, 2, 4)
MAX_SIDE = 65_500
MIN_CROP = 1e-4


@dataclass(frozen=True, slots=True)
class EnhanceSettings:
    """What is done to a picture, in the order in which it is done: shape, detail, light, colour, size.

    Attributes:
        exposure: Stops of light, -4 to 4.
        contrast: -100 to 100.
        highlights: Of the bright parts, -100 (darker) to 100 (brighter).
        shadows: Of the dark parts, -100 (darker) to 100 (brighter).
        temperature: -100 (bluer) to 100 (warmer).
        tint: -100 (greener) to 100 (more magenta).
        saturation: -100 (grey) to 100.
        vibrance: Saturation of what is pale, -100 to 100.
        clarity: Contrast of neighbouring parts, -100 to 100.
        dehaze: -100 (hazier) to 100 (clearer).
        denoise: How much grain in lightness is smoothed, 0 to 100.
        denoise_colour: How much grain in colour is smoothed, 0 to 100.
        sharpen: 0 to 100.
        black_and_white: Whether all colour goes.
        rotate: Degrees clockwise: 0, 90, 180 or 270.
        straighten: Degrees clockwise after that, -45 to 45; the largest part of the same shape that has no empty
            corners stays.
        crop: The part that stays, ``(x1, y1, x2, y2)`` as fractions of the rotated and straightened picture;
            empty for all of it.
        upscale: How many times as wide and high, by a network: 1, 2 or 4.
        max_side: Longest side of the result in pixels, which is shrunk to it; 0 for no limit.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    exposure: float = 0.0
    contrast: float = 0.0
    highlights: float = 0.0
    shadows: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    saturation: float = 0.0
    vibrance: float = 0.0
    clarity: float = 0.0
    dehaze: float = 0.0
    denoise: float = 0.0
    denoise_colour: float = 0.0
    sharpen: float = 0.0
    black_and_white: bool = False
    rotate: int = 0
    straighten: float = 0.0
    crop: tuple[float, ...] = ()
    upscale: int = 1
    max_side: int = 0

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            check_number(name, value, low, high)
            object.__setattr__(self, name, float(value))
        check_flag("black_and_white", self.black_and_white)
        _check_choice("rotate", self.rotate, ROTATIONS)
        _check_choice("upscale", self.upscale, SCALES)
        check_integer("max_side", self.max_side, 0, MAX_SIDE)
        object.__setattr__(self, "crop", part_from("crop", self.crop))

    def over(self, base: EnhanceSettings) -> EnhanceSettings:
        """Return ``base`` with each control that is not neutral here as it is here."""
        changed = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        }
        return dataclasses.replace(base, **changed)


def settings_from(name: str, value: object) -> EnhanceSettings:
    """Return settings that came as plain data.

    Args:
        name: What the message calls them.
        value: Settings, or an object with some of their fields.

    Raises:
        InvalidOptionError: It is something else, or a value is refused.
    """
    if isinstance(value, EnhanceSettings):
        return value
    if not isinstance(value, Mapping):
        raise InvalidOptionError(f"{name} must be an object with controls and their values, got {value!r}.")
    return options_from(EnhanceSettings, value)


def part_from(name: str, value: object) -> tuple[float, ...]:
    """Return a part of a picture, ``(x1, y1, x2, y2)`` as fractions, or nothing; raise InvalidOptionError."""
    if isinstance(value, (list, tuple)) and not value:
        return ()
    wanted = f"{name} must be four fractions x1, y1, x2, y2 from 0 to 1 with x1 < x2 and y1 < y2, got {value!r}."
    if not isinstance(value, (list, tuple)) or len(value) != 4 or not all(_is_fraction(item) for item in value):
        raise InvalidOptionError(wanted)
    x1, y1, x2, y2 = (float(item) for item in value)
    if x2 - x1 < MIN_CROP or y2 - y1 < MIN_CROP:
        raise InvalidOptionError(wanted)
    return (x1, y1, x2, y2)


def _is_fraction(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _check_choice(name: str, value: object, choices: tuple[int, ...]) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value not in choices:
        raise InvalidOptionError(f"{name} must be one of {', '.join(map(str, choices))}, got {value!r}.")


NEUTRAL = EnhanceSettings()
"""Settings that change nothing."""
