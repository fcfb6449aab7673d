"""Enlarges pictures: a network adds the detail that Lanczos resampling misses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.core.flow import Flow, Run, Stage, outputs_of
from onsight.core.texts import text
from onsight.core.wording import listed
from onsight.errors import ImageTooLargeError, InvalidOptionError, InvalidSpecError
from onsight.networks.models import Models
from onsight.networks.preprocess import resize
from onsight.networks.spec import ModelSpec

UPSCALERS = ("upscale-x2", "upscale-x4")
"""Ids of the models that enlarge."""

MAX_OUTPUT_PIXELS = 64_000_000
"""Largest result, in pixels; 12 megapixels can be enlarged 2 times. Three bytes for each pixel, and as many again while
the file is written, stay far below the 4 GB that Python can use in a page."""

_FILL_CELL = 8
"""Hidden colours are replaced up to about this many pixels from visible ones, which is as far as the network sees."""


@dataclass(frozen=True, slots=True, eq=False)
class Upscaled:
    """An enlarged picture.

    Attributes:
        pixels: uint8 [scale · H, scale · W, 3], C-contiguous.
        alpha: uint8 [scale · H, scale · W], opacity of each pixel; None if the picture had no transparency.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class Upscaler:
    """Enlarges pictures with networks.

    Attributes:
        specs: The networks' descriptions, by how many times they enlarge.
    """

    specs: Mapping[int, ModelSpec]

    @classmethod
    def from_text(cls, models: Sequence[str]) -> Upscaler:
        """Make an upscaler from the text of each network's ``model.json``.

        Raises:
            InvalidSpecError: A description is invalid, or its network does not enlarge.
        """
        specs = {}
        for description in models:
            spec = ModelSpec.from_json(json.loads(description))
            if spec.scale is None or spec.context is None or min(spec.input.input_size) <= 2 * spec.context:
                raise InvalidSpecError(f"The model {spec.id} does not enlarge pictures.")
            specs[spec.scale] = spec
        return cls(specs)

    @classmethod
    def from_models(cls, models: Models) -> Upscaler:
        """Create the task from the descriptions of its networks; errors as for `Models.make`."""
        return cls.from_text([models.texts(model)[0] for model in UPSCALERS])

    def check(self, height: int, width: int, scale: int) -> None:
        """Check that a picture can be enlarged.

        Args:
            height: Height of the picture in pixels.
            width: Width of the picture in pixels.
            scale: How many times as wide and high the result is.

        Raises:
            InvalidOptionError: No network enlarges this many times.
            ImageTooLargeError: The result would have more than `MAX_OUTPUT_PIXELS`.
        """
        if scale not in self.specs:
            raise InvalidOptionError(
                text(
                    "A picture can be enlarged {scales} times, not {scale!r} times.",
                    scales=listed([str(known) for known in sorted(self.specs)], "or"),
                    scale=scale,
                )
            )
        if height * width * scale**2 > MAX_OUTPUT_PIXELS:
            raise ImageTooLargeError(
                text(
                    "Enlarged {scale} times, this picture would have {width:,} × {height:,} pixels ({megapixels:,.0f} "
                    "megapixels), but the limit is {limit} megapixels. Enlarge it less, or enlarge a part or a smaller "
                    "copy of it.",
                    scale=scale,
                    width=width * scale,
                    height=height * scale,
                    megapixels=height * width * scale**2 / 1e6,
                    limit=MAX_OUTPUT_PIXELS // 10**6,
                ),
                detail={"width": width * scale, "height": height * scale, "max_pixels": MAX_OUTPUT_PIXELS},
            )

    def upscale(self, pixels: NDArray[np.uint8], scale: int, alpha: NDArray[np.uint8] | None = None) -> Flow[Upscaled]:
        """Enlarge a picture part by part; reports the fraction that is done before each part.

        The parts overlap by as much as the network sees around a pixel. So there are no seams: each pixel of the result
        is the same as if the picture were enlarged as a whole.

        Args:
            pixels: uint8 [H, W, 3], sRGB.
            scale: How many times as wide and high the result is: 2 or 4.
            alpha: uint8 [H, W], opacity of each pixel; None for an opaque picture.

        Returns:
            The enlarged picture; grey pixels stay grey.

        Raises:
            InvalidOptionError: No network enlarges this many times.
            ImageTooLargeError: The result would have more than `MAX_OUTPUT_PIXELS`.
        """
        height, width = pixels.shape[:2]
        self.check(height, width, scale)
        spec = self.specs[scale]
        colours = pixels if alpha is None else _without_hidden_colours(pixels, alpha)
        luminance = np.asarray(Image.fromarray(colours).convert("L"))
        enlarged = np.empty((height * scale, width * scale, 3), np.uint8)
        parts = list(_parts(height, width, spec))
        for done, (rows, columns) in enumerate(parts):
            yield Stage("upscale", done / len(parts))
            surroundings = _surroundings(luminance, rows, columns, spec)
            outputs = yield from outputs_of(Run(spec.id, {spec.input.name: surroundings}, spec.outputs))
            place = tuple(slice(part.start * scale, part.stop * scale) for part in (rows, columns))
            enlarged[place] = _add(_base(colours, rows, columns, spec), outputs[spec.outputs[0]][0, 0], spec)
        size = (width * scale, height * scale)
        return Upscaled(
            enlarged,
            None if alpha is None else np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.LANCZOS)),
        )


