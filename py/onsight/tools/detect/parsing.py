"""Makes boxes and detections from JSON data that a page or a program sends, and checks it."""

from __future__ import annotations

from onsight.core.checks import check_integer, check_number
from onsight.core.options import MAX_INTEGER
from onsight.core.parsing import MAX_SIDE, fields_from, rectangle_from
from onsight.core.results import Box, ImageInfo
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.tools.detect.results import Detection


def box_from(name: str, value: object) -> Box:
    """Return a `Box` from its JSON data; arguments and errors as for `rectangle_from`."""
    if isinstance(value, Box):
        return value
    fields = fields_from(name, value, ("label", "score", "x1", "y1", "x2", "y2"))
    if not isinstance(fields["label"], str):
        raise InvalidOptionError(
            text("The label of {name} must be text, got {value!r}.", name=name, value=fields["label"])
        )
    check_number(f"The score of {name}", fields["score"], 0, 1)
    corners = rectangle_from(name, [fields[key] for key in ("x1", "y1", "x2", "y2")])
    # JSON from JavaScript has 5 where Python's has 5.0.
    number = fields.get("id", 0)
    check_integer(f"The id of {name}", number, 0, MAX_INTEGER)
    return Box(fields["label"], float(fields["score"]), *corners, id=number)


def detection_from(name: str, value: object) -> Detection:
    """Return a `Detection` from its JSON data; arguments and errors as for `rectangle_from`."""
    if isinstance(value, Detection):
        return value
    fields = fields_from(name, value, ("boxes", "image", "model"))
    image = fields_from(f"image of {name}", fields["image"], ("width", "height", "format"))
    for side in ("width", "height"):
        check_integer(f"{side} of {name}", image[side], 1, MAX_SIDE)
    if not isinstance(fields["boxes"], (list, tuple)):
        raise InvalidOptionError(
            text("The boxes of {name} must be a list, got {value!r}.", name=name, value=fields["boxes"])
        )
    boxes = tuple(box_from(f"box {number} of {name}", box) for number, box in enumerate(fields["boxes"], 1))
    return Detection(boxes, ImageInfo(image["width"], image["height"], str(image["format"])), str(fields["model"]))
