"""Logic of the page that needs no browser, run by Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from onsight.library import search
from onsight.library.query import exactly, parse, quote
from onsight.library.query.syntax import Condition
from tests.library_samples import filled, look

SCRIPTS = Path(__file__).with_name("scripts")


def run(script: str, *arguments: str) -> Any:
    """Return what a script prints as JSON."""
    done = subprocess.run(["node", SCRIPTS / script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_typing_is_never_delayed_by_a_library_that_changes() -> None:
    told = run("search_timing.mjs")
    # The pause after a key, the answer under way, the answer itself; on a busy machine a little more.
    assert told["typedWhileImporting"] < 700
    assert told["searchesWhileImporting"] <= 3
    assert told["told"][-2:] == ["found dog", "facets dog"]
    assert not {"facets d", "facets do"} & set(told["told"])
    assert (told["searchesAtOnce"], told["searchesAfterRest"]) == (1, 2)


NAMES = [
    "Dog",
    "Canon EOS 5D",
    'say "hi"',
    "a) OR (b",
    " tag:=x ",
    'x" tag:=Cat "y',
    "(",
    "OR",
    "a  b",
    "*",
    "\\",
    "日本",
]
QUERIES = [
    "",
    "dog",
    "dog cat",
    "dog OR cat",
    "(dog) OR (cat)",
    "(dog OR cat) bird",
    '"a OR b"',
    "dog AND tag:=Dog",
    "tag:=Dog AND cat",
    "NOT tag:=Dog",
    "(tag:=Dog)",
    "tag:=Dog OR cat",
    'tag:="Canon EOS 5D" -x',
    'folder:="tag:=Dog x" y',
]


def test_conditions_go_into_a_query_and_out_of_it() -> None:
    cases = [(query, f"tag:{exactly(name)}") for query in QUERIES for name in NAMES]
    told = run("query_text.mjs", json.dumps(cases))
    pictures = {"a/1.jpg": look("Dog", tags=["Dog", "Bird"]), "a/2.jpg": look("Cat", tags=["Cat"])}
    with filled(pictures) as library:

        def found(query: str) -> set[int]:
            return set(search.find(library, query))

        for (query, condition), result in zip(cases, told["results"], strict=True):
            assert found(result["added"]) == found(query) & found(condition)
            assert result["hasAdded"] or result["added"] != f"{query} {condition}".strip()
            assert found(result["without"]) >= found(query)
            if not result["has"]:
                assert result["without"] == query.strip()
                assert found(result["back"]) == found(query)


@pytest.mark.parametrize(
    ("query", "condition", "has", "without"),
    [
        ("dog tag:=Cat", "tag:=Cat", True, "dog"),
        ("dog AND tag:=Cat", "tag:=Cat", True, "dog"),
        ("tag:=Cat AND dog", "tag:=Cat", True, "dog"),
        ("tag:=Cat", "tag:=Cat", True, ""),
        ("NOT tag:=Cat", "tag:=Cat", False, "NOT tag:=Cat"),
        ("dog OR tag:=Cat", "tag:=Cat", False, "dog OR tag:=Cat"),
        ("(dog OR tag:=Cat)", "tag:=Cat", False, "(dog OR tag:=Cat)"),
        ('folder:="x tag:=Cat y"', "tag:=Cat", False, 'folder:="x tag:=Cat y"'),
        ("-tag:=Cat", "tag:=Cat", False, "-tag:=Cat"),
    ],
)
def test_only_a_condition_that_must_hold_is_on(query: str, condition: str, has: bool, without: str) -> None:
    (result,) = run("query_text.mjs", json.dumps([(query, condition)]))["results"]
    assert (result["has"], result["without"]) == (has, without)


def test_the_page_quotes_as_the_engine_does() -> None:
    assert run("query_text.mjs")["quoted"] == quote('a "b"')
    node = parse("tag:" + quote('a "b"'))
    assert isinstance(node, Condition)
    assert node.value.text == 'a "b"'
