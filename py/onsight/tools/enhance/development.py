"""Applies all settings to one picture, in order: shape, detail, haze, light and contrast, colour.

A preview caches the result of each step, so moving a slider repeats only its own step and the later ones. A draft does
the same at half the size, so that it can follow a moving slider. An export processes the picture strip by strip, so
that no more than one copy at full size is in memory, and reports its progress.
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
from onsight.tools.enhance.cache import StepCache
from onsight.tools.enhance.geometry import Shape, fit
from onsight.tools.enhance.local import Context
from onsight.tools.enhance.placement import Placement
from onsight.tools.enhance.settings import EnhanceSettings

Bytes = NDArray[np.uint8]

_STRIP_ROWS = 64
_EXPORT_STRIP_PIXELS = 1 << 20
_TURNED_PIXELS = 2_000_000
"""If the half-sized copy is larger than this, a draft of a straightened picture renders only the visible part."""


@dataclass(slots=True)
class Development:
    """A picture that is developed with changing settings.

    Attributes:
        picture: The upright picture, at any scale.
        context: The small copy that its light is computed from.
    """

    picture: DecodedImage
    context: Context
    _caches: dict[bool, StepCache] = field(default_factory=lambda: {False: StepCache(), True: StepCache()})
    """Caches of full previews (False) and of drafts (True): the user often switches between the two."""
    _gains: StepCache = field(default_factory=StepCache)

    @classmethod
    def of(cls, picture: DecodedImage) -> Development:
        """Prepare a picture: compute its context."""
        return cls(picture, Context.of(Image.fromarray(picture.pixels)))

    def preview(self, settings: EnhanceSettings, shape: Shape, max_side: int, *, draft: bool = False) -> Bytes:
        """Return the picture with settings applied; no side is longer than ``max_side``.

        Args:
            settings: The settings.
            shape: Rotation and crop.
            max_side: Longest side in pixels; 0 for no limit.
            draft: Whether half that size is enough for now.

        Returns:
            uint8 [H, W, 4], RGBA.
        """
        info = self.picture.info
        cache = self._caches[draft]
        key: tuple[Any, ...] = (shape, max_side)
        if draft:
            half = cache.get("half", (), self._halved)
            if shape.straighten and half.picture.pixels.size <= _TURNED_PIXELS * 3:
                return half.turned(settings, shape, max(1, max_side // 2))
            planes, alpha = cache.get("shape", key, lambda: half.shaped(shape, max(1, max_side // 2), draft=True))
        else:
            planes, alpha = cache.get("shape", key, lambda: self.shaped(shape, max_side))
        height, width = planes.shape[1:]
        plan = self._plan(settings, shape, (width, height), cache)
        if detail.changes_detail(settings):
            before = planes
            scale = min(1.0, width / shape.size(info.width, info.height)[0])
            longest = max(info.width, info.height)
            refinement = cache.get("grain", key, lambda: detail.Refinement(before, longest, scale))
            key += (settings.denoise, settings.denoise_colour, settings.sharpen)
            planes = cache.get("detail", key, lambda: refinement.of(settings))
        if settings.dehaze:
            hazy = planes
            key += (settings.dehaze,)
            planes = cache.get("haze", key, lambda: _by_strips(hazy, plan.clear, axis=1))
        light = None
        if plan.gains is not None:
            clear = planes
            light = cache.get("light", key, lambda: _by_strips(clear, plan.light, axis=0))
        out = np.empty((height, width, 4), np.uint8)
        for top in range(0, height, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS)
            plan.finish(planes[:, rows], light[rows] if light is not None else None, out[rows])
        out[..., 3] = 255 if alpha is None else alpha
        return out

    def export(self, settings: EnhanceSettings) -> Iterator[tuple[float, Bytes]]:
        """Develop the picture at full size, strip by strip.

        Yields:
            The fraction that is done, 0 to 1, and the finished picture: uint8 [H, W, 3], or [H, W, 4] with
            transparency. It is the same array each time, and complete at 1.
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
        # An even number of rows, because colour is smoothed in pairs of rows.
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
        """Return the channels, uint8 [3, H, W], and alpha, uint8 [H, W] or None, in the finished shape and size."""
        resample = Image.Resampling.BILINEAR if draft else Image.Resampling.BICUBIC

        def shaped(plane: Bytes) -> Image.Image:
            image = shape.apply(Image.fromarray(plane), resample)
            size = fit(*image.size, max_side)
            return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)

        planes = np.stack([np.asarray(channel) for channel in shaped(self.picture.pixels).split()])
        return planes, None if self.picture.alpha is None else np.asarray(shaped(self.picture.alpha))

    def turned(self, settings: EnhanceSettings, shape: Shape, max_side: int) -> Bytes:
        """Return a draft of a straightened picture: the picture is developed before it is turned, and cached."""
        cache = self._caches[False]
        level = Shape(shape.rotate)
        unturned = replace(settings, straighten=0.0, crop=())
        done = cache.get("level", (unturned, level), lambda: self.preview(unturned, level, 0))
        image = Shape(0, shape.straighten, shape.part).apply(Image.fromarray(done), Image.Resampling.BILINEAR)
        size = fit(*image.size, max_side)
        return np.asarray(image if size == image.size else image.resize(size, Image.Resampling.BILINEAR))

    def _halved(self) -> Development:
        """Return the same picture at half the size."""

        def halved(plane: Bytes) -> Bytes:
            return np.asarray(Image.fromarray(plane).reduce(2))

        alpha = None if self.picture.alpha is None else halved(self.picture.alpha)
        picture = replace(self.picture, pixels=halved(self.picture.pixels), alpha=alpha)
        return Development(picture, self.context)

    def _plan(
        self, settings: EnhanceSettings, shape: Shape, size: tuple[int, int], cache: StepCache | None = None
    ) -> Plan:
        """Return the plan for settings. The table of gains is cached, because it is large; maps go into ``cache``."""
        gains = None
        if local.is_local(settings):
            key = (settings.shadows, settings.highlights, settings.clarity)
            gains = self._gains.get("gains", key, lambda: local.gain_table(settings))
        base, haze = Placement(self.context.base, shape, size), Placement(self.context.haze, shape, size)
        if cache and gains is not None:
            base = cache.get("base", (shape, size), base.enlarged)
        if cache and settings.dehaze:
            haze = cache.get("share of haze", (shape, size), haze.enlarged)
        return Plan.of(settings, self.context, gains, base, haze)


