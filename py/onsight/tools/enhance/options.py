"""What can be chosen when a picture is enhanced."""

from __future__ import annotations

from dataclasses import dataclass

from onsight.core.options import check_flag, check_integer
from onsight.errors import InvalidOptionError
from onsight.tools.enhance.settings import NEUTRAL, EnhanceSettings, part_from, settings_from

FORMATS = ("jpeg", "png", "webp")
"""Formats that a finished picture can be written in."""

METADATA = ("keep", "no-location", "none")
"""What of a file's metadata goes into the new file."""

PRESETS = ("auto", "vivid", "low-light", "document", "black-and-white")
"""Ids of the presets."""


@dataclass(frozen=True, slots=True)
class EnhancePreviewOptions:
    """Which settings are shown, and how large.

    Attributes:
        settings: The settings; those left out are neutral.
        max_side: Longest side of the preview in pixels, 16 to 4096; a smaller picture is not enlarged.
        region: The part of the finished picture that is shown, ``(x1, y1, x2, y2)`` as fractions of it; empty for
            all of it. One that has no more pixels than the preview comes at 100 %.
        draft: Whether half of that size, made sooner, will do for now: while a slider is moved.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    settings: EnhanceSettings = NEUTRAL
    max_side: int = 1600
    region: tuple[float, ...] = ()
    draft: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", settings_from("settings", self.settings))
        check_integer("max_side", self.max_side, 16, 4096)
        object.__setattr__(self, "region", part_from("region", self.region))
        check_flag("draft", self.draft)


@dataclass(frozen=True, slots=True)
class EnhanceOptions:
    """What is done to a picture, and what the new file is.

    Attributes:
        settings: The settings; those left out are neutral.
        auto: Whether to begin with what the picture's analysis proposes: `settings` that are not neutral go before.
        preset: Id of the preset to begin with in the same way: ``"auto"``, ``"vivid"``, ``"low-light"``,
            ``"document"``, ``"black-and-white"``; empty for none.
        format: ``"jpeg"``, ``"png"`` or ``"webp"``; empty for the file's own, or the nearest to it.
        quality: Of JPEG and WebP, 1 to 100.
        metadata: ``"keep"``, ``"no-location"`` (only what cannot name a place) or ``"none"``.
        name: Of the picture's file.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    settings: EnhanceSettings = NEUTRAL
    auto: bool = False
    preset: str = ""
    format: str = ""
    quality: int = 92
    metadata: str = "keep"
    name: str = "picture"

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", settings_from("settings", self.settings))
        check_flag("auto", self.auto)
        _check_choice("preset", self.preset, ("", *PRESETS))
        if self.auto and self.preset not in ("", "auto"):
            raise InvalidOptionError(f"auto and the preset {self.preset} are two beginnings: choose one.")
        _check_choice("format", self.format, ("", *FORMATS))
        check_integer("quality", self.quality, 1, 100)
        _check_choice("metadata", self.metadata, METADATA)
        if not isinstance(self.name, str):
            raise InvalidOptionError(f"name must be a text, got {self.name!r}.")


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(choice or '""' for choice in choices)
        raise InvalidOptionError(f"{name} must be one of {known}, got {value!r}.")
