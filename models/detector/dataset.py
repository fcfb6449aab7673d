"""Read the pictures that detection is evaluated on.

There are two kinds of folders. *Frames*: ``images/<id>.jpg`` and ``ground-truth/<id>.txt`` with one object per line,
``class left top right bottom`` in pixels, as in the sample data of ``Cartucho/mAP``. *Photos*: ``images/<file>`` and
``annotations.tsv`` with ``file<TAB>tag,tag,…``. The tags are complete: what is not listed is not in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ALIASES = {
    "aeroplane": "airplane",
    "coffeetable": "dining table",
    "diningtable": "dining table",
    "motorbike": "motorcycle",
    "pottedplant": "potted plant",
    "sofa": "couch",
    "tvmonitor": "tv",
}
"""COCO's names for classes that the frames name differently."""

PHOTO_TAGS = {
    "person": ("person",),
    "dog": ("dog",),
    "cat": ("cat",),
    "bird": ("bird",),
    "car": ("car",),
    "boat": ("boat",),
    "bottle": ("bottle",),
    "cup": ("cup",),
    "bicycle": ("bicycle",),
    "train": ("train",),
    "motorcycle": ("motorcycle",),
}
"""Classes by tag of the photos. Tags that mean more or less than some classes are left out."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture with annotated objects.

    Attributes:
        path: The picture.
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels.
        class_ids: intp [N].
    """

    path: Path
    boxes: NDArray[np.float64]
    class_ids: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture with annotated tags.

    Attributes:
        path: The picture.
        tags: All tags of what is in it.
    """

    path: Path
    tags: frozenset[str]


def read_frames(folder: Path, labels: Sequence[str]) -> list[Frame]:
    """Return the frames in a folder, with their objects of known classes."""
    index = {label: position for position, label in enumerate(labels)}
    frames = []
    for truth in sorted((folder / "ground-truth").glob("*.txt")):
        rows = [line.split() for line in truth.read_text(encoding="utf-8").splitlines() if line.strip()]
        known = [(index[ALIASES.get(row[0], row[0])], row[1:5]) for row in rows if ALIASES.get(row[0], row[0]) in index]
        boxes = np.array([coordinates for _, coordinates in known], np.float64).reshape(-1, 4)
        class_ids = np.array([class_id for class_id, _ in known], np.intp)
        frames.append(Frame(folder / "images" / f"{truth.stem}.jpg", boxes, class_ids))
    return frames


def read_photos(folder: Path) -> list[Photo]:
    """Return the photos in a folder."""
    rows = (folder / "annotations.tsv").read_text(encoding="utf-8").splitlines()
    return [
        Photo(folder / "images" / name, frozenset(tags.split(",")))
        for name, _, tags in (row.partition("\t") for row in rows if row.strip())
    ]


def shared_classes(frames: Sequence[Frame]) -> NDArray[np.intp]:
    """Return the classes in the frames' ground truth."""
    return np.unique(np.concatenate([frame.class_ids for frame in frames]))


def folds(count: int, number: int, seed: int = 0) -> list[NDArray[np.intp]]:
    """Divide ``count`` pictures into ``number`` random parts, the same ones each time."""
    order = np.random.default_rng(seed).permutation(count)
    return [np.sort(order[part::number]) for part in range(number)]


def tagged(photos: Sequence[Photo]) -> Mapping[str, NDArray[np.bool_]]:
    """Return which photos have each tag in `PHOTO_TAGS`, bool [photos]."""
    return {tag: np.array([tag in photo.tags for photo in photos]) for tag in PHOTO_TAGS}
