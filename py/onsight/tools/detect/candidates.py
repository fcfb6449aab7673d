"""Boxes as arrays: the candidates of one network, and the objects made from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes that one network proposes for one picture; several may be of the same object.

    Attributes:
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels.
        logits: float64 [N], log odds as the network outputs them, not calibrated.
        class_ids: intp [N], index of the label.
    """

    boxes: NDArray[np.float64]
    logits: NDArray[np.float64]
    class_ids: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Candidates:
        return Candidates(self.boxes[index], self.logits[index], self.class_ids[index])


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """Objects in a picture, with one box for each object and class.

    Attributes:
        boxes: float64 [N, 4], ``(x1, y1, x2, y2)`` in pixels of the upright picture.
        scores: float64 [N], calibrated probabilities in [0, 1].
        class_ids: intp [N], index of the label.
        ids: intp [N], number of the strongest candidate of each object, counted over all candidates of the picture.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]
    class_ids: NDArray[np.intp]
    ids: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Objects:
        return Objects(self.boxes[index], self.scores[index], self.class_ids[index], self.ids[index])

    @classmethod
    def concatenate(cls, parts: Iterable[Objects]) -> Objects:
        """Join the objects of several parts; no parts give no objects."""
        nothing = cls(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.intp), np.zeros(0, np.intp))
        parts = [nothing, *parts]
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.class_ids for part in parts]),
            np.concatenate([part.ids for part in parts]),
        )
