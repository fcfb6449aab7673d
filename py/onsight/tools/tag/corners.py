"""Boxes of tags, as tuples."""

from __future__ import annotations

from onsight.core.results import Box

Corners = tuple[float, float, float, float]
"""``(x1, y1, x2, y2)`` in pixels."""


def corners(box: Box) -> Corners:
    """Return the edges of a detected object."""
    return box.x1, box.y1, box.x2, box.y2


def area(box: Corners) -> float:
    """Return the area of a box, in pixels."""
    x1, y1, x2, y2 = box
    return max(0.0, x2 - x1) * max(0.0, y2 - y1)


def overlap(box: Corners, other: Corners) -> float:
    """Return the part of a box that another one covers, in [0, 1]."""
    shared = (max(box[0], other[0]), max(box[1], other[1]), min(box[2], other[2]), min(box[3], other[3]))
    return area(shared) / max(area(box), 1e-9)
