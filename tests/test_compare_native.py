"""Comparison with the real network, on real photographs, in CPython and on the command line."""

from __future__ import annotations

import json

import pytest

from onsight.cli.main import main
from onsight.engine import Engine
from onsight.tools.compare.options import CompareOptions
from onsight.tools.tag.options import TagOptions
from tests.pictures import sample, sample_path


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(threads=1)


@pytest.mark.parametrize("name", ["chelsea", "coffee", "astronaut"])
def test_both_sides_are_exactly_what_the_tools_answer_alone(engine: Engine, name: str) -> None:
    picture = sample(name)
    result = engine.compare(picture, CompareOptions(threshold=0.4, heat_maps=True))
    assert result.classification == engine.classify(picture)
    assert result.tagging == engine.tag(picture, TagOptions(threshold=0.4, heat_maps=True, boxes=False))
    assert result.image == result.classification.image


def test_a_label_that_listened_to_a_tag_says_so(engine: Engine) -> None:
    result = engine.compare(sample("camera"))
    assert result.classification.label == "Person"
    heard = [note for note in result.notes if note.startswith("This label comes from a tag.")]
    assert len(heard) == 1
    assert "“Tripod”" in heard[0]
    assert "“Face”" in heard[0]


def test_a_label_that_the_classes_give_claims_no_tag(engine: Engine) -> None:
    result = engine.compare(sample("chelsea"))
    assert not any("comes from a tag" in note for note in result.notes)
    assert any("sees the middle of the picture" in note for note in result.notes)


def test_command_line_prints_the_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(sample_path("chelsea"))
    assert main(["compare", path]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{path}: Cat · ")
    assert "Tagging: many tags" in out
    assert main(["compare", path, "--json", "--without", "Cat", "--threshold", "0.9"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["without"] == ["Cat"]
    assert result["classification"]["label"] != "Cat"
    assert all(tag["shown"] == (tag["score"] >= 0.9) for tag in result["tagging"]["tags"])


def test_command_line_refuses_a_label_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(sample_path("chelsea")), "--without", "Unicorn"]) == 2
    assert "Unicorn" in capsys.readouterr().err
