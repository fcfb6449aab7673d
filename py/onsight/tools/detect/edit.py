"""New files from a picture and its boxes: a crop, parts redacted, boxes drawn, labels exported."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from onsight.core.flow import Flow, Stage
from onsight.core.results import Box, OutputFile
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.files.names import stem_of
from onsight.files.zipping import pack
from onsight.image import decode
from onsight.image.encoding import encode_like
from onsight.tools.detect.annotate import annotate as draw
from onsight.tools.detect.exports import export as write
from onsight.tools.detect.exports import image_names
from onsight.tools.detect.options import AnnotateOptions, CropOptions, DataSetOptions, ExportOptions, RedactOptions
from onsight.tools.detect.redact import redact as cover
from onsight.tools.detect.results import DataSetText, LabelledDataSet


def crop(image: bytes, options: CropOptions) -> Flow[OutputFile]:
    """Cut a part out of a picture, at full resolution and without the file's metadata.

    Args:
        image: The file's bytes.
        options: Which part.

    Returns:
        A PNG or JPEG with every pixel that the part touches.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
        InvalidOptionError: The part is outside the picture.
    """
    yield Stage("decode")
    picture = decode(image)
    x1, y1, x2, y2 = options.box
    height, width = picture.pixels.shape[:2]
    left, top = max(0, math.floor(x1)), max(0, math.floor(y1))
    right, bottom = min(width, math.ceil(x2)), min(height, math.ceil(y2))
    if left >= right or top >= bottom:
        raise InvalidOptionError(
            text(
                "The part is outside the picture, which has {width} × {height} pixels. Choose a part inside it.",
                width=width,
                height=height,
            )
        )
    yield Stage("encode")
    encoded = encode_like(np.ascontiguousarray(picture.pixels[top:bottom, left:right]), picture.info.format)
    return OutputFile(encoded.data, f"{stem_of(options.name)}-{options.label}{encoded.suffix}", encoded.media_type)


def redact(image: bytes, options: RedactOptions) -> Flow[OutputFile]:
    """Make parts of a picture unrecognisable, at full resolution and without the file's metadata.

    Args:
        image: The file's bytes.
        options: Which parts, and how.

    Returns:
        A PNG or JPEG.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
    """
    yield Stage("decode")
    picture = decode(image)
    yield Stage("redact")
    cover(picture.pixels, options.boxes, options.style)
    yield Stage("encode")
    encoded = encode_like(picture.pixels, picture.info.format)
    return OutputFile(encoded.data, f"{stem_of(options.name)}-{options.style}{encoded.suffix}", encoded.media_type)


def annotate(image: bytes, options: AnnotateOptions, labels: Sequence[str]) -> Flow[OutputFile]:
    """Draw boxes on a picture.

    Args:
        image: The file's bytes.
        options: Which boxes.
        labels: All classes; a class's colour depends on its position.

    Returns:
        A JPEG, or a PNG if the picture is too large for a JPEG.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
        InvalidOptionError: A box has a class that is not in ``labels``.
    """
    check_classes(options.boxes, labels)
    yield Stage("decode")
    picture = decode(image)
    yield Stage("encode")
    drawn = draw(picture, options.boxes, labels)
    return OutputFile(drawn.data, f"{stem_of(options.name)}-boxes{drawn.suffix}", drawn.media_type)


def check_classes(boxes: Iterable[Box], labels: Collection[str]) -> None:
    """Check that the classes of all boxes are known.

    Raises:
        InvalidOptionError: A box has a class that is not in ``labels``.
    """
    if unknown := sorted({box.label for box in boxes} - set(labels)):
        raise InvalidOptionError(
            text(
                "A box has the class {label}, which detection does not know. Use one of its classes.", label=unknown[0]
            )
        )


def export(options: ExportOptions, labels: Sequence[str]) -> Flow[OutputFile]:
    """Write the objects of pictures in another tool's format, as one file; several files are put into a ZIP.

    Args:
        options: Which pictures, which format.
        labels: All classes, in the order of the model.

    Raises:
        InvalidOptionError: A box has a class that is not in ``labels``.
    """
    check_classes((box for picture in options.pictures for box in picture.detection.boxes), labels)
    yield Stage("encode")
    return pack(f"{options.name}-{options.format}", write(options.format, options.pictures, labels))


def data_set(options: DataSetOptions, labels: Sequence[str]) -> Flow[LabelledDataSet]:
    """Write the objects of pictures in another tool's format, and say where in the data set each picture belongs.

    Args:
        options: Which pictures, which format.
        labels: As for `export`.

    Raises:
        InvalidOptionError: A box has a class that is not in ``labels``.
    """
    check_classes((box for picture in options.pictures for box in picture.detection.boxes), labels)
    yield Stage("encode")
    written = write(options.format, options.pictures, labels)
    # As in a file on disk, what is not valid Unicode is escaped.
    texts = [
        DataSetText(path, content.encode("utf-8", "backslashreplace").decode()) for path, content in written.items()
    ]
    images = image_names(options.format, [picture.name for picture in options.pictures])
    return LabelledDataSet(f"{options.name}-{options.format}", tuple(texts), tuple(images))
