"""SSD: anchors, and the boxes that a network makes of them.

Source: ``object_detection/anchor_generators/multiple_grid_anchor_generator.py`` (``create_ssd_anchors``) and
``object_detection/box_coders/faster_rcnn_box_coder.py`` of TensorFlow's models (Apache-2.0). Orders of
coordinates are converted here, at the door: theirs are (y, x), ours (x, y).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = 6
MIN_SCALE, MAX_SCALE = 0.2, 0.95
FIRST_STRIDE = 16
ASPECT_RATIOS = (1.0, 2.0, 1 / 2, 3.0, 1 / 3)
LOWEST_SHAPES = ((0.1, 1.0), (MIN_SCALE, 2.0), (MIN_SCALE, 0.5))
"""(scale, aspect ratio) of the anchors at each place of the finest level, which has fewer of them."""
VARIANCES = (0.1, 0.1, 0.2, 0.2)
"""Unit of the network's outputs for centre x, centre y, width and height."""


def grid_sizes(input_size: tuple[int, int]) -> list[tuple[int, int]]:
    """Return ``(rows, columns)`` of each level for an input of ``(height, width)`` pixels."""
    rows, columns = (-(-side // FIRST_STRIDE) for side in input_size)
    sizes = []
    for _ in range(LEVELS):
        sizes.append((rows, columns))
        rows, columns = -(-rows // 2), -(-columns // 2)
    return sizes


@lru_cache(maxsize=8)
def ssd_anchors(input_size: tuple[int, int]) -> Array:
    """Return the anchors of an SSD.

    Args:
        input_size: ``(height, width)`` of the network's input in pixels.

    Returns:
        float64 [N, 4], ``(cx, cy, width, height)`` in parts of the input's width and height, in the network's
        order: levels from fine to coarse, then rows, columns and shapes. Read-only.
    """
    scales = [MIN_SCALE + (MAX_SCALE - MIN_SCALE) * level / (LEVELS - 1) for level in range(LEVELS)] + [1.0]
    anchors = []
    for level, (rows, columns) in enumerate(grid_sizes(input_size)):
        shapes: tuple[tuple[float, float], ...] = LOWEST_SHAPES
        if level > 0:
            between = math.sqrt(scales[level] * scales[level + 1])
            shapes = (*((scales[level], ratio) for ratio in ASPECT_RATIOS), (between, 1.0))
        # In parts of the shorter side, so that anchors keep their shape in inputs that are not square.
        sides = np.array([(scale * math.sqrt(ratio), scale / math.sqrt(ratio)) for scale, ratio in shapes])
        sides *= min(input_size) / np.array([input_size[1], input_size[0]])
        y, x = np.meshgrid((np.arange(rows) + 0.5) / rows, (np.arange(columns) + 0.5) / columns, indexing="ij")
        grid = np.empty((rows, columns, len(shapes), 4))
        grid[..., 0], grid[..., 1] = x[..., None], y[..., None]
        grid[..., 2:] = sides
        anchors.append(grid.reshape(-1, 4))
    result = np.concatenate(anchors)
    result.flags.writeable = False
    return result


def decode_ssd_boxes(encodings: NDArray[np.float32], anchors: Array) -> Array:
    """Move and scale anchors as the network says.

    Args:
        encodings: float32 [N, 4], the network's ``boxes``, in its order (y, x, height, width).
        anchors: [N, 4], ``(cx, cy, width, height)``.

    Returns:
        float64 [N, 4], ``(x1, y1, x2, y2)`` in the anchors' unit.
    """
    moves = encodings[:, [1, 0, 3, 2]] * np.array(VARIANCES)
    centres = anchors[:, :2] + moves[:, :2] * anchors[:, 2:]
    half = np.exp(moves[:, 2:]) * anchors[:, 2:] / 2
    return np.concatenate([centres - half, centres + half], axis=1)
