"""Means over windows, and the guided filter that stands on them.

The guided filter (He, Sun and Tang, "Guided Image Filtering", 2010) fits the target by a straight line of the guide in
each window and averages the lines: edges of the guide stay, what is weaker than ``eps`` is smoothed. Its cost hardly
depends on the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def _row_sums(values: Plane, length: int) -> Plane:
    """Return the sums of ``length`` neighbouring rows; there are ``length - 1`` fewer of them.

    Sums of 1, 2, 4 … rows are doubled, and those that make up ``length`` are put together: as exact as adding one by
    one, which running totals in single precision are not.
    """
    count = len(values) - length + 1
    doubled, span, offset = values, 1, 0
    total: Plane = np.zeros((count, *values.shape[1:]), np.float32)
    while span <= length:
        if length & span:
            total += doubled[offset : offset + count]
            offset += span
        doubled = doubled[:-span] + doubled[span:]
        span *= 2
    return total


def _column_sums(values: Plane, length: int) -> Plane:
    """Return the sums of ``length`` neighbours in each row; see `_row_sums`."""
    count = values.shape[1] - length + 1
    doubled, span, offset = values, 1, 0
    total: Plane = np.zeros((len(values), count), np.float32)
    while span <= length:
        if length & span:
            total += doubled[:, offset : offset + count]
            offset += span
        doubled = doubled[:, :-span] + doubled[:, span:]
        span *= 2
    return total


def box_mean(values: Plane, radius: int) -> Plane:
    """Return the mean of each window of ``2 · radius + 1`` squared; the border's pixels go on outside.

    Args:
        values: float32 [H, W].
        radius: In pixels; 0 returns the values.
    """
    if radius < 1:
        return values
    length = 2 * radius + 1
    sums = _column_sums(np.pad(values, ((0, 0), (radius, radius)), "edge"), length)
    sums = _row_sums(np.pad(sums, ((radius, radius), (0, 0)), "edge"), length)
    sums *= np.float32(1 / length**2)
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class LineFit:
    """How a guide tells a target in each window, before it is said how even the guide must be to count as flat.

    Attributes:
        radius: Of the windows, in pixels.
        mean_guide: float32 [H, W].
        mean_target: float32 [H, W].
        variance: Of the guide, float32 [H, W].
        covariance: Of both, float32 [H, W].
    """

    radius: int
    mean_guide: Plane
    mean_target: Plane
    variance: Plane
    covariance: Plane

    @classmethod
    def of(cls, guide: Plane, target: Plane, radius: int) -> LineFit:
        """Look at all windows; arguments as for `guided_lines`."""
        mean_guide: Plane = box_mean(guide, radius)
        variance: Plane = box_mean(guide * guide, radius) - mean_guide * mean_guide
        if target is guide:
            return cls(radius, mean_guide, mean_guide, variance, variance)
        mean_target = box_mean(target, radius)
        covariance: Plane = box_mean(guide * target, radius) - mean_guide * mean_target
        return cls(radius, mean_guide, mean_target, variance, covariance)

    def lines(self, eps: float) -> tuple[Plane, Plane]:
        """Return slope and offset as `guided_lines` does."""
        slope: Plane = np.divide(self.covariance, np.maximum(self.variance, 0) + np.float32(eps), dtype=np.float32)
        offset: Plane = self.mean_target - slope * self.mean_guide
        return box_mean(slope, self.radius), box_mean(offset, self.radius)


def guided_lines(guide: Plane, target: Plane, radius: int, eps: float) -> tuple[Plane, Plane]:
    """Return slope and offset of the lines by which the guide tells the target.

    Args:
        guide: float32 [H, W].
        target: float32 [H, W]; the guide itself to smooth it and keep its edges.
        radius: Of the windows, in pixels.
        eps: Variance of the guide below which it counts as flat.

    Returns:
        Two float32 [H, W], a and b: the filtered target is ``a · guide + b``.
    """
    return LineFit.of(guide, target, radius).lines(eps)
