"""What a person or program can choose, with the defaults in one place, and the check of what comes from outside."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from onsight.errors import InvalidOptionError


@dataclass(frozen=True, slots=True)
class NoOptions:
    """Nothing can be chosen."""


O = TypeVar("O")  # noqa: E741


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
