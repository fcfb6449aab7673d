"""Enlarging: a network adds to Lanczos' enlargement what that misses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.core.flow import Flow, Run, Stage
from onsight.errors import ImageTooLargeError, InvalidOptionError, InvalidSpecError, ModelFailedError
from onsight.networks.models import Models
from onsight.networks.preprocess import resize
from onsight.networks.spec import ModelSpec

UPSCALERS = ("upscale-x2", "upscale-x4")
"""Ids of the models that enlarge."""

MAX_OUTPUT_PIXELS = 64_000_000
"""Largest picture that is made, in pixels: 12 megapixels twice as wide and high fit. Three bytes each, and as many
again while the file is written, stay far below the 4 GB that a page's Python can have."""

_FILL_CELL = 8
"""Hidden colours are replaced up to about so many pixels from visible ones: as far as the network looks around."""


@dataclass(frozen=True, slots=True, eq=False)
class Upscaled:
    """A picture that was enlarged.

    Attributes:
        pixels: uint8 [scale · H, scale · W, 3], C-contiguous.
        alpha: uint8 [scale · H, scale · W], how opaque each pixel is; None if the picture had none.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class Upscaler:
    """Networks that enlarge.

    Attributes:
        specs: Their descriptions by how many times they enlarge.
    """

    specs: Mapping[int, ModelSpec]

    @classmethod
    def from_text(cls, models: Sequence[str]) -> Upscaler:
        """Make an upscaler from the text of each network's ``model.json``.

        Raises:
            InvalidSpecError: A description is wrong, or of a network that does not enlarge.
        """
        specs = {}
        for text in models:
            spec = ModelSpec.from_json(json.loads(text))
            if spec.scale is None or spec.context is None or min(spec.input.input_size) <= 2 * spec.context:
                raise InvalidSpecError(f"The model {spec.id} enlarges nothing.")
            specs[spec.scale] = spec
        return cls(specs)

    @classmethod
    def from_models(cls, models: Models) -> Upscaler:
        """Make it from the descriptions of its networks; errors as for `Models.make`."""
        return cls.from_text([models.texts(model)[0] for model in UPSCALERS])

    def check(self, height: int, width: int, scale: int) -> None:
        """Refuse what cannot be enlarged.

        Raises:
            InvalidOptionError: No network enlarges this many times.
            ImageTooLargeError: The result would have more than `MAX_OUTPUT_PIXELS`.
        """
        if scale not in self.specs:
            known = " or ".join(map(str, sorted(self.specs)))
            raise InvalidOptionError(f"A picture can be enlarged {known} times, not {scale!r} times.")
        if height * width * scale**2 > MAX_OUTPUT_PIXELS:
            wanted = (
                f"{width * scale:,} × {height * scale:,} pixels ({height * width * scale**2 / 1e6:,.0f} megapixels)"
            )
            raise ImageTooLargeError(
                f"Enlarged {scale} times this picture would have {wanted}, and up to {MAX_OUTPUT_PIXELS // 10**6} "
                "megapixels can be made. Enlarge it less, or a part or a smaller copy of it.",
                detail={"width": width * scale, "height": height * scale, "max_pixels": MAX_OUTPUT_PIXELS},
            )

    def upscale(self, pixels: NDArray[np.uint8], scale: int, alpha: NDArray[np.uint8] | None = None) -> Flow[Upscaled]:
        """Enlarge a picture, part by part; says before each which fraction is done.

        The parts overlap by all that the network looks around, so that no seam can come to be: each pixel of the result
        is what it would be if the picture were enlarged as a whole.

        Args:
            pixels: uint8 [H, W, 3], sRGB.
            scale: How many times as wide and high it is to be: 2 or 4.
            alpha: uint8 [H, W], how opaque each pixel is; None for a picture that is opaque.

        Returns:
            The picture. What has no colour has none afterwards.

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
            outputs = yield Run(spec.id, {spec.input.name: _surroundings(luminance, rows, columns, spec)}, spec.outputs)
            if outputs is None:
                raise ModelFailedError("The network gave no answer.")
            place = tuple(slice(part.start * scale, part.stop * scale) for part in (rows, columns))
            enlarged[place] = _add(_base(colours, rows, columns, spec), outputs[spec.outputs[0]][0, 0], spec)
        size = (width * scale, height * scale)
        return Upscaled(
            enlarged,
            None if alpha is None else np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.LANCZOS)),
        )


def _parts(height: int, width: int, spec: ModelSpec) -> Iterator[tuple[slice, slice]]:
    """Yield the rows and columns of each part: about equal ones, none larger than the network is meant for."""
    rows, columns = (
        _cut(length, side - 2 * (spec.context or 0))
        for length, side in zip((height, width), spec.input.input_size, strict=True)
    )
    return ((part_rows, part_columns) for part_rows in rows for part_columns in columns)


def _cut(length: int, largest: int) -> list[slice]:
    count = -(-length // largest)
    return [slice(index * length // count, (index + 1) * length // count) for index in range(count)]


def _surroundings(luminance: NDArray[np.uint8], rows: slice, columns: slice, spec: ModelSpec) -> NDArray[np.float32]:
    """Return a part with what is around it, where the picture ends its edge repeated: float32 [1, 1, h, w]."""
    context = spec.context or 0
    y, x = (
        np.clip(np.arange(part.start - context, part.stop + context), 0, length - 1)
        for part, length in zip((rows, columns), luminance.shape, strict=True)
    )
    values: NDArray[np.float32] = luminance[np.ix_(y, x)].astype(np.float32)
    values = (values - np.float32(spec.input.mean[0])) / np.float32(spec.input.std[0])
    return values[None, None]


def _base(pixels: NDArray[np.uint8], rows: slice, columns: slice, spec: ModelSpec) -> NDArray[np.uint8]:
    """Return a part enlarged without the network; what is around it is seen, so that parts fit together."""
    scale = spec.scale or 1
    size = (scale * (rows.stop - rows.start), scale * (columns.stop - columns.start))
    return resize(pixels, size, spec.input.interpolation, (columns.start, rows.start, columns.stop, rows.stop))


def _add(base: NDArray[np.uint8], residual: NDArray[np.float32], spec: ModelSpec) -> NDArray[np.uint8]:
    """Add to each of R, G, B what the network says of luminance: hue stays, grey stays grey."""
    levels = np.rint(residual * np.float32(spec.input.std[0])).astype(np.int16)
    sums: NDArray[np.int16] = base + levels[..., None]
    return sums.clip(0, 255).astype(np.uint8)


def _without_hidden_colours(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Replace colours that cannot be seen by those around: black behind a cut-out would stain its edge."""
    image = Image.fromarray(np.dstack((pixels, alpha)))
    # Pillow weighs colours with their alpha here.
    cells = image.resize((-(-image.width // _FILL_CELL), -(-image.height // _FILL_CELL)), Image.Resampling.BOX)
    around = np.asarray(cells.resize(image.size, Image.Resampling.BILINEAR))
    return np.where((alpha == 0)[..., None], around[..., :3], pixels)
