"""New pictures from one and what was found in it: a part of it, parts of it blurred, its boxes drawn."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from onsight.core.flow import Flow, Stage
from onsight.core.results import Box, OutputFile
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
    """Cut a part out of a picture, in full resolution and without the file's metadata.

    Args:
        image: The file's bytes.
        options: Which part.

    Returns:
        A PNG or JPEG; every pixel that the part touches is in it.

    Raises:
        ImageError: The bytes are no picture that can be opened.
        InvalidOptionError: The part lies outside of the picture.
    """
    yield Stage("decode")
    picture = decode(image)
    x1, y1, x2, y2 = options.box
    height, width = picture.pixels.shape[:2]
    left, top = max(0, math.floor(x1)), max(0, math.floor(y1))
    right, bottom = min(width, math.ceil(x2)), min(height, math.ceil(y2))
    if left >= right or top >= bottom:
        raise InvalidOptionError(f"The part lies outside of the picture, which has {width} × {height} pixels.")
    yield Stage("encode")
    encoded = encode_like(np.ascontiguousarray(picture.pixels[top:bottom, left:right]), picture.info.format)
    return OutputFile(encoded.data, f"{stem_of(options.name)}-{options.label}{encoded.suffix}", encoded.media_type)


def redact(image: bytes, options: RedactOptions) -> Flow[OutputFile]:
    """Make parts of a picture unrecognisable, in full resolution and without the file's metadata.

    Args:
        image: The file's bytes.
        options: Which parts, and how.

    Returns:
        A PNG or JPEG.

    Raises:
        ImageError: The bytes are no picture that can be opened.
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
        labels: All classes, which the colours go by.

    Raises:
        ImageError: The bytes are no picture that can be opened.
        InvalidOptionError: A box is of no class of these.
    """
    check_classes(options.boxes, labels)
    yield Stage("decode")
    picture = decode(image)
    yield Stage("encode")
    drawn = draw(picture, options.boxes, labels)
    return OutputFile(drawn.data, f"{stem_of(options.name)}-boxes{drawn.suffix}", drawn.media_type)


def check_classes(boxes: Iterable[Box], labels: Collection[str]) -> None:
    """Refuse boxes of unknown classes.

    Raises:
        InvalidOptionError: A box is of none of these classes.
    """
    if unknown := sorted({box.label for box in boxes} - set(labels)):
        raise InvalidOptionError(f"A box is of the class {unknown[0]}, which is not known here.")


def export(options: ExportOptions, labels: Sequence[str]) -> Flow[OutputFile]:
    """Write what was found in another tool's format, as one file; several are put into a ZIP.

    Args:
        options: Which pictures, which format.
        labels: All classes, in the order of the model.

    Raises:
        InvalidOptionError: A box is of no class of these.
    """
    check_classes((box for picture in options.pictures for box in picture.detection.boxes), labels)
    yield Stage("encode")
    return pack(f"{options.name}-{options.format}", write(options.format, options.pictures, labels))


def data_set(options: DataSetOptions, labels: Sequence[str]) -> Flow[LabelledDataSet]:
    """Write what was found in another tool's format, and say where the pictures belong beside it.

    Args:
        options: Which pictures, which format.
        labels: As for `export`.

    Raises:
        InvalidOptionError: A box is of no class of these.
    """
    check_classes((box for picture in options.pictures for box in picture.detection.boxes), labels)
    yield Stage("encode")
    written = write(options.format, options.pictures, labels)
    # As in a file: what is not valid Unicode is escaped.
    texts = [DataSetText(path, text.encode("utf-8", "backslashreplace").decode()) for path, text in written.items()]
    images = image_names(options.format, [picture.name for picture in options.pictures])
    return LabelledDataSet(f"{options.name}-{options.format}", tuple(texts), tuple(images))
