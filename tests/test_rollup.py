"""onsight.evidence.rollup: the sums of probabilities over the packaged rules table, and the answers they give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError
from onsight.evidence.categories import CATEGORIES
from onsight.evidence.rollup import DEFAULT_THRESHOLD, bind
from onsight.evidence.taxonomy import Taxonomy

MODELS = Path(__file__).resolve().parents[1] / "models"
LABELS = (MODELS / "efficientnet-lite2" / "labels.txt").read_text(encoding="utf-8").split()
TAXONOMY = Taxonomy.load()
ROLLUP = bind(TAXONOMY, LABELS)
CONCEPTS = list(TAXONOMY.concepts.values())
CLASS_OF = {TAXONOMY[id].label or TAXONOMY[id].aliases[0]: id for id in LABELS}
"""Synset id by label, or by first alias where there is no label."""


def scores_of(**masses: float) -> NDArray[np.float64]:
    """Concept scores for probabilities given by class name (underscores for spaces), the rest spread evenly."""
    named = {CLASS_OF[name.replace("_", " ")]: mass for name, mass in masses.items()}
    rest = (1 - sum(named.values())) / (len(LABELS) - len(named))
    return ROLLUP.roll_up(np.array([named.get(id, rest) for id in LABELS]))


def answer_of(scores: NDArray[np.float64], threshold: float | None = None) -> str | None:
    answer = ROLLUP.answer(scores, threshold)
    return None if answer is None else answer.concept.label


def shown(scores: NDArray[np.float64], k: int = 5, threshold: float | None = None) -> list[tuple[str, float]]:
    return [
        (candidate.concept.label, round(candidate.score, 2)) for candidate in ROLLUP.candidates(scores, k, threshold)
    ]


# Sums


@given(st.lists(st.tuples(st.integers(0, 999), st.floats(1e-6, 1)), min_size=1, max_size=12))
def test_roll_up_equals_sums_over_sets(pairs: list[tuple[int, float]]) -> None:
    probabilities = np.zeros(1000)
    for index, mass in pairs:
        probabilities[index] += mass
    probabilities /= probabilities.sum()
    scores = ROLLUP.roll_up(probabilities)
    expected = dict.fromkeys(TAXONOMY.concepts, 0.0)
    for index in np.flatnonzero(probabilities).tolist():
        for id in {LABELS[index], *TAXONOMY.ancestors(LABELS[index])}:
            expected[id] += probabilities[index]
    assert [concept.id for concept in ROLLUP.concepts] == list(expected)
    np.testing.assert_allclose(scores, list(expected.values()), atol=1e-12)


@given(st.integers(0, 2**32 - 1), st.floats(0.003, 1), st.one_of(st.none(), st.floats(0.01, 1)))
def test_answers_and_candidates_keep_their_promises(seed: int, concentration: float, threshold: float | None) -> None:
    probabilities = np.random.default_rng(seed).dirichlet(np.full(1000, concentration))
    scores = ROLLUP.roll_up(probabilities)
    by_id = {concept.id: score for concept, score in zip(ROLLUP.concepts, scores, strict=True)}
    for concept in ROLLUP.concepts:
        for parent in concept.parents:
            assert by_id[parent] >= by_id[concept.id] - 1e-12
    assert scores.min() >= 0
    assert scores.max() <= 1

    answer = ROLLUP.answer(scores, threshold)
    if answer is not None:
        own = answer.concept.threshold or (DEFAULT_THRESHOLD if threshold is None else threshold)
        assert answer.score >= max(own, threshold or 0)
        assert answer.score == by_id[answer.concept.id] == ROLLUP.score_of(scores, answer.concept.id)

    candidates = ROLLUP.candidates(scores, 6, threshold)
    assert len(candidates) <= 6
    values = [candidate.score for candidate in candidates]
    assert values == sorted(values, reverse=True)
    assert all(0 < value <= 1 for value in values)
    assert sum(values) <= 1 + 1e-9
    ids = [candidate.concept.id for candidate in candidates]
    assert len(set(ids)) == len(ids)
    assert not any(one in TAXONOMY.ancestors(other) for one in ids for other in ids)
    assert ROLLUP.category(scores, answer) in CATEGORIES.values()


def test_roll_up_takes_maps_of_probabilities() -> None:
    maps = np.random.default_rng(0).dirichlet(np.full(1000, 0.01), size=(3, 4)).astype(np.float32)
    scores = ROLLUP.roll_up(maps)
    assert scores.shape == (3, 4, len(ROLLUP.concepts))
    np.testing.assert_allclose(scores[2, 1], ROLLUP.roll_up(maps[2, 1]))


@pytest.mark.parametrize("shape", [(), (999,), (1000, 2)])
def test_roll_up_refuses_another_number_of_classes(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidSpecError, match="Expected 1000 probabilities"):
        ROLLUP.roll_up(np.zeros(shape))


def test_classes_of_a_concept_are_output_indexes() -> None:
    assert {TAXONOMY[LABELS[index]].parents[0] for index in ROLLUP.classes_of("cat")} == {"cat", "tabby"}
    assert ROLLUP.classes_of("n01440764").tolist() == [0]


# Answers


def test_every_class_answers_with_its_own_name_when_certain() -> None:
    for index, id in enumerate(LABELS):
        scores = ROLLUP.roll_up(np.eye(1, 1000, index)[0])
        answer = ROLLUP.answer(scores)
        assert answer is not None, id
        assert (answer.concept, answer.score) == (TAXONOMY.named(id), 1.0)
        assert [candidate.concept for candidate in ROLLUP.candidates(scores, 5)] == [answer.concept]
        assert ROLLUP.category(scores, answer) == TAXONOMY.category_of(answer.concept.id)


def test_every_broader_concept_can_be_the_answer() -> None:
    """A threshold that can never fire is a mistake: some evidence must make each concept win over its neighbours."""
    rng = np.random.default_rng(0)
    silent = []
    for concept in ROLLUP.concepts:
        narrower = [other for other in CONCEPTS if concept.id in other.parents]
        for _ in range(100 if narrower else 0):
            # Divided evenly between two of its kinds, the evidence speaks for no more than the concept itself.
            probabilities = np.zeros(len(LABELS))
            for index in rng.choice(len(narrower), 2, replace=False):
                probabilities[rng.choice(ROLLUP.classes_of(narrower[index].id))] += 0.5
            if answer_of(ROLLUP.roll_up(probabilities)) == concept.label:
                break
        else:
            silent += [concept.label] if narrower else []
    assert silent == []


def test_five_doubtful_cats_are_a_cat_of_45_percent() -> None:
    cats = {"Tabby": 0.09, "Tiger_cat": 0.09, "Persian_cat": 0.09, "Siamese_cat": 0.09, "Egyptian_cat": 0.09}
    probabilities = np.zeros(1000)
    for name, mass in cats.items():
        probabilities[LABELS.index(CLASS_OF[name.replace("_", " ")])] = mass
    scores = ROLLUP.roll_up(probabilities)
    assert ROLLUP.score_of(scores, "cat") == pytest.approx(0.45)
    assert answer_of(scores) is None
    assert answer_of(scores, 0.4) == "Cat"


@pytest.mark.parametrize(
    ("masses", "answer"),
    [
        ({"Golden retriever": 0.91}, "Golden retriever"),
        ({"Golden retriever": 0.45, "Labrador retriever": 0.45}, "Retriever"),
        ({"Golden retriever": 0.3, "Pug": 0.35, "Beagle": 0.3}, "Dog"),
        ({"Pug": 0.5, "Zebra": 0.45}, "Mammal"),
        ({"Pug": 0.5, "Monarch butterfly": 0.45}, "Animal"),
        ({"Gorilla": 0.5, "Baboon": 0.45}, "Primate"),
        ({"Laptop computer": 0.4, "Notebook computer": 0.4}, "Laptop"),
        ({"Sunglass": 0.45, "Sunglasses": 0.45}, "Sunglasses"),
        ({"Missile": 0.4, "Projectile": 0.4}, "Rocket"),
        ({"Maillot": 0.45, "Tank suit": 0.45}, "Swimsuit"),
        ({"Crane": 0.48, "Crane (bird)": 0.48}, None),
        ({"Pizza": 0.5, "Hammer": 0.45}, None),
        ({}, None),
        # A selfie is a person, not a wig; a wig without doubt is a wig.
        ({"Wig": 0.4, "Suit": 0.3, "Sunglasses": 0.1}, "Person"),
        ({"Wig": 0.7}, "Person"),
        ({"Wig": 0.95}, "Wig"),
        # A room is what its furniture adds up to.
        ({"Sofa": 0.4, "TV": 0.3, "Fireplace": 0.2}, "Living room"),
        ({"Sofa": 0.9}, "Sofa"),
    ],
)
def test_answer_is_as_specific_as_the_evidence(masses: dict[str, float], answer: str | None) -> None:
    assert answer_of(scores_of(**{name.replace(" ", "_"): mass for name, mass in masses.items()})) == answer


def test_a_flat_distribution_has_no_answer_and_no_category() -> None:
    scores = ROLLUP.roll_up(np.full(1000, 0.001))
    assert ROLLUP.answer(scores) is None
    assert ROLLUP.category(scores, None).label == "Other"


def test_a_persons_threshold_loosens_common_names_but_not_strict_rows() -> None:
    scores = scores_of(Pug=0.4, Wig=0.5)
    assert answer_of(scores, 0.35) == "Person"  # the wig needs more than what a person asks for
    certain = scores_of(Pug=0.7, Zebra=0.15)
    assert answer_of(certain) == "Pug"
    assert answer_of(certain, 0.8) == "Mammal"
    assert answer_of(certain, 1.0) is None


def test_what_matters_more_to_a_person_wins() -> None:
    scores = scores_of(Egyptian_cat=0.42, Window_screen=0.45)
    assert answer_of(scores, 0.4) == "Cat"


def test_category_of_a_broad_answer_is_that_of_its_kinds() -> None:
    scores = scores_of(Pug=0.5, Egyptian_cat=0.48)
    answer = ROLLUP.answer(scores)
    assert answer is not None
    assert answer.concept.label == "Mammal"
    assert ROLLUP.category(scores, answer).label == "Pets"
    person = scores_of(Wig=0.4, Suit=0.4)
    assert ROLLUP.category(person, ROLLUP.answer(person)).label == "People"
    unsure = scores_of(Pizza=0.35, Broccoli=0.2, Hammer=0.3)
    assert ROLLUP.answer(unsure) is None
    assert ROLLUP.category(scores_of(Wine_bottle=0.35, Pizza=0.3, Hammer=0.3), None).label == "Food & drink"


# Candidates


def test_candidates_of_a_specific_answer_begin_with_it() -> None:
    scores = scores_of(Golden_retriever=0.8, Labrador_retriever=0.1, Tennis_ball=0.05)
    assert shown(scores, 3) == [("Golden retriever", 0.8), ("Labrador retriever", 0.1), ("Tennis ball", 0.05)]


def test_candidates_of_a_broad_answer_are_its_kinds() -> None:
    scores = scores_of(Golden_retriever=0.3, Pug=0.35, Beagle=0.3)
    assert shown(scores) == [("Pug", 0.35), ("Golden retriever", 0.3), ("Beagle", 0.3)]


def test_candidates_of_a_person_are_not_what_the_person_wears() -> None:
    assert shown(scores_of(Wig=0.5, Suit=0.3, Pug=0.15)) == [("Person", 0.8), ("Pug", 0.15)]


def test_candidates_without_an_answer_are_groups_where_groups_say_more() -> None:
    scores = scores_of(Baboon=0.12, Macaque=0.11, Langur=0.11, Guenon=0.11, Hammer=0.3)
    assert ROLLUP.answer(scores) is None
    assert shown(scores, 2) == [("Monkey", 0.45), ("Hammer", 0.3)]


def test_candidates_are_as_many_as_asked_for_at_most() -> None:
    scores = scores_of(Pug=0.3, Hammer=0.2, Pizza=0.2, Sofa=0.2)
    assert len(shown(scores, 1)) == 1
    assert len(shown(scores, 3)) == 3
    assert len(shown(scores, 1000)) == 4
