"""The YOLO format (Darknet, Ultralytics): a text file for each picture. See https://docs.ultralytics.com/datasets/detect/."""

from __future__ import annotations

import json
from collections.abc import Sequence

from onsight.core.boxes import box_convert
from onsight.tools.detect.exports.pictures import DetectedPicture, dataset_names, renamed, without_suffix
from onsight.tools.detect.exports.tables import renaming_table

IMAGES = "images"
"""The folder of the pictures. Programs find a picture's labels by replacing this with ``labels``."""

_HEAD = """\
# Without a path, the data set is the folder of this file.
# The same pictures serve for training and validation. Divide train.txt to change that.
train: train.txt
val: train.txt
names:
"""


def write(pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Return ``labels/<picture>.txt`` for each picture, ``train.txt``, ``classes.txt`` and ``data.yaml``."""
    class_ids = {label: index for index, label in enumerate(labels)}
    names = [picture.name for picture in pictures]
    given = dataset_names(names)
    written = {}
    for name, picture in zip(given, pictures, strict=True):
        info = picture.detection.image
        lines = []
        for box in picture.detection.boxes:
            cx, cy, width, height = box_convert([box.x1, box.y1, box.x2, box.y2], "xyxy", "cxcywh").tolist()
            parts = (cx / info.width, cy / info.height, width / info.width, height / info.height)
            lines.append(" ".join([str(class_ids[box.label]), *(f"{part:.8f}" for part in parts)]) + "\n")
        written[f"labels/{without_suffix(name)}.txt"] = "".join(lines)
    # Programs look for a path that begins with "./" beside the list.
    written["train.txt"] = "".join(f"./{IMAGES}/{name}\n" for name in given)
    written["classes.txt"] = "".join(f"{label}\n" for label in labels)
    # Every JSON string is a YAML string.
    written["data.yaml"] = _HEAD + "".join(
        f"  {index}: {json.dumps(label, ensure_ascii=False)}\n" for label, index in class_ids.items()
    )
    return written | renaming_table(IMAGES, renamed(names, given))
