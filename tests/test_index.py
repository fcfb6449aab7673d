"""onsight.tools.organise.task: all that a library keeps of a picture, without networks."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onsight.core.flow import Run, Stage, Tensors, drive
from onsight.errors import NotAnImageError
from onsight.evidence.network_outputs import FETCHES
from onsight.library import store
from onsight.library.database import Library
from onsight.library.records import PictureRecord, Source
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.task import Classifier
from onsight.tools.detect.anchors import ssd_anchors
from onsight.tools.detect.task import DETECTORS, Detector
from onsight.tools.organise.task import THUMBNAIL_SIDE, Indexer
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.task import Tagger
from tests.pictures import encode, photo

TAG, CLASSIFY = TagOptions(boxes=False), ClassifyOptions()
MODELS = Path(__file__).resolve().parents[1] / "models"
GOLDEN_RETRIEVER = 207


def texts(model: str) -> tuple[str, str]:
    spec, labels = ((MODELS / model / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt"))
    return spec, labels


@pytest.fixture(scope="module")
def indexer() -> Indexer:
    classifier = texts("efficientnet-lite2")
    return Indexer(Classifier.from_text(*classifier), Tagger.from_text(*classifier))


class Network:
    """Sure of a golden retriever, and of a dog in the middle; remembers what it was asked."""

    def __init__(self) -> None:
        self.runs: list[str] = []

    def __call__(self, run: Run) -> Tensors:
        self.runs.append(run.model)
        height, width = run.feeds["pixel_values" if "pixel_values" in run.feeds else next(iter(run.feeds))].shape[2:]
        rng = np.random.default_rng(0)
        class_map = rng.normal(0, 0.5, (1, 1000, height // 32, width // 32)).astype(np.float32)
        class_map[0, GOLDEN_RETRIEVER] += 14
        heat_map = np.full((1, 80, height // 4, width // 4), -9, np.float32)
        heat_map[0, 16, height // 8, width // 8] = 3
        scores = np.zeros((1, len(ssd_anchors((height, width))), 80))
        inner = {name: rng.gamma(0.5, 0.4, (1, 1248, height // 32, width // 32)) for name in FETCHES[2:4]}
        said = {
            "logits": class_map.mean((2, 3)),
            "features": rng.gamma(0.5, 0.4, (1, 1280)),
            "class_map": class_map,
            "heat_map": heat_map,
            "distances": np.full((1, 4, height // 4, width // 4), 40),
            "boxes": scores[..., :4],
            "scores": scores,
            **inner,
        }
        return {name: np.asarray(said[name], np.float32) for name in run.fetches}


def index(indexer: Indexer, data: bytes) -> PictureRecord:
    return drive(indexer.index(data), Network())


def test_index_sees_everything_in_one_decoding(indexer: Indexer) -> None:
    data, network = encode(photo(900, 600), "JPEG"), Network()
    stages: list[Stage] = []
    seen = drive(indexer.index(data), network, stages.append)
    assert [stage.name for stage in stages].count("decode") == 1
    assert network.runs == ["efficientnet-lite2"] * 2
    assert seen.hash == hashlib.sha256(data).hexdigest()
    assert seen.classification.label == "Golden retriever"
    assert seen.classification.heat_map is None
    assert "Dog" in [tag.name for tag in seen.tagging.tags]
    assert seen.detection is None
    assert seen.models == {"efficientnet-lite2": indexer.classifier.spec.version}
    assert seen.embedding.dtype == np.float16
    assert seen.embedding.shape == (1280,)
    assert np.linalg.norm(seen.embedding.astype(np.float32)) == pytest.approx(1, abs=1e-3)
    with Image.open(io.BytesIO(seen.thumbnail)) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert thumbnail.size == (THUMBNAIL_SIDE, 171)


def test_index_answers_as_the_tools_by_themselves(indexer: Indexer) -> None:
    data = encode(photo(400, 300), "PNG")
    seen = index(indexer, data)
    assert seen.tagging == drive(indexer.tagger.tag(data, TAG), Network())
    alone = drive(indexer.classifier.classify(data, CLASSIFY), Network())
    assert seen.classification.candidates == alone.candidates
    assert seen.classification.path == alone.path


def test_index_with_a_detector_hears_it_in_the_tags_too(indexer: Indexer) -> None:
    detector = Detector.from_text([texts(model) for model in DETECTORS], texts("efficientnet-lite2"))
    with_detector = Indexer(indexer.classifier, indexer.tagger, detector)
    seen = index(with_detector, encode(photo(640, 480), "PNG"))
    assert seen.detection is not None
    assert [box.label for box in seen.detection.boxes] == ["dog"]
    assert set(seen.models) == {"efficientnet-lite2", *DETECTORS}
    assert any(tag.boxes for tag in seen.tagging.tags)


def test_a_look_travels_between_processes_and_into_a_library(indexer: Indexer) -> None:
    data = encode(photo(400, 300), "PNG")
    seen = pickle.loads(pickle.dumps(index(indexer, data)))
    with Library.open(":memory:") as library:
        source = Source("a", "dog.png", len(data), 0)
        image = store.record(library, source, seen, store.begin_run(library, indexer.models))
        assert "Dog" in [tag.name for tag in store.tags_of(library, image)]
        assert library.connection.execute("SELECT label, format FROM image").fetchone()[:] == (
            "Golden retriever",
            "PNG",
        )


def test_what_is_no_picture_is_refused_before_a_network_runs(indexer: Indexer) -> None:
    flow = indexer.index(b"no picture at all")
    assert next(flow) == Stage("decode")
    with pytest.raises(NotAnImageError):
        next(flow)
