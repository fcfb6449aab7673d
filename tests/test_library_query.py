"""onsight.library.query and .search: the language of searches, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.core.results import Box
from onsight.errors import InvalidOptionError, InvalidQueryError
from onsight.library import edits, search
from onsight.library.database import Library
from onsight.library.query import FIELDS, compile_query, exactly, parse, quote
from onsight.library.query.parser import MAX_DEPTH, MAX_LENGTH, MAX_WORDS, meant_by
from onsight.library.query.syntax import And, Condition, Node, Not, Or, Word
from onsight.library.records import SavedSearch
from tests.library_samples import filled, look, tag


def shape(node: Node) -> object:
    """A tree without its places in the text."""
    match node:
        case Word(text, prefix):
            return text + "*" * prefix
        case Condition(field, value):
            return f"{field}={shape(value)}"
        case Not(item):
            return ("not", shape(item))
        case And(items):
            return ("and", *map(shape, items))
        case Or(items):
            return ("or", *map(shape, items))


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", ("and",)),
        ("dog", "dog"),
        ("sun*", "sun*"),
        ('"living room"', "living room"),
        ('"living ro"*', "living ro*"),
        ("dog -cat outdoor", ("and", "dog", ("not", "cat"), "outdoor")),
        ("dog AND cat OR NOT bird", ("or", ("and", "dog", "cat"), ("not", "bird"))),
        ("(dog OR cat) red", ("and", ("or", "dog", "cat"), "red")),
        ("a OR b c OR d", ("or", "a", ("and", "b", "c"), "d")),
        ("-(a OR -b)", ("not", ("or", "a", ("not", "b")))),
        ("NOT NOT a", ("not", ("not", "a"))),
        ("and or not", ("and", "and", "or", "not")),
        ("black-white -5", ("and", "black-white", ("not", "5"))),
        ("colour:blue Color:red", ("and", "colour=blue", "colour=red")),
        ('camera:"Canon EOS" width:>4000', ("and", "camera=Canon EOS", "width=>4000")),
        ("-folder:trash*", ("not", "folder=trash*")),
        ('untagged "untagged" -unsure', ("and", "is=untagged", "untagged", ("not", "is=unsure"))),
        ("http://x 12:30", ("and", "http://x", "12:30")),
        ("(a)(b)", ("and", "a", "b")),
    ],
)
def test_parse_reads(query: str, tree: object) -> None:
    assert shape(parse(query)) == tree


def test_parse_remembers_where_things_stand() -> None:
    query = 'dog colour:"dark blue" -x'
    node = parse(query)
    assert isinstance(node, And)
    dog, colour, negated = node.items
    assert isinstance(dog, Word)
    assert isinstance(colour, Condition)
    assert isinstance(negated, Not)
    assert isinstance(negated.item, Word)
    assert [query[one.position : one.position + one.length] for one in (dog.span, colour.span, colour.value.span)] == [
        "dog",
        'colour:"dark blue"',
        '"dark blue"',
    ]
    assert negated.item.span.position == len(query) - 1


@pytest.mark.parametrize(
    ("query", "wrong", "words"),
    [
        ('dog "living room', '"', "never closed"),
        ("(dog OR cat", "(", "never closed"),
        ("dog) cat", ")", "has no opening one"),
        (")", ")", "has no opening one"),
        ("dog ()", "()", "nothing between"),
        ('dog ""', '""', "nothing between"),
        ("dog OR", "OR", "after it"),
        ("dog AND OR cat", "AND", "after it"),
        ("OR dog", "OR", "before it"),
        ("dog NOT", "NOT", "after it"),
        ("dog (NOT) cat", "NOT", "after it"),
        ("su*n", "*", "at the end"),
        ("*", "*", "beginning"),
        ("colou:blue", "colou", "Did you mean colour:?"),
        ("zzzzzz:blue", "zzzzzz", "The fields are tag, user"),
        ("colour: blue", "colour:", "needs a value"),
        ("(width:)", "width:", "needs a value"),
        ("colour:bleu", "bleu", "Did you mean blue?"),
        ("category:qqqq", "qqqq", "Use one of these: People"),
        ("width:wide", "wide", "is not a number"),
        ("width:>", ">", "is not a number"),
        ("width:5*", "5*", "is not allowed"),
        ("size:5XB", "5XB", "is not a number"),
        ("width:..", "..", "start or an end"),
        ("taken:soon", "soon", "is not a date"),
        ("taken:2020-13", "2020-13", "is not a date"),
        ("taken:>2020-02-30", ">2020-02-30", "is not a date"),
        ("has:money", "money", "There is no property"),
        ("is:good", "good", "There is no state"),
        ("score:high", "high", "is not a number"),
    ],
)
def test_a_wrong_query_is_told_with_its_place(query: str, wrong: str, words: str) -> None:
    with filled({}) as library, pytest.raises(InvalidQueryError) as caught:
        compile_query(query, library.connection)
    error = caught.value
    start = error.detail["position"]
    assert query[start : start + error.detail["length"]] == wrong
    assert words in error.message
    assert error.code == "invalid_query"


@pytest.mark.parametrize(
    "query", ["a" * (MAX_LENGTH + 1), "a " * (MAX_WORDS + 1), "(" * 60 + "a" + ")" * 60, "-" * 60 + "a"]
)
def test_what_is_too_long_or_too_deep_is_refused(query: str) -> None:
    with pytest.raises(InvalidQueryError):
        parse(query)
    assert MAX_DEPTH < 60


# --- what is found -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    pictures = {
        "/p/holidays 2020/IMG_1.jpg": look(
            "Golden retriever",
            score=0.85,
            tags=[tag("Dog", 0.95), tag("Beach", 0.6), tag("Ball", 0.3, shown=False)],
            colours={"blue": 0.4, "red": 0.05},
            taken="2020-07-14T18:03:22",
            camera="Canon EOS R5",
            lens="RF 70-200",
            has_location=True,
            iso=200,
            aperture=2.8,
            focal_length_mm=70.0,
            size=(6000, 4000),
        ),
        "/p/holidays 2020/IMG_2.jpg": look(
            "Cat",
            score=0.7,
            tags=["Cat", "Living room"],
            colours={"brown": 0.3},
            taken="2020-01-31T23:59:59",
            camera="NIKON Z 6",
            boxes=[Box("cat", 0.9, 0, 0, 5, 5), Box("couch", 0.5, 0, 0, 9, 9)],
            orientation="vertical",
        ),
        "/p/food/picnic.png": look(
            "Hot dog",
            score=0.9,
            category="Food & drink",
            tags=["Food", "Hot dog"],
            colours={"red": 0.5},
            format="PNG",
            sharpness=0.2,
        ),
        "/p/food/copy of picnic.png": look(
            "Hot dog", score=0.9, category="Food & drink", tags=["Food", "Hot dog"], format="PNG"
        ),
        "/q/Zürich.webp": look(
            "Not sure",
            score=0.2,
            certain=False,
            category="Other",
            tags=["Sunset", "City"],
            format="WebP",
            size=(1000, 800),
        ),
    }
    with filled(pictures) as library:
        edits.add_tags(library, [5], ["Summer trip", "Sandwich"])
        edits.reject(library, [1], "Beach")
        edits.add_tags(library, [2], ["Rex's friend"])
        yield library


def found(library: Library, query: str) -> set[int]:
    return set(search.find(library, query))


ALL = {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        # words find what they name, everything narrower, and nothing that merely has the word in its name
        ("dog", {1}),
        ("DOGS", {1}),
        ("animal", {1, 2}),
        ("pet", {1, 2}),
        ("retriever", {1}),
        ('"hot dog"', {3, 4}),
        ("food", {3, 4, 5}),  # a sandwich is food, also if a person says so
        ("living", {2}),
        ('"living room"', {2}),
        ("sun*", {5}),
        ("retr*", {1}),
        ("dog*", {1, 3, 4}),  # the beginning of any word of a name
        ("couch", {2}),
        ("sofa", {2}),
        ('object:="Sofa"', {2}),
        ('object:="couch"', {2}),
        ("trip", {5}),
        ('"summer trip"', {5}),
        ("rex's", {2}),
        ("beach", set()),  # rejected
        ("ball", {1}),  # below its threshold, but nothing else is a ball
        ("tag:ball", set()),  # not sure enough
        ("nothing", set()),
        # names of files, without accents
        ("picnic", {3, 4, 5}),  # a sandwich in a city may be one
        ("name:picnic picnic", {3, 4}),
        ("zurich", {5}),
        ("ZÜRICH", {5}),
        ("img", {1, 2}),
        ("im*", {1, 2}),
        ("name:picnic", {3, 4}),
        ("folder:holidays", {1, 2}),
        ('folder:"/p/food"', {3, 4}),
        ("folder:hol*", {1, 2}),
        ("holidays", {1, 2}),  # folders too
        # logic
        ("animal -cat", {1}),
        ("animal NOT dog", {2}),
        ("dog OR cat", {1, 2}),
        ("(dog OR cat) colour:blue", {1}),
        ("-(dog OR cat)", {3, 4, 5}),
        ("-dog -cat", {3, 4, 5}),
        # fields
        ("tag:food", {3, 4, 5}),
        ("user:food", {5}),
        ("user:dog", set()),
        ("label:animal", {1, 2}),
        ("label:sunset", set()),
        ("object:cat", {2}),
        ("object:furniture", {2}),
        ("colour:blue", {1}),
        ("colour:red", {3}),  # 5% are too little
        ("category:food", {3, 4}),
        ('category:"Food & drink"', {3, 4}),
        ("category:pets", {1, 2}),
        ("has:location", {1}),
        ("has:date", {1, 2}),
        ("has:camera -has:lens", {2}),
        ("has:objects", {2}),
        ("has:tags", {2, 5}),
        ("untagged", {1, 3, 4}),
        ("unsure", {5}),
        ("is:duplicate", {3, 4}),
        ("camera:canon", {1}),
        ("camera:nik*", {2}),
        ('camera:"z 6"', {2}),
        ("lens:70-200", {1}),
        ("format:png", {3, 4}),
        ("format:jpg", {1, 2}),
        ("orientation:vertical", {2}),
        # numbers
        ("width:>4000", {1}),
        ("width:6000", {1}),
        ("width:400..1000", {2, 3, 4, 5}),
        ("width:..400", {2, 3, 4}),
        ("-width:>=1000", {2, 3, 4}),
        ("megapixels:24", {1}),
        ("mp:0.8", {5}),
        ("iso:200", {1}),
        ("-iso:200", {2, 3, 4, 5}),
        ("f:2.8", {1}),
        ("focal:70mm", {1}),
        ("size:1kB", ALL),
        ("size:>1kB", set()),
        ("sharpness:<0.3", {3}),
        # dates
        ("taken:2020", {1, 2}),
        ("taken:2020-01", {2}),
        ("taken:>2020-01", {1}),
        ("taken:>=2020-01", {1, 2}),
        ("taken:<2020-07-14", {2}),
        ("taken:<=2020-07-14", {1, 2}),
        ("taken:2020-01-31", {2}),
        ("taken:2019..2020-06", {2}),
        ("date:2021", set()),
        # how sure
        ("score:>0.8", {1, 3, 4}),
        ("score:90%", {3, 4}),
        ("dog score:>0.9", {1}),
        ("dog score:>0.97", set()),
        ("ball score:>0.25", {1}),
        ("(dog OR cat) score:>0.92", {1}),
        ("label:cat score:>0.8", set()),
        ("category:pets score:>0.8", {1}),
        ("user:food score:1", {5}),
        ("-cat score:>0.8", {1, 3, 4}),
    ],
)
def test_find_finds(library: Library, query: str, expected: set[int]) -> None:
    assert found(library, query) == expected


def test_every_field_has_an_example_that_works(library: Library) -> None:
    for field in FIELDS.values():
        compile_query(field.example, library.connection)
        assert f"{field.name}:" in field.example


ATOMS = st.sampled_from(
    ["dog", "animal", "food", "sun*", "colour:red", "has:location", "width:>900", "iso:>100", "untagged", "picnic"]
)


def trees(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        inner.map(lambda one: f"-({one})"),
        pairs.map(lambda two: f"({two[0]}) ({two[1]})"),
        pairs.map(lambda two: f"({two[0]} OR {two[1]})"),
    )


@given(st.recursive(ATOMS, trees, max_leaves=6))
def test_logic_is_that_of_sets(query: str) -> None:
    with filled(
        {
            "1.jpg": look("Dog", tags=["Dog"], has_location=True, iso=200),
            "2.jpg": look("Cat", tags=["Cat", "Sunset"], size=(1000, 1000), colours={"red": 0.5}),
            "picnic.jpg": look("Pizza", tags=["Food", "Sunglasses"], iso=50),
        }
    ) as library:
        edits.add_tags(library, [3], ["Tasty"])

        def evaluate(node: Node) -> set[int]:
            match node:
                case Not(item):
                    return {1, 2, 3} - evaluate(item)
                case Or(items):
                    return set().union(*map(evaluate, items))
                case And(items):
                    return {1, 2, 3}.intersection(*map(evaluate, items))
                case Word(text, prefix):
                    return found(library, text + "*" * prefix)
                case Condition(field, value):
                    return found(library, f"{field}:{value.text}")

        assert found(library, query) == evaluate(parse(query))


PIECES = st.sampled_from(
    [*"()\"-*: ><=.,'\\%_;\0", "dog", "AND", "OR", "NOT", "taken:", "width:", "5", "score:", "sun*", "é", "犬", "🐶"]
)


def wrong_place(library: Library, query: str) -> tuple[int, int] | None:
    try:
        search.find(library, query)
    except InvalidQueryError as error:
        return error.detail["position"], error.detail["length"]
    return None


@given(st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=12).map("".join)))
def test_any_text_is_understood_or_told_where_it_is_wrong(query: str) -> None:
    with filled({"1.jpg": look("Dog", tags=["Dog"])}) as library:
        error = wrong_place(library, query)
        assert error is None or 0 <= error[0] <= sum(error) <= len(query)


@given(st.text(min_size=1, max_size=20))
def test_quote_makes_any_text_a_value(text: str) -> None:
    if text.strip():
        node = parse(f"user:{quote(text)}")
        assert isinstance(node, Condition)
        assert text in meant_by(node.value.text)
    node = parse(f"user:{exactly(text)}")
    assert isinstance(node, Condition)
    assert node.value.exact
    assert text in meant_by(node.value.text)


def test_a_query_cannot_change_the_library(library: Library) -> None:
    before = found(library, "")
    for query in ("'; DROP TABLE image; --", 'name:"x\' OR 1=1 --"', '"a"" OR rowid > 0 OR ""b"'):
        search.find(library, query)
    assert found(library, "") == before


# --- lists, facets, saved searches ---------------------------------------------------------------------------


def test_find_obeys_the_order(library: Library) -> None:
    assert search.find(library, "animal", "date") == [1, 2]
    assert search.find(library, "", "name") == [4, 3, 1, 2, 5]
    assert search.find(library, "", "pixels")[:2] == [1, 5]
    assert search.find(library, "", "added") == [5, 4, 3, 2, 1]
    with pytest.raises(InvalidOptionError, match="order must be one of"):
        search.find(library, "", "id; DROP TABLE image")


def test_describe_keeps_the_order_that_is_asked_for(library: Library) -> None:
    hits = search.describe(library, [3, 1, 77])
    assert [hit.image for hit in hits] == [3, 1]
    assert hits[1].path == "/p/holidays 2020/IMG_1.jpg"
    assert (hits[1].label, hits[1].score, hits[1].width, hits[1].taken) == (
        "Golden retriever",
        0.85,
        6000,
        "2020-07-14T18:03:22",
    )


def test_facets_count_what_was_found_and_each_finds_as_many(library: Library) -> None:
    for query in ("", "animal", "category:food"):
        counted = search.facets(library, query)
        for values in counted.values():
            for value in values:
                narrowed = found(library, f"({query}) {value.query}" if query else value.query)
                assert len(narrowed) == value.count > 0
    counted = search.facets(library)
    assert [(one.name, one.count, one.query) for one in counted["category"]][:1] == [
        ("Food & drink", 2, 'category:="Food & drink"')
    ]
    assert ("Beach", 1) not in [(one.name, one.count) for one in counted["tag"]]
    assert [(one.name, one.count) for one in counted["colour"]] == [("Blue", 1), ("Brown", 1), ("Red", 1)]
    assert [(one.name, one.query) for one in counted["year"]] == [("2020", "taken:2020")]
    assert {one.name for one in counted["object"]} == {"Cat", "Sofa"}
    assert search.facets(library, "nothing") == {}
    assert len(search.facets(library, limit=1)["tag"]) == 1


def test_saved_searches_last_until_they_are_forgotten() -> None:
    with filled({}) as library:
        search.save_search(library, "Pets", "dog")
        search.save_search(library, "Pets", "dog OR cat")
        search.save_search(library, "Big", "width:>4000")
        assert search.saved_searches(library) == [
            SavedSearch("Big", "width:>4000"),
            SavedSearch("Pets", "dog OR cat"),
        ]
        with pytest.raises(InvalidQueryError):
            search.save_search(library, "Wrong", "(dog")
        assert search.forget_search(library, "Big")
        assert not search.forget_search(library, "Big")
        assert [one.name for one in search.saved_searches(library)] == ["Pets"]
