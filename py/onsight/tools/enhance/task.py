"""Enhancing: what a picture needs, how that looks, and the finished file."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from onsight.core.flow import Flow, Stage
from onsight.core.results import OutputFile
from onsight.image import DecodedImage, decode
from onsight.image.metadata import NONE, carry_over
from onsight.tools.enhance import auto
from onsight.tools.enhance.analysis import measure
from onsight.tools.enhance.development import Development
from onsight.tools.enhance.geometry import Shape, fit
from onsight.tools.enhance.local import Context
from onsight.tools.enhance.options import EnhanceOptions, EnhancePreviewOptions
from onsight.tools.enhance.output import write
from onsight.tools.enhance.results import EnhanceAnalysis, EnhancePreview
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.upscale import Upscaler

_MAX_PREVIEW_SOURCE = 24_000_000
"""Pixels that are kept at most to show parts of a picture enlarged."""
_HISTOGRAM_STEP = 4
"""Of the preview's rows every fourth one is counted."""


def analyse(image: bytes) -> Flow[EnhanceAnalysis]:
    """Tell what would make a picture better.

    Args:
        image: The file's bytes.

    Raises:
        ImageError: The bytes are no picture that can be opened.
    """
    yield Stage("decode")
    picture = decode(image)
    yield Stage("preprocess")
    return _analysis(picture, Context.of(Image.fromarray(picture.pixels)))


def _analysis(picture: DecodedImage, context: Context) -> EnhanceAnalysis:
    measured = measure(picture.pixels, context)
    settings = auto.propose(measured)
    done = auto.changes(settings)
    return EnhanceAnalysis(
        settings, done, auto.summarise(done), measured, auto.presets(settings, measured), picture.info
    )


@dataclass(frozen=True, slots=True)
class Magnification:
    """How large a copy of the picture a preview is made from.

    Attributes:
        side: Longest side of the copy in pixels.
    """

    side: int

    @classmethod
    def of(cls, options: EnhancePreviewOptions) -> Magnification:
        """Return one of the sizes, each twice the one before, that shows the part sharply; a region in every pixel."""
        x1, y1, x2, y2 = Shape.of(options.settings, options.region).part
        wanted = math.log2(1 / min(x2 - x1, y2 - y1))
        doublings = math.ceil(wanted - 1e-6) if options.region else round(wanted)
        return cls(options.max_side * 2**doublings)


def preview_cache_key(options: EnhancePreviewOptions) -> Hashable:
    """Return what of the options decides how large a copy of the picture is kept."""
    return Magnification.of(options)


def prepare_preview(image: bytes, options: EnhancePreviewOptions) -> Flow[Development]:
    """Make a picture ready for previews.

    Args:
        image: The file's bytes.
        options: Of which `Magnification` counts.

    Raises:
        ImageError: The bytes are no picture that can be opened.
    """
    side = Magnification.of(options).side
    yield Stage("decode")
    picture = decode(image, min_side=min(side, 1 << 14), keep_alpha=True)
    yield Stage("preprocess")
    height, width = picture.pixels.shape[:2]
    most = math.sqrt(_MAX_PREVIEW_SOURCE / (width * height))
    size = fit(width, height, min(side, max(1, math.floor(most * max(width, height)))))
    if size != (width, height):
        shrunk = [
            np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
            for plane in (picture.pixels, picture.alpha)
            if plane is not None
        ]
        picture = DecodedImage(shrunk[0], picture.info, shrunk[1] if len(shrunk) > 1 else None)
    return Development.of(picture)


def make_preview(seen: Development, options: EnhancePreviewOptions) -> EnhancePreview:
    """Return the picture with settings applied, small.

    Args:
        seen: From `prepare_preview`.
        options: Which settings, which part, how large.
    """
    shape = Shape.of(options.settings, options.region)
    pixels = seen.preview(options.settings, shape, options.max_side, draft=options.draft)
    height, width = pixels.shape[:2]
    histogram = Image.fromarray(pixels[::_HISTOGRAM_STEP]).histogram()[: 3 * 256]
    info = seen.picture.info
    full_width, full_height = final_size(options.settings, info.width, info.height)
    return EnhancePreview(pixels.tobytes(), width, height, tuple(histogram), full_width, full_height, info)


def final_size(settings: EnhanceSettings, width: int, height: int) -> tuple[int, int]:
    """Return width and height of the finished picture, from those of the upright one."""
    wide, high = Shape.of(settings).size(width, height)
    return fit(wide * settings.upscale, high * settings.upscale, settings.max_side)


def enhance(
    image: bytes,
    options: EnhanceOptions,
    upscaler: Callable[[], Upscaler],
    on_settings: Callable[[EnhanceSettings], None] | None = None,
) -> Flow[OutputFile]:
    """Apply settings to a picture in full size and write it as a file.

    Args:
        image: The file's bytes.
        options: Which settings, which format.
        upscaler: Returns what enlarges; called only where a picture is to be enlarged.
        on_settings: Told which settings are applied, those that the picture's analysis proposes among them.

    Raises:
        ImageError: The bytes are no picture that can be opened, or the new one would be too large.
        ModelError: A network is missing or does not run.
    """
    yield Stage("decode")
    picture = decode(image, keep_alpha=True)
    development = Development.of(picture)
    settings = options.settings
    if options.auto or options.preset:
        yield Stage("preprocess")
        presets = _analysis(picture, development.context).presets
        chosen = options.preset or "auto"
        settings = settings.over(next(preset.settings for preset in presets if preset.id == chosen))
    if on_settings:
        on_settings(settings)
    if settings.upscale > 1:
        width, height = Shape.of(settings).size(picture.info.width, picture.info.height)
        upscaler().check(height, width, settings.upscale)  # before any work is done
    yield Stage("enhance", 0.0)
    for done, out in development.export(settings):
        yield Stage("enhance", done)
        pixels = out
    if settings.upscale > 1:
        alpha = np.ascontiguousarray(pixels[..., 3]) if pixels.shape[2] == 4 else None
        enlarged = yield from upscaler().upscale(np.ascontiguousarray(pixels[..., :3]), settings.upscale, alpha)
        pixels = enlarged.pixels if enlarged.alpha is None else np.dstack([enlarged.pixels, enlarged.alpha])
    size = fit(pixels.shape[1], pixels.shape[0], settings.max_side)
    if size != (pixels.shape[1], pixels.shape[0]):
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    yield Stage("encode")
    metadata = NONE
    if options.metadata != "none":
        metadata = carry_over(
            image,
            size=(pixels.shape[1], pixels.shape[0]),
            location=options.metadata == "keep",
            reshaped=Shape.of(settings) != Shape(),
            resized=(pixels.shape[1], pixels.shape[0]) != (picture.info.width, picture.info.height),
        )
    written = write(
        pixels, picture.info.format, metadata, format=options.format, quality=options.quality, name=options.name
    )
    warning = picture.info.warning
    return replace(written, notes=(warning, *written.notes)) if warning else written
