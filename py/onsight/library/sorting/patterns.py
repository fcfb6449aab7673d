"""Patterns for file names."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from onsight.core.texts import text
from onsight.core.wording import quoted
from onsight.errors import InvalidOptionError
from onsight.files.names import FORBIDDEN

PATTERN_FIELDS = (
    "name",
    "label",
    "category",
    "date",
    "time",
    "year",
    "month",
    "day",
    "camera",
    "width",
    "height",
    "hash",
    "n",
)
"""The fields of a pattern, in the order in which they are listed."""


def pattern_help() -> dict[str, str]:
    """Return the description of each field of a pattern, for the user."""
    return {
        "name": text("the file’s own name, without its suffix"),
        "label": text("the label"),
        "category": text("the category"),
        "date": text("the date it was taken, such as 2020-07-14, or “undated”"),
        "time": text("the time of day, such as 180322, or “000000”"),
        "year": text("the year, or “undated”"),
        "month": text("the month, such as 07, or 00"),
        "day": text("the day, such as 14, or 00"),
        "camera": text("the camera, or “camera”"),
        "width": text("the width in pixels"),
        "height": text("the height in pixels"),
        "hash": text("the first 12 digits of the SHA-256 of the content"),
        "n": text("a number that counts up in each folder; {{n:4}} has four digits"),
    }


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern for file names.

    Attributes:
        text: A name with fields of `PATTERN_FIELDS` in braces, such as ``"{date}-{label}-{n}"``. The file's own suffix
            is appended.

    Raises:
        InvalidOptionError: It is empty or a path, or has unknown fields.
    """

    text: str = "{name}"

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidOptionError(text("The pattern for file names is empty."))
        if "/" in self.text or "\\" in self.text or self.text.strip(". ") == "":
            raise InvalidOptionError(text("The pattern must be a file name, not a path."))
        try:
            parts = list(string.Formatter().parse(self.text))
        except ValueError as error:
            message = text(
                "The pattern {pattern} has an unmatched brace ({reason}).", pattern=quoted(self.text), reason=error
            )
            raise InvalidOptionError(message) from error
        for _, field, spec, conversion in parts:
            if field is None:
                continue
            if field not in PATTERN_FIELDS:
                known = ", ".join(f"{{{name}}}" for name in PATTERN_FIELDS)
                raise InvalidOptionError(
                    text("There is no field {field} for patterns. Use {known}.", field=f"{{{field}}}", known=known)
                )
            if conversion or (spec and not (field == "n" and re.fullmatch(r"[1-9]", spec))):
                raise InvalidOptionError(
                    text("The field {field} cannot have a format; only {{n}} can, as in {{n:4}}.", field=f"{{{field}}}")
                )

    @property
    def counts(self) -> bool:
        """Whether it has the field ``{n}``."""
        return any(field == "n" for _, field, _, _ in string.Formatter().parse(self.text))

    def apply(self, values: Mapping[str, str], number: int, digits: int) -> str:
        """Return a name without a suffix.

        Args:
            values: The values of all fields except ``n``.
            number: The value of ``{n}``.
            digits: Minimum number of digits of ``{n}``.
        """
        made = ""
        for literal, field, spec, _ in string.Formatter().parse(self.text):
            made += literal
            if field == "n":
                made += str(number).zfill(int(spec) if spec else digits)
            elif field:
                # A value must not add a folder.
                made += FORBIDDEN.sub("_", values[field])
        return made
