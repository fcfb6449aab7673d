"""Enhancement: analyses a picture, previews settings and writes the finished file."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from onsight.core.flow import Flow, Stage
from onsight.image import DecodedImage, decode
from onsight.image.metadata import NONE, carry_over
from onsight.tools.enhance import auto
from onsight.tools.enhance.analysis import measure
from onsight.tools.enhance.development import Development
from onsight.tools.enhance.geometry import Shape, fit
from onsight.tools.enhance.local import Context
from onsight.tools.enhance.options import EnhanceOptions, EnhancePreviewOptions
from onsight.tools.enhance.output import write
from onsight.tools.enhance.results import EnhanceAnalysis, EnhancedFile, EnhancePreview
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.upscale import Upscaler

_MAX_PREVIEW_SOURCE = 24_000_000
"""Largest copy of a picture, in pixels, that is kept to show parts of it enlarged."""
_HISTOGRAM_STEP = 4
"""The histogram counts every fourth row of the preview."""


def analyse(image: bytes) -> Flow[EnhanceAnalysis]:
    """Return what would improve a picture.

    Args:
        image: The file's bytes.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
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
    """The size of the copy that a preview is made from.

    Attributes:
        side: Longest side of the copy in pixels.
    """

    side: int

    @classmethod
    def of(cls, options: EnhancePreviewOptions) -> Magnification:
        """Return the size at which the part is sharp: ``max_side`` times a power of 2; rounded up for a region."""
        x1, y1, x2, y2 = Shape.of(options.settings, options.region).part
        wanted = math.log2(1 / min(x2 - x1, y2 - y1))
        doublings = math.ceil(wanted - 1e-6) if options.region else round(wanted)
        return cls(options.max_side * 2**doublings)


def preview_cache_key(options: EnhancePreviewOptions) -> Hashable:
    """Return the part of the options that decides the size of the copy."""
    return Magnification.of(options)


def prepare_preview(image: bytes, options: EnhancePreviewOptions) -> Flow[Development]:
    """Prepare a picture for previews.

    Args:
        image: The file's bytes.
        options: The options; only their `Magnification` matters.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
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
    """Return a preview of the picture with settings applied.

    Args:
        seen: From `prepare_preview`.
        options: The settings, the part and the size.
    """
    shape = Shape.of(options.settings, options.region)
    pixels = seen.preview(options.settings, shape, options.max_side, draft=options.draft)
    height, width = pixels.shape[:2]
    histogram = Image.fromarray(pixels[::_HISTOGRAM_STEP]).histogram()[: 3 * 256]
    info = seen.picture.info
    full_width, full_height = final_size(options.settings, info.width, info.height)
    return EnhancePreview(pixels.tobytes(), width, height, tuple(histogram), full_width, full_height, info)


def final_size(settings: EnhanceSettings, width: int, height: int) -> tuple[int, int]:
    """Return width and height of the finished picture for those of the upright original, in pixels."""
    wide, high = Shape.of(settings).size(width, height)
    return fit(wide * settings.upscale, high * settings.upscale, settings.max_side)


def enhance(
    image: bytes,
    options: EnhanceOptions,
    upscaler: Callable[[], Upscaler],
) -> Flow[EnhancedFile]:
    """Apply settings to a picture at full size and write it as a file.

    Args:
        image: The file's bytes.
        options: The settings and the format.
        upscaler: Returns the upscaler; called only if the picture is enlarged.

    Returns:
        The file, with notes such as what metadata it could not hold.

    Raises:
        ImageError: The bytes are not a picture that can be opened, or the result would be too large.
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
    notes = (warning, *written.notes) if warning else written.notes
    return EnhancedFile(written.data, written.name, written.media_type, notes, settings)
