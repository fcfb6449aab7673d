"""Every thing has one name in all tools, and every name stands for one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from onsight.core.results import Box
from onsight.evidence.colours import Palette
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.names import NameWeights
from onsight.evidence.photo import Measurements, attributes
from onsight.evidence.rollup import bind
from onsight.evidence.subject import Subjects
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.detect.class_names import count_objects, noun_of, title_of
from onsight.tools.tag.objects import ObjectNamer

MODEL = Path(__file__).resolve().parents[1] / "models" / "efficientnet-lite2"

PARTS = {
    ("Stage", "Concert or show"),
    ("Water", "Sea or lake"),
    ("Shelf or cabinet", "Cupboard or drawers"),
    ("Shelf or cabinet", "Bookshelf"),
    ("Reptile or amphibian", "Reptile"),
    ("Reptile or amphibian", "Amphibian"),
    ("Insect or spider", "Insect"),
    ("Insect or spider", "Arachnid"),
    ("Dessert or bread", "Dessert"),
    ("Dessert or bread", "Bread"),
    ("Headwear", "Hat"),
    ("Headwear", "Helmet"),
    ("Eyewear", "Sunglasses"),
    ("Plate or bowl", "Bowl"),
    ("Clock", "Clock or watch"),
}
"""Tags, and concepts that are related but not the same. A person has judged each of these pairs."""

HOMONYMS = {"orange"}
"""A fruit and a colour. The groups of the tags tell them apart."""

Thing = tuple[str, str]
"""The table, and the id in it."""


def named_things() -> Iterator[tuple[Thing, str]]:
    """Yield everything that a tool can name, and the name."""
    for tag in Vocabulary.load():
        yield ("tag", tag.id), tag.label
    for concept in Taxonomy.load().concepts.values():
        if concept.label:
            yield ("concept", concept.id), concept.label
    for label in DetectedClasses.load().classes:
        yield ("class", label), title_of(label)
    for row in Subjects.load().rows:
        yield ("concept", row.concept) if row.concept else ("tag", row.tag), row.label
    for id, label in Palette.load().names:
        yield ("colour", id), label
    for size in ((30, 40), (40, 30), (40, 40), (500, 5000), (9000, 9000)):
        for one in attributes(Measurements(*[0.5] * len(Measurements.__dataclass_fields__)), size):
            yield ("photo", one.id), one.label


def same_things() -> Iterator[tuple[Thing, Thing]]:
    """Yield the pairs of which a table says that they are the same thing."""
    vocabulary, taxonomy = Vocabulary.load(), Taxonomy.load()
    for tag in vocabulary:
        for concept in tag.concepts:
            if (tag.label, taxonomy[concept].label) not in PARTS:
                yield ("tag", tag.id), ("concept", concept)
    for row in DetectedClasses.load().classes.values():
        if row.concept:
            yield ("class", row.label), ("concept", row.concept)
        if row.has_own_tag:
            yield ("class", row.label), ("tag", row.tags[0])
    yield ("photo", "monochrome"), ("tag", "black_white")


def groups() -> dict[Thing, Thing]:
    """Return one representative for all things that are the same."""
    found = {thing: thing for thing, _ in named_things()}
    for one, other in same_things():
        old, new = found[one], found[other]
        found = {thing: new if group == old else group for thing, group in found.items()}
    return found


def test_nothing_has_two_names() -> None:
    of = groups()
    names = defaultdict(set)
    for thing, name in named_things():
        names[of[thing]].add(name)
    assert {thing: found for thing, found in names.items() if len(found) > 1} == {}


def test_no_name_stands_for_two_things() -> None:
    of = groups()
    things = defaultdict(set)
    for thing, name in named_things():
        things[name.casefold()].add(of[thing])
    assert {name: found for name, found in things.items() if len(found) > 1 and name not in HOMONYMS} == {}


def test_no_two_tags_have_the_same_id() -> None:
    labels = (MODEL / "labels.txt").read_text(encoding="utf-8").split()
    namer = ObjectNamer(bind(Taxonomy.load(), labels), Vocabulary.load(), NameWeights.load())
    vocabulary = set(namer.vocabulary.ids)
    named = {concept.id for concept, is_named in zip(namer.rollup.concepts, namer.named, strict=True) if is_named}
    detected = {row.id for row in DetectedClasses.load().classes.values() if not row.has_own_tag}
    assert not vocabulary & (named | detected)
    assert {"hat", "bread"} <= named  # they say more than Headwear, and Dessert or bread
    assert not {"clock_or_watch", "room", "sea_or_lake"} & named


def test_every_pair_that_a_person_judged_still_exists() -> None:
    taxonomy = Taxonomy.load()
    assert {(tag.label, taxonomy[id].label) for tag in Vocabulary.load() for id in tag.concepts} >= PARTS


def test_a_subject_has_the_name_of_its_tag() -> None:
    vocabulary = Vocabulary.load()
    assert {(row.tag, row.label) for row in Subjects.load().rows if row.label != vocabulary[row.tag].label} == {
        ("face", "Person")
    }


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *[("tv", "TV"), ("couch", "Sofa"), ("cell phone", "Mobile phone"), ("remote", "Remote control")],
        *[("airplane", "Aircraft"), ("donut", "Doughnut"), ("refrigerator", "Fridge"), ("mouse", "Computer mouse")],
    ],
)
def test_detection_uses_the_names_of_the_other_tools_and_keeps_its_own(label: str, name: str) -> None:
    classes = DetectedClasses.load()
    assert classes.name(label) == title_of(label) == name
    assert classes.label(name) == label


def test_a_name_that_is_not_a_class_stays() -> None:
    classes = DetectedClasses.load()
    assert (classes.name("okapi"), classes.label("okapi")) == ("okapi", "okapi")


def test_objects_are_counted_in_words() -> None:
    boxes = [Box(label, 0.9, 0, 0, 1, 1) for label in ("person", "couch", "person", "cup", "cup")]
    assert count_objects(boxes) == ("2 people", "1 sofa", "2 cups or glasses")
    assert noun_of("airplane", 3) == "aircraft"
