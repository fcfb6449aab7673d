"""The evidence that settles the tags once detection has run.

A box is direct evidence for the tags that its class implies. All boxes together are indirect evidence for every tag: a
surfboard near a person means surfing, and a laid table with people means eating.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import Box
from onsight.evidence.detected_classes import DetectedClasses, at_least

Array = NDArray[np.float32]

_GROUP_SIZES = (2, 3, 8)
"""Numbers of people whose probabilities are features."""


@dataclass(frozen=True, slots=True, eq=False)
class SettledEvidence:
    """Evidence from detection.

    Attributes:
        log_odds: Log odds of each tag from the boxes that imply it, within ±4, float32 [T].
        features: What all boxes together say, float32 [E], see `settled_evidence`.
    """

    log_odds: Array
    features: Array


def settled_evidence(boxes: Sequence[Box], size: tuple[int, int], classes: DetectedClasses) -> SettledEvidence:
    """Convert the boxes of a picture to evidence.

    Args:
        boxes: Detected boxes, including weak ones.
        size: ``(height, width)`` of the picture in pixels.
        classes: What each class of detection says about tags.

    Returns:
        The evidence. Its features are, for each class of detection in the order of the table: the highest score; the
        square root of the expected number of objects; the square root of the part of the picture that they cover,
        weighted by their scores. Then the probabilities of two, three and eight people, and the height of the tallest
        person as a part of the picture's.
    """
    rows = {label: row for row, label in enumerate(classes.classes)}
    best, count, area = np.zeros((3, len(rows)))
    people, tallest = [], 0.0
    height, width = size
    for box in boxes:
        row = rows.get(box.label)
        if row is None:
            continue
        best[row] = max(best[row], box.score)
        count[row] += box.score
        area[row] += box.score * (box.x2 - box.x1) * (box.y2 - box.y1) / (width * height)
        if box.label == "person":
            people.append(box.score)
            tallest = max(tallest, box.score * (box.y2 - box.y1) / height)
    groups = [at_least(number, people) for number in _GROUP_SIZES]
    features = np.concatenate([best, np.sqrt(count), np.sqrt(area), groups, [tallest]])
    return SettledEvidence(classes.log_odds(boxes), features.astype(np.float32))
