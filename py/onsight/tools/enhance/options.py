"""The options of enhancing a picture."""

from __future__ import annotations

from onsight.core.options import option, options
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.tools.enhance.settings import NEUTRAL, part_from, settings_from
from onsight.tools.enhance.settings import EnhanceSettings as EnhanceSettings

FORMATS = ("jpeg", "png", "webp")
"""Formats that a finished picture can be written in."""

METADATA = ("keep", "no-location", "none")
"""What of a file's metadata goes into the new file."""

PRESETS = ("auto", "vivid", "low-light", "document", "black-and-white")
"""Ids of the presets."""


@options
class EnhancePreviewOptions:
    """Which settings to preview, and at what size."""

    settings: EnhanceSettings = option(
        default=NEUTRAL, positional=True, read=settings_from, doc="The settings; those left out change nothing."
    )
    max_side: int = option(
        default=1600,
        low=16,
        high=4096,
        unit="px",
        doc="Longest side of the preview; a smaller picture is not enlarged.",
    )
    region: tuple[float, ...] = option(
        default=(),
        read=part_from,
        doc="The part of the finished picture to show: x1, y1, x2, y2 as fractions of it; empty for the whole "
        "picture. A part with no more pixels than the preview is shown at 100%.",
    )
    draft: bool = option(
        default=False, doc="Return a preview of half that size sooner, such as while a slider is moved."
    )


@options
class EnhanceOptions:
    """What to do to a picture, and what kind of file to write."""

    settings: EnhanceSettings = option(
        default=NEUTRAL, positional=True, read=settings_from, doc="The settings; those left out change nothing."
    )
    auto: bool = option(
        default=False,
        doc="Start from what the analysis of the picture proposes. Settings that are not neutral override it.",
    )
    preset: str = option(
        default="",
        choices=("", *PRESETS),
        doc="The preset to start from, adapted to the picture; empty for none. Settings that are not neutral "
        "override it.",
    )
    format: str = option(
        default="",
        choices=("", *FORMATS),
        doc="Format of the new file; empty for the format of the picture's file, or the nearest that can be written.",
    )
    quality: int = option(default=92, low=1, high=100, doc="Quality of JPEG and WebP.")
    metadata: str = option(
        default="keep",
        choices=METADATA,
        doc="What metadata the new file gets: all of it; only what cannot reveal a location (technical properties, "
        "dates, ratings, author and copyright); or none.",
    )
    name: str = option(default="picture", file_name=True, doc="Name of the picture's file.")

    def __post_init__(self) -> None:
        if self.auto and self.preset not in ("", "auto"):
            raise InvalidOptionError(
                text("auto and the preset {preset} are both starting points: choose one.", preset=self.preset)
            )
