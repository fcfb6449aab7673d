"""The task driven by hand: a synthetic network, real decoding, names and numbers."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onsight.core.flow import Run, Tensors, drive
from onsight.core.results import ImageInfo
from onsight.errors import EmptyFileError
from onsight.evidence.network_outputs import Evidence
from onsight.networks.preprocess import Transform
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Classification
from onsight.tools.classify.task import UNSURE, Classifier, ClassifierRun

MODEL = Path(__file__).resolve().parents[1] / "models" / "efficientnet-lite2"
TABBY, TIGER_CAT, PERSIAN, SIAMESE, EGYPTIAN = 281, 282, 283, 284, 285
GOLDEN_RETRIEVER = 207


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.from_text(
        (MODEL / "model.json").read_text(encoding="utf-8"), (MODEL / "labels.txt").read_text(encoding="utf-8")
    )


def png(width: int = 40, height: int = 30) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


DEFAULTS = ClassifyOptions()


def answer(
    classifier: Classifier, probabilities: dict[int, float], options: ClassifyOptions = DEFAULTS
) -> Classification:
    """Classify with a network that believes this and looks at the top left corner."""
    rest = (1 - sum(probabilities.values())) / (1000 - len(probabilities))
    wanted = np.full(1000, rest, np.float32)
    for index, probability in probabilities.items():
        wanted[index] = probability
    logits = np.log(wanted) * classifier.spec.temperature
    class_map = np.repeat(logits[:, None], 81, 1).reshape(1000, 9, 9)
    class_map[list(probabilities), 0, 0] += 5

    def run(step: Run) -> Tensors:
        assert step.feeds["pixel_values"].shape == (1, 3, 260, 260)
        outputs = {"logits": logits[None].astype(np.float32), "class_map": class_map[None].astype(np.float32)}
        outputs |= {"features": np.zeros((1, 1280), np.float32)}
        outputs |= {name: np.zeros((1, 1248, 9, 9), np.float32) for name in ("middle_map", "late_map")}
        return {name: outputs[name] for name in step.fetches}

    return drive(classifier.classify(png(), options), run)


def test_classify_names_the_breed_when_it_is_sure(classifier: Classifier) -> None:
    result = answer(classifier, {GOLDEN_RETRIEVER: 0.91})
    assert (result.label, result.certain, result.category) == ("Golden retriever", True, "Pets")
    assert result.path[0] == "Animal"
    assert result.path[-2:] == ("Dog", "Golden retriever") or "Dog" in result.path
    assert result.score == pytest.approx(0.91, abs=0.002)


def test_classify_adds_breeds_up_to_a_cat(classifier: Classifier) -> None:
    # Each alone is at 18%: not enough for a label. Together they are a cat.
    result = answer(classifier, {TABBY: 0.18, TIGER_CAT: 0.18, PERSIAN: 0.18, SIAMESE: 0.18, EGYPTIAN: 0.18})
    assert result.label == "Cat"
    assert result.score == pytest.approx(0.9, abs=0.01)
    assert result.path[-1] == "Cat"


def test_classify_is_not_sure_about_nothing(classifier: Classifier) -> None:
    result = answer(classifier, {})
    assert (result.label, result.certain, result.path) == (UNSURE, False, ())


def test_classify_heat_map_points_at_the_evidence(classifier: Classifier) -> None:
    heat_map = answer(classifier, {GOLDEN_RETRIEVER: 0.9}).heat_map
    assert heat_map is not None
    assert (heat_map.height, heat_map.width, len(heat_map.values)) == (9, 9, 81)
    assert heat_map.values[0] == 1.0
    assert max(heat_map.values[1:]) < 1.0
    # The centre crop of a 40 × 30 picture.
    x1, y1, x2, y2 = heat_map.box
    assert (x1 + x2, y1 + y2) == pytest.approx((40, 30))
    assert x2 - x1 == pytest.approx(30 * 260 / 292)


def test_classify_obeys_top_k_and_threshold(classifier: Classifier) -> None:
    beliefs = {GOLDEN_RETRIEVER: 0.6, TABBY: 0.2, 954: 0.1}
    assert len(answer(classifier, beliefs, ClassifyOptions(top_k=2)).candidates) == 2
    assert answer(classifier, beliefs, ClassifyOptions(threshold=0.55)).label == "Golden retriever"
    assert answer(classifier, beliefs, ClassifyOptions(threshold=0.95)).label != "Golden retriever"


def test_classify_scores_are_sorted_probabilities(classifier: Classifier) -> None:
    scores = [candidate.score for candidate in answer(classifier, {GOLDEN_RETRIEVER: 0.4, TABBY: 0.3}).candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_classify_says_what_picture_it_speaks_of(classifier: Classifier) -> None:
    info = answer(classifier, {}).image
    assert (info.width, info.height, info.format) == (40, 30, "PNG")


def test_classify_passes_on_what_is_wrong_with_the_file(classifier: Classifier) -> None:
    with pytest.raises(EmptyFileError):
        drive(classifier.classify(b"", ClassifyOptions()), lambda step: {})


def test_without_a_label_the_others_share_what_it_had(classifier: Classifier) -> None:
    probabilities = np.full(1000, 0.05 / 998, np.float32)
    probabilities[[GOLDEN_RETRIEVER, TABBY]] = 0.8, 0.15
    seen = ClassifierRun(
        probabilities=probabilities,
        evidence=Evidence(
            tuple(np.zeros(size, np.float32) for size in (1280, 1248, 1248, 1248, 1248)),
            np.full((len(classifier.head.weights), 4), -4, np.float32),
            np.zeros((9, 9, 1000), np.float32),
        ),
        class_map=np.zeros((1000, 9, 9), np.float32),
        late_map=np.zeros((1248, 9, 9), np.float32),
        transform=Transform((5.0, 0.0, 35.0, 30.0), (260, 260)),
        image=ImageInfo(40, 30, "PNG"),
    )
    whole = classifier.choose_label(seen, DEFAULTS)
    left = classifier.choose_label(seen, DEFAULTS, without=("Golden retriever",))
    assert whole.answer is not None
    assert whole.answer.concept.label == "Golden retriever"
    assert left.answer is not None
    assert left.answer.concept.label == "Tabby cat"
    assert left.answer.score == pytest.approx(0.15 / 0.2, abs=0.01)
    assert left.probabilities.sum() == pytest.approx(1, abs=1e-5)
    result = classifier.decide(seen, DEFAULTS, left)
    assert all(candidate.label != "Golden retriever" for candidate in result.candidates)
