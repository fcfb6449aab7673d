"""SSD: anchors, and boxes from a network's outputs.

Source: ``object_detection/anchor_generators/multiple_grid_anchor_generator.py`` (``create_ssd_anchors``) and
``object_detection/box_coders/faster_rcnn_box_coder.py`` of TensorFlow's models (Apache-2.0). Their
coordinates are (y, x); this module converts them to (x, y).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = 6
MIN_SCALE, MAX_SCALE = 0.2, 0.95
FIRST_STRIDE = 16
TRAINED_SIDE = 300
"""Side in pixels of the inputs that the network was trained on."""
ASPECT_RATIOS = (1.0, 2.0, 1 / 2, 3.0, 1 / 3)
LOWEST_SHAPES = ((0.1, 1.0), (MIN_SCALE, 2.0), (MIN_SCALE, 0.5))
"""(scale, aspect ratio) of the anchors at each cell of the finest level, which has fewer than the others."""
VARIANCES = (0.1, 0.1, 0.2, 0.2)
"""Scale of the network's outputs for centre x, centre y, width and height."""


class Axis(NamedTuple):
    """The cells of a level along one side of the input.

    Attributes:
        first: Centre of the first cell's receptive field, in pixels.
        stride: Distance between neighbouring cells, in pixels.
        number: Number of cells.
    """

    first: float
    stride: int
    number: int


def axes(side: int) -> list[Axis]:
    """Return the cells of each level, finest first, along a side of ``side`` pixels."""
    first, stride, count = 0.5, 1, side
    levels: list[Axis] = []
    while len(levels) < LEVELS:
        # A 3x3 convolution with stride 2 is centred on pixels 1, 3, 5 … of an even number, on 0, 2, 4 … of an odd one:
        # TensorFlow's "SAME" pads an even number only at its end.
        if count % 2 == 0:
            first += stride
        stride, count = 2 * stride, -(-count // 2)
        if stride >= FIRST_STRIDE:
            levels.append(Axis(first, stride, count))
    return levels


def grid_sizes(input_size: tuple[int, int]) -> list[tuple[int, int]]:
    """Return ``(rows, columns)`` of each level for an input of ``(height, width)`` pixels."""
    return [(y.number, x.number) for y, x in zip(*(axes(side) for side in input_size), strict=True)]


@lru_cache(maxsize=8)
def ssd_anchors(input_size: tuple[int, int]) -> Array:
    """Return the anchors of an SSD.

    The network has learnt the distance in pixels between an object and the anchor of a cell that sees it. So an anchor
    keeps the size that it had in training, and its distance from the centre of its cell's receptive field. For other
    input sizes, the checkpoint's own generator differs: it spreads and stretches the anchors with the input. At 320
    pixels it puts all but the smallest boxes 10 pixels too far to the top left.

    Args:
        input_size: ``(height, width)`` of the network's input in pixels.

    Returns:
        float64 [N, 4], ``(cx, cy, width, height)`` as fractions of the input's width and height, in the network's
        order: levels from fine to coarse, then rows, columns and shapes. Read-only. For the input size of training,
        these are the anchors of the checkpoint.
    """
    height, width = input_size
    scales = [MIN_SCALE + (MAX_SCALE - MIN_SCALE) * level / (LEVELS - 1) for level in range(LEVELS)] + [1.0]
    anchors = []
    for level, (rows, columns) in enumerate(zip(axes(height), axes(width), strict=True)):
        shapes: tuple[tuple[float, float], ...] = LOWEST_SHAPES
        if level > 0:
            between = math.sqrt(scales[level] * scales[level + 1])
            shapes = (*((scales[level], ratio) for ratio in ASPECT_RATIOS), (between, 1.0))
        sides = np.array([(scale * math.sqrt(ratio), scale / math.sqrt(ratio)) for scale, ratio in shapes])
        y, x = np.meshgrid(_centres(rows, level, height), _centres(columns, level, width), indexing="ij")
        grid = np.empty((rows.number, columns.number, len(shapes), 4))
        grid[..., 0], grid[..., 1] = x[..., None] / width, y[..., None] / height
        grid[..., 2:] = sides * TRAINED_SIDE / np.array([width, height])
        anchors.append(grid.reshape(-1, 4))
    result = np.concatenate(anchors)
    result.flags.writeable = False
    return result


def _centres(axis: Axis, level: int, side: int) -> Array:
    """Return the centres of a level's anchors along one side, in pixels."""
    index = np.arange(axis.number, dtype=np.float64)
    if side == TRAINED_SIDE:
        # In training, anchors were spread evenly over the input; receptive fields are not.
        centres: Array = (index + 0.5) * (side / axis.number)
    else:
        trained = axes(TRAINED_SIDE)[level]
        ahead = trained.first + trained.stride * (trained.number - 1) / 2 - TRAINED_SIDE / 2
        centres = axis.first - ahead + axis.stride * index
    return centres


def decode_ssd_boxes(encodings: NDArray[np.float32], anchors: Array) -> Array:
    """Move and scale anchors by the network's outputs.

    Args:
        encodings: float32 [N, 4], the network's ``boxes``, in its order: y, x, height, width.
        anchors: [N, 4], ``(cx, cy, width, height)``.

    Returns:
        float64 [N, 4], ``(x1, y1, x2, y2)`` in the anchors' unit.
    """
    moves = encodings[:, [1, 0, 3, 2]] * np.array(VARIANCES)
    centres = anchors[:, :2] + moves[:, :2] * anchors[:, 2:]
    half = np.exp(moves[:, 2:]) * anchors[:, 2:] / 2
    return np.concatenate([centres - half, centres + half], axis=1)
