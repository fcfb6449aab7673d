"""YOLO (Darknet, Ultralytics): one text file a picture. See https://docs.ultralytics.com/datasets/detect/."""

from __future__ import annotations

import json
from collections.abc import Sequence

from onsight.core.boxes import box_convert
from onsight.tools.detect.exports.pictures import DetectedPicture, dataset_names, renamed, without_suffix
from onsight.tools.detect.exports.tables import renaming_table

IMAGES = "images"
"""The folder of the pictures. A program finds the labels of one by putting ``labels`` in place of this."""

_HEAD = """\
# Without a path the data set is the folder that this file is in.
# The same pictures are for training and validation: divide train.txt to change that.
train: train.txt
val: train.txt
names:
"""


def write(pictures: Sequence[DetectedPicture], labels: Sequence[str]) -> dict[str, str]:
    """Return ``labels/<picture>.txt`` a picture, ``train.txt``, ``classes.txt`` and ``data.yaml``."""
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
    # A path that begins with "./" is looked for beside the list.
    written["train.txt"] = "".join(f"./{IMAGES}/{name}\n" for name in given)
    written["classes.txt"] = "".join(f"{label}\n" for label in labels)
    # A JSON string is a YAML string, too, whatever is in it.
    written["data.yaml"] = _HEAD + "".join(
        f"  {index}: {json.dumps(label, ensure_ascii=False)}\n" for label, index in class_ids.items()
    )
    return written | renaming_table(IMAGES, renamed(names, given))
