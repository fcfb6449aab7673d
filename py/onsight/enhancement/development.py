"""All controls in order, on one picture: shape, detail, haze, light and contrast, colour.

A preview keeps what each step made: moving a slider repeats its own step and those after it. An export goes through
the picture strip by strip, so that no more than one copy of full size is in memory, and says how far it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.enhancement import colour, detail, local, tone
from onsight.enhancement.geometry import Shape, fit
from onsight.enhancement.local import Context
from onsight.enhancement.placement import Placement
from onsight.enhancement.settings import EnhanceSettings
from onsight.image.decoding import DecodedImage

Bytes = NDArray[np.uint8]

_STRIP_ROWS = 64
_EXPORT_STRIP_PIXELS = 1 << 20


@dataclass(slots=True)
class Development:
    """A picture that settings are tried on.

    Attributes:
        picture: Upright, of any scale.
        context: What its light was worked out on.
    """

    picture: DecodedImage
    context: Context
    _kept: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, picture: DecodedImage) -> Development:
        """Make a picture ready."""
        return cls(picture, Context.of(Image.fromarray(picture.pixels)))

    def preview(self, settings: EnhanceSettings, shape: Shape, max_side: int) -> Bytes:
        """Return the picture with settings, none of its sides longer than ``max_side``.

        Returns:
            uint8 [H, W, 4], RGBA.
        """
        info = self.picture.info
        of_shape = (shape, max_side)
        pixels, alpha = self._keep("shape", of_shape, lambda: self._shaped(shape, max_side))
        full = shape.size(info.width, info.height)
        scale = min(1.0, pixels.shape[1] / full[0])
        of_detail = (*of_shape, settings.denoise, settings.denoise_colour, settings.sharpen)
        if detail.changes_detail(settings):
            longest = max(info.width, info.height)
            before = pixels
            pixels = self._keep("detail", of_detail, lambda: detail.refine(before, settings, longest, scale))
        plan = Plan.of(settings, self.context, shape, (pixels.shape[1], pixels.shape[0]))
        of_haze = (*of_detail, settings.dehaze)
        if settings.dehaze:
            hazy = pixels
            pixels = self._keep("haze", of_haze, lambda: _all_rows(hazy, plan.clear))
        light = None
        if plan.gains is not None:
            clear = pixels
            light = self._keep("light", of_haze, lambda: _all_rows(clear, plan.light))
        out = np.empty((*pixels.shape[:2], 4), np.uint8)
        for top in range(0, len(pixels), _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS)
            plan.finish(pixels[rows], light[rows] if light is not None else None, out[rows])
        out[..., 3] = 255 if alpha is None else alpha
        return out

    def export(self, settings: EnhanceSettings) -> Iterator[tuple[float, Bytes]]:
        """Develop the picture in full size, strip by strip.

        Yields:
            How much is done, 0 to 1, and the finished picture, the same each time and complete at 1: uint8 [H, W, 3],
            or [H, W, 4] where it has transparency.
        """
        shape = Shape.of(settings)
        pixels, alpha = self._shaped(shape, 0)
        plan = Plan.of(settings, self.context, shape, (pixels.shape[1], pixels.shape[0]))
        out = np.empty((*pixels.shape[:2], 3 if alpha is None else 4), np.uint8)
        if alpha is not None:
            out[..., 3] = alpha
        longest = max(self.picture.info.width, self.picture.info.height)
        halo = detail.reach(longest) if detail.changes_detail(settings) else 0
        height = len(pixels)
        # An even number, because colour is smoothed in pairs of rows.
        strip = max(_STRIP_ROWS, _EXPORT_STRIP_PIXELS // pixels.shape[1] // 2 * 2)
        for top in range(0, height, strip):
            bottom = min(top + strip, height)
            rows = pixels[top:bottom]
            if halo:
                above, below = max(0, top - halo), min(height, bottom + halo)
                rows = detail.refine(pixels[above:below], settings, longest, 1.0)[top - above :][: bottom - top]
            for start in range(0, len(rows), _STRIP_ROWS):
                part = rows[start : start + _STRIP_ROWS]
                at = top + start
                if settings.dehaze:
                    part = plan.clear(part, at)
                light = plan.light(part, at) if plan.gains is not None else None
                plan.finish(part, light, out[at : at + len(part)])
            yield bottom / height, out

    def _shaped(self, shape: Shape, max_side: int) -> tuple[Bytes, Bytes | None]:
        def shaped(plane: Bytes) -> Bytes:
            image = shape.apply(Image.fromarray(plane))
            size = fit(*image.size, max_side)
            if size != image.size:
                image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
            return np.asarray(image)

        alpha = self.picture.alpha
        return shaped(self.picture.pixels), None if alpha is None else shaped(alpha)

    def _keep(self, name: str, key: Any, make: Any) -> Any:
        kept = self._kept.get(name)
        if kept is None or kept[0] != key:
            self._kept.pop(name, None)  # before the new one is made: both may not fit
            kept = self._kept[name] = (key, make())
        return kept[1]


def _all_rows(pixels: Bytes, work: Any) -> Any:
    strips = [work(pixels[top : top + _STRIP_ROWS], top) for top in range(0, len(pixels), _STRIP_ROWS)]
    return np.concatenate(strips)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What settings come to for one picture: tables, and where its maps lie.

    Attributes:
        settings: The settings.
        tones: From `tone.tone_tables`, or None where no level changes.
        gains: Number of the gain at ``base << 8 | lightness``, shifted by 8; None where there is none.
        hazes: From `local.haze_tables`, or None.
        spread: From `colour.spread_table`, or None.
        base: The smooth base of the lightness in full size.
        haze: The share of haze in full size.
    """

    settings: EnhanceSettings
    tones: Bytes | None
    gains: NDArray[np.intp] | None
    hazes: Bytes | None
    spread: NDArray[np.float32] | None
    base: Placement
    haze: Placement

    @classmethod
    def of(cls, settings: EnhanceSettings, context: Context, shape: Shape, size: tuple[int, int]) -> Plan:
        """Make the tables.

        Args:
            settings: The settings.
            context: Of the picture.
            shape: That of the finished picture.
            size: Its width and height in pixels.
        """
        numbers, gains = None, np.ones(1)
        if local.is_local(settings):
            numbers, gains = local.gain_table(settings)
        changes = numbers is not None or not tone.is_neutral(settings)
        return cls(
            settings,
            tone.tone_tables(settings, gains, context.white) if changes else None,
            numbers,
            local.haze_tables(settings.dehaze / 100, context.veil) if settings.dehaze else None,
            colour.spread_table(settings) if colour.changes_colour(settings) else None,
            Placement(context.base, shape, size),
            Placement(context.haze, shape, size),
        )

    def clear(self, rows: Bytes, top: int) -> Bytes:
        """Return some rows, uint8 [R, W, 3], without haze; ``top`` is the number of the first."""
        assert self.hazes is not None
        share = self.haze.levels(rows, top)
        share <<= 8
        out = np.empty_like(rows)
        for channel in range(3):
            out[..., channel] = self.hazes[channel].ravel()[share | rows[..., channel]]
        return out

    def light(self, rows: Bytes, top: int) -> NDArray[np.intp]:
        """Return ``base << 8 | lightness`` of some rows, intp [R, W]; ``top`` is the number of the first."""
        base = self.base.levels(rows, top)
        base <<= 8
        base |= colour.whole(colour.lightness(rows[..., 0], rows[..., 1], rows[..., 2]))
        return base

    def finish(self, rows: Bytes, light: NDArray[np.intp] | None, out: Bytes) -> None:
        """Change the levels and colours of some rows.

        Args:
            rows: uint8 [R, W, 3].
            light: From `light`, or None where there is no gain.
            out: uint8 [R, W, 3 or 4], whose first three channels are written.
        """
        channels = [rows[..., channel] for channel in range(3)]
        if self.tones is not None:
            gain = self.gains[light] if self.gains is not None and light is not None else None
            for channel, table in enumerate(self.tones):
                levels = channels[channel]
                channels[channel] = table.ravel()[levels if gain is None else gain | levels]
        if self.spread is not None:
            colour.colour_rows(channels, self.settings, self.spread, out)
            return
        for channel, levels in enumerate(channels):
            out[..., channel] = levels
