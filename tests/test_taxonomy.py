"""onsight.evidence.taxonomy: the rules table."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from onsight.errors import InvalidSpecError
from onsight.evidence.rollup import bind
from onsight.evidence.taxonomy import COLUMNS, Taxonomy

MODELS = Path(__file__).resolve().parents[1] / "models"
LABELS = (MODELS / "efficientnet-lite2" / "labels.txt").read_text(encoding="utf-8").split()
TAXONOMY = Taxonomy.load()
CONCEPTS = list(TAXONOMY.concepts.values())
CLASS_OF = {TAXONOMY[id].label or TAXONOMY[id].aliases[0]: id for id in LABELS}
"""Synset id by label, or by first alias where there is no label."""


# The table itself


def test_every_class_of_imagenet_is_in_the_table() -> None:
    assert len(LABELS) == len(set(LABELS)) == 1000
    synsets = [concept.id for concept in CONCEPTS if re.fullmatch(r"n\d{8}", concept.id)]
    assert sorted(synsets) == sorted(LABELS)


def test_a_broader_concept_has_several_narrower_ones() -> None:
    children = Counter(parent for concept in CONCEPTS for parent in concept.parents)
    slugs = [concept for concept in CONCEPTS if concept.id not in LABELS]
    assert [concept.id for concept in slugs if children[concept.id] < 2] == []
    assert [concept.id for concept in slugs if not concept.label] == []
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", concept.id) for concept in slugs)


def test_no_second_parent_is_implied_by_another_parent() -> None:
    implied = [
        (concept.id, parent)
        for concept in CONCEPTS
        for parent in concept.parents[1:]
        if any(parent in TAXONOMY.ancestors(other) for other in concept.parents)
    ]
    assert implied == []


def test_labels_are_short_plain_english_in_sentence_case() -> None:
    for concept in CONCEPTS:
        if concept.label:
            assert len(concept.label) <= 28, concept
            assert re.fullmatch(r"[A-Z][A-Za-zé]*([ '&-]+\(?[A-Za-zé]+\)?('s)?|'s)*", concept.label), concept
    capitals = {word for concept in CONCEPTS for word in re.findall(r" ([A-Z]\w+)", concept.label)}
    # Only names of people and places, and a few breeds that have no lower case, keep a capital inside a label.
    wanted = "Bay Bernard Charles Chin Dane Dinmont English Flandres Highland Malinois Swiss Tzu"
    assert " ".join(sorted(capitals)) == wanted


def test_aliases_lead_to_few_concepts() -> None:
    owners: dict[str, set[str]] = {}
    for concept in CONCEPTS:
        for alias in concept.aliases:
            assert alias[0].isupper() or not alias[0].isalpha(), concept
            assert alias.casefold() != concept.label.casefold(), concept
            owners.setdefault(alias.casefold(), set()).add(concept.id)
    assert {alias: ids for alias, ids in owners.items() if len(ids) > 3} == {}
    # The name of one thing is an alias of another only between a thing and its kinds.
    for concept in CONCEPTS:
        for other in owners.get(concept.label.casefold(), ()):
            assert concept.id in TAXONOMY.ancestors(other) or other in TAXONOMY.ancestors(concept.id), (concept, other)


def test_a_class_without_a_label_says_in_its_aliases_what_it_is() -> None:
    assert [concept.id for concept in CONCEPTS if not concept.label and not concept.aliases] == []


def test_rows_stand_below_their_first_parent() -> None:
    seen: list[str] = []
    for concept in CONCEPTS:
        lineage = [step.id for step in TAXONOMY.lineage(concept.id)]
        assert not concept.parents or concept.parents[0] in seen, concept
        # A branch is not interrupted: what stands between a row and its parent is of the same parent.
        if concept.parents:
            between = seen[seen.index(concept.parents[0]) + 1 :]
            assert all(lineage[-2] in TAXONOMY.ancestors(id) for id in between), concept
        seen.append(concept.id)


@pytest.mark.parametrize(
    ("name", "category", "path"),
    [
        ("Golden retriever", "Pets", "Animal › Dog › Retriever › Golden retriever"),
        ("Pug", "Pets", "Animal › Dog › Pug"),
        ("Siberian husky", "Pets", "Animal › Dog › Husky or malamute › Siberian husky"),
        ("Egyptian cat", "Pets", "Animal › Cat"),
        ("Tiger cat", "Pets", "Animal › Cat › Tabby cat"),
        ("Hamster", "Pets", "Animal › Hamster"),
        ("Goldfish", "Pets", "Animal › Fish › Goldfish"),
        ("Horse", "Pets", "Animal › Horse"),
        ("Ox", "Pets", "Animal › Cow"),
        ("Zebra", "Wildlife", "Animal › Zebra"),
        ("Tusker", "Wildlife", "Animal › Elephant"),
        ("Gorilla", "Wildlife", "Animal › Ape › Gorilla"),
        ("Orca", "Wildlife", "Animal › Orca"),
        ("Great white shark", "Wildlife", "Animal › Fish › Shark › Great white shark"),
        ("Crane (bird)", "Birds", "Animal › Bird › Wading bird › Crane (bird)"),
        ("Crane", "City & buildings", "Structure › Crane"),
        ("Monarch butterfly", "Insects", "Animal › Insect › Butterfly › Monarch butterfly"),
        ("Tarantula", "Insects", "Animal › Spider › Tarantula"),
        ("Bride or groom", "People", "Person › Bride or groom"),
        ("Baseball player", "Sports", "Sport › Baseball › Baseball player"),
        ("Daisy", "Plants & flowers", "Plant › Flower › Daisy"),
        ("Agaric", "Plants & flowers", "Mushroom"),
        ("Alp", "Landscapes", "Landscape › Mountains"),
        ("Seashore", "Water & beach", "Landscape › Sea or lake › Beach"),
        ("Church", "City & buildings", "Building › Church or temple › Church"),
        ("Traffic light", "City & buildings", "Street › Traffic light"),
        ("Sofa", "Interiors", "Furniture › Sofa"),
        ("Bookcase", "Interiors", "Furniture › Bookshelf"),
        ("Pizza", "Food & drink", "Food & drink › Meal › Pizza"),
        ("Coffee", "Food & drink", "Food & drink › Drink › Coffee"),
        ("Coffee mug", "Food & drink", "Food & drink › Drink › Cup or glass"),
        ("Lifeboat", "Vehicles", "Vehicle › Boat › Lifeboat"),
        ("Taxi", "Vehicles", "Vehicle › Car › Taxi"),
        ("Electric guitar", "Music & events", "Musical instrument › String instrument › Guitar › Electric guitar"),
        ("Bow tie", "Clothing & fashion", "Clothing › Tie › Bow tie"),
        ("Sunglass", "Clothing & fashion", "Clothing › Sunglasses"),
        ("Laptop computer", "Electronics", "Electronics › Computer › Laptop"),
        ("TV", "Electronics", "Electronics › Screen › TV"),
        ("Fridge", "Electronics", "Household appliance › Fridge"),
        ("Hammer", "Tools & objects", "Tool › Hammer"),
        ("Missile", "Vehicles", "Vehicle › Rocket"),
        ("Screenshot", "Documents & screenshots", "Document › Screenshot"),
        ("Totem pole", "Art", "Building › Monument › Totem pole"),
    ],
)
def test_paths_read_well(name: str, category: str, path: str) -> None:
    id = CLASS_OF[name]
    assert " › ".join(TAXONOMY.path(id)) == path
    assert TAXONOMY.category_of(id).label == category


# Reading a table


def table(*rows: str) -> str:
    """The text of a table; cells are separated by spaces, ``_`` is an empty cell."""
    return "\n".join(
        "\t".join("" if cell == "_" else cell for cell in row.split()) for row in (" ".join(COLUMNS), *rows)
    )


GOOD = (
    "animal Animal Animals _ wildlife _ 2",
    "dog Dog Hound|Puppy animal pets 0.5 _",
    "n1 Pug _ dog _ _ 3",
    "n2 _ Cur dog",
)


def test_a_row_inherits_category_and_priority_from_its_first_parent() -> None:
    taxonomy = Taxonomy.from_tsv(table(*GOOD, "# a comment", ""))
    assert taxonomy["n1"].category == "pets"
    assert (taxonomy["dog"].priority, taxonomy["n1"].priority) == (2, 3)
    assert (taxonomy["animal"].threshold, taxonomy["dog"].threshold) == (None, 0.5)
    assert taxonomy["dog"].aliases == ("Hound", "Puppy")
    assert taxonomy.ancestors("n1") == ("dog", "animal")
    assert taxonomy.path("n2") == ("Animal", "Dog")
    assert taxonomy.named("n2").id == "dog"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((*GOOD, "n3 Poodle _ dgo"), r"line 6 \(n3\): the parent 'dgo' is not in the table"),
        ((*GOOD, "n3 Poodle _ n2"), r"line 6 \(n3\): the parent 'n2' has no label"),
        ((*GOOD, "n1 Poodle _ dog"), r"line 6 \(n1\): line 4 has the same id"),
        ((*GOOD, "n3 pug _ dog"), r"line 6 \(n3\): 'n1' has the same label 'pug'"),
        ((*GOOD, "n3 Poodle _ dog cats"), r"line 6 \(n3\): the category 'cats' is not one of people, pets"),
        ((*GOOD, "n3 Poodle _ dog _ 0"), r"line 6 \(n3\): the threshold '0' is not a number in \(0, 1\]"),
        ((*GOOD, "n3 Poodle _ dog _ 1.5"), r"the threshold '1.5' is not a number in \(0, 1\]"),
        ((*GOOD, "n3 Poodle _ dog _ nan"), r"the threshold 'nan' is not a number in \(0, 1\]"),
        ((*GOOD, "n3 Poodle _ dog _ half"), r"the threshold 'half' is not a number in \(0, 1\]"),
        ((*GOOD, "n3 Poodle _ dog _ _ inf"), r"the priority 'inf' is not a number above 0"),
        ((*GOOD, "n3 Poodle _ dog _ _ -1"), r"the priority '-1' is not a number above 0"),
        ((*GOOD, "n3 Poodle _ dog|dog"), r"parents 'dog\|dog' has an empty, padded or repeated item"),
        ((*GOOD, "n3 Poodle A||B dog"), r"aliases 'A\|\|B' has an empty, padded or repeated item"),
        ((*GOOD, "n3 _ Cur _ pets"), r"line 6 \(n3\): a row without a label counts as its first parent"),
        ((*GOOD, "n3 _ Cur dog _ 0.5"), r"line 6 \(n3\): a row without a label counts as its first parent"),
        ((*GOOD, "n3 Poodle"), r"line 6 \(n3\): a row without parents must name its category"),
        ((*GOOD, "_ Poodle _ dog"), r"line 6 \(\): the id is empty"),
        ((*GOOD, "n3 Poodle _ dog _ _ 1 more"), r"line 6 \(n3\): there are 8 cells, but at most 7 columns"),
        (("a A _ b other", "b B _ a other"), r"the parents form a cycle: (a > b > a|b > a > b)"),
    ],
)
def test_from_tsv_names_the_row_that_is_wrong(rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidSpecError, match=message):
        Taxonomy.from_tsv(table(*rows))


@pytest.mark.parametrize("text", ["", "id\tlabel\n", "n1\tPug\n"])
def test_from_tsv_wants_its_header(text: str) -> None:
    with pytest.raises(InvalidSpecError, match="must start with a header with the columns id, label, aliases"):
        Taxonomy.from_tsv(text)


def test_from_tsv_refuses_padded_cells() -> None:
    with pytest.raises(InvalidSpecError, match="a cell starts or ends with white space"):
        Taxonomy.from_tsv(table(*GOOD) + "\nn3\tPoodle \t\tdog")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["n1", "n9"], "Output 1 of the model, 'n9', is not a class of the taxonomy"),
        (["n1", "dog"], "Output 1 of the model, 'dog', is not a class of the taxonomy"),
        (["n1", "n1"], "Output 1 of the model, 'n1', occurs twice"),
    ],
)
def test_bind_refuses_labels_that_are_no_classes(labels: list[str], message: str) -> None:
    with pytest.raises(InvalidSpecError, match=message):
        bind(Taxonomy.from_tsv(table(*GOOD)), labels)


def test_bind_leaves_out_what_a_model_cannot_see() -> None:
    rollup = bind(Taxonomy.from_tsv(table(*GOOD, "cat Cat _ animal pets", "n3 Tom _ cat")), ["n2", "n1"])
    assert [concept.id for concept in rollup.concepts] == ["animal", "dog", "n1", "n2"]
    assert rollup.classes_of("n1").tolist() == [1]


def test_a_class_below_two_branches_counts_once() -> None:
    rows = (
        "top Top _ _ other",
        "left Left _ top",
        "right Right _ top",
        "n1 One _ left|right",
        "n2 Two _ left",
        "n3 Three _ right",
    )
    rollup = bind(Taxonomy.from_tsv(table(*rows)), ["n1", "n2", "n3"])
    scores = rollup.roll_up(np.array([0.5, 0.3, 0.2]))
    assert [rollup.score_of(scores, id) for id in ("top", "left", "right")] == pytest.approx([1.0, 0.8, 0.7])
