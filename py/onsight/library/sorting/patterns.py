"""Patterns by which files are named."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from onsight.errors import InvalidOptionError
from onsight.files.names import FORBIDDEN

PATTERN_FIELDS: Mapping[str, str] = {
    "name": "the file's own name, without its suffix",
    "label": "the one label",
    "category": "the broad group",
    "date": "when it was taken, as 2020-07-14, or “undated”",
    "time": "the time of day, as 180322, or “000000”",
    "year": "the year, or “undated”",
    "month": "the month, as 07, or 00",
    "day": "the day, as 14, or 00",
    "camera": "the camera, or “camera”",
    "width": "in pixels",
    "height": "in pixels",
    "hash": "the first 12 digits of the content's SHA-256",
    "n": "a number that counts within each folder; {n:4} has four digits",
}
"""What may stand in a pattern, and what it stands for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How files are named.

    Attributes:
        text: A name with fields of `PATTERN_FIELDS` in braces, such as ``"{date}-{label}-{n}"``; the file's own suffix
            is added.

    Raises:
        InvalidOptionError: It is empty, a path, or has fields that do not exist.
    """

    text: str = "{name}"

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidOptionError("The pattern for names is empty.")
        if "/" in self.text or "\\" in self.text or self.text.strip(". ") == "":
            raise InvalidOptionError("The pattern for names must be a name and no path.")
        try:
            parts = list(string.Formatter().parse(self.text))
        except ValueError as error:
            raise InvalidOptionError(f"The pattern {self.text!r} has a brace that does not match ({error}).") from error
        for _, field, spec, conversion in parts:
            if field is None:
                continue
            if field not in PATTERN_FIELDS:
                known = ", ".join(f"{{{name}}}" for name in PATTERN_FIELDS)
                raise InvalidOptionError(f"The pattern has no field {{{field}}}; there are {known}.")
            if conversion or (spec and not (field == "n" and re.fullmatch(r"[1-9]", spec))):
                raise InvalidOptionError(f"Of the field {{{field}}} only {{n:4}} and the like can be shaped.")

    @property
    def counts(self) -> bool:
        """Whether it has the field ``{n}``."""
        return any(field == "n" for _, field, _, _ in string.Formatter().parse(self.text))

    def apply(self, values: Mapping[str, str], number: int, digits: int) -> str:
        """Return a name without a suffix.

        Args:
            values: Of all fields but ``n``.
            number: For ``{n}``.
            digits: How many digits ``{n}`` has at least.
        """
        made = ""
        for literal, field, spec, _ in string.Formatter().parse(self.text):
            made += literal
            if field == "n":
                made += str(number).zfill(int(spec) if spec else digits)
            elif field:
                # A value is never more than a part of a name.
                made += FORBIDDEN.sub("_", values[field])
        return made
