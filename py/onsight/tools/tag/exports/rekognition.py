"""Tags in the format of Amazon Rekognition's ``DetectLabels``, which many programs read.

See https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from onsight._version import __version__
from onsight.core.results import ImageInfo
from onsight.tools.detect.exports.pictures import dataset_names, without_suffix
from onsight.tools.tag.exports.pictures import TaggedPicture
from onsight.tools.tag.results import Tag


def write(pictures: Sequence[TaggedPicture]) -> dict[str, str]:
    """Return ``<picture>.json`` for each picture, in the picture's folder."""
    names = dataset_names([picture.name for picture in pictures])
    return {
        f"{without_suffix(name)}.json": json.dumps(document(picture), ensure_ascii=False, indent=1) + "\n"
        for name, picture in zip(names, pictures, strict=True)
    }


def document(picture: TaggedPicture) -> dict[str, Any]:
    """Return the labels of one picture: confidences in percent, boxes as fractions of the picture's sides."""
    return {
        "Labels": [_label(tag, picture.image) for tag in picture.chosen],
        "LabelModelVersion": f"Onsight {__version__}",
    }


def _label(tag: Tag, image: ImageInfo) -> dict[str, Any]:
    confidence = round(100 * tag.score, 2)
    return {
        "Name": tag.name,
        "Confidence": confidence,
        "Parents": [{"Name": name} for name in tag.parents],
        "Categories": [{"Name": tag.group}],
        "Instances": [
            {
                "BoundingBox": {
                    "Left": round(x1 / image.width, 6),
                    "Top": round(y1 / image.height, 6),
                    "Width": round((x2 - x1) / image.width, 6),
                    "Height": round((y2 - y1) / image.height, 6),
                },
                "Confidence": confidence,
            }
            for x1, y1, x2, y2 in tag.boxes
        ],
    }
