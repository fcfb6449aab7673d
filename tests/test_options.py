"""onsight.core.options: what a declaration checks, and what it says about itself."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from onsight.core.options import NoOptions, declared_options, option, options, options_from
from onsight.errors import InvalidOptionError
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.shared.options import PreviewOptions


@options
class Part:
    """A part."""

    size: int = option(low=1, high=9, unit="px", doc="How large it is.")


def even(name: str, value: Any) -> int:
    if not isinstance(value, int) or value % 2:
        raise InvalidOptionError(f"{name} must be even, got {value!r}.")
    return value


@options(kw_only=True)
class Sample:
    """One option of each type."""

    name: str = option(filled="the sample", doc="Its name.")
    count: int = option(default=3, low=-5, high=5, doc="How many.")
    share: float | None = option(default=None, low=0, above=True, high=1, none="as it comes", doc="How much.")
    ratio: float = option(default=1.0, low=0.5, high=2, doc="How wide.")
    turn: int = option(default=0, choices=(0, 90), doc="How far.")
    kind: str = option(default="", choices=("", "a", "b"), doc="Which kind.")
    fast: bool = option(default=False, doc="Be fast.")
    data: bytes = option(default=b"", doc="Its bytes.")
    texts: tuple[str, ...] = option(default=(), doc="Some texts.")
    ids: tuple[int, ...] = option(default=(), low=1, high=99, item="id", doc="Some ids.")
    part: Part | None = option(default=None, doc="A part.")
    parts: tuple[Part, ...] = option(default=(), item="part", doc="Some parts.")
    whole: int = option(default=0, read=even, doc="An even number.")
    evens: tuple[float, ...] = option(default=(), each=even, item="number", doc="Even numbers.")

    def __post_init__(self) -> None:
        if self.fast and self.count == 5:
            raise InvalidOptionError("fast goes with fewer than 5.")


@options(kw_only=True)
class Larger(Sample):
    """A sample with one option more."""

    more: int = option(low=0, high=1, doc="More.")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": 5}, "name must be text, got 5."),
        ({"name": ""}, "name must name the sample."),
        ({"count": 6}, "count must be a whole number from -5 to 5, got 6."),
        ({"count": 1.0}, "count must be a whole number from -5 to 5, got 1.0."),
        ({"count": True}, "count must be a whole number from -5 to 5, got True."),
        ({"share": 0}, "share must be above 0 and at most 1, got 0."),
        ({"share": 2}, "share must be a number from 0 to 1, got 2."),
        ({"share": "1"}, "share must be a number from 0 to 1, got '1'."),
        ({"ratio": float("nan")}, "ratio must be a number from 0.5 to 2, got nan."),
        ({"ratio": None}, "ratio must be a number from 0.5 to 2, got None."),
        ({"turn": 45}, "turn must be one of 0, 90, got 45."),
        ({"turn": False}, "turn must be one of 0, 90, got False."),
        ({"kind": "c"}, "kind must be one of \"\", a, b, got 'c'."),
        ({"kind": []}, 'kind must be one of "", a, b, got [].'),
        ({"fast": 1}, "fast must be true or false, got 1."),
        ({"data": "x"}, "data must be bytes, got str."),
        ({"texts": "x"}, "texts must be a list of strings, got 'x'."),
        ({"texts": ["x", 1]}, "texts must be a list of strings, got ['x', 1]."),
        ({"ids": 1}, "ids must be a list of ids, got 1."),
        ({"ids": [0]}, "ids must be a whole number from 1 to 99, got 0."),
        ({"part": 1}, "part must be an object with size, got 1."),
        ({"part": {}}, "The option size is missing."),
        ({"parts": {"size": 1}}, "parts must be a list, got {'size': 1}."),
        ({"parts": [{"size": 1}, 7]}, "part 2 must be an object with size, got 7."),
        ({"parts": [{"size": 0}]}, "size must be a whole number from 1 to 9, got 0."),
        ({"whole": 1}, "whole must be even, got 1."),
        ({"evens": [2, 3]}, "number 2 must be even, got 3."),
        ({"fast": True, "count": 5}, "fast goes with fewer than 5."),
        (
            {"colour": 1},
            "There is no option colour; known are count, data, evens, fast, ids, kind, name, part, parts, ratio, "
            "share, texts, turn, whole.",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence_that_names_the_option(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        options_from(Sample, {"name": "it", **given})
    assert (caught.value.message, caught.value.code) == (message, "invalid_option")
    # A derived class checks, and asks its rules, in the same way.
    if "colour" not in given:
        with pytest.raises(InvalidOptionError) as caught:
            options_from(Larger, {"name": "it", "more": 1, **given})
        assert caught.value.message == message


def test_plain_data_becomes_tuples_bytes_and_objects() -> None:
    sample = options_from(
        Sample,
        {
            "name": "it",
            "data": memoryview(b"ab"),
            "texts": ["x"],
            "ids": [1, 2],
            "part": {"size": 2},
            "parts": [{"size": 3}, Part(size=4)],
            "ratio": 1,
            "share": 1,
            "evens": [2, 4],
        },
    )
    assert sample == Sample(
        name="it",
        data=b"ab",
        texts=("x",),
        ids=(1, 2),
        part=Part(size=2),
        parts=(Part(size=3), Part(size=4)),
        share=1.0,
        evens=(2, 4),
    )
    assert (type(sample.ratio), type(sample.share), type(sample.data)) == (float, float, bytes)
    assert hash(sample) == hash(dataclasses.replace(sample))


def test_options_are_frozen_and_have_no_other_attributes() -> None:
    sample = Sample(name="it")
    with pytest.raises(dataclasses.FrozenInstanceError):
        sample.count = 1  # type: ignore[misc]
    assert not hasattr(sample, "__dict__")


def test_a_changed_copy_is_checked_again() -> None:
    with pytest.raises(InvalidOptionError, match="count"):
        dataclasses.replace(Sample(name="it"), count=9)


def test_what_is_required_or_unknown_is_named() -> None:
    with pytest.raises(InvalidOptionError, match=r"The option name is missing\."):
        options_from(Sample, {})
    with pytest.raises(InvalidOptionError, match=r"There is no option size; this takes none\."):
        options_from(NoOptions, {"size": 3})


def test_a_declaration_describes_itself() -> None:
    declared = declared_options(Sample)
    share = declared["share"]
    assert list(declared)[:3] == ["name", "count", "share"]
    assert (share.kind, share.nullable, share.required, share.default) == (float, True, False, None)
    assert (share.declaration.none, share.declaration.doc) == ("as it comes", "How much.")
    assert declared["name"].required
    assert list(declared_options(Larger)) == [*declared, "more"]


@pytest.mark.parametrize("kind", [int, float, tuple[int, ...], dict, tuple[float, float]])
def test_a_type_that_cannot_be_checked_as_declared_is_an_error_of_the_program(kind: Any) -> None:
    class Odd:
        """Says too little."""

        __annotations__ = {"value": kind}
        value: Any = option(default=1, doc="A value.")

    Odd.__annotations__ = {"value": kind}
    with pytest.raises(TypeError, match="declare"):
        options(Odd)()


def test_defaults_are_those_of_the_declaration() -> None:
    assert options_from(ClassifyOptions, {}) == ClassifyOptions()
    assert options_from(ClassifyOptions, {"top_k": 3, "threshold": 0.25}) == ClassifyOptions(3, 0.25)
    assert declared_options(PreviewOptions)["max_side"].default == PreviewOptions().max_side
