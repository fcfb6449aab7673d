"""What a person or program can choose, with the defaults in one place, and the check of what comes from outside."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from onsight.errors import InvalidOptionError

O = TypeVar("O")  # noqa: E741


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    """How a picture is classified.

    Attributes:
        top_k: How many candidates to list, 1 to 1000.
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
class PreviewOptions:
    """How a picture is made showable.

    Attributes:
        max_side: Longest side of the preview in pixels, 16 to 8192.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range.
    """

    max_side: int = 1600

    def __post_init__(self) -> None:
        check_integer("max_side", self.max_side, 16, 8192)


def options_from(kind: type[O], values: Mapping[str, Any]) -> O:
    """Make an options object from plain data.

    Args:
        kind: A dataclass such as `ClassifyOptions`.
        values: Its fields by name; those left out take their defaults.

    Raises:
        InvalidOptionError: A name is unknown, or a value is refused.
    """
    known = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    if unknown := sorted(set(values) - known):
        raise InvalidOptionError(f"There is no option {', '.join(unknown)}; known are {', '.join(sorted(known))}.")
    return kind(**values)


def check_integer(name: str, value: object, low: int, high: int) -> None:
    """Raise InvalidOptionError unless ``value`` is an int in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidOptionError(f"{name} must be a whole number from {low} to {high}, got {value!r}.")


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise InvalidOptionError unless ``value`` is a number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InvalidOptionError(f"{name} must be a number from {low} to {high}, got {value!r}.")