def _by_strips(planes: Bytes, work: Callable[[Bytes, int], NDArray[Any]], axis: int) -> Any:
    height = planes.shape[1]
    strips = [work(planes[:, top : top + _STRIP_ROWS], top) for top in range(0, height, _STRIP_ROWS)]
    return np.concatenate(strips, axis=axis)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The tables and maps that apply settings to one picture.

    Attributes:
        settings: The settings.
        tones: From `tone.tone_tables`, or None if no level changes.
        gains: Number of the gain at ``base << 8 | lightness``, shifted by 8; None if there are no local gains.
        hazes: From `local.haze_tables`, or None if haze stays.
        spread: From `colour.spread_table`, or None if colours stay.
        base: The smooth base of the lightness, at the finished size.
        haze: The share of haze, at the finished size.
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
            context: The picture's context.
            local_gains: From `local.gain_table`, or None if there are no local gains.
            base: The smooth base of the lightness, at the finished size.
            haze: The share of haze, at the finished size.
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
        """Return rows, uint8 [3, R, W], without haze; ``top`` is the number of the first row."""
        if self.hazes is None:
            return rows
        share = self.haze.levels(colour.light_levels(*rows), top)
        share <<= 8
        out = np.empty_like(rows)
        for table, levels, clear in zip(self.hazes, rows, out, strict=True):
            clear[:] = table.ravel()[share | levels]
        return out

    def light(self, rows: Bytes, top: int) -> NDArray[np.intp]:
        """Return ``base << 8 | lightness`` for rows, intp [R, W]; ``top`` is the number of the first row."""
        light = colour.light_levels(*rows)
        base = self.base.levels(light, top)
        base <<= 8
        base |= light
        return base

    def finish(self, rows: Bytes, light: NDArray[np.intp] | None, out: Bytes) -> None:
        """Change the levels and colours of rows.

        Args:
            rows: uint8 [3, R, W].
            light: From `light`, or None if there are no local gains.
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
