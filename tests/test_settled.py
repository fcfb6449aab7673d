"""What detection adds to the evidence for tags, and how the head keeps its answers coherent."""

from __future__ import annotations

import numpy as np
import pytest

from onsight.core.results import Box
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.head import TagHead, coherent
from onsight.evidence.settled import settled_evidence
from onsight.evidence.vocabulary import Vocabulary


@pytest.fixture
def classes() -> DetectedClasses:
    return DetectedClasses.load()


def box(label: str, score: float, x1: float, y1: float, x2: float, y2: float) -> Box:
    return Box(label, score, x1, y1, x2, y2)


def test_features_count_objects_and_measure_their_size(classes: DetectedClasses) -> None:
    boxes = [box("person", 0.9, 0, 0, 50, 80), box("person", 0.4, 50, 0, 100, 50), box("kite", 0.6, 0, 0, 20, 10)]
    features = settled_evidence(boxes, (100, 200), classes).features
    number = len(classes.classes)
    person, kite = (list(classes.classes).index(label) for label in ("person", "kite"))
    assert features.shape == (3 * number + 4,)
    assert features[[person, kite]] == pytest.approx([0.9, 0.6])
    assert features[[number + person, number + kite]] == pytest.approx(np.sqrt([1.3, 0.6]))
    assert features[[2 * number + person]] == pytest.approx(np.sqrt([(0.9 * 4000 + 0.4 * 2500) / 20_000]))
    assert features[3 * number :] == pytest.approx([0.36, 0, 0, 0.72], abs=1e-6)


def test_without_boxes_there_is_no_evidence(classes: DetectedClasses) -> None:
    evidence = settled_evidence([], (100, 200), classes)
    assert not evidence.features.any()
    assert (evidence.log_odds < -3).all()


def test_unknown_classes_are_ignored(classes: DetectedClasses) -> None:
    assert not settled_evidence([box("unicorn", 0.9, 0, 0, 50, 80)], (100, 200), classes).features.any()


def test_a_broader_tag_is_at_least_as_probable_as_a_narrower_one() -> None:
    vocabulary = Vocabulary.load()
    probabilities = np.full(len(vocabulary), 0.1, np.float32)
    probabilities[vocabulary.row_of("girl")] = 0.7
    raised = coherent(probabilities, vocabulary)
    for id in ("child", "person"):
        assert raised[vocabulary.row_of(id)] == np.float32(0.7)
    assert raised[vocabulary.row_of("boy")] == np.float32(0.1)
    assert probabilities[vocabulary.row_of("child")] == np.float32(0.1)


def test_the_head_knows_every_feature(classes: DetectedClasses) -> None:
    head = TagHead.load()
    assert head.settled_weights.shape == (len(Vocabulary.load()), settled_evidence([], (1, 1), classes).features.size)
