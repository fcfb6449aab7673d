"""Read annotated pictures and the network's outputs for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import drive
from onsight.engine import Engine, load_session
from onsight.errors import OnsightError
from onsight.evidence.detected_classes import FAINT, MAX_BOXES, DetectedClasses
from onsight.evidence.network_outputs import CLASSIFIER
from onsight.evidence.observation import Observer
from onsight.evidence.vocabulary import Vocabulary
from onsight.files.reading import read_file
from onsight.networks.model_cache import cache_folder, find_model
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.task import DETECTORS

ROOT = Path(__file__).resolve().parents[2]
ANNOTATIONS = Path(__file__).with_name("annotations.tsv")

Floats = NDArray[np.float64]
Looks = dict[str, NDArray[np.float32]]


class DatasetError(Exception):
    """The annotations or the pictures are not as expected."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Annotated pictures with the head's inputs.

    Attributes:
        files: Names of the n pictures, sorted.
        targets: 1 if a tag applies, else 0, float64 [n, T].
        features: float64 [n, D], see `onsight.evidence.network_outputs.Evidence`.
        blocks: Number of features in each block; their sum is D.
        expectations: float64 [n, T, 4].
        labels: Synset id of each of the network's C classes.
        probabilities: Class probabilities in the whole picture, float32 [n, C].
        average_places: Class probabilities averaged over all positions, float32 [n, C].
        best_places: Probability of each class at its best position, float32 [n, C].
        detections: Log odds of the tags from the detected objects, float64 [n, T].
        covered: Indices of the tags that objects say something about, in [0, T).
    """

    files: tuple[str, ...]
    targets: Floats
    features: Floats
    blocks: tuple[int, ...]
    expectations: Floats
    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    average_places: NDArray[np.float32]
    best_places: NDArray[np.float32]
    detections: Floats
    covered: NDArray[np.intp]


def read_annotations(path: Path, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """Read ``file<TAB>tag,tag,…`` lines.

    Returns:
        The tags of each picture, in the order of the names.

    Raises:
        DatasetError: A line is malformed, has an unknown tag, or repeats a picture.
    """
    annotations: dict[str, frozenset[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, tab, listed = line.partition("\t")
        tags = frozenset(listed.split(",")) - {""}
        if not tab or name in annotations or not tags <= set(vocabulary.ids):
            raise DatasetError(f"{path}, line {number}: malformed, repeated or with unknown tags.")
        annotations[name] = tags
    return dict(sorted(annotations.items()))


def load(folder: Path, annotations: Path = ANNOTATIONS) -> Dataset:
    """Run the shipped network on all annotated pictures, or return its cached outputs.

    Raises:
        DatasetError: The annotations are malformed, or a picture is missing or damaged.
    """
    model = find_model(CLASSIFIER)
    observer = Observer.from_text(
        *((model / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt"))
    )
    vocabulary = Vocabulary.load()
    tags = read_annotations(annotations, vocabulary)
    paths = [folder / name for name in tags]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise DatasetError(f"{folder} has no {', '.join(missing[:5])} ({len(missing)} pictures are missing).")
    looks = _recall(_fingerprint(observer, paths), lambda: _look(observer, paths))
    detections = _recall(_detector_fingerprint(paths), lambda: {"log_odds": detect(paths)})
    return Dataset(
        files=tuple(tags),
        targets=np.array([[float(id in held) for id in vocabulary.ids] for held in tags.values()]),
        features=looks["features"].astype(np.float64),
        blocks=tuple(int(size) for size in looks["blocks"]),
        expectations=looks["expectations"].astype(np.float64),
        labels=tuple(observer.labels),
        probabilities=looks["probabilities"],
        average_places=looks["average_places"],
        best_places=looks["best_places"],
        detections=detections["log_odds"].astype(np.float64),
        covered=DetectedClasses.load().covered_rows,
    )


def _recall(fingerprint: str, make: Callable[[], Looks]) -> Looks:
    kept = cache_folder() / "training" / f"{fingerprint}.npz"
    if kept.is_file():
        with np.load(kept) as arrays:
            return {name: arrays[name] for name in arrays.files}
    looks = make()
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.savez(kept, allow_pickle=False, **looks)
    return looks


def detect(paths: Sequence[Path]) -> NDArray[np.float32]:
    """Return the log odds of the tags from the objects in each picture, float32 [n, T].

    Raises:
        DatasetError: A picture is damaged.
    """
    engine, classes = Engine(), DetectedClasses.load()
    rows = []
    for path in paths:
        try:
            found = engine.detect(path, DetectOptions(score=FAINT, max_results=MAX_BOXES))
        except OnsightError as error:
            raise DatasetError(f"{path}: {error.message}") from error
        rows.append(classes.log_odds(found.boxes))
    return np.stack(rows)


def _look(observer: Observer, paths: Sequence[Path]) -> Looks:
    session = load_session(find_model(CLASSIFIER))
    columns: dict[str, list[NDArray[np.float32]]] = {}
    for path in paths:
        try:
            seen = drive(
                observer.observe(read_file(path)),
                lambda run: dict(zip(run.fetches, session.run(list(run.fetches), dict(run.feeds)), strict=True)),
            )
        except OnsightError as error:
            raise DatasetError(f"{path}: {error.message}") from error
        places = seen.evidence.places.reshape(-1, seen.evidence.places.shape[-1])
        row = {
            "features": np.concatenate(seen.evidence.features),
            "expectations": seen.evidence.expectations,
            "probabilities": seen.probabilities,
            "average_places": places.mean(axis=0),
            "best_places": places.max(axis=0),
        }
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    looks = {name: np.stack(values) for name, values in columns.items()}
    looks["blocks"] = np.array([block.size for block in seen.evidence.features], np.float32)
    return looks


def _fingerprint(observer: Observer, paths: Sequence[Path]) -> str:
    """Return a cache key for the outputs of this network and code on these pictures."""
    digest = hashlib.sha256(observer.spec.files["model.onnx"].sha256.encode())
    digest.update(observer.expectations.matrix.tobytes())
    modules = (
        "evidence/network_outputs.py",
        "evidence/expectations.py",
        "networks/preprocess.py",
        "networks/postprocess.py",
    )
    return _add_files(digest, modules, paths)


def _detector_fingerprint(paths: Sequence[Path]) -> str:
    """Return a cache key for the results of detection and this code on these pictures."""
    digest = hashlib.sha256()
    for model in DETECTORS:
        digest.update((find_model(model) / "model.json").read_bytes())
    package = ROOT / "py" / "onsight"
    detection = sorted(str(path.relative_to(package)) for path in (package / "tools" / "detect").glob("*.py"))
    tables = ("data/detector.json", "data/detections.tsv")
    modules = ("evidence/detected_classes.py", "networks/preprocess.py", "core/boxes.py")
    return _add_files(digest, [*detection, *tables, *modules], paths)


def _add_files(digest: hashlib._Hash, modules: Sequence[str], paths: Sequence[Path]) -> str:
    for module in modules:
        digest.update((ROOT / "py" / "onsight" / module).read_bytes())
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
    return digest.hexdigest()[:16]
