"""Means over windows, and the guided filter that uses them.

The guided filter (He, Sun and Tang, "Guided Image Filtering", 2010) fits a line from guide to target in each window and
averages the lines. Edges of the guide stay; variation weaker than ``eps`` is smoothed. The cost hardly depends on the
radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def _row_sums(values: Plane, length: int) -> Plane:
    """Return the sums of ``length`` neighbouring rows; there are ``length - 1`` fewer sums than rows.

    Combines sums of 1, 2, 4 … rows. This is as exact as adding row by row; running totals in single precision are not.
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
    """Return the mean of each square window with sides of ``2 · radius + 1``, float32 [H, W]; borders are repeated.

    Args:
        values: float32 [H, W].
        radius: In pixels; 0 returns the values themselves.
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
    """The statistics of guide and target in each window, from which `lines` fits lines for any ``eps``.

    Attributes:
        radius: Radius of the windows, in pixels.
        mean_guide: Mean of the guide, float32 [H, W].
        mean_target: Mean of the target, float32 [H, W].
        variance: Variance of the guide, float32 [H, W].
        covariance: Covariance of guide and target, float32 [H, W].
    """

    radius: int
    mean_guide: Plane
    mean_target: Plane
    variance: Plane
    covariance: Plane

    @classmethod
    def of(cls, guide: Plane, target: Plane, radius: int) -> LineFit:
        """Compute the statistics of all windows; arguments as for `guided_lines`."""
        mean_guide: Plane = box_mean(guide, radius)
        variance: Plane = box_mean(guide * guide, radius) - mean_guide * mean_guide
        if target is guide:
            return cls(radius, mean_guide, mean_guide, variance, variance)
        mean_target = box_mean(target, radius)
        covariance: Plane = box_mean(guide * target, radius) - mean_guide * mean_target
        return cls(radius, mean_guide, mean_target, variance, covariance)

    def lines(self, eps: float) -> tuple[Plane, Plane]:
        """Return slope and offset of the averaged lines, as `guided_lines` does."""
        slope: Plane = np.divide(self.covariance, np.maximum(self.variance, 0) + np.float32(eps), dtype=np.float32)
        offset: Plane = self.mean_target - slope * self.mean_guide
        return box_mean(slope, self.radius), box_mean(offset, self.radius)


def guided_lines(guide: Plane, target: Plane, radius: int, eps: float) -> tuple[Plane, Plane]:
    """Return slope and offset of the lines that predict the target from the guide.

    Args:
        guide: float32 [H, W].
        target: float32 [H, W]; the guide itself, to smooth it and keep its edges.
        radius: Radius of the windows, in pixels.
        eps: Variance of the guide below which it counts as flat.

    Returns:
        Two float32 [H, W], a and b: the filtered target is ``a · guide + b``.
    """
    return LineFit.of(guide, target, radius).lines(eps)
