"""Train the tagger's head, and print its results on held-out pictures.

::

    python -m models.tagger.train FOLDER … [--write]

The folders contain the pictures that ``annotations.tsv``, ``everyday.tsv`` and ``receipts.tsv`` list. Only the folds
are random, and they are seeded: the same pictures, networks and versions give the same numbers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import scipy
import sklearn

from models.tagger import naming
from models.tagger.boxes import fit_settled
from models.tagger.dataset import ANNOTATIONS, EVERYDAY, ROOT, Dataset, DatasetError, Floats, load
from models.tagger.export import pack, pack_settled, to_bytes
from models.tagger.learning import Rows, fit
from models.tagger.metrics import average_precisions, calibration_error, f1_scores
from models.tagger.thresholds import choose_thresholds
from models.tagger.validation import FOLDS, HeldOut, cross_validate
from onsight.evidence.head import TagHead

TARGET = ROOT / "py" / "onsight" / "data" / "tagger.npz"
SEEDS = (0, 1)

MIN_POSITIVES = 5
"""Tags with fewer examples do not count in the means, because their figures are noise."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.tagger.train", description="Train the tagger's head.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help="folders of the annotated pictures")
    parser.add_argument("--write", action="store_true", help="write the two files that ship")
    options = parser.parse_args(arguments)
    try:
        dataset = load(options.folders)
    except DatasetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    rounds = [cross_validate(dataset, seed) for seed in SEEDS]
    print(summary(dataset, rounds))
    for source in (ANNOTATIONS.stem, EVERYDAY.stem):
        print(by_tag(dataset, rounds, source))

    probabilities = np.mean([held.probabilities for held in rounds], axis=0)
    settled_probabilities = np.mean([held.settled for held in rounds], axis=0)
    names = naming.fit_names(dataset, probabilities, settled_probabilities)
    print(naming.names_table(names))

    model = fit(dataset, np.arange(len(dataset.files)))
    held_out_log_odds = np.mean([held.log_odds for held in rounds], axis=0)
    settled, _ = fit_settled(held_out_log_odds, dataset.detections, dataset.settled, dataset.targets)
    arrays = pack(model, dataset.blocks, choose_thresholds(dataset.targets, probabilities))
    arrays |= pack_settled(settled, choose_thresholds(dataset.targets, settled_probabilities))
    data = to_bytes(arrays)
    print(
        f"{len(data):,} bytes; {check_rounding(dataset, model.log_odds(dataset, np.arange(len(dataset.files))), data)}"
    )
    versions = (np.__version__, scipy.__version__, sklearn.__version__, onnxruntime.__version__)
    print("NumPy {}, SciPy {}, scikit-learn {}, onnxruntime {}".format(*versions))
    if options.write:
        TARGET.write_bytes(data)
        naming.TARGET.write_text(names.weights.to_json(), encoding="utf-8")
        print(f"wrote {TARGET.relative_to(ROOT)} and {naming.TARGET.relative_to(ROOT)}")
    return 0


def summary(dataset: Dataset, rounds: Sequence[HeldOut]) -> str:
    """Return the tables of means, for the parts and for the whole, one per source of pictures."""
    lines = [f"{len(SEEDS)} × {FOLDS}-fold cross-validation, {len(dataset.files)} pictures"]
    for source in (ANNOTATIONS.stem, EVERYDAY.stem):
        lines += ["", *_summary(dataset, rounds, dataset.rows_of(source), source)]
    return "\n".join(lines)


def _summary(dataset: Dataset, rounds: Sequence[HeldOut], rows: Rows, source: str) -> list[str]:
    targets = dataset.targets[rows]
    positives = targets.sum(axis=0)
    counted = positives >= MIN_POSITIVES
    lines = [
        f"{source}: {len(rows)} pictures, {counted.sum()} tags with at least {MIN_POSITIVES} of them",
        "",
        "| | mAP | mAP, weighted by frequency | ECE % | ECE %, predictions ≥ 10% |",
        "|---|---|---|---|---|",
    ]
    for name, part in (
        ("classes alone, with expectations.tsv", "expected"),
        ("features alone, ridge regression", "ridge"),
        ("both, combined and calibrated: the first answer", "probabilities"),
        ("**with detection: the settled answer**", "settled"),
    ):
        figures = []
        for held in rounds:
            scores: Floats = getattr(held, part)[rows]
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
    spread = np.std([average_precisions(targets, held.settled[rows])[counted].mean() for held in rounds])
    lines += ["", f"Standard deviation of the settled mAP over the rounds {spread:.4f}."]
    for name, part in (("First answer", "decisions"), ("Settled answer", "settled_decisions")):
        decided = [getattr(held, part)[rows] for held in rounds]
        f1 = np.mean([f1_scores(targets, decisions, counted) for decisions in decided], axis=0)
        given = np.mean([decisions.sum(axis=1).mean() for decisions in decided])
        lines.append(
            f"{name}, at the thresholds: CF1 {f1[0]:.3f}, OF1 {f1[1]:.3f}, {given:.1f} tags per picture, people gave "
            f"{targets.sum(axis=1).mean():.1f}."
        )
    return lines


def by_tag(dataset: Dataset, rounds: Sequence[HeldOut], source: str) -> str:
    """Return each tag's average precision, first and settled, and its number of examples, best first."""
    rows = dataset.rows_of(source)
    positives = dataset.targets[rows].sum(axis=0)
    first, settled = (
        np.mean([average_precisions(dataset.targets[rows], getattr(held, part)[rows]) for held in rounds], axis=0)
        for part in ("probabilities", "settled")
    )
    ids = dataset.vocabulary.ids
    order = sorted(np.flatnonzero(positives >= MIN_POSITIVES), key=lambda row: -settled[row])
    listed = ", ".join(f"{ids[row]} {first[row]:.2f} → {settled[row]:.2f} ({positives[row]:.0f})" for row in order)
    return f"\n{source}: {listed}\n"


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
