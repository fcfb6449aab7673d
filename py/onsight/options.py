"""What a person or program can choose, with the defaults in one place, and the check of what comes from outside."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from onsight.errors import InvalidOptionError

O = TypeVar("O")  # noqa: E741


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    """How a picture is classified.

    Attributes:
        top_k: How many candidates to list at most, 1 to 1000; those below 0.5 % are left out.
        threshold: Probability in (0, 1] that a label must reach; None takes each label's own threshold.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    top_k: int = 5
    threshold: float | None = None

    def __post_init__(self) -> None:
        check_integer("top_k", self.top_k, 1, 1000)
        if self.threshold is not None:
            check_number("threshold", self.threshold, 0, 1)
            if self.threshold == 0:
                raise InvalidOptionError("threshold must be above 0 and at most 1, got 0.")


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """How objects are looked for, and which are answered.

    Attributes:
        score: Probability in [0, 1] that an object must reach; None takes each class's own threshold.
        iou: Of boxes of one class whose intersection over union exceeds this, in (0, 1], one stays.
        max_results: How many boxes to answer at most, 1 to 1000.
        allow: Classes to answer; all if there are none.
        deny: Classes to leave out.
        thorough: Whether to look several times, in several sizes: finds more, takes several times as long.
        tiled: Whether to look at overlapping parts of the picture too: finds small objects in large pictures,
            takes up to 17 times as long.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    score: float | None = None
    iou: float = 0.45
    max_results: int = 100
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    thorough: bool = False
    tiled: bool = False

    def __post_init__(self) -> None:
        if self.score is not None:
            check_number("score", self.score, 0, 1)
        check_number("iou", self.iou, 0, 1)
        if self.iou == 0:
            raise InvalidOptionError("iou must be above 0 and at most 1, got 0.")
        check_integer("max_results", self.max_results, 1, 1000)
        for name in ("allow", "deny"):
            object.__setattr__(self, name, check_texts(name, getattr(self, name)))
        check_flag("thorough", self.thorough)
        check_flag("tiled", self.tiled)


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How a picture is tagged.

    Attributes:
        threshold: Score in [0, 1] from which on a tag is shown; None takes each tag's own, and of those that pass
            not too few and not too many.
        all: Whether to answer every tag of the vocabulary, however improbable.
        heat_maps: Whether to tell where in the picture each tag applies.
        boxes: Whether detection looks too: surer of people and things, and tells where each of them is; takes about
            three times as long.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    threshold: float | None = None
    all: bool = False
    heat_maps: bool = False
    boxes: bool = False

    def __post_init__(self) -> None:
        if self.threshold is not None:
            check_number("threshold", self.threshold, 0, 1)
        check_flag("all", self.all)
        check_flag("heat_maps", self.heat_maps)
        check_flag("boxes", self.boxes)


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How the label and the tags of a picture are compared.

    Attributes:
        threshold: Score in [0, 1] from which on a tag is shown; None as for `TagOptions`.
        heat_maps: Whether to tell where in the picture each tag applies.
        without: Labels that may not be given: what would be the label if these did not exist.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    threshold: float | None = None
    heat_maps: bool = False
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.threshold is not None:
            check_number("threshold", self.threshold, 0, 1)
        check_flag("heat_maps", self.heat_maps)
        object.__setattr__(self, "without", check_texts("without", self.without))


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """How a picture is made showable.

    Attributes:
        max_side: Longest side of the preview in pixels, 16 to 8192.
        if_needed: Whether to make no preview if every browser shows the file itself in the same way.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    max_side: int = 1600
    if_needed: bool = False

    def __post_init__(self) -> None:
        check_integer("max_side", self.max_side, 16, 8192)
        check_flag("if_needed", self.if_needed)


def options_from(kind: type[O], values: Mapping[str, Any]) -> O:
    """Make an options object from plain data.

    Args:
        kind: A dataclass such as `ClassifyOptions`.
        values: Its fields by name; those left out take their defaults.

    Raises:
        InvalidOptionError: A name is unknown, a required value is missing, or a value is refused.
    """
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]  # every kind is a dataclass
    known = {field.name for field in fields}
    if unknown := sorted(set(values) - known):
        others = f"known are {', '.join(sorted(known))}" if known else "this takes none"
        raise InvalidOptionError(f"There is no option {', '.join(unknown)}; {others}.")
    if missing := sorted(field.name for field in fields if is_required(field) and field.name not in values):
        raise InvalidOptionError(f"The option {missing[0]} is missing.")
    return kind(**values)


def is_required(field: dataclasses.Field[Any]) -> bool:
    """Say whether a field of an options object has no default."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def check_integer(name: str, value: object, low: int, high: int) -> None:
    """Raise InvalidOptionError unless ``value`` is an int in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidOptionError(f"{name} must be a whole number from {low} to {high}, got {value!r}.")


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise InvalidOptionError unless ``value`` is a number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InvalidOptionError(f"{name} must be a number from {low} to {high}, got {value!r}.")


def check_flag(name: str, value: object) -> None:
    """Raise InvalidOptionError unless ``value`` is true or false."""
    if not isinstance(value, bool):
        raise InvalidOptionError(f"{name} must be true or false, got {value!r}.")


def check_text(name: str, value: object) -> None:
    """Raise InvalidOptionError unless ``value`` is a text."""
    if not isinstance(value, str):
        raise InvalidOptionError(f"{name} must be a text, got {value!r}.")


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Raise InvalidOptionError unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise InvalidOptionError(f"{name} must be one of {', '.join(choices)}, got {value!r}.")


def check_texts(name: str, value: object) -> tuple[str, ...]:
    """Return a list of texts, which JSON has no tuple for, as a tuple; raise InvalidOptionError for anything else."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise InvalidOptionError(f"{name} must be a list of texts, got {value!r}.")
    return tuple(value)
