"""Candidates and detectors for the tests of detection."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from onsight.tools.detect.candidates import Candidates, Objects
from onsight.tools.detect.task import Detector

MODELS = Path(__file__).resolve().parents[1] / "models"
IDS = ("centernet-mobilenet-v3", "ssdlite-mobilenet-v2")


def texts(model_id: str) -> tuple[str, str]:
    """Return the texts of a model's description and labels."""
    folder = MODELS / model_id
    return (folder / "model.json").read_text(encoding="utf-8"), (folder / "labels.txt").read_text(encoding="utf-8")


def make_detector() -> Detector:
    """Return a detector of the networks that ship."""
    return Detector.from_text([texts(model_id) for model_id in IDS], texts("efficientnet-lite2"))


def candidates(*rows: tuple[float, float, float, float, float, int]) -> Candidates:
    """Candidates from rows ``(x1, y1, x2, y2, logit, class)``."""
    table = np.array(rows, float).reshape(-1, 6)
    return Candidates(table[:, :4], table[:, 4], table[:, 5].astype(np.intp))


def objects(*rows: tuple[float, float, float, float, float, int]) -> Objects:
    found = candidates(*rows)
    return Objects(found.boxes, found.logits, found.class_ids, np.arange(1, len(found.boxes) + 1))
