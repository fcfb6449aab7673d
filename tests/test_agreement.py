"""onsight.evidence.agreement and .names: what contradicts what, and how probable a specific name is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onsight.core.results import Box
from onsight.errors import InvalidSpecError
from onsight.evidence.agreement import Agreement
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.names import FEATURES, NameEvidence, NameWeights
from onsight.evidence.rollup import Rollup, bind
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary

LABELS = (
    (Path(__file__).resolve().parents[1] / "models" / "efficientnet-lite2" / "labels.txt")
    .read_text(encoding="utf-8")
    .split()
)
GOLDEN_RETRIEVER = "n02099601"
CRAB = "n01978287"


@pytest.fixture(scope="module")
def rollup() -> Rollup:
    return bind(Taxonomy.load(), LABELS)


@pytest.fixture(scope="module")
def agreement(rollup: Rollup) -> Agreement:
    return Agreement(rollup, Vocabulary.load(), DetectedClasses.load())


@pytest.fixture(scope="module")
def evidence(rollup: Rollup) -> NameEvidence:
    return NameEvidence(rollup, Vocabulary.load())


def row_of(rollup: Rollup, id: str) -> int:
    return next(row for row, concept in enumerate(rollup.concepts) if concept.id == id)


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        *[("dog", "cat", True), ("car", "bus", True), ("living_room", "bedroom", True)],
        *[("dog", GOLDEN_RETRIEVER, False), ("mammal", "dog", False), ("dog", "dog", False)],
        *[("dog", "car", False), ("hat", "helmet", False)],  # they can be at one place
    ],
)
def test_kinds_of_one_family_exclude_each_other(agreement: Agreement, one: str, other: str, excluded: bool) -> None:
    assert agreement.exclude(one, other) == agreement.exclude(other, one) == excluded


def column(agreement: Agreement, label: str) -> int:
    return list(agreement.classes.classes).index(label)


def test_a_box_supports_its_kinds_and_rivals_the_others(agreement: Agreement, rollup: Rollup) -> None:
    dog, giraffe = column(agreement, "dog"), column(agreement, "giraffe")
    retriever, cat, mammal = (row_of(rollup, id) for id in (GOLDEN_RETRIEVER, "cat", "mammal"))
    assert agreement.supports[retriever, dog]
    assert not agreement.supports[cat, dog]
    assert agreement.rivals[cat, dog]
    assert not agreement.rivals[retriever, dog]
    assert agreement.rivals[retriever, giraffe]  # the classifier has no class for a giraffe
    assert not agreement.rivals[mammal, giraffe]
    assert not agreement.rivals[:, column(agreement, "person")].any()


def features(evidence: NameEvidence, id: str, tags: dict[str, float], *boxes: tuple[str, float]) -> dict[str, float]:
    vocabulary, rollup = Vocabulary.load(), evidence.rollup
    classes = np.full(len(LABELS), 1e-5, np.float32)
    classes[rollup.classes_of(id)] = 0.5 / len(rollup.classes_of(id))
    probabilities = np.array([tags.get(tag, 0.5) for tag in vocabulary.ids], np.float32)
    best = evidence.best_scores(Box(label, score, 0, 0, 1, 1) for label, score in boxes)
    found = evidence.features(classes, classes, probabilities, best if boxes else None)
    return dict(zip(FEATURES, found[row_of(rollup, id)].tolist(), strict=True))


def test_a_name_is_supported_by_the_tags_that_always_come_with_it(evidence: NameEvidence) -> None:
    with_animal = features(evidence, CRAB, {"animal": 0.9, "sea_life": 0.9})
    without = features(evidence, CRAB, {"animal": 0.05, "sea_life": 0.9})
    assert with_animal["support"] > 0 > without["support"] >= -4
    assert with_animal["whole"] == without["whole"]


def test_boxes_speak_for_or_against_a_name(evidence: NameEvidence) -> None:
    assert features(evidence, GOLDEN_RETRIEVER, {}, ("dog", 0.8), ("cat", 0.3))["same_box"] == pytest.approx(0.8)
    assert features(evidence, GOLDEN_RETRIEVER, {}, ("dog", 0.8), ("cat", 0.3))["other_box"] == 0
    assert features(evidence, GOLDEN_RETRIEVER, {}, ("cat", 0.8), ("okapi", 1))["other_box"] == pytest.approx(0.8)
    assert features(evidence, GOLDEN_RETRIEVER, {})["same_box"] == 0


def test_support_and_boxes_and_frequency_count_as_they_should() -> None:
    fitted = NameWeights.load()
    weights = dict(zip(FEATURES, fitted.weights, strict=True))
    assert min(weights["whole"], weights["average"], weights["support"], weights["same_box"]) > 0
    assert weights["other_box"] < 0
    taxonomy = Taxonomy.load()
    assert set(fitted.priors) <= set(taxonomy.concepts)
    assert fitted.priors["hat"] > fitted.priors["n02835271"]  # a tandem bicycle


def test_weights_are_read_as_they_are_written() -> None:
    fitted = NameWeights.load()
    assert NameWeights.from_json(fitted.to_json()) == fitted


@pytest.mark.parametrize("text", ["", "{}", '{"bias": 1, "weights": {}, "priors": {}}', "[]"])
def test_malformed_weights_are_refused(text: str) -> None:
    with pytest.raises(InvalidSpecError, match="weights of names"):
        NameWeights.from_json(text)


def test_a_box_vetoes_a_name_unless_another_box_is_of_the_name(agreement: Agreement) -> None:
    cat, dog = Box("cat", 0.8, 0, 0, 1, 1), Box("dog", 0.3, 0, 0, 1, 1)
    assert agreement.veto(GOLDEN_RETRIEVER, [cat]) == pytest.approx(0.8)
    assert agreement.veto(GOLDEN_RETRIEVER, [cat, dog]) == 0
    assert agreement.veto("mammal", [cat]) == 0
    assert agreement.veto(GOLDEN_RETRIEVER, [Box("person", 0.9, 0, 0, 1, 1), Box("okapi", 0.9, 0, 0, 1, 1)]) == 0
