"""Draws the boxes of objects on a picture."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from onsight.core.results import Box
from onsight.image import DecodedImage
from onsight.image.encoding import EncodedImage, encode_jpeg
from onsight.tools.detect.class_names import colour_of, title_of

QUALITY = 92
"""Of the JPEG."""


def annotate(picture: DecodedImage, boxes: Sequence[Box], labels: Sequence[str]) -> EncodedImage:
    """Draw boxes with their names and scores.

    Args:
        picture: The upright picture.
        boxes: Boxes in pixels of the full picture, most probable first; the first is drawn on top.
        labels: All classes; a class's colour depends on its position.

    Returns:
        A JPEG of the size of ``picture.pixels``, or a PNG if that is too large for a JPEG.
    """
    # Letters come with a library that no other tool needs.
    from PIL import ImageDraw, ImageFont

    image = Image.fromarray(picture.pixels)
    draw = ImageDraw.Draw(image)
    # On a screen, with the whole picture in view, lines and letters look about the same for every size of picture.
    unit = max(1.0, max(image.size) / 640)
    line, font = max(1, round(2 * unit)), ImageFont.load_default(size=12 * unit)
    pad = 3 * unit
    for box in reversed(boxes):
        colour = colour_of(box.label, labels)
        x1, x2 = (x / picture.scale_x for x in (box.x1, box.x2))
        y1, y2 = (y / picture.scale_y for y in (box.y1, box.y2))
        draw.rectangle((x1, y1, max(x1, x2 - 1), max(y1, y2 - 1)), outline=colour, width=line)
        text = f"{title_of(box.label)} {box.score:.0%}"
        left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
        width, height = right - left + 2 * pad, bottom - top + 2 * pad
        # Above the box, or inside it if there is no room above; never beyond the picture's right edge.
        x = max(0.0, min(x1, image.width - width))
        y = y1 - height if y1 >= height else y1
        draw.rectangle((x, y, x + width, y + height), fill=colour)
        draw.text((x + pad - left, y + pad - top), text, fill="white", font=font)
    return encode_jpeg(image, QUALITY)
