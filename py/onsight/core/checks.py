"""Check the types and ranges of option values. Each error states the expected and the actual value."""

from __future__ import annotations

from collections.abc import Collection

from onsight.core.texts import text
from onsight.errors import InvalidOptionError


def check_integer(name: str, value: object, low: int, high: int) -> None:
    """Raise InvalidOptionError unless ``value`` is an int in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidOptionError(
            text(
                "{name} must be a whole number from {low} to {high}, got {value!r}.",
                name=name,
                low=low,
                high=high,
                value=value,
            )
        )


def check_number(name: str, value: object, low: float, high: float) -> None:
    """Raise InvalidOptionError unless ``value`` is a number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InvalidOptionError(
            text(
                "{name} must be a number from {low} to {high}, got {value!r}.",
                name=name,
                low=low,
                high=high,
                value=value,
            )
        )


def check_flag(name: str, value: object) -> None:
    """Raise InvalidOptionError unless ``value`` is true or false."""
    if not isinstance(value, bool):
        raise InvalidOptionError(text("{name} must be true or false, got {value!r}.", name=name, value=value))


def check_text(name: str, value: object) -> None:
    """Raise InvalidOptionError unless ``value`` is a string."""
    if not isinstance(value, str):
        raise InvalidOptionError(text("{name} must be text, got {value!r}.", name=name, value=value))


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Raise InvalidOptionError unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise InvalidOptionError(
            text("{name} must be one of {names}, got {value!r}.", name=name, names=", ".join(choices), value=value)
        )


def check_texts(name: str, value: object) -> tuple[str, ...]:
    """Return a list of strings as a tuple, because JSON has no tuples; raise InvalidOptionError for anything else."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise InvalidOptionError(text("{name} must be a list of strings, got {value!r}.", name=name, value=value))
    return tuple(value)
