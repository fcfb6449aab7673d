"""Evaluate the shipped tagger on annotated pictures.

::

    python -m models.tagger.evaluate FOLDER [--annotations FILE] [--boxes]

FOLDER contains the pictures that FILE lists in lines of ``file<TAB>tag,tag,…``. Results on pictures that the head was
trained on, those in ``annotations.tsv``, are optimistic; ``models.tagger.train`` prints its results on others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.tagger.dataset import ANNOTATIONS, DatasetError, read_annotations
from models.tagger.metrics import average_precisions, calibration_error, f1_scores
from onsight.engine import Engine
from onsight.errors import OnsightError
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.options import TagOptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.tagger.evaluate", description="Evaluate the tagger.")
    parser.add_argument("folder", type=Path, help="folder of the pictures")
    parser.add_argument("--annotations", type=Path, default=ANNOTATIONS, help="their tags")
    parser.add_argument("--boxes", action="store_true", help="use detected objects as well")
    parser.add_argument(
        "--min-positives", type=int, default=1, help="minimum number of pictures for a tag to count in the means"
    )
    options = parser.parse_args(arguments)
    try:
        print(measure(options.folder, options.annotations, options.boxes, options.min_positives))
    except (DatasetError, OnsightError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def measure(folder: Path, annotations: Path, boxes: bool, min_positives: int) -> str:
    """Return a summary of the tags' quality.

    Raises:
        DatasetError: The annotations are malformed.
        OnsightError: A picture or a model cannot be used.
    """
    vocabulary, engine = Vocabulary.load(), Engine()
    tags = read_annotations(annotations, vocabulary)
    targets = np.array([[float(id in held) for id in vocabulary.ids] for held in tags.values()])
    scores, decisions = np.zeros_like(targets), np.zeros(targets.shape, bool)
    shown = 0
    for row, name in enumerate(tags):
        result = engine.tag(folder / name, TagOptions(all=True, boxes=boxes))
        shown += sum(tag.shown for tag in result.tags)
        for tag in result.tags:
            if tag.id in vocabulary:
                column = vocabulary.row_of(tag.id)
                scores[row, column], decisions[row, column] = tag.score, tag.score >= tag.threshold
    counted = targets.sum(axis=0) >= min_positives
    f1 = f1_scores(targets, decisions, counted)
    return (
        f"{len(targets)} pictures, {counted.sum()} tags: "
        f"mAP {average_precisions(targets, scores)[counted].mean():.3f}, "
        f"CF1 {f1[0]:.3f}, OF1 {f1[1]:.3f}, ECE {100 * calibration_error(targets, scores):.2f}%; "
        f"{decisions.sum(axis=1).mean():.1f} vocabulary tags per picture reach their thresholds, people gave "
        f"{targets.sum(axis=1).mean():.1f}, {shown / len(targets):.1f} tags of all kinds are shown"
    )


if __name__ == "__main__":
    sys.exit(main())
