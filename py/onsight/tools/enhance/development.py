"""All controls in order, on one picture: shape, detail, haze, light and contrast, colour.

A preview keeps what each step made: moving a slider repeats its own step and those after it. A draft does the same in
half the size, so that it can follow a slider while it is moved. An export goes through
the picture strip by strip, so that no more than one copy of full size is in memory, and says how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onsight.image.decoding import DecodedImage
from onsight.tools.enhance import colour, detail, local, tone
from onsight.tools.enhance.cache import Cached
from onsight.tools.enhance.geometry import Shape, fit
from onsight.tools.enhance.local import Context
from onsight.tools.enhance.placement import Placement
from onsight.tools.enhance.settings import EnhanceSettings

Bytes = NDArray[np.uint8]

_STRIP_ROWS = 64
_EXPORT_STRIP_PIXELS = 1 << 20
_TURNED_PIXELS = 2_000_000
"""Of the half-sized copy of a larger picture only the part that is seen is made."""


@dataclass(slots=True)
class Development:
    """A picture that settings are tried on.

    Attributes:
        picture: Upright, of any scale.
        context: What its light was worked out on.
    """

    picture: DecodedImage
    context: Context
    _views: dict[bool, Cached] = field(default_factory=lambda: {False: Cached(), True: Cached()})
    """What drafts keep, and what previews in full size do: one goes on to the other many times."""
    _gains: Cached = field(default_factory=Cached)

    @classmethod
    def of(cls, picture: DecodedImage) -> Development:
        """Make a picture ready."""
        return cls(picture, Context.of(Image.fromarray(picture.pixels)))

    def preview(self, settings: EnhanceSettings, shape: Shape, max_side: int, *, draft: bool = False) -> Bytes:
        """Return the picture with settings, none of its sides longer than ``max_side``.

        Args:
            settings: The settings.
            shape: What is done to the outline.
            max_side: In pixels; 0 for no limit.
            draft: Whether half of that will do, for now.

        Returns:
            uint8 [H, W, 4], RGBA.
        """
        info = self.picture.info
        kept = self._views[draft]
        key: tuple[Any, ...] = (shape, max_side)
        if draft:
            half = kept.get("half", (), self._halved)
            if shape.straighten and half.picture.pixels.size <= _TURNED_PIXELS * 3:
                return half.turned(settings, shape, max(1, max_side // 2))
            planes, alpha = kept.get("shape", key, lambda: half.shaped(shape, max(1, max_side // 2), draft=True))
        else:
            planes, alpha = kept.get("shape", key, lambda: self.shaped(shape, max_side))
        height, width = planes.shape[1:]
        plan = self._plan(settings, shape, (width, height), kept)
        if detail.changes_detail(settings):
            before = planes
            scale = min(1.0, width / shape.size(info.width, info.height)[0])
            longest = max(info.width, info.height)
            refinement = kept.get("grain", key, lambda: detail.Refinement(before, longest, scale))
            key += (settings.denoise, settings.denoise_colour, settings.sharpen)
            planes = kept.get("detail", key, lambda: refinement.of(settings))
        if settings.dehaze:
            hazy = planes
            key += (settings.dehaze,)
            planes = kept.get("haze", key, lambda: _by_strips(hazy, plan.clear, axis=1))
        light = None
        if plan.gains is not None:
            clear = planes
            light = kept.get("light", key, lambda: _by_strips(clear, plan.light, axis=0))
        out = np.empty((height, width, 4), np.uint8)
        for top in range(0, height, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS)
            plan.finish(planes[:, rows], light[rows] if light is not None else None, out[rows])
        out[..., 3] = 255 if alpha is None else alpha
        return out

    def export(self, settings: EnhanceSettings) -> Iterator[tuple[float, Bytes]]:
        """Develop the picture in full size, strip by strip.

        Yields:
            How much is done, 0 to 1, and the finished picture, the same each time and complete at 1: uint8 [H, W, 3],
            or [H, W, 4] where it has transparency.
        """
        shape = Shape.of(settings)
        planes, alpha = self.shaped(shape, 0)
        height, width = planes.shape[1:]
        plan = self._plan(settings, shape, (width, height))
        out = np.empty((height, width, 3 if alpha is None else 4), np.uint8)
        if alpha is not None:
            out[..., 3] = alpha
        longest = max(self.picture.info.width, self.picture.info.height)
        halo = detail.reach(longest) if detail.changes_detail(settings) else 0
        # An even number, because colour is smoothed in pairs of rows.
        strip = max(_STRIP_ROWS, _EXPORT_STRIP_PIXELS // width // 2 * 2)
        for top in range(0, height, strip):
            bottom = min(top + strip, height)
            rows = planes[:, top:bottom]
            if halo:
                above = max(0, top - halo)
                rows = detail.refine(planes[:, above : bottom + halo], settings, longest, 1.0)
                rows = rows[:, top - above :][:, : bottom - top]
            for start in range(0, bottom - top, _STRIP_ROWS):
                part = rows[:, start : start + _STRIP_ROWS]
                at = top + start
                if settings.dehaze:
                    part = plan.clear(part, at)
                light = plan.light(part, at) if plan.gains is not None else None
                plan.finish(part, light, out[at : at + part.shape[1]])
            yield bottom / height, out

    def shaped(self, shape: Shape, max_side: int, *, draft: bool = False) -> tuple[Bytes, Bytes | None]:
        """Return the channels, uint8 [3, H, W], and the transparency in the shape and size of the finished picture."""
        resample = Image.Resampling.BILINEAR if draft else Image.Resampling.BICUBIC

        def shaped(plane: Bytes) -> Image.Image:
            image = shape.apply(Image.fromarray(plane), resample)
            size = fit(*image.size, max_side)
            return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)

        planes = np.stack([np.asarray(channel) for channel in shaped(self.picture.pixels).split()])
        return planes, None if self.picture.alpha is None else np.asarray(shaped(self.picture.alpha))

    def turned(self, settings: EnhanceSettings, shape: Shape, max_side: int) -> Bytes:
        """Return a draft of a straightened picture: finished while it is level, it only has to be turned then."""
        kept = self._views[False]
        level = Shape(shape.rotate)
        look = replace(settings, straighten=0.0, crop=())
        done = kept.get("level", (look, level), lambda: self.preview(look, level, 0))
        image = Shape(0, shape.straighten, shape.part).apply(Image.fromarray(done), Image.Resampling.BILINEAR)
        size = fit(*image.size, max_side)
        return np.asarray(image if size == image.size else image.resize(size, Image.Resampling.BILINEAR))

    def _halved(self) -> Development:
        """Return the same picture in half the size."""

        def halved(plane: Bytes) -> Bytes:
            return np.asarray(Image.fromarray(plane).reduce(2))

        alpha = None if self.picture.alpha is None else halved(self.picture.alpha)
        picture = replace(self.picture, pixels=halved(self.picture.pixels), alpha=alpha)
        return Development(picture, self.context)

    def _plan(self, settings: EnhanceSettings, shape: Shape, size: tuple[int, int], kept: Cached | None = None) -> Plan:
        """Return the tables; those of gains, being the largest, are kept, and so are enlarged maps if asked for."""
        gains = None
        if local.is_local(settings):
            key = (settings.shadows, settings.highlights, settings.clarity)
            gains = self._gains.get("gains", key, lambda: local.gain_table(settings))
        base, haze = Placement(self.context.base, shape, size), Placement(self.context.haze, shape, size)
        if kept and gains is not None:
            base = kept.get("base", (shape, size), base.enlarged)
        if kept and settings.dehaze:
            haze = kept.get("share of haze", (shape, size), haze.enlarged)
        return Plan.of(settings, self.context, gains, base, haze)


def _by_strips(planes: Bytes, work: Callable[[Bytes, int], NDArray[Any]], axis: int) -> Any:
    height = planes.shape[1]
    strips = [work(planes[:, top : top + _STRIP_ROWS], top) for top in range(0, height, _STRIP_ROWS)]
    return np.concatenate(strips, axis=axis)


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
    spread: NDArray[np.int16] | None
    base: Placement
    haze: Placement

    @classmethod
    def of(
        cls,
        settings: EnhanceSettings,
        context: Context,
        local_gains: tuple[NDArray[np.intp], NDArray[np.float64]] | None,
        base: Placement,
        haze: Placement,
    ) -> Plan:
        """Make the tables.

        Args:
            settings: The settings.
            context: Of the picture.
            local_gains: From `local.gain_table`, or None where no place has a gain of its own.
            base: The smooth base of the lightness in full size.
            haze: The share of haze in full size.
        """
        numbers, gains = local_gains or (None, np.ones(1))
        changes = numbers is not None or not tone.is_neutral(settings)
        return cls(
            settings,
            tone.tone_tables(settings, gains, context.white) if changes else None,
            numbers,
            local.haze_tables(settings.dehaze / 100, context.veil) if settings.dehaze else None,
            colour.spread_table(settings) if colour.changes_colour(settings) else None,
            base,
            haze,
        )

    def clear(self, rows: Bytes, top: int) -> Bytes:
        """Return some rows, uint8 [3, R, W], without haze; ``top`` is the number of the first."""
        if self.hazes is None:
            return rows
        share = self.haze.levels(colour.light_levels(*rows), top)
        share <<= 8
        out = np.empty_like(rows)
        for table, levels, clear in zip(self.hazes, rows, out, strict=True):
            clear[:] = table.ravel()[share | levels]
        return out

    def light(self, rows: Bytes, top: int) -> NDArray[np.intp]:
        """Return ``base << 8 | lightness`` of some rows, intp [R, W]; ``top`` is the number of the first."""
        light = colour.light_levels(*rows)
        base = self.base.levels(light, top)
        base <<= 8
        base |= light
        return base

    def finish(self, rows: Bytes, light: NDArray[np.intp] | None, out: Bytes) -> None:
        """Change the levels and colours of some rows.

        Args:
            rows: uint8 [3, R, W].
            light: From `light`, or None where there is no gain.
            out: uint8 [R, W, 3 or 4], whose first three channels are written.
        """
        channels: Sequence[Bytes] = list(rows)
        if self.tones is not None:
            gain = self.gains[light] if self.gains is not None and light is not None else None
            channels = [
                table.ravel()[levels.astype(np.intp) if gain is None else gain | levels]
                for table, levels in zip(self.tones, rows, strict=True)
            ]
        if self.spread is not None:
            colour.colour_rows(channels, self.settings, self.spread, out)
            return
        for channel, levels in enumerate(channels):
            out[..., channel] = levels
