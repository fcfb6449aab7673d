"""The COCO format: one JSON file. See https://cocodataset.org/#format-data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from onsight._version import __version__
from onsight.tools.detect.exports.pictures import DetectedPicture

COCO_IDS = (
    *range(1, 12), *range(13, 26), 27, 28, *range(31, 45), *range(46, 66), 67, 70, *range(72, 83), *range(84, 91)
)  # fmt: skip
"""Ids of COCO's 80 classes, in COCO's order; ten numbers up to 90 are unused."""


def write(pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Return ``annotations.json``; see `onsight.tools.detect.exports.export`."""
    # COCO's own ids, so that COCO's tools can compare the file with its ground truth.
    ids = COCO_IDS if len(labels) == len(COCO_IDS) else range(1, len(labels) + 1)
    category_ids = dict(zip(labels, ids, strict=True))
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, picture in enumerate(pictures, 1):
        info = picture.detection.image
        images.append({"id": image_id, "file_name": picture.name, "width": info.width, "height": info.height})
        for box in picture.detection.boxes:
            width, height = box.x2 - box.x1, box.y2 - box.y1
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": category_ids[box.label],
                    "bbox": [box.x1, box.y1, round(width, 2), round(height, 2)],
                    "area": round(width * height, 2),
                    "iscrowd": 0,
                    "segmentation": [],
                    "score": box.score,
                }
            )
    document = {
        "info": {"description": f"Objects found by Onsight {__version__}", "version": "1.0"},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": [{"id": ids, "name": label, "supercategory": ""} for label, ids in category_ids.items()],
    }
    return {"annotations.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n"}
