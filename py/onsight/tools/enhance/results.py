"""Results of Enhance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import ImageInfo, OutputFile, to_json
from onsight.tools.enhance.settings import NEUTRAL, EnhanceSettings


@dataclass(frozen=True, slots=True)
class EnhanceMeasurements:
    """What a picture is like, as far as that can be measured.

    Attributes:
        lightness: Mean lightness (CIE L*), 0 to 100.
        darkest: Lightness that 1% of the picture stays below.
        brightest: Lightness that 99% of the picture stay below.
        contrast: Standard deviation of the lightness.
        white: Encoded level, 0 to 1, that 0.2% of the pixels exceed in the brightest channel.
        clipped_shadows: Share of the pixels, 0 to 1, that have lost all detail to black.
        clipped_highlights: Share of the pixels that have lost all detail to white.
        cast_temperature: How much too warm (above 0) or too blue (below 0) grey things look, in steps of the control.
        cast_tint: How much too magenta (above 0) or too green (below 0).
        neutral_whites: Share of the pixels that are white, which a cast would have coloured.
        saturation: Mean chroma (Oklab, hundredths).
        noise: Standard deviation of the grain in lightness, of 255.
        noise_colour: Standard deviation of the grain in colour, of 255.
        sharpness: How strongly edges bend over one pixel against two: 0.5 to 0.8 in focus, about 0.3 out of focus.
        sharpness_coarse: The same over two pixels against four.
        blockiness: How much more differs across the borders of JPEG's 8 × 8 blocks than within them; 1 is not at all.
        haze: How much light lies over the darkest parts, 0 to 1.
    """

    lightness: float
    darkest: float
    brightest: float
    contrast: float
    white: float
    clipped_shadows: float
    clipped_highlights: float
    cast_temperature: float
    cast_tint: float
    neutral_whites: float
    saturation: float
    noise: float
    noise_colour: float
    sharpness: float
    sharpness_coarse: float
    blockiness: float
    haze: float


@dataclass(frozen=True, slots=True)
class EnhancePreset:
    """Settings under a name.

    Attributes:
        id: Such as ``"low-light"``.
        name: For people, such as ``"Low light"``.
        settings: The settings, fitted to the picture where they depend on it.
    """

    id: str
    name: str
    settings: EnhanceSettings


@dataclass(frozen=True, slots=True)
class EnhanceAnalysis:
    """What would make a picture better.

    Attributes:
        settings: What Auto would do; neutral for a picture that is fine.
        changes: The same in words, such as ``"lifted the shadows"``; none for a picture that is fine.
        summary: One sentence.
        measurements: What was measured.
        presets: Auto first.
        image: The picture.
    """

    settings: EnhanceSettings
    changes: tuple[str, ...]
    summary: str
    measurements: EnhanceMeasurements
    presets: tuple[EnhancePreset, ...]
    image: ImageInfo

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON data."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class EnhancePreview:
    """A small picture with the settings applied.

    Attributes:
        data: Rows of RGBA pixels, 4 bytes each, from the top left: what a canvas's ``ImageData`` holds.
        width: Of the preview in pixels.
        height: Of the preview in pixels.
        histogram: How many pixels of the preview have each level, 0 to 255: of red, then green, then blue.
        full_width: Width in pixels of the file that an export with these settings writes.
        full_height: Height of that file.
        image: The picture that it was made from.
    """

    data: bytes
    width: int
    height: int
    histogram: tuple[int, ...]
    full_width: int
    full_height: int
    image: ImageInfo

    def to_json(self) -> dict[str, Any]:
        """Return the preview as plain data; ``data`` stays bytes."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class EnhanceControl:
    """A setting that is a number, as people see it.

    Attributes:
        id: Name of the setting, such as ``"denoise_colour"``.
        name: For people, such as ``"Smooth colour grain"``.
        group: Heading that it stands under, such as ``"Detail"``.
        low: Lowest value.
        high: Highest value.
        step: Smallest change that is worth a person's while.
        neutral: Value that changes nothing.
    """

    id: str
    name: str
    group: str
    low: float
    high: float
    step: float
    neutral: float


@dataclass(frozen=True, slots=True)
class EnhanceControls:
    """What can be set, whatever the picture.

    Attributes:
        controls: In the order in which a page shows them.
        neutral: Settings that change nothing.
        quality: Of JPEG and WebP where nobody chose another.
    """

    controls: tuple[EnhanceControl, ...]
    neutral: EnhanceSettings
    quality: int

    def to_json(self) -> dict[str, Any]:
        """Return the controls as plain JSON data."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class EnhancedFile(OutputFile):
    """A picture that was enhanced.

    Attributes:
        data: Its bytes.
        name: A name for it, such as ``"street-enhanced.jpg"``.
        media_type: Such as ``"image/jpeg"``.
        notes: What the user should know about it, in sentences, such as metadata that it could not hold.
        settings: The settings that were applied, including those that the analysis of the picture proposed.
    """

    settings: EnhanceSettings = NEUTRAL
