"""Convert plain JSON data from a page or a program to numbers, rectangles and objects, with checks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from onsight.core.checks import check_number
from onsight.core.texts import text
from onsight.errors import InvalidOptionError

Rectangle = tuple[float, float, float, float]
"""``(x1, y1, x2, y2)`` in pixels."""


MAX_SIDE = 1_000_000
"""Largest coordinate in pixels; no picture that Onsight opens has a longer side."""


def rectangle_from(name: str, value: object) -> Rectangle:
    """Return four numbers ``[x1, y1, x2, y2]`` as a rectangle.

    Args:
        name: Name of the value in error messages.
        value: A list or tuple of four numbers.

    Raises:
        InvalidOptionError: It is anything else, or the second corner is to the left of or above the first.
    """
    if not isinstance(value, (list, tuple)) or len(value) != 4:
        raise InvalidOptionError(
            text("{name} must be four numbers x1, y1, x2, y2, got {value!r}.", name=name, value=value)
        )
    for number in value:
        check_number(name, number, -MAX_SIDE, MAX_SIDE)
    x1, y1, x2, y2 = (float(number) for number in value)
    if x2 < x1 or y2 < y1:
        raise InvalidOptionError(text("{name} must have x1 <= x2 and y1 <= y2, got {value!r}.", name=name, value=value))
    return x1, y1, x2, y2


def fields_from(name: str, value: object, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """Return an object that has certain keys and only finite numbers; arguments and errors as above."""
    if not isinstance(value, Mapping) or not set(keys) <= set(value):
        raise InvalidOptionError(
            text("{name} must be an object with {names}, got {value!r}.", name=name, names=", ".join(keys), value=value)
        )
    for number in value.values():
        if isinstance(number, float) and not math.isfinite(number):
            raise InvalidOptionError(text("{name} must have finite numbers, got {value!r}.", name=name, value=value))
    return value
