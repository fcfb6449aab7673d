"""Train the tagger's head, and print its results on held-out pictures.

::

    python -m models.tagger.train FOLDER [--write]

FOLDER contains the pictures that ``annotations.tsv`` lists. Only the folds are random, and they are seeded: the same
pictures, network and versions give the same numbers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
import scipy
import sklearn

from models.tagger.boxes import fit_boxes
from models.tagger.dataset import ROOT, Dataset, DatasetError, Floats, load
from models.tagger.export import pack, pack_boxes, to_bytes
from models.tagger.learning import fit
from models.tagger.metrics import average_precisions, calibration_error, f1_scores
from models.tagger.naming import calibrate
from models.tagger.thresholds import choose_thresholds
from models.tagger.validation import FOLDS, HeldOut, cross_validate
from onsight.evidence.head import TagHead
from onsight.evidence.vocabulary import Vocabulary

TARGET = ROOT / "py" / "onsight" / "data" / "tagger.npz"
SEEDS = (0, 1, 2)

MIN_POSITIVES = 5
"""Tags with fewer examples do not count in the means, because their figures are noise."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.tagger.train", description="Train the tagger's head.")
    parser.add_argument("folder", type=Path, help="folder of the pictures that annotations.tsv lists")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    try:
        dataset = load(options.folder)
    except DatasetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    rounds = [cross_validate(dataset, seed) for seed in SEEDS]
    print(summary(dataset, rounds))
    print(by_tag(dataset, rounds))

    object_weights, held_out, right = calibrate(dataset)
    print(naming_table(held_out, right))

    probabilities = np.mean([held.probabilities for held in rounds], axis=0)
    model = fit(dataset, np.arange(len(dataset.files)))
    held_out_log_odds = np.mean([held.log_odds for held in rounds], axis=0)
    boxes = fit_boxes(held_out_log_odds, dataset.detections, dataset.targets, dataset.covered)
    with_boxes = np.mean([held.with_boxes for held in rounds], axis=0)
    arrays = pack(model, dataset.blocks, choose_thresholds(dataset.targets, probabilities), object_weights)
    arrays |= pack_boxes(boxes, choose_thresholds(dataset.targets, with_boxes))
    data = to_bytes(arrays)
    print(
        f"{len(data):,} bytes; {check_rounding(dataset, model.log_odds(dataset, np.arange(len(dataset.files))), data)}"
    )
    versions = (np.__version__, scipy.__version__, sklearn.__version__, onnxruntime.__version__)
    print("NumPy {}, SciPy {}, scikit-learn {}, onnxruntime {}".format(*versions))
    if options.write:
        TARGET.write_bytes(data)
        print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


def summary(dataset: Dataset, rounds: Sequence[HeldOut]) -> str:
    """Return the table of means, for the parts and for the whole."""
    targets = dataset.targets
    positives = targets.sum(axis=0)
    counted = positives >= MIN_POSITIVES
    lines = [
        f"{len(SEEDS)} × {FOLDS}-fold cross-validation, {len(targets)} pictures, "
        f"{counted.sum()} tags with at least {MIN_POSITIVES} pictures",
        "",
        "| | mAP | mAP, weighted by frequency | ECE % | ECE %, predictions ≥ 10% |",
        "|---|---|---|---|---|",
    ]
    for name, part in (
        ("classes alone, with expectations.tsv", "expected"),
        ("features alone, ridge regression", "ridge"),
        ("**both, combined and calibrated (shipped)**", "probabilities"),
        ("with boxes", "with_boxes"),
    ):
        figures = []
        for held in rounds:
            scores: Floats = getattr(held, part)
            precisions = average_precisions(targets, scores)
            said = np.clip(scores, 0, 1)
            likely = said >= 0.1
            figures.append(
                (
                    precisions[counted].mean(),
                    np.average(precisions[counted], weights=positives[counted]),
                    100 * calibration_error(targets, said),
                    100 * calibration_error(targets[likely], said[likely]),
                )
            )
        mean = np.mean(figures, axis=0)
        lines.append(f"| {name} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.2f} | {mean[3]:.1f} |")
    spread = np.std([average_precisions(targets, held.probabilities)[counted].mean() for held in rounds])
    lines += ["", f"Standard deviation of the mAP over the rounds {spread:.4f}."]
    for name, decided in (
        ("At the thresholds", [held.decisions for held in rounds]),
        ("With boxes", [held.decisions_with_boxes for held in rounds]),
    ):
        f1 = np.mean([f1_scores(targets, decisions, counted) for decisions in decided], axis=0)
        given = np.mean([decisions.sum(axis=1).mean() for decisions in decided])
        lines.append(
            f"{name}: CF1 {f1[0]:.3f}, OF1 {f1[1]:.3f}, {given:.1f} tags per picture, people gave "
            f"{targets.sum(axis=1).mean():.1f}."
        )
    return "\n".join(lines)


def by_tag(dataset: Dataset, rounds: Sequence[HeldOut]) -> str:
    """Return each tag's average precision and number of examples, best first."""
    positives = dataset.targets.sum(axis=0)
    precisions, boxed = (
        np.mean([average_precisions(dataset.targets, getattr(held, part)) for held in rounds], axis=0)
        for part in ("probabilities", "with_boxes")
    )
    ids = Vocabulary.load().ids
    order = sorted(np.flatnonzero(positives >= MIN_POSITIVES), key=lambda row: -precisions[row])
    covered = [row for row in order if row in set(dataset.covered.tolist())]
    return (
        "\n"
        + ", ".join(f"{ids[row]} {precisions[row]:.2f} ({positives[row]:.0f})" for row in order)
        + "\n\nWith boxes: "
        + ", ".join(f"{ids[row]} {precisions[row]:.2f} → {boxed[row]:.2f}" for row in covered)
        + "\n"
    )


def naming_table(probabilities: Floats, right: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    """Return how often the names of specific objects are right, by predicted probability."""
    lines = ["| predicted for a specific name | names | right |", "|---|---|---|"]
    edges = (0.0, 0.15, 0.35, 0.55, 0.75, 0.9, 1.0001)
    for low, high in pairwise(edges):
        inside = (probabilities >= low) & (probabilities < high)
        if inside.any():
            lines.append(f"| {low:.0%}–{min(high, 1):.0%} | {inside.sum()} | {right[inside].mean():.0%} |")
    return "\n".join(lines) + "\n"


def check_rounding(dataset: Dataset, log_odds: Floats, data: bytes) -> str:
    """Return a sentence on how much rounding the weights to one byte changes the probabilities."""
    head = TagHead.from_bytes(data)
    stored = (
        dataset.features @ head.weights.T.astype(np.float64)
        + np.einsum("nte,te->nt", dataset.expectations, head.expectation_weights)
        + head.bias
    )
    moved = np.abs(1 / (1 + np.exp(-stored)) - 1 / (1 + np.exp(-log_odds)))
    return f"rounding moves a probability by {moved.mean():.5f} on average, {moved.max():.4f} at most"


if __name__ == "__main__":
    sys.exit(main())
