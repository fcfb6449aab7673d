"""The tables that tagging rests on: the vocabulary, and what each class leads one to expect."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onsight.errors import InvalidSpecError
from onsight.evidence.categories import CATEGORIES
from onsight.evidence.expectations import Expectations
from onsight.evidence.head import TagHead
from onsight.evidence.names import NameWeights
from onsight.evidence.rollup import bind
from onsight.evidence.subject import Subjects
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import COLUMNS, GROUPS, Vocabulary
from onsight.tools.tag.objects import ObjectNamer

MODELS = Path(__file__).resolve().parents[1] / "models"
LABELS = (MODELS / "efficientnet-lite2" / "labels.txt").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


def test_vocabulary_has_182_tags_in_known_groups(vocabulary: Vocabulary) -> None:
    assert len(vocabulary) == 182
    assert {tag.group for tag in vocabulary} <= set(GROUPS)


def test_vocabulary_labels_are_unique(vocabulary: Vocabulary) -> None:
    labels = [tag.label.casefold() for tag in vocabulary]
    assert len(labels) == len(set(labels))


def test_vocabulary_parents_lead_upwards(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.ancestors("dog")) >= {"mammal", "animal"}
    assert all(tag.id not in vocabulary.ancestors(tag.id) for tag in vocabulary)


def test_vocabulary_concepts_are_those_of_the_taxonomy(vocabulary: Vocabulary) -> None:
    concepts = Taxonomy.load().concepts
    assert [concept for tag in vocabulary for concept in tag.concepts if concept not in concepts] == []
    assert vocabulary.of_concept("dog") == "dog"


def test_annotations_use_the_vocabulary_alone(vocabulary: Vocabulary) -> None:
    lines = (MODELS / "tagger" / "annotations.tsv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 700
    unknown = {tag for line in lines for tag in line.split("\t")[1].split(",")} - set(vocabulary.ids)
    assert unknown == set()


def test_expectations_know_every_class_and_speak_of_nearly_every_tag(vocabulary: Vocabulary) -> None:
    matrix = Expectations.load(LABELS).matrix
    assert matrix.shape == (1000, 182)
    assert (matrix.max(axis=1) > 0).all()
    assert (matrix.max(axis=0) > 0).sum() > 170


def test_expectations_agree_with_common_knowledge(vocabulary: Vocabulary) -> None:
    expectations = Expectations.load(LABELS)
    retriever = np.zeros(1000, np.float32)
    retriever[207] = 1
    expected = expectations.mean(retriever)
    assert expected[vocabulary.row_of("dog")] > 0.9
    assert expected[vocabulary.row_of("aircraft")] == 0


def test_strongest_equals_its_definition() -> None:
    expectations = Expectations.load(LABELS)
    probabilities = np.random.default_rng(7).random(1000, np.float32)
    brute = (probabilities[:, None] * expectations.matrix).max(axis=0)
    np.testing.assert_allclose(expectations.strongest(probabilities), brute, rtol=1e-6)


def test_expectations_refuse_what_the_vocabulary_lacks(vocabulary: Vocabulary) -> None:
    with pytest.raises(InvalidSpecError, match="unicorn"):
        Expectations.from_tsv("id\tname\talways\tusually\tsometimes\nx\tX\tunicorn\t\t\n", ["x"], vocabulary)


@pytest.fixture(scope="module")
def namer(vocabulary: Vocabulary) -> ObjectNamer:
    return ObjectNamer(bind(Taxonomy.load(), LABELS), vocabulary, NameWeights.load())


def test_every_class_reaches_a_category_and_a_group_of_tags(namer: ObjectNamer) -> None:
    taxonomy = namer.rollup.taxonomy
    for label in LABELS:
        concept = taxonomy.named(label)
        assert concept.category in CATEGORIES
        assert namer.group(concept) in GROUPS
        # A tag of the vocabulary that holds, or a specific name: each class can be told.
        named = namer.named[namer.rollup.concepts.index(concept)]
        assert named or namer.parents(concept) or namer.vocabulary.of_concept(concept.id), concept


def test_every_specific_name_is_shown_when_the_network_is_certain(namer: ObjectNamer) -> None:
    """A threshold that can never fire is a mistake in the table."""
    for row, concept in enumerate(namer.rollup.concepts):
        if not namer.named[row]:
            continue
        classes = namer.rollup.classes_of(concept.id)
        certain = np.zeros(len(LABELS), np.float32)
        certain[classes] = 1 / len(classes)
        lineage = {concept.id, *namer.rollup.taxonomy.ancestors(concept.id)}
        tags = namer.evidence.always[row].astype(np.float32) * 0.9
        told = [one for one in namer.name(certain, certain, tags) if one.score >= one.threshold]
        # Where one kind has nearly all the weight of a broader name, it is the kind that is told.
        assert any(
            one.concept.id in lineage or concept.id in namer.rollup.taxonomy.ancestors(one.concept.id) for one in told
        ), concept


def test_thresholds_of_tags_lie_where_probabilities_do() -> None:
    head = TagHead.load()
    for thresholds in (head.thresholds, head.settled_thresholds):
        assert thresholds.shape == (182,)
        assert ((thresholds > 0) & (thresholds < 1)).all()


def test_every_subject_can_be_the_label(vocabulary: Vocabulary) -> None:
    subjects = Subjects.load()
    for row in subjects.rows:
        probabilities = np.zeros(len(vocabulary), np.float32)
        probabilities[row.row] = np.nextafter(np.float32(row.threshold), np.float32(1))
        chosen = subjects.choose(None, probabilities)
        assert chosen is not None
        assert chosen.tag == row.tag


def vocabulary_table(*rows: str) -> str:
    """Return a table; cells are separated by spaces, ``_`` is an empty cell."""
    lines = ("\t".join("" if cell == "_" else cell for cell in row.split()) for row in rows)
    return "\n".join(["\t".join(COLUMNS), *lines])


GOOD = ("pet Pet animals _ _ 1 _ Kept.", "dog Dog animals pet dog 1 hound A.")


def test_vocabulary_reads_a_table() -> None:
    read = Vocabulary.from_tsv(vocabulary_table(*GOOD))
    assert read["dog"].parents == ("pet",)
    assert read.ancestors("dog") == ("pet",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a A animals b _ 1 _ A.", "no tag b"),
        ("a A beasts _ _ 1 _ A.", "unknown group 'beasts'"),
        ("a A animals _ _ 0 _ A.", "priority '0'"),
        ("a A animals _ _ inf _ A.", "priority 'inf'"),
        ("A A animals _ _ 1 _ A.", "the id 'A'"),
        ("a _ animals _ _ 1 _ A.", "no label"),
        ("a A animals _ _ 1 _ _", "no definition"),
        ("a A animals pet|pet _ 1 _ A.", "repeated item"),
        ("a A animals _ _ 1", "6 cells"),
        ("dog A animals _ _ 1 _ A.", "id dog more than once"),
        ("a dog animals _ _ 1 _ A.", "label dog more than once"),
        ("a A animals _ dog 1 _ A.", "concept dog more than once"),
        ("a A animals b _ 1 _ A.\nb B animals a _ 1 _ B.", "form a cycle"),
    ],
)
def test_vocabulary_refuses_a_wrong_row(row: str, message: str) -> None:
    with pytest.raises(InvalidSpecError, match=message):
        Vocabulary.from_tsv(vocabulary_table(*GOOD, *row.split("\n")))


def test_vocabulary_wants_its_header() -> None:
    with pytest.raises(InvalidSpecError, match="must start with a header"):
        Vocabulary.from_tsv("id\tlabel\n")