def _parts(height: int, width: int, spec: ModelSpec) -> Iterator[tuple[slice, slice]]:
    """Yield the rows and columns of each part; parts are about equal, and none is larger than the network's input."""
    rows, columns = (
        _cut(length, side - 2 * (spec.context or 0))
        for length, side in zip((height, width), spec.input.input_size, strict=True)
    )
    return ((part_rows, part_columns) for part_rows in rows for part_columns in columns)


def _cut(length: int, largest: int) -> list[slice]:
    count = -(-length // largest)
    return [slice(index * length // count, (index + 1) * length // count) for index in range(count)]


def _surroundings(luminance: NDArray[np.uint8], rows: slice, columns: slice, spec: ModelSpec) -> NDArray[np.float32]:
    """Return a part and its surroundings, with the picture's edge repeated outside: float32 [1, 1, h, w]."""
    context = spec.context or 0
    y, x = (
        np.clip(np.arange(part.start - context, part.stop + context), 0, length - 1)
        for part, length in zip((rows, columns), luminance.shape, strict=True)
    )
    values: NDArray[np.float32] = luminance[np.ix_(y, x)].astype(np.float32)
    values = (values - np.float32(spec.input.mean[0])) / np.float32(spec.input.std[0])
    return values[None, None]


def _base(pixels: NDArray[np.uint8], rows: slice, columns: slice, spec: ModelSpec) -> NDArray[np.uint8]:
    """Return a part enlarged by resampling, which also sees its surroundings, so that parts fit together."""
    scale = spec.scale or 1
    size = (scale * (rows.stop - rows.start), scale * (columns.stop - columns.start))
    return resize(pixels, size, spec.input.interpolation, (columns.start, rows.start, columns.stop, rows.stop))


def _add(base: NDArray[np.uint8], residual: NDArray[np.float32], spec: ModelSpec) -> NDArray[np.uint8]:
    """Add the network's luminance to each of red, green and blue: hue stays, and grey stays grey."""
    levels = np.rint(residual * np.float32(spec.input.std[0])).astype(np.int16)
    sums: NDArray[np.int16] = base + levels[..., None]
    return sums.clip(0, 255).astype(np.uint8)


def _without_hidden_colours(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Replace invisible colours with those around them: black behind a cut-out would stain its edge."""
    image = Image.fromarray(np.dstack((pixels, alpha)))
    # Pillow weights colours by their alpha here.
    cells = image.resize((-(-image.width // _FILL_CELL), -(-image.height // _FILL_CELL)), Image.Resampling.BOX)
    around = np.asarray(cells.resize(image.size, Image.Resampling.BILINEAR))
    return np.where((alpha == 0)[..., None], around[..., :3], pixels)
