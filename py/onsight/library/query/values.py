"""Numbers, dates and ranges as people write them behind a colon."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from onsight.library.query.syntax import Word

OPERATORS = (">=", "<=", ">", "<", "=")

SIZE_UNITS: Mapping[str, float] = {"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "k": 1e3, "m": 1e6, "g": 1e9}
PLAIN_UNITS: Mapping[str, float] = {"": 1}
SCORE_UNITS: Mapping[str, float] = {"": 1, "%": 0.01}
FOCAL_UNITS: Mapping[str, float] = {"": 1, "mm": 1}


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of what is wanted of a number or a date.

    Attributes:
        operator: ``">="``, ``"<="``, ``">"`` or ``"<"``.
        value: The number, or the beginning of an ISO 8601 text.
    """

    operator: str
    value: float | str


def number_bounds(word: Word, units: Mapping[str, float] = PLAIN_UNITS, *, whole: bool = False) -> tuple[Bound, ...]:
    """Read ``>4000``, ``100..200``, ``2.8``, ``5MB``; a bare number means all that round to it.

    Args:
        word: What stands behind the colon.
        units: What may stand behind a number, in lower case, with its factor.
        whole: Whether the field holds whole numbers, which a bare number then equals.

    Raises:
        InvalidQueryError: It is not a number.
    """

    def read(text: str) -> tuple[float, float]:
        """Return the number, and half of its last digit."""
        found = re.fullmatch(
            r"(\d{1,12}(?:\.(\d{1,6}))?|\.(\d{1,6}))\s*([a-z%]*)", text.strip(), re.IGNORECASE | re.ASCII
        )
        if found is None or found[4].lower() not in units:
            example = "4000, >4000, <=4000 or 100..4000" if whole else "2.8, >2.8, <=2.8 or 1.4..2.8"
            raise word.span.error(f"“{text or word.text}” is not a number. Write it as in {example}.")
        factor = units[found[4].lower()]
        half = 0.0 if whole and factor == 1 else 0.5 * 10 ** -len(found[2] or found[3] or "")
        return float(found[1]) * factor, half * factor

    def around(text: str) -> tuple[Bound, ...]:
        value, half = read(text)
        if not half:
            return Bound(">=", value), Bound("<=", value)
        return Bound(">=", value - half), Bound("<", value + half)

    return _bounds(word, around, lambda operator, text: Bound(operator, read(text)[0]))


def date_bounds(word: Word) -> tuple[Bound, ...]:
    """Read ``2020``, ``2020-01``, ``>2020-01-31``, ``2019..2020-06``: a year and a month mean all of it.

    Raises:
        InvalidQueryError: It is not a date.
    """

    def read(text: str) -> tuple[str, str]:
        """Return the beginning of the period, and of the next one."""
        found = re.fullmatch(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", text.strip(), re.ASCII)
        try:
            if found is None:
                raise ValueError
            year, month, day = (int(part) if part else None for part in found.groups())
            first = date(year or 0, month or 1, day or 1)
        except ValueError:
            message = f"“{text or word.text}” is not a date. Write it as in 2020, 2020-07, >2020-07-14 or 2019..2020."
            raise word.span.error(message) from None
        if day is not None:
            # "T24" comes after every time of that day, and before the next day.
            return first.isoformat(), first.isoformat() + "T24"
        if month is not None:
            return first.isoformat()[:7], f"{first.isoformat()[:7]}-32"
        return first.isoformat()[:4], f"{first.isoformat()[:4]}-13"

    def around(text: str) -> tuple[Bound, ...]:
        start, end = read(text)
        return Bound(">=", start), Bound("<", end)

    def beyond(operator: str, text: str) -> Bound:
        start, end = read(text)
        # After January begins in February; up to January is all of January.
        return {
            ">": Bound(">=", end),
            ">=": Bound(">=", start),
            "<": Bound("<", start),
            "<=": Bound("<", end),
        }[operator]

    return _bounds(word, around, beyond)


def _bounds(
    word: Word, around: Callable[[str], tuple[Bound, ...]], beyond: Callable[[str, str], Bound]
) -> tuple[Bound, ...]:
    if word.prefix:
        raise word.span.error("A “*” cannot stand behind a number or a date.")
    text = word.text
    operator = next((sign for sign in OPERATORS if text.startswith(sign)), None)
    if operator:
        rest = text.removeprefix(operator)
        return around(rest) if operator == "=" else (beyond(operator, rest),)
    if ".." in text:
        low, _, high = text.partition("..")
        bounds = ([beyond(">=", low)] if low else []) + ([beyond("<=", high)] if high else [])
        if not bounds:
            raise word.span.error("A range needs a beginning or an end, as in 100..200.")
        return tuple(bounds)
    return around(text)
