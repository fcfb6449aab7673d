"""Read the pictures that detection is evaluated on.

There are three kinds of folders. *Frames*: ``images/<id>.jpg`` and ``ground-truth/<id>.txt`` with one object per line,
``class left top right bottom`` in pixels, as in the sample data of ``Cartucho/mAP``. *Scenes*: ``images/<id>.jpg`` and
``boxes/<id>.txt`` with one object per line, ``class centre-x centre-y width height`` as shares of the picture, as in
``lightly-ai/coco128_yolo``. *Photos*: ``images/<file>`` and ``annotations.tsv`` with ``file<TAB>tag,tag,…``. The tags
are complete: what is not listed is not in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from onsight.core.boxes import box_convert

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
        size: ``(height, width)`` in pixels.
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels.
        class_ids: intp [N].
        annotated: Classes whose objects are annotated, intp.
    """

    path: Path
    size: tuple[int, int]
    boxes: NDArray[np.float64]
    class_ids: NDArray[np.intp]
    annotated: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture with annotated tags.

    Attributes:
        path: The picture.
        size: ``(height, width)`` in pixels.
        tags: All tags of what is in it.
    """

    path: Path
    size: tuple[int, int]
    tags: frozenset[str]


def read_frames(folder: Path, labels: Sequence[str]) -> list[Frame]:
    """Return the frames in a folder, with their objects of known classes."""
    index = {label: position for position, label in enumerate(labels)}
    pictures = []
    for truth in sorted((folder / "ground-truth").glob("*.txt")):
        rows = [line.split() for line in truth.read_text(encoding="utf-8").splitlines() if line.strip()]
        known = [(index[ALIASES.get(row[0], row[0])], row[1:5]) for row in rows if ALIASES.get(row[0], row[0]) in index]
        boxes = np.array([coordinates for _, coordinates in known], np.float64).reshape(-1, 4)
        class_ids = np.array([class_id for class_id, _ in known], np.intp)
        pictures.append((folder / "images" / f"{truth.stem}.jpg", boxes, class_ids))
    annotated = np.unique(np.concatenate([class_ids for _, _, class_ids in pictures]))
    return [Frame(path, size_of(path), boxes, class_ids, annotated) for path, boxes, class_ids in pictures]


def read_scenes(folder: Path, labels: Sequence[str]) -> list[Frame]:
    """Return the scenes in a folder. All classes are annotated; a picture without a file of boxes has no object."""
    scenes = []
    for path in sorted((folder / "images").glob("*.jpg")):
        truth = folder / "boxes" / f"{path.stem}.txt"
        lines = truth.read_text(encoding="utf-8").splitlines() if truth.is_file() else []
        rows = np.array([line.split()[:5] for line in lines if line.strip()], np.float64).reshape(-1, 5)
        height, width = size_of(path)
        boxes = box_convert(rows[:, 1:], "cxcywh", "xyxy") * [width, height, width, height]
        scenes.append(Frame(path, (height, width), boxes, rows[:, 0].astype(np.intp), np.arange(len(labels))))
    return scenes


def read_photos(folder: Path) -> list[Photo]:
    """Return the photos in a folder."""
    rows = (folder / "annotations.tsv").read_text(encoding="utf-8").splitlines()
    named = [(folder / "images" / name, tags) for name, _, tags in (row.partition("\t") for row in rows if row.strip())]
    return [Photo(path, size_of(path), frozenset(tags.split(","))) for path, tags in named]


def size_of(path: Path) -> tuple[int, int]:
    """Return the ``(height, width)`` of a picture in pixels, upright."""
    with Image.open(path) as picture:
        width, height = picture.size
        is_lying = picture.getexif().get(ExifTags.Base.Orientation, 1) >= 5
    return (width, height) if is_lying else (height, width)


def folds(count: int, number: int, seed: int = 0) -> list[NDArray[np.intp]]:
    """Divide ``count`` pictures into ``number`` random parts, the same ones each time."""
    order = np.random.default_rng(seed).permutation(count)
    return [np.sort(order[part::number]) for part in range(number)]


def tagged(photos: Sequence[Photo]) -> Mapping[str, NDArray[np.bool_]]:
    """Return which photos have each tag in `PHOTO_TAGS`, bool [photos]."""
    return {tag: np.array([tag in photo.tags for photo in photos]) for tag in PHOTO_TAGS}
