"""From plain JSON data to boxes and detections, checked: what a page or a program hands back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from onsight.detection.redact import Rectangle
from onsight.errors import InvalidOptionError
from onsight.options import check_integer, check_number
from onsight.results import Box, Detection, ImageInfo

MAX_SIDE = 1_000_000
"""Pixels; no picture that can be opened has a longer side, and no edge lies farther out."""


def rectangle_from(name: str, value: object) -> Rectangle:
    """Return four numbers ``[x1, y1, x2, y2]`` as a rectangle.

    Args:
        name: What the value is called in the message of an error.
        value: A list or tuple of four numbers.

    Raises:
        InvalidOptionError: It is anything else, or the second corner lies left of or above the first.
    """
    if not isinstance(value, (list, tuple)) or len(value) != 4:
        raise InvalidOptionError(f"{name} must be four numbers x1, y1, x2, y2, got {value!r}.")
    for number in value:
        check_number(name, number, -MAX_SIDE, MAX_SIDE)
    x1, y1, x2, y2 = (float(number) for number in value)
    if x2 < x1 or y2 < y1:
        raise InvalidOptionError(f"{name} must have x1 <= x2 and y1 <= y2, got {value!r}.")
    return x1, y1, x2, y2


def box_from(name: str, value: object) -> Box:
    """Return the JSON of a `Box` as one; arguments and errors as for `rectangle_from`."""
    if isinstance(value, Box):
        return value
    fields = fields_from(name, value, ("label", "score", "x1", "y1", "x2", "y2"))
    if not isinstance(fields["label"], str):
        raise InvalidOptionError(f"The label of {name} must be a text, got {fields['label']!r}.")
    check_number(f"The score of {name}", fields["score"], 0, 1)
    corners = rectangle_from(name, [fields[key] for key in ("x1", "y1", "x2", "y2")])
    # A JSON from JavaScript has 5 where Python's has 5.0.
    return Box(fields["label"], float(fields["score"]), *corners)


def detection_from(name: str, value: object) -> Detection:
    """Return the JSON of a `Detection` as one; arguments and errors as for `rectangle_from`."""
    if isinstance(value, Detection):
        return value
    fields = fields_from(name, value, ("boxes", "image", "model"))
    image = fields_from(f"image of {name}", fields["image"], ("width", "height", "format"))
    for side in ("width", "height"):
        check_integer(f"{side} of {name}", image[side], 1, MAX_SIDE)
    if not isinstance(fields["boxes"], (list, tuple)):
        raise InvalidOptionError(f"The boxes of {name} must be a list, got {fields['boxes']!r}.")
    boxes = tuple(box_from(f"box {number} of {name}", box) for number, box in enumerate(fields["boxes"], 1))
    return Detection(boxes, ImageInfo(image["width"], image["height"], str(image["format"])), str(fields["model"]))


def fields_from(name: str, value: object, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """Return an object that has some keys, and no number without an end; arguments and errors as for others here."""
    if not isinstance(value, Mapping) or not set(keys) <= set(value):
        raise InvalidOptionError(f"{name} must be an object with {', '.join(keys)}, got {value!r}.")
    for number in value.values():
        if isinstance(number, float) and not math.isfinite(number):
            raise InvalidOptionError(f"{name} must not have endless numbers, got {value!r}.")
    return value
