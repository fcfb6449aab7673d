"""Read annotated pictures and the network's outputs for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Run, drive
from onsight.engine import load_session
from onsight.errors import OnsightError
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.expectations import Expectations
from onsight.evidence.network_outputs import CLASSIFIER, FLAT_TEMPERATURE, log_odds
from onsight.evidence.observation import Observation, Observer
from onsight.evidence.settled import settled_evidence
from onsight.evidence.vocabulary import Vocabulary
from onsight.files.reading import read_file
from onsight.networks.model_cache import cache_folder, find_model
from onsight.networks.models import Models
from onsight.networks.postprocess import softmax
from onsight.tools.detect.task import DETECTORS, Detector
from onsight.tools.tag.task import observe_with_boxes

ROOT = Path(__file__).resolve().parents[2]
ANNOTATIONS = Path(__file__).with_name("annotations.tsv")
EVERYDAY = Path(__file__).with_name("everyday.tsv")
RECEIPTS = Path(__file__).with_name("receipts.tsv")
SOURCES = (ANNOTATIONS, EVERYDAY, RECEIPTS)

Floats = NDArray[np.float64]
Looks = dict[str, NDArray[np.float32]]
Outputs = Mapping[str, NDArray[np.float32]]


class DatasetError(Exception):
    """The annotations or the pictures are not as expected."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Annotated pictures with the head's inputs.

    Attributes:
        vocabulary: The T tags.
        files: Names of the n pictures, by source and then sorted.
        sources: Name of the file of annotations that each picture is in, without a suffix.
        targets: 1 if a tag applies, else 0, float64 [n, T].
        features: float64 [n, D], see `onsight.evidence.network_outputs.Evidence`.
        blocks: Number of features in each block; their sum is D.
        expectations: float64 [n, T, 4].
        labels: Synset id of each of the network's C classes.
        probabilities: Class probabilities in the whole picture, float32 [n, C].
        average_places: Class probabilities averaged over all positions, float32 [n, C].
        best_places: Probability of each class at its best position, float32 [n, C].
        detections: Log odds of the tags from the detected objects, float64 [n, T].
        settled: Features from detection, float64 [n, E], see
            `onsight.evidence.settled.SettledEvidence`.
    """

    vocabulary: Vocabulary
    files: tuple[str, ...]
    sources: tuple[str, ...]
    targets: Floats
    features: Floats
    blocks: tuple[int, ...]
    expectations: Floats
    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    average_places: NDArray[np.float32]
    best_places: NDArray[np.float32]
    detections: Floats
    settled: Floats

    def rows_of(self, source: str) -> NDArray[np.intp]:
        """Return the rows of the pictures of a source."""
        return np.flatnonzero(np.array(self.sources) == source)


def read_annotations(path: Path, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """Read ``file<TAB>tag,tag,…`` lines; further cells are for other readers.

    Returns:
        The tags of each picture, in the order of the names.

    Raises:
        DatasetError: A line is malformed, has an unknown tag, or repeats a picture.
    """
    annotations: dict[str, frozenset[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, *cells = line.split("\t")
        tags = frozenset(cells[0].split(",")) - {""} if cells else frozenset()
        if not cells or name in annotations or not tags <= set(vocabulary.ids):
            raise DatasetError(f"{path}, line {number}: malformed, repeated or with unknown tags.")
        annotations[name] = tags
    return dict(sorted(annotations.items()))


def load(folders: Sequence[Path], annotations: Sequence[Path] = SOURCES) -> Dataset:
    """Run the shipped networks on all annotated pictures, or return their cached outputs.

    Args:
        folders: Folders that have the pictures, also in folders below.
        annotations: Files with the tags.

    Raises:
        DatasetError: The annotations are malformed, or a picture is missing or damaged.
    """
    vocabulary = Vocabulary.load()
    held = [
        (path.stem, name, tags) for path in annotations for name, tags in read_annotations(path, vocabulary).items()
    ]
    places = {path.name: path for folder in folders for path in folder.rglob("*") if path.is_file()}
    if missing := [name for _, name, _ in held if name not in places]:
        raise DatasetError(f"The folders lack {', '.join(missing[:5])} ({len(missing)} pictures are missing).")
    paths = [places[name] for _, name, _ in held]
    models = Models(_texts)
    observer, detector = Observer.from_text(*models.texts(CLASSIFIER)), models.make(Detector)
    looks = _recall(_fingerprint(paths), lambda: _look(observer, detector, paths))
    return Dataset(
        vocabulary=vocabulary,
        files=tuple(name for _, name, _ in held),
        sources=tuple(source for source, _, _ in held),
        targets=np.array([[float(id in tags) for id in vocabulary.ids] for _, _, tags in held]),
        features=looks["features"].astype(np.float64),
        blocks=tuple(int(size) for size in looks["blocks"]),
        expectations=_expectations(observer.expectations, looks).astype(np.float64),
        labels=tuple(observer.labels),
        probabilities=looks["probabilities"],
        average_places=looks["average_places"],
        best_places=looks["best_places"],
        detections=looks["detections"].astype(np.float64),
        settled=looks["settled"].astype(np.float64),
    )


def _texts(model: str) -> tuple[str, str]:
    folder = find_model(model)
    labels = folder / "labels.txt"
    return (folder / "model.json").read_text("utf-8"), labels.read_text("utf-8") if labels.is_file() else ""


def _expectations(table: Expectations, looks: Looks) -> NDArray[np.float32]:
    """Return the expectations of all pictures, float32 [n, T, 4], see `onsight.evidence.network_outputs.Evidence`."""
    whole, soft, average, best = (looks[name] for name in ("probabilities", "soft", "average_places", "best_places"))
    strongest = np.stack([table.strongest(row) for row in best])
    return log_odds(np.stack([table.mean(whole), table.mean(soft), table.mean(average), strongest], axis=2))


def _recall(fingerprint: str, make: Callable[[], Looks]) -> Looks:
    kept = cache_folder() / "training" / f"{fingerprint}.npz"
    if kept.is_file():
        with np.load(kept) as arrays:
            return {name: arrays[name] for name in arrays.files}
    looks = make()
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.savez(kept, allow_pickle=False, **looks)
    return looks


def observations(observer: Observer, detector: Detector) -> Callable[[Path], tuple[Observation, Outputs]]:
    """Return a function that runs the networks on a picture.

    It returns what they found, with boxes, and the classifier's outputs, and raises DatasetError if the picture is
    damaged.
    """
    # One thread: two of them wait for each other where other programs run.
    sessions = {model: load_session(find_model(model), threads=1) for model in (CLASSIFIER, *DETECTORS)}

    def observe(path: Path) -> tuple[Observation, Outputs]:
        outputs: dict[str, NDArray[np.float32]] = {}

        def run(step: Run) -> dict[str, NDArray[np.float32]]:
            found = sessions[step.model].run(list(step.fetches), dict(step.feeds))
            named = dict(zip(step.fetches, found, strict=True))
            if step.model == CLASSIFIER:
                outputs.update(named)
            return named

        try:
            return drive(observe_with_boxes(observer, detector, read_file(path)), run), outputs
        except OnsightError as error:
            raise DatasetError(f"{path}: {error.message}") from error

    return observe


def _look(observer: Observer, detector: Detector, paths: Sequence[Path]) -> Looks:
    observe, classes = observations(observer, detector), DetectedClasses.load()
    columns: dict[str, list[NDArray[np.float32]]] = {}
    for path in paths:
        seen, outputs = observe(path)
        settled = settled_evidence(seen.boxes or (), (seen.image.height, seen.image.width), classes)
        places = seen.evidence.places.reshape(-1, seen.evidence.places.shape[-1])
        row = {
            "features": np.concatenate(seen.evidence.features),
            "probabilities": seen.probabilities,
            "soft": softmax(outputs["logits"][0], FLAT_TEMPERATURE),
            "average_places": places.mean(axis=0),
            "best_places": places.max(axis=0),
            "detections": settled.log_odds,
            "settled": settled.features,
        }
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    looks = {name: np.stack(values) for name, values in columns.items()}
    looks["blocks"] = np.array([block.size for block in seen.evidence.features], np.float32)
    return looks


def _fingerprint(paths: Sequence[Path]) -> str:
    """Return a cache key for the outputs of these networks and this code on these pictures."""
    digest = hashlib.sha256()
    for model in (CLASSIFIER, *DETECTORS):
        digest.update((find_model(model) / "model.json").read_bytes())
    package = ROOT / "py" / "onsight"
    evidence = [
        package / "evidence" / f"{name}.py"
        for name in ("detected_classes", "network_outputs", "observation", "settled")
    ]
    modules = sorted(path for folder in ("networks", "tools/detect") for path in (package / folder).glob("*.py"))
    for path in (*evidence, *modules, package / "data" / "detector.json", package / "data" / "detections.tsv"):
        digest.update(path.read_bytes())
    digest.update(",".join(Vocabulary.load().ids).encode())
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
    return digest.hexdigest()[:16]
