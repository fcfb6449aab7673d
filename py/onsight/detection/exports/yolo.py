"""YOLO (Darknet, Ultralytics): one text file a picture. See https://docs.ultralytics.com/datasets/detect/."""

from __future__ import annotations

import json
from collections.abc import Sequence

from onsight.boxes import box_convert
from onsight.detection.exports.naming import Named, stems


def write(pictures: Sequence[Named], labels: Sequence[str]) -> dict[str, str]:
    """Return ``labels/<picture>.txt`` a picture, ``classes.txt`` and ``data.yaml``."""
    class_ids = {label: index for index, label in enumerate(labels)}
    written = {}
    for stem, picture in zip(stems(pictures), pictures, strict=True):
        info = picture.detection.image
        lines = []
        for box in picture.detection.boxes:
            cx, cy, width, height = box_convert([box.x1, box.y1, box.x2, box.y2], "xyxy", "cxcywh").tolist()
            parts = (cx / info.width, cy / info.height, width / info.width, height / info.height)
            lines.append(" ".join([str(class_ids[box.label]), *(f"{part:.8f}" for part in parts)]) + "\n")
        written[f"labels/{stem}.txt"] = "".join(lines)
    written["classes.txt"] = "".join(f"{label}\n" for label in labels)
    # A JSON string is a YAML string, too, whatever is in it.
    names = "".join(f"  {index}: {json.dumps(label, ensure_ascii=False)}\n" for label, index in class_ids.items())
    written["data.yaml"] = f"path: .\ntrain: images\nval: images\nnames:\n{names}"
    return written
