"""Turns a detection network's outputs into candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Tensors
from onsight.tools.detect.anchors import decode_ssd_boxes, ssd_anchors
from onsight.tools.detect.candidates import Candidates

FLOOR = 0.01
"""Scores below this are ignored."""
FLOOR_LOGIT = float(np.log(FLOOR / (1 - FLOOR)))
MAX_CANDIDATES = {"ssd": 800, "centernet": 300}
"""Number of candidates kept, strongest first. SSD proposes each object many times, CenterNet once or twice."""
CENTERNET_STRIDE = 4
"""Pixels of the input per cell of CenterNet's heat map."""


def decode_ssd(outputs: Tensors, input_size: tuple[int, int]) -> Candidates:
    """Return the candidates in the outputs of an SSD.

    Args:
        outputs: ``boxes`` float32 [1, N, 4] and ``scores`` float32 [1, N, C]; see `anchors`.
        input_size: ``(height, width)`` of the network's input.

    Returns:
        Candidates in pixels of the input, strongest first, before non-maximum suppression.
    """
    scores = outputs["scores"][0]
    warm = np.flatnonzero(scores > FLOOR)
    warm = warm[_strongest(scores.reshape(-1)[warm], MAX_CANDIDATES["ssd"])]
    anchor, class_ids = np.unravel_index(warm, scores.shape)
    probabilities = np.minimum(scores[anchor, class_ids].astype(np.float64), 1 - 1e-6)
    used, position = np.unique(anchor, return_inverse=True)
    boxes = decode_ssd_boxes(outputs["boxes"][0][used], ssd_anchors(input_size)[used])
    height, width = input_size
    return Candidates(
        boxes[position] * [width, height, width, height],
        np.log(probabilities / (1 - probabilities)),
        class_ids,
    )


def decode_centernet(outputs: Tensors, input_size: tuple[int, int]) -> Candidates:
    """Return the candidates in the outputs of a CenterNet: the peaks of each class's heat map.

    A peak is a cell that none of its eight neighbours exceeds (Zhou et al., "Objects as Points", 2019).

    Args:
        outputs: ``heat_map`` float32 [1, C, rows, columns], log odds, and ``distances`` float32
            [1, 4, rows, columns], from the cell to the left, top, right and bottom edge in pixels of the input.
        input_size: ``(height, width)`` of the network's input.

    Returns:
        Candidates in pixels of the input, strongest first.
    """
    heat_map, distances = outputs["heat_map"][0], outputs["distances"][0]
    class_ids, row, column = _peaks(heat_map, FLOOR_LOGIT)
    strongest = _strongest(heat_map[class_ids, row, column], MAX_CANDIDATES["centernet"])
    class_ids, row, column = class_ids[strongest], row[strongest], column[strongest]
    logits = heat_map[class_ids, row, column]
    left_, top, right, bottom = distances[:, row, column].astype(np.float64)
    x, y = column * CENTERNET_STRIDE, row * CENTERNET_STRIDE
    boxes = np.stack([x - left_, y - top, x + right, y + bottom], axis=1)
    # Distances can be negative, so corners can be swapped.
    ordered = np.concatenate([np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])], axis=1)
    return Candidates(ordered, logits.astype(np.float64), class_ids)


def _peaks(maps: NDArray[np.float32], floor: float) -> tuple[NDArray[np.intp], ...]:
    """Return the peaks of maps, float32 [C, rows, columns]: cells above a floor that no neighbour exceeds.

    Returns:
        Class, row and column of each peak, intp [N] each.
    """
    count, rows, columns = maps.shape
    # With a row of -inf before each map and a column after it, every neighbour is at a fixed offset in the flat array.
    padded = np.full((count, rows + 1, columns + 1), -np.inf, np.float32)
    padded[:, 1:, :columns] = maps
    flat, stride = padded.reshape(-1), columns + 1
    # Few of a million cells exceed the floor, and most of those have a greater neighbour to the right or left: each
    # comparison leaves fewer cells for the next.
    warm = np.flatnonzero(flat > floor)
    values = flat[warm]
    for way in (1, -1, stride, -stride, stride + 1, -stride - 1, stride - 1, 1 - stride):
        peak = values >= flat.take(warm + way, mode="clip")
        warm, values = warm[peak], values[peak]
    class_ids, row, column = np.unravel_index(warm, padded.shape)
    return class_ids, row - 1, column


Decoder = Callable[[Tensors, tuple[int, int]], Candidates]

DECODERS: Mapping[str, Decoder] = {"ssd": decode_ssd, "centernet": decode_centernet}
"""Decoders by the name in ``ModelSpec.decoder``."""


def _strongest(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Return the indices of the highest scores, highest first; equal scores keep their order."""
    return np.argsort(-scores, kind="stable")[:count]
