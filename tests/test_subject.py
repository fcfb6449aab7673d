"""onsight.evidence.subject: when a tag says better than the classifier what a picture is of."""

from __future__ import annotations

import numpy as np
import pytest

from onsight.errors import InvalidSpecError
from onsight.evidence.subject import COLUMNS, Subjects
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary

VOCABULARY, TAXONOMY = Vocabulary.load(), Taxonomy.load()
WIG, TRAFFIC_LIGHT, BRIDE, CELLO = "n04584207", "n06874185", "n10148035", "n02992211"


def chosen(answer: str | None, **probabilities: float) -> str | None:
    values = np.full(len(VOCABULARY), 0.01, np.float32)
    for tag, probability in probabilities.items():
        values[VOCABULARY.row_of(tag)] = probability
    subject = Subjects.load().choose(TAXONOMY.concepts[answer] if answer else None, values)
    return subject.label if subject else None


def test_a_face_is_a_person_and_no_wig() -> None:
    assert chosen(WIG, face=0.95, person=0.99) == "Person"
    assert chosen(WIG, face=0.2, person=0.7) is None
    assert chosen(WIG, face=0.95, person=0.99, art=0.8) is None


def test_a_street_is_no_traffic_light_unless_it_fills_the_picture() -> None:
    assert chosen(TRAFFIC_LIGHT, street=0.9) == TAXONOMY.concepts["street"].label
    assert chosen(TRAFFIC_LIGHT, street=0.9, close_up=0.8) is None


def test_what_says_more_than_the_tag_stays() -> None:
    assert chosen(BRIDE, face=0.95, person=0.99) is None
    assert chosen(CELLO, face=0.95, person=0.99) is None


def test_where_the_classifier_is_not_sure_the_tag_that_matters_most_answers() -> None:
    assert chosen(None, sky=0.99, person=0.9) == "Person"
    assert chosen(None, living_room=0.8, furniture=0.9) is not None
    assert chosen(None) is None


@pytest.mark.parametrize(
    "row",
    [
        "nobody\t\tpeople\t0.5\t\t\t",
        "face\tnobody\tpeople\t0.5\t\t\t",
        "face\tperson\tnobody\t0.5\t\t\t",
        "face\tperson\tpeople\t1.5\t\t\t",
        "face\tperson\tpeople\tmuch\t\t\t",
        "face\tperson\tpeople\t0.5\tnobody\t\t",
        "face\tperson\tpeople\t0.5\t\tnobody\t",
        "face\tperson\tpeople\t0.5\t\t\tnobody",
        "face",
    ],
)
def test_a_wrong_table_is_refused(row: str) -> None:
    with pytest.raises(InvalidSpecError):
        Subjects.from_tsv("\t".join(COLUMNS) + "\n" + row, VOCABULARY, TAXONOMY)
