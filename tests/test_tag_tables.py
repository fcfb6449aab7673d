"""The tables that tagging rests on: the vocabulary, and what each class leads one to expect."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onsight.errors import InvalidSpecError
from onsight.tagging.expectations import Expectations
from onsight.tagging.vocabulary import GROUPS, Vocabulary
from onsight.taxonomy import Taxonomy

MODELS = Path(__file__).resolve().parents[1] / "models"
LABELS = (MODELS / "efficientnet-lite2" / "labels.txt").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


def test_vocabulary_has_142_tags_in_known_groups(vocabulary: Vocabulary) -> None:
    assert len(vocabulary) == 142
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
    assert matrix.shape == (1000, 142)
    assert (matrix.max(axis=1) > 0).all()
    assert (matrix.max(axis=0) > 0).sum() > 120


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
