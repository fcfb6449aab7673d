"""onsight.tools.tag.description: a sentence about what is certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from onsight.core.results import Box, ImageInfo
from onsight.errors import InvalidSpecError
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import GROUPS, Vocabulary
from onsight.tools.tag.corners import corners
from onsight.tools.tag.description import describe
from onsight.tools.tag.phrases import common_name, counted, load_phrases, noun_phrase, parse_phrases, with_article
from onsight.tools.tag.results import Tag

IMAGE = ImageInfo(1000, 800, "JPEG")
VOCABULARY = Vocabulary.load()


def box(label: str, score: float = 0.9, edges: tuple[float, float, float, float] = (100, 100, 500, 700)) -> Box:
    return Box(label, score, *edges, 1)


def tag(id: str, score: float = 0.95, *, name: str = "", group: str = "objects", shown: bool = True) -> Tag:
    entry = VOCABULARY.tags.get(id)
    return Tag(
        id=id,
        name=name or (entry.label if entry else id.capitalize()),
        group=GROUPS[entry.group if entry else group],
        score=score,
        threshold=0.5,
        shown=shown,
        parents=tuple(VOCABULARY[one].label for one in VOCABULARY.ancestors(id)) if entry else (),
        source="classifier",
        boxes=(),
        heat_map=None,
        level="main" if shown else "unlikely",
    )


def people_tag(id: str, score: float) -> Tag:
    return replace(tag("person", score), id=id, shown=False)


def said(tags: Sequence[Tag], boxes: Sequence[Box] | None = ()) -> str:
    """Describe a picture whose tags have the boxes of their classes."""
    if boxes is None:
        return describe(tags, None, IMAGE)
    of_tag = DetectedClasses.load().boxes_by_tag(boxes)
    placed = [replace(one, boxes=tuple(corners(box) for box in of_tag.get(one.id, ()))) for one in tags]
    return describe(placed, boxes, IMAGE)


LEFT, RIGHT, TINY = (50, 100, 400, 700), (550, 100, 900, 700), (0, 0, 40, 40)


def test_things_are_counted_and_placed() -> None:
    dogs = [box("dog", edges=LEFT), box("dog", edges=RIGHT)]
    assert said([tag("dog"), tag("beach")], dogs) == "Two dogs on a beach"
    assert said([tag("dog")], dogs[:1]) == "A dog"
    assert said([tag("dog"), tag("outdoor", 0.97)], dogs[:1]) == "A dog outdoors"


def test_an_uncertain_box_is_not_counted() -> None:
    assert said([tag("dog")], [box("dog", edges=LEFT), box("dog", 0.4, RIGHT)]) == "A dog"
    three = [box("dog", edges=LEFT), box("dog", edges=RIGHT), box("dog", 0.45, (400, 200, 560, 700))]
    assert said([tag("dog")], three) == "Dogs"


def test_a_second_box_for_the_same_thing_leaves_the_number_certain() -> None:
    boxes = [box("dog", edges=LEFT), box("dog", edges=RIGHT), box("dog", 0.4, (60, 110, 390, 690))]
    assert said([tag("dog")], boxes) == "Two dogs"


def test_small_things_in_the_background_are_not_counted() -> None:
    assert said([tag("person")], [box("person", edges=LEFT), box("person", edges=TINY)]) == "A person"


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"man": 0.9}, "A man"),
        ({"woman": 0.9, "man": 0.1}, "A woman"),
        ({"woman": 0.9, "man": 0.5}, "A person"),
        ({"child": 0.9, "boy": 0.85}, "A boy"),
        ({"child": 0.9}, "A child"),
        ({"child": 0.9, "woman": 0.4}, "A person"),
        ({"man": 0.7}, "A person"),
        ({}, "A person"),
    ],
)
def test_one_person_is_a_man_or_a_woman_only_if_that_is_certain(scores: dict[str, float], expected: str) -> None:
    tags = [tag("person"), *(people_tag(id, score) for id, score in scores.items())]
    assert said(tags, [box("person")]) == expected


@pytest.mark.parametrize(
    ("scores", "count", "expected"),
    [
        ({"man": 0.9, "woman": 0.9}, 2, "A man and a woman"),
        ({"man": 0.9, "woman": 0.05}, 2, "Two men"),
        ({"woman": 0.9, "man": 0.05}, 2, "Two women"),
        ({"man": 0.9, "woman": 0.5}, 2, "Two people"),
        ({"man": 0.9, "woman": 0.9, "child": 0.6}, 2, "Two people"),
        ({"man": 0.9, "woman": 0.9}, 3, "Three people"),
        ({"child": 0.9}, 3, "Three children"),
        ({}, 7, "A group of people"),
        ({"crowd": 0.9}, 7, "A crowd of people"),
    ],
)
def test_several_people(scores: dict[str, float], count: int, expected: str) -> None:
    boxes = [box("person", edges=(100 * place, 100, 100 * place + 95, 700)) for place in range(count)]
    tags = [tag("people"), tag("person"), *(people_tag(id, score) for id, score in scores.items())]
    assert said(tags, boxes) == expected


def test_what_people_do_replaces_what_they_do_it_with() -> None:
    playing = replace(tag("sport"), id="tennis", name="Tennis")
    racket = tag("n04039381", name="Tennis racket")
    boxes = [box("person"), box("tennis racket", edges=(400, 100, 600, 300))]
    assert said([tag("person"), playing, racket], boxes) == "A person playing tennis"
    assert said([tag("person"), replace(playing, score=0.6)], boxes) == "A person"


def test_eating_is_at_a_table_if_there_is_one() -> None:
    eating = replace(tag("leisure"), id="eating", name="Eating")
    two = [box("person", edges=LEFT), box("person", edges=RIGHT)]
    table = box("dining table", edges=(0, 500, 1000, 800))
    kinds = [people_tag("man", 0.9), people_tag("woman", 0.9)]
    tags = [tag("people"), tag("person"), eating, *kinds]
    assert said(tags, [*two, table]) == "A man and a woman eating at a table"
    assert said(tags, two) == "A man and a woman eating"


def test_people_come_first_and_hold_things() -> None:
    umbrella = replace(tag("bag"), id="umbrella", name="Umbrella", boxes=((400.0, 0.0, 800.0, 300.0),))
    boxes = [box("person"), box("umbrella", edges=(400, 0, 800, 300))]
    assert describe([umbrella, tag("person")], boxes, IMAGE) == "A person with an umbrella"
    assert said([tag("dog"), tag("person")], [box("dog", edges=RIGHT), box("person")]) == "A person and a dog"


def test_clothes_are_not_worth_a_mention_beside_people() -> None:
    assert said([tag("headwear"), tag("person")], [box("person")]) == "A person"
    assert said([tag("headwear")], []) == ""


def test_food_is_on_a_table_if_its_box_is() -> None:
    table, pizza = box("dining table", edges=(0, 300, 1000, 800)), box("pizza", edges=(200, 400, 700, 700))
    tags = [replace(tag("meal"), id="n07873807", name="Pizza", boxes=(corners(pizza),))]
    assert describe(tags, [table, pizza], IMAGE) == "A pizza on a table"
    assert describe(tags, [pizza], IMAGE) == "A pizza"


def test_a_specific_name_is_used_if_it_is_certain() -> None:
    retriever = replace(tag("dog"), id="n02099601", name="Golden retriever", boxes=(corners(box("dog")),))
    assert describe([retriever], [box("dog")], IMAGE) == "A golden retriever"
    assert describe([replace(retriever, score=0.7)], [box("dog")], IMAGE) == "A dog"
    assert describe([replace(retriever, name="Labrador retriever")], [box("dog")], IMAGE) == "A Labrador retriever"


def test_without_detection_nothing_is_counted() -> None:
    assert said([tag("dog"), tag("beach")], None) == "A dog on a beach"
    assert said([tag("people"), tag("person")], None) == "People"
    assert said([tag("person"), tag("people", 0.5)], None) == "A person"
    assert said([tag("person", 0.7)], None) == "A photo of a person"


def test_a_thing_that_detection_does_not_find_is_not_certain() -> None:
    assert said([tag("car", 0.85)], []) == "A photo of a car"
    assert said([tag("car", 0.95)], []) == "A car"
    assert said([tag("flower", 0.85)], []) == "Flowers"


def test_scenes() -> None:
    assert said([tag("mountain"), tag("river_lake"), tag("clouds")]) == "Mountains with a river or lake and clouds"
    assert said([tag("street"), tag("urban"), people_tag("night", 0.9)]) == "A street at night"
    assert said([tag("sky"), tag("clouds"), tag("beach")]) == "A beach with clouds"


def test_kinds_of_pictures() -> None:
    assert said([tag("illustration")]) == "An illustration"
    grey = people_tag("black_white", 1.0)
    assert said([tag("person"), grey], [box("person")]) == "A black-and-white photo of a person"


def test_too_little_is_not_described() -> None:
    assert said([]) == ""
    assert said([tag("dog", 0.5)]) == ""
    assert said([tag("dog", 0.75)]) == "A photo of a dog"
    assert said([tag("household")]) == ""
    assert said([tag("dog", shown=False)]) == ""


def test_no_sentence_names_a_thing_twice() -> None:
    assert said([tag("mammal"), tag("animal")], None) == "An animal"
    bird = replace(tag("bird"), id="n02002724", name="Black stork")
    assert said([bird, tag("animal")], None) == "A black stork"


def test_names_of_several_kinds_are_left_out() -> None:
    assert said([tag("book_paper"), tag("shelf_cabinet"), tag("appliance"), tag("furniture")], None) == ""


# --- words ---------------------------------------------------------------------------------------------------


def test_every_tag_that_can_be_a_subject_has_a_phrase() -> None:
    for entry in VOCABULARY:
        phrase = noun_phrase(tag(entry.id))
        assert phrase == phrase[:1].lower() + phrase[1:], phrase
        if entry.group in {"people", "vehicles", "scene"} and entry.id not in ("vehicle", "wheel", "face", "hand"):
            assert phrase, entry.id


def test_every_class_of_detection_can_be_counted() -> None:
    for label in DetectedClasses.load().classes:
        one, two = counted(label, 1), counted(label, 2)
        assert one.startswith(("a ", "an ")), one
        assert two.startswith("two "), two
        assert one.split(" ", 1)[1] != two.split(" ", 1)[1] or label in ("airplane", "sheep"), label
    assert counted("person", 3) == "three people"
    assert counted("airplane", 1) == "an aircraft"
    assert counted("bus", 2) == "two buses"
    assert counted("cow", 12).startswith("12 ")


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("dog", "a dog"),
        ("orange", "an orange"),
        ("hourglass", "an hourglass"),
        ("unicycle", "a unicycle"),
        ("ukulele", "a ukulele"),
        ("umbrella", "an umbrella"),
    ],
)
def test_articles(noun: str, expected: str) -> None:
    assert with_article(noun) == expected


def test_names_keep_the_capitals_of_proper_names() -> None:
    assert common_name("Siberian husky") == "Siberian husky"
    assert common_name("Golden retriever") == "golden retriever"
    assert common_name("King penguin") == "king penguin"
    assert common_name("King Charles spaniel") == "King Charles spaniel"
    assert common_name("TV") == "TV"
    names = {concept.label for concept in Taxonomy.load().concepts.values() if concept.label}
    assert all(common_name(name) for name in names)


def test_the_table_names_classes_and_ids_that_exist() -> None:
    labels = set(DetectedClasses.load().classes)
    for id, row in load_phrases().items():
        assert row.implied <= labels, id
        assert not row.place or row.place.split()[0] in {"in", "on", "at", "under", "indoors", "outdoors"}, id


@pytest.mark.parametrize("text", ["", "id\tphrase\n", "id\tphrase\tplace\tdoing\twith\nx\ty\n"])
def test_a_malformed_table_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpecError):
        parse_phrases(text)
