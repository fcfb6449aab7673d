"""Medians and ratios."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

STAGES = ("read", "decode", "preprocess", "infer", "postprocess")


def median(samples: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: round(statistics.median(run[name] for run in samples), 1) for name in samples[0]}


def ratio(times: Mapping[str, float], base: Mapping[str, float]) -> dict[str, float]:
    """Return how many times as long each stage takes, and all of them together."""
    return {stage: round(times[stage] / max(base[stage], 0.05), 2) for stage in (*STAGES, "total")}


def ratio_in_turns(times: Sequence[float], bases: Sequence[float]) -> float:
    """Return the median over the turns of how many times as long one takes as the other.

    What slows the machine down for a while slows both halves of a turn down, and leaves their ratio.
    """
    return round(statistics.median(time / base for time, base in zip(times, bases, strict=True)), 2)


def labels_of(result: Mapping[str, Any]) -> list[str]:
    """Return the label of a classification, or those of a detection's boxes."""
    return [box["label"] for box in result["boxes"]] if "boxes" in result else [result["label"]]
