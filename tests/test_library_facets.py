"""onsight.library.search.facets: every value counts exactly what its condition finds, whatever it is called."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.core.results import Box
from onsight.errors import InvalidOptionError
from onsight.library import edits, search
from onsight.library.database import Library
from onsight.library.query import Compiled, compile_query
from onsight.library.query.plain.evidence import Gatherer
from tests.library_samples import filled, look, tag

NASTY = [
    'say "hi"',
    '"',
    '""',
    "a:b",
    "camera:x",
    'tag:="Dog"',
    "(a) b",
    "a) OR (b",
    "C:\\Bilder\\",
    "50% _*?",
    "*",
    "-x",
    "- x",
    "=",
    "=x",
    "OR",
    "AND",
    "NOT",
    "and",
    "🐶",
    "❤️",
    "שלום (עולם)",
    "Zu\u0308rich",
    "Zürich",
    "!!!",
    "No category",
    " lead",
    "trail ",
    "two  spaces",
    "tab\there",
    "line\nbreak",
    "Fußball",
    "东京",
    "'; DROP TABLE image; --",
    "x" * 300,
]
FAMILY = [
    "Canon EOS 5D",
    "Canon EOS 5D Mark II",
    "canon eos 5d",
    "Photos 3",
    "Photos",
    "Photos 3/2020",
    "paris",
    "Paris",
]
BASES = [
    "",
    "cat",
    "dog OR cat",
    "(dog) OR (cat)",
    "-dog",
    "score:>0.5",
    "dog score:>0.3",
    '"a OR b" OR cat',
    "has:camera",
]


def clicked(base: str, condition: str) -> str:
    """What the page writes when a value is clicked (query-text.js)."""
    return f"({base}) {condition}" if " OR " in base else f"{base} {condition}".strip()


def check(library: Library, base: str) -> int:
    checked = 0
    for kind, values in search.facets(library, base, limit=1000).items():
        for value in values:
            for query, count in (
                (clicked(base, value.query), value.count),
                (clicked(base, f"-{value.query}"), len(search.find(library, base)) - value.count),
            ):
                assert len(search.find(library, query)) == count, (kind, value, query)
                checked += 1
    return checked


@pytest.fixture(scope="module")
def nasty() -> Iterator[Library]:
    """A library in which every name of every kind is hard to ask for."""
    names = [*NASTY, *FAMILY]
    pictures = {
        f"{name}/{number}.jpg": look(
            ["Dog", "Cat", "Hot dog", name][number % 4],
            score=number / len(names),
            category=name,
            tags=[
                tag("Dog", 0.9),
                tag("Hot dog", 0.4),
                tag(f"Machine {name}"),
                tag("Animal", 0.3, shown=number % 3 > 0),
            ],
            boxes=[Box("dog", 0.6, 0, 0, 9, 9), Box("dog", 0.5, 0, 0, 9, 9), Box(name, 0.4, 0, 0, 9, 9)],
            colours={"red": 0.5, "dark_blue": 0.3, "green": 0.05},
            camera=name,
            lens=name,
            taken=["2020-01-01T00:00:00", "2020-12-31T23:59:59", "0000-00-00T00:00:00", None][number % 4],
            content=str(number),
        )
        for number, name in enumerate(names)
    }
    with filled({**pictures, "no folder.jpg": look(content="none", tags=["Dog"])}) as library:
        for number, name in enumerate(names, 1):
            try:
                edits.add_tags(library, [number], [name, "Dog"] if number % 2 else [name])
            except InvalidOptionError:
                continue
        edits.add_tags(library, [len(names) + 1], ["Dog", "Animal"])
        edits.rename_tag(library, [len(names) - 1, len(names)], "paris", "PARIS")
        edits.reject(library, [1, 2, 3], "Dog")
        edits.reject(library, [4, 5], "Cat")
        with library.transaction() as connection:
            connection.execute("UPDATE image SET rating = nullif(id % 6, 0)")
        yield library


@pytest.mark.parametrize("base", BASES)
def test_a_click_on_a_value_finds_as_many_as_it_says(nasty: Library, base: str) -> None:
    assert check(nasty, base) > 20


def test_every_kind_of_facet_is_checked(nasty: Library) -> None:
    assert set(search.facets(nasty)) == set(search.facet_names())
    assert {one.name for one in search.facets(nasty, limit=1000)["folder"]} >= {*NASTY, *FAMILY}


def test_values_are_not_mixed_with_those_that_begin_alike() -> None:
    pictures = {
        "Photos/1.jpg": look("Dog", tags=["Dog"], camera="Canon EOS 5D", content="1"),
        "Photos/2/2.jpg": look("Hot dog", tags=["Dog", "Hot dog"], camera="Canon EOS 5D Mark II", content="2"),
        "Photos/3.jpg": look("Golden retriever", tags=["Golden retriever"], camera="canon eos 5d", content="3"),
    }
    with filled(pictures) as library:
        counted = {
            (kind, one.name): (one.count, one.query)
            for kind, values in search.facets(library).items()
            for one in values
        }
        assert counted["tag", "Dog"] == (2, "tag:=Dog")
        assert counted["label", "Dog"] == (1, "label:=Dog")
        assert counted["camera", "Canon EOS 5D"] == (1, 'camera:="Canon EOS 5D"')
        assert counted["folder", "Photos"] == (2, "folder:=Photos")
        assert check(library, "") >= 20


TEXTS = st.text(min_size=1, max_size=12).filter(str.isprintable)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), st.sampled_from(BASES))
def test_any_name_can_be_clicked(names: list[tuple[str, str, str]], base: str) -> None:
    pictures = {
        f"{folder}/{number}": look(
            "Cat", tags=["Dog"], camera=camera, content=str(number), boxes=[Box("dog", 1, 0, 0, 1, 1)]
        )
        for number, (folder, camera, _) in enumerate(names)
    }
    with filled(pictures) as library:
        for number, (_, _, own) in enumerate(names, 1):
            try:
                edits.add_tags(library, [number], [own])
            except InvalidOptionError:
                continue
        check(library, base)


def test_a_query_is_compiled_once_for_its_hits_and_its_facets_until_the_library_changes(
    nasty: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []

    def counting(query: str, connection: sqlite3.Connection, gatherer: Gatherer | None = None) -> Compiled:
        compiled.append(query)
        return compile_query(query, connection, gatherer)

    monkeypatch.setattr(search, "compile_query", counting)
    images = search.find(nasty, "camera:canon")
    assert sum(value.count for value in search.facets(nasty, "camera:canon")["category"]) == len(images) > 0
    assert compiled == ["camera:canon"]
    with nasty.transaction() as connection:
        connection.execute("UPDATE image SET camera = NULL WHERE id = ?", (images[0],))
    assert sum(value.count for value in search.facets(nasty, "camera:canon")["category"]) == len(images) - 1
    assert compiled == ["camera:canon"] * 2
