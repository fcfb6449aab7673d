"""onsight.evidence.settled_label: the label agrees with the tags and the detected objects."""

from __future__ import annotations

import pytest

from onsight.core.results import Box
from onsight.evidence.expectations import Expectations
from onsight.evidence.rollup import ScoredConcept, bind
from onsight.evidence.settled_label import SettledLabels, SettledTags
from onsight.evidence.subject import Subjects
from onsight.evidence.taxonomy import Taxonomy
from tests.test_agreement import LABELS

EVERYTHING = (0.0, 0.0, 100.0, 100.0)
SMALL = (0.0, 0.0, 10.0, 10.0)


@pytest.fixture(scope="module")
def labels() -> SettledLabels:
    return SettledLabels(bind(Taxonomy.load(), LABELS), Subjects.load(), Expectations.load(LABELS))


def answer(id: str, score: float = 0.7) -> ScoredConcept:
    return ScoredConcept(Taxonomy.load()[id], score)


def settled(*boxes: tuple[str, float, tuple[float, float, float, float]], **scores: float) -> SettledTags:
    return SettledTags(
        scores=scores,
        sure=[tag for tag, score in scores.items() if score >= 0.5],
        boxes=[Box(label, score, *corners) for label, score, corners in boxes],
        area=100 * 100,
    )


def label_of(labels: SettledLabels, found: ScoredConcept | None, tags: SettledTags) -> str | None:
    chosen = labels.choose(found, tags)
    return chosen.label if chosen else None


def test_the_classifiers_answer_stays_where_nothing_denies_it(labels: SettledLabels) -> None:
    tags = settled(("dog", 0.9, EVERYTHING), dog=0.9, mammal=0.9, animal=0.9, pet=0.6)
    assert label_of(labels, answer("n02099601"), tags) == "Golden retriever"


def test_a_tag_that_always_comes_with_the_answer_can_deny_it(labels: SettledLabels) -> None:
    crab = answer("crab")
    assert label_of(labels, crab, settled(animal=0.9, sea_life=0.9)) == "Crab"
    assert label_of(labels, crab, settled(animal=0.02, sea_life=0.02, meal=0.9, food=0.9)) == "Meal"
    assert label_of(labels, crab, settled(animal=0.02, sea_life=0.02)) is None


def test_a_sure_tag_of_another_kind_denies_the_answer_unless_both_are_there(labels: SettledLabels) -> None:
    boat = answer("boat", 0.88)
    assert label_of(labels, boat, settled(car=0.93, vehicle=0.95, boat=0.2)) == "Car"
    assert label_of(labels, boat, settled(car=0.93, vehicle=0.95, boat=0.8)) == "Boat"


def test_a_more_certain_box_of_another_kind_denies_the_answer(labels: SettledLabels) -> None:
    tags = {"mammal": 0.9, "animal": 0.9, "wildlife": 0.9}
    jaguar = answer("n02128925", 0.6)
    assert label_of(labels, jaguar, settled(("giraffe", 0.95, EVERYTHING), **tags)) == "Giraffe"
    assert label_of(labels, jaguar, settled(("giraffe", 0.5, EVERYTHING), **tags)) == "Jaguar"
    assert label_of(labels, jaguar, settled(("giraffe", 0.95, SMALL), **tags)) == "Jaguar"


def test_the_only_kind_that_was_detected_makes_a_broad_label_specific(labels: SettledLabels) -> None:
    broad = answer("mammal", 0.9)
    tags = {"mammal": 0.9, "animal": 0.7, "wildlife": 0.9}
    assert label_of(labels, broad, settled(("sheep", 0.9, EVERYTHING), **tags)) == "Sheep"
    assert label_of(labels, broad, settled(("sheep", 0.9, EVERYTHING), ("cow", 0.9, EVERYTHING), **tags)) == "Mammal"
    # A tie is worn by a person, and a bed is in a room; neither is a kind of the label.
    person = answer("person", 0.9)
    assert label_of(labels, person, settled(("tie", 0.9, EVERYTHING), person=0.9)) == "Person"
    assert label_of(labels, answer("room"), settled(("bed", 0.9, EVERYTHING), indoor=0.9)) == "Indoors"


def test_without_a_label_the_largest_object_is_the_label(labels: SettledLabels) -> None:
    tags = settled(("skateboard", 0.8, EVERYTHING), ("dog", 0.9, (0, 0, 30, 30)))
    chosen = labels.choose(None, tags)
    assert chosen is not None
    assert (chosen.label, chosen.score, chosen.category) == ("Skateboard", 0.8, "sports")


def test_without_anything_sure_there_is_no_label(labels: SettledLabels) -> None:
    assert labels.choose(None, settled(dog=0.3)) is None
