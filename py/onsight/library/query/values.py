"""Parse the numbers, dates and ranges of conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from onsight.core.texts import text
from onsight.library.query.syntax import Word

OPERATORS = (">=", "<=", ">", "<", "=")

SIZE_UNITS: Mapping[str, float] = {"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "k": 1e3, "m": 1e6, "g": 1e9}
PLAIN_UNITS: Mapping[str, float] = {"": 1}
SCORE_UNITS: Mapping[str, float] = {"": 1, "%": 0.01}
FOCAL_UNITS: Mapping[str, float] = {"": 1, "mm": 1}


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower or upper bound of a number or a date.

    Attributes:
        operator: ``">="``, ``"<="``, ``">"`` or ``"<"``.
        value: The number, or the beginning of an ISO 8601 text.
    """

    operator: str
    value: float | str


def number_bounds(word: Word, units: Mapping[str, float] = PLAIN_UNITS, *, whole: bool = False) -> tuple[Bound, ...]:
    """Parse ``>4000``, ``100..200``, ``2.8``, ``5MB``. A bare number means every value that rounds to it.

    Args:
        word: The value after the colon.
        units: Factor of each unit that can follow a number, in lower case.
        whole: Whether the field has whole numbers; a bare number then means exactly this value.

    Raises:
        InvalidQueryError: It is not a number.
    """

    def read(number: str) -> tuple[float, float]:
        """Return the number, and half the value of its last digit."""
        found = re.fullmatch(
            r"(\d{1,12}(?:\.(\d{1,6}))?|\.(\d{1,6}))\s*([a-z%]*)", number.strip(), re.IGNORECASE | re.ASCII
        )
        if found is None or found[4].lower() not in units:
            message = text(
                "“{value}” is not a number. Write, for example, {examples}.",
                value=number or word.text,
                examples="4000, >4000, <=4000, 100..4000" if whole else "2.8, >2.8, <=2.8, 1.4..2.8",
            )
            raise word.span.error(message)
        factor = units[found[4].lower()]
        half = 0.0 if whole and factor == 1 else 0.5 * 10 ** -len(found[2] or found[3] or "")
        return float(found[1]) * factor, half * factor

    def around(number: str) -> tuple[Bound, ...]:
        value, half = read(number)
        if not half:
            return Bound(">=", value), Bound("<=", value)
        return Bound(">=", value - half), Bound("<", value + half)

    return _bounds(word, around, lambda operator, number: Bound(operator, read(number)[0]))


def date_bounds(word: Word) -> tuple[Bound, ...]:
    """Parse ``2020``, ``2020-01``, ``>2020-01-31``, ``2019..2020-06``. A year or month means the whole period.

    Raises:
        InvalidQueryError: It is not a date.
    """

    def read(written: str) -> tuple[str, str]:
        """Return the start of the period, and the start of the next one."""
        found = re.fullmatch(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", written.strip(), re.ASCII)
        try:
            if found is None:
                raise ValueError
            year, month, day = (int(part) if part else None for part in found.groups())
            first = date(year or 0, month or 1, day or 1)
        except ValueError:
            message = text(
                "“{value}” is not a date. Write, for example, 2020, 2020-07, >2020-07-14, 2019..2020.",
                value=written or word.text,
            )
            raise word.span.error(message) from None
        if day is not None:
            # "T24" comes after every time of that day, and before the next day.
            return first.isoformat(), first.isoformat() + "T24"
        if month is not None:
            return first.isoformat()[:7], f"{first.isoformat()[:7]}-32"
        return first.isoformat()[:4], f"{first.isoformat()[:4]}-13"

    def around(written: str) -> tuple[Bound, ...]:
        start, end = read(written)
        return Bound(">=", start), Bound("<", end)

    def beyond(operator: str, written: str) -> Bound:
        start, end = read(written)
        # ">" a month starts with the next month; "<=" a month includes all of it.
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
        raise word.span.error(text("“*” is not allowed after a number or a date."))
    operator = next((sign for sign in OPERATORS if word.text.startswith(sign)), None)
    if operator:
        rest = word.text.removeprefix(operator)
        return around(rest) if operator == "=" else (beyond(operator, rest),)
    if ".." in word.text:
        low, _, high = word.text.partition("..")
        bounds = ([beyond(">=", low)] if low else []) + ([beyond("<=", high)] if high else [])
        if not bounds:
            raise word.span.error(text("A range needs a start or an end, as in 100..200."))
        return tuple(bounds)
    return around(word.text)
