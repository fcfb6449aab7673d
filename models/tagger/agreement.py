"""Count how often label, tags and detected objects contradict each other.

::

    python -m models.tagger.agreement FOLDER

Two sure things contradict each other if nothing can be both (see `onsight.evidence.agreement`) and nothing else says
that both are there:

* the label and a sure tag, unless the label's own tag or name is sure as well;
* the label and a sure box, unless there is a sure box, tag or name of the label;
* a sure tag or name and a sure box at the same place, unless there is a sure box of the tag.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from onsight.core.flow import Run, drive
from onsight.core.results import Box
from onsight.engine import load_session
from onsight.evidence.agreement import Agreement
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.network_outputs import CLASSIFIER
from onsight.evidence.rollup import Rollup
from onsight.evidence.vocabulary import Vocabulary
from onsight.library.records import PictureRecord
from onsight.networks.model_cache import find_model
from onsight.networks.models import Models
from onsight.tools.detect.task import DETECTORS
from onsight.tools.organise.task import Indexer


class Contradictions:
    """Finds contradictions in what the tools say about a picture."""

    def __init__(self, rollup: Rollup) -> None:
        self._vocabulary = Vocabulary.load()
        self._agreement = Agreement(rollup, self._vocabulary, DetectedClasses.load())
        self._rows = {concept.id: row for row, concept in enumerate(rollup.concepts)}
        self._labels = {concept.label: concept.id for concept in rollup.concepts if concept.label}
        self._rollup = rollup

    def find(self, label: str | None, sure: Sequence[str], boxes: Sequence[Box]) -> Iterator[str]:
        """Yield each contradiction in words.

        Args:
            label: The label, or None if it is not sure.
            sure: Ids of the tags and names that reach their thresholds.
            boxes: The boxes that reach their thresholds.
        """
        named = {tag: self._concepts(tag) for tag in sure}
        concept = self._labels.get(label or "")
        if concept is not None and not any(self._says(ids, concept) for ids in named.values()):
            for tag, ids in named.items():
                if ids and all(self._agreement.exclude(concept, id) for id in ids):
                    yield f"label {label}, tag {tag}"
            if self._agreement.veto(concept, boxes):
                yield f"label {label}, box"
        for tag, ids in named.items():
            # A broad tag, such as Animal, excludes nothing.
            if ids and all(self._agreement.veto(id, boxes) for id in ids):
                yield f"tag {tag}, box"

    def _concepts(self, tag: str) -> list[str]:
        ids = self._vocabulary[tag].concepts if tag in self._vocabulary else (tag,)
        return [id for id in ids if id in self._rows]

    def _says(self, ids: Sequence[str], concept: str) -> bool:
        """Return whether a tag with these concepts means a concept or a kind of it."""
        ancestors = self._rollup.taxonomy.ancestors
        return any(concept in (id, *ancestors(id)) for id in ids)


def records(paths: Sequence[Path]) -> Iterator[tuple[str, PictureRecord]]:
    """Yield what Organise stores of each picture."""
    indexer = Indexer.from_models(Models(_texts), detect=True)
    # One thread: two of them wait for each other where other programs run.
    sessions = {model: load_session(find_model(model), threads=1) for model in (CLASSIFIER, *DETECTORS)}

    def run(step: Run) -> dict[str, object]:
        return dict(zip(step.fetches, sessions[step.model].run(list(step.fetches), dict(step.feeds)), strict=True))

    for path in paths:
        yield path.name, drive(indexer.index(path.read_bytes()), run)  # type: ignore[arg-type]


def _texts(model: str) -> tuple[str, str]:
    folder = find_model(model)
    labels = folder / "labels.txt"
    return (folder / "model.json").read_text("utf-8"), labels.read_text("utf-8") if labels.is_file() else ""


def main(arguments: Sequence[str]) -> int:
    """Print the contradictions and their number; return the exit status."""
    paths = sorted(path for folder in arguments for path in Path(folder).iterdir())
    found, pictures = 0, 0
    contradictions = Contradictions(Indexer.from_models(Models(_texts), detect=False).classifier.rollup)
    for name, record in records(paths):
        label = record.classification.label if record.classification.certain else None
        sure = [tag.id for tag in record.tagging.tags if tag.score >= tag.threshold]
        boxes = record.detection.boxes if record.detection else ()
        lines = list(contradictions.find(label, sure, boxes))
        found += len(lines)
        pictures += bool(lines)
        print(f"{name}\t{label}\t{'; '.join(lines)}", flush=True)
    print(f"{len(paths)} pictures: {found} contradictions in {pictures} of them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
