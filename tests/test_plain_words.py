"""onsight.library.query.plain: plain words find what a person means by them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onsight.core.results import Box
from onsight.evidence.detected_classes import at_least
from onsight.library import edits, search
from onsight.library.database import Library
from onsight.library.query import compile_query
from onsight.library.query.plain.evidence import _at_least
from onsight.library.query.plain.lexicon import all_words, is_known, meaning_of
from onsight.library.query.plain.phrases import plain_word, read_words
from tests.library_samples import filled, look, tag

MEANINGS = [
    # a query of one thing; names of terms that it must mean, with at least this weight
    ("couch", "Sofa", 0.9),
    ("sofas", "Sofa", 0.9),
    ("settee", "Sofa", 0.9),
    ("puppy", "Dog", 0.5),
    ("kittens", "Cat", 0.5),
    ("kid", "Child", 0.9),
    ("kids", "Child", 0.9),
    ("children", "Child", 0.9),
    ("bike", "Bicycle", 0.9),
    ("bikes", "Bicycle", 0.9),
    ("motorbike", "Motorcycle", 0.9),
    ("snowy", "Snow or ice", 0.9),
    ("snowing", "Snow or ice", 0.9),
    ("winter", "Snow or ice", 0.8),
    ("cloudy", "Clouds", 0.8),
    ("rocky", "Rock", 0.8),
    ("grassy", "Grass", 0.8),
    ("sandy", "Sand", 0.6),
    ("supper", "Meal", 0.5),
    ("lunch", "Meal", 0.5),
    ("outside", "Outdoors", 1.0),
    ("inside", "Indoors", 1.0),
    ("woods", "Forest", 0.9),
    ("traffic lights", "Traffic light", 1.0),
    ("black and white", "Black and white", 1.0),
    ("living room", "Living room", 1.0),
    ("tennis racket", "Tennis racket", 1.0),
    ("racket", "Tennis racket", 0.8),
    ("hats", "Hat", 1.0),
    ("ponies", "Horse", 0.7),
    ("geese", "Goose", 0.9),
    ("mice", "Mouse", 0.5),
    ("automobile", "Car", 0.8),
    ("plane", "Aircraft", 0.8),
    ("lady", "Person", 0.4),
    ("footwear", "Footwear", 1.0),
    ("cutlery", "Fork", 0.7),
    ("suitcases", "Suitcase", 0.9),
    ("chapel", "Church or temple", 0.6),
    ("timepiece", "Clock", 0.9),
    ("vessel", "Boat", 0.4),
    ("whisky", "Drink", 0.4),
    ("oak", "Tree", 0.3),
    ("surfer", "Surfboard", 0.8),
]


@pytest.mark.parametrize(("words", "term", "weight"), MEANINGS)
def test_words_mean_terms(words: str, term: str, weight: float) -> None:
    meaning = meaning_of(words)
    assert meaning is not None
    with filled({"1.jpg": look(term, score=1.0, content=term)}) as library:
        relevance = compile_query(words, library.connection).relevance
        assert relevance is not None
        assert relevance.get(1, 0.0) >= weight, meaning


@pytest.mark.parametrize("words", ["xyzzy", "qwertz", "dsc01234"])
def test_unknown_words_mean_nothing(words: str) -> None:
    assert meaning_of(words) is None
    assert not is_known(words)


@pytest.mark.parametrize("word", ["big", "wearing", "holding", "beautiful", "walks"])
def test_some_words_say_nothing_about_tags(word: str) -> None:
    meaning = meaning_of(word)
    assert meaning is not None
    assert meaning.is_filler


def test_all_words_can_be_suggested() -> None:
    words = all_words()
    assert {"couch", "living room", "dog"} < set(words)
    assert list(words) == sorted(words)


def asked(query: str) -> list[tuple[str, object, bool, bool]]:
    things = read_words([plain_word(word) for word in query.split()], lambda key: False)
    return [(one.key, one.count, one.negated, one.alternative) for one in things]


@pytest.mark.parametrize(
    ("query", "things"),
    [
        ("people eating outside", ["people", "eating", "outside"]),
        ("a man with a hat", ["man", "hat"]),
        ("the traffic lights on the street", ["traffic lights", "street"]),
        ("black and white cat", ["black and white", "cat"]),
        ("show me pictures of boats", ["boats"]),
        ("img 1234", ["img", "1234"]),
        ("of the", ["of", "the"]),
    ],
)
def test_words_are_read_as_things(query: str, things: list[str]) -> None:
    assert asked(query) == [(thing, None, False, False) for thing in things]


@pytest.mark.parametrize(
    ("query", "things"),
    [
        ("two dogs", [("dogs", (2, 2), False, False)]),
        ("3 cars on a road", [("cars", (3, 3), False, False), ("road", None, False, False)]),
        ("several people", [("people", (3, None), False, False)]),
        ("one person", [("person", (1, 1), False, False)]),
        ("no people", [("people", None, True, False)]),
        ("street without cars", [("street", None, False, False), ("cars", None, True, False)]),
        ("cats or dogs", [("cats", None, False, False), ("dogs", None, False, True)]),
    ],
)
def test_numbers_and_negations_belong_to_things(query: str, things: list[tuple[str, object, bool, bool]]) -> None:
    assert asked(query) == things


def box(label: str, score: float = 0.9) -> Box:
    return Box(label, score, 0, 0, 9, 9)


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    pictures = {
        "a/1.jpg": look("Person", tags=["Person", "People", "Meal", "Outdoors", "Table"], taken="2001-01-01T00:00:00"),
        "a/2.jpg": look("Person", tags=["Person", "People", "Meal", "Indoors"]),
        "a/3.jpg": look("Mountains", tags=["Mountains", tag("Snow or ice", 0.8)]),
        "a/4.jpg": look("Mountains", tags=["Mountains", tag("Snow or ice", 0.3, shown=False)], taken="2020-01-01"),
        "a/5.jpg": look("Mountains", tags=["Mountains", "Grass"]),
        "a/6.jpg": look("Person", tags=["Person", "Headwear"], boxes=[box("person")]),
        "a/7.jpg": look("Living room", tags=["Living room"], boxes=[box("couch"), box("person"), box("person", 0.8)]),
        "a/8.jpg": look("Dog", tags=["Dog", "Beach"], boxes=[box("dog"), box("dog", 0.95)]),
        "a/9.jpg": look("Dog", tags=["Dog", "Grass"], boxes=[box("dog")]),
        "b/two cats.jpg": look("Cat", tags=["Cat"], boxes=[box("cat"), box("cat"), box("cat")]),
        "b/11.jpg": look("Tennis racket", tags=["Tennis racket", "Person"]),
        "b/12.jpg": look("Street scene", tags=["Street", "Car"], boxes=[box("car")] * 3),
        "b/13.jpg": look("Street scene", tags=["Street", tag("Car", 0.1, shown=False)], boxes=[]),
    }
    with filled(pictures) as library:
        edits.add_tags(library, [3], ["Summer 2020"])
        yield library


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("people eating outside", [1]),
        ("people eating", [1, 2]),
        ("snowy mountain", [3, 4]),
        ("mountains with snow", [3, 4]),
        ("man with hat", [6]),
        ("a couch", [7]),
        ("couch living-room", [7]),
        ("racket", [11]),
        ("tennis", [11]),
        ("tennis rackets", [11]),
        ("two dogs", [8]),
        ("dogs on the beach", [8]),
        ("puppy", [8, 9]),
        ("one dog", [9]),
        ("two people", [7, 1, 2]),
        ("one person", [6, 11]),
        ("street without cars", [13]),
        ("street with cars", [12]),
        ("3 cars", [12]),
        ("several cats", [10]),
        ("cats or dogs", [10, 8, 9]),
        ("big dog", [8, 9]),
        ("summer 2020", [3]),
        ("two cats", [10]),
        ("zzz dog", []),
        ("mount", [3, 4, 5]),  # as far as it is typed
        ('dog "beach"', [8]),
        ("dog -beach", [9]),
        ("snow OR hat", [3, 6]),  # exact: below its threshold a tag does not count
        ("settee OR racket", [7, 11]),
        ("dog score:>0.5", [8, 9]),
    ],
)
def test_plain_words_find(library: Library, query: str, expected: list[int]) -> None:
    found = search.find(library, query)
    assert set(found) == set(expected)


def test_more_evidence_comes_first(library: Library) -> None:
    assert search.find(library, "snowy mountain") == [3, 4]
    assert search.find(library, "snowy mountain", "date") == [4, 3]  # the other one has no date
    assert search.find(library, "") == search.find(library, "", "date")


def test_nothing_is_found_that_the_user_has_rejected() -> None:
    pictures = {"1.jpg": look("Cat", tags=["Sofa"]), "2.jpg": look("Dog", tags=["Sofa"])}
    with filled(pictures) as library:
        edits.reject(library, [1], "Sofa")
        assert search.find(library, "couch") == [2]


@pytest.mark.parametrize("scores", [[], [0.5], [0.9, 0.4], [0.9, 0.8, 0.35, 0.6]])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_counting_agrees_with_detection(count: int, scores: list[float]) -> None:
    assert _at_least(count, scores) == pytest.approx(at_least(count, scores), abs=1e-12)


def test_no_people_leaves_out_everybody(library: Library) -> None:
    assert set(search.find(library, "no people")) == {3, 4, 5, 8, 9, 10, 12, 13}


def test_a_saved_search_of_plain_words_is_kept(library: Library) -> None:
    search.save_search(library, "Hats", "man with hat")
    assert [one.query for one in search.saved_searches(library)] == ["man with hat"]
    assert search.forget_search(library, "Hats")


# --- suggestions, advice, explanations, examples ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "suggestion", "count"),
    [
        ("mou", "mountain", 3),
        ("do", "dog", 2),
        ("people ea", "people eating", 2),
        ("dogs on the bea", "dogs on the beach", 1),
        ("living ro", "living room", 1),
        ("two do", "two dog", 1),
        ("summer 2", "summer 2020", 1),
    ],
)
def test_suggestions_find_as_many_pictures_as_they_say(
    library: Library, query: str, suggestion: str, count: int
) -> None:
    suggestions = {one.query: one.count for one in search.suggest(library, query)}
    assert suggestions[suggestion] == count
    for other, number in suggestions.items():
        assert len(search.find(library, other)) == number, other


@pytest.mark.parametrize("query", ["", "dog ", "camera:ca", '"do', "-do", "dog OR ca", "xyzzyx"])
def test_nothing_is_suggested_where_plain_words_do_not_belong(library: Library, query: str) -> None:
    assert search.suggest(library, query) == []


def test_suggestions_follow_the_library(library: Library) -> None:
    with filled({"1.jpg": look("Cat", tags=["Cat"])}) as other:
        assert [one.words for one in search.suggest(other, "zanz")] == []
        edits.add_tags(other, [1], ["Zanzibar"])
        assert [(one.words, one.count) for one in search.suggest(other, "zanz")] == [("zanzibar", 1)]


def test_an_unknown_word_is_named_and_spelled() -> None:
    with filled({"1.jpg": look("Dog", tags=["Dog"]), "2.jpg": look("Giraffe", tags=["Giraffe"])}) as library:
        advice = search.advise(library, "girafe")
        assert advice is not None
        assert "“girafe” is unknown" in advice.sentences[0]
        assert advice.spellings[0].words == "giraffe"
        assert search.find(library, advice.spellings[0].query) == [2]


def test_the_rest_of_a_query_gives_the_nearest_pictures(library: Library) -> None:
    advice = search.advise(library, "xyzzyx dog")
    assert advice is not None
    assert set(advice.nearest) == {8, 9}
    assert "rest of your search" in advice.nearest_are


def test_related_pictures_are_nearest_if_no_picture_shows_a_thing(library: Library) -> None:
    assert search.find(library, "poodle") == []
    advice = search.advise(library, "poodle")
    assert advice is not None
    assert advice.sentences == ("No picture shows “poodle”.",)
    assert set(advice.nearest) == {8, 9}


def test_things_that_are_never_together_are_told(library: Library) -> None:
    advice = search.advise(library, "racket mountain")
    assert advice is not None
    assert advice.sentences == ("No picture shows all of this.",)
    assert {3, 11} <= set(advice.nearest)
    assert search.advise(library, "camera:none") is None


def test_an_explanation_names_what_matched(library: Library) -> None:
    assert search.explain(library, "two dogs on the beach", 8) == [
        "“dogs”: 2 detected objects, Dog.",
        "“beach”: Beach, a tag, 90%.",
    ]
    assert search.explain(library, "settee", 7) == ["“settee”: Sofa, a detected object, 90%."]
    assert search.explain(library, "two cats without dogs", 10) == [
        "“cats”: in its name, folder, caption, camera or your own tags.",
        "“dogs”: not there, as you asked.",
    ]
    assert "related to" in search.explain(library, "man", 6)[0]


def test_examples_are_added_and_subtracted() -> None:
    pictures = {
        "1.jpg": look("Dog", content="1", embedding=(1, 0, 0)),
        "2.jpg": look("Dog", content="2", embedding=(0, 1, 0)),
        "3.jpg": look("Dog", tags=["Beach"], content="3", embedding=(1, 1, 0)),
        "4.jpg": look("Dog", content="4", embedding=(1, 0, 1)),
        "5.jpg": look("Dog", tags=["Beach"], content="5", embedding=(1, 0.1, 0)),
        "6.jpg": look("Dog", content="6", embedding=(0.1, 0.2, 1)),
    }
    with filled(pictures) as library:
        assert search.find(library, "like:1") == [1, 5, 3, 4]
        assert search.find(library, "like:1 +like:2") == [1, 2, 3, 5]
        assert search.find(library, "like:1 -like:6") == [1, 5, 3]
        assert search.find(library, "like:1 beach") == [5, 3]
        assert search.find(library, "-like:6") == [1, 2, 3, 5]
