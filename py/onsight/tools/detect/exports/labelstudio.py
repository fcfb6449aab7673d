"""The Label Studio format: tasks with predictions. See https://labelstud.io/guide/predictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from onsight.core.results import Box, ImageInfo
from onsight.tools.detect.exports.pictures import DetectedPicture

FROM_NAME, TO_NAME = "label", "image"


def write(pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Return ``tasks.json``, to import, and ``config.xml``, the labelling interface for it."""
    tasks = [_task(picture) for picture in pictures]
    return {
        "tasks.json": json.dumps(tasks, ensure_ascii=False, indent=1) + "\n",
        "config.xml": _config(labels),
    }


def _task(picture: DetectedPicture) -> dict[str, Any]:
    detection = picture.detection
    scores = [box.score for box in detection.boxes]
    return {
        "data": {"image": picture.name},
        "predictions": [
            {
                "model_version": detection.model,
                "score": round(sum(scores) / len(scores), 4) if scores else 0.0,
                "result": [
                    _region(f"box-{number}", box, detection.image) for number, box in enumerate(detection.boxes, 1)
                ],
            }
        ],
    }


def _region(region_id: str, box: Box, info: ImageInfo) -> dict[str, Any]:
    return {
        "id": region_id,
        "type": "rectanglelabels",
        "from_name": FROM_NAME,
        "to_name": TO_NAME,
        "original_width": info.width,
        "original_height": info.height,
        "image_rotation": 0,
        "score": box.score,
        "value": {
            "x": 100 * box.x1 / info.width,
            "y": 100 * box.y1 / info.height,
            "width": 100 * (box.x2 - box.x1) / info.width,
            "height": 100 * (box.y2 - box.y1) / info.height,
            "rotation": 0,
            "rectanglelabels": [box.label],
        },
    }


def _config(labels: Sequence[str]) -> str:
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Image", name=TO_NAME, value="$image")
    choices = ElementTree.SubElement(view, "RectangleLabels", name=FROM_NAME, toName=TO_NAME)
    for label in labels:
        ElementTree.SubElement(choices, "Label", value=label)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"
