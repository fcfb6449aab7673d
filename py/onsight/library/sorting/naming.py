"""Names of files and folders that every system takes, and patterns to make them by."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from onsight.errors import InvalidOptionError

MAX_BYTES = 200
"""Bytes of a name in UTF-8 at most: systems take 255, and a number or a suffix may be added."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])(?=\.|$)", re.IGNORECASE)

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


def safe_name(text: str, fallback: str = "_") -> str:
    """Return a name for one file or folder that Windows, macOS and Linux all take, as like the text as can be.

    There is no separator in it, nothing that leads elsewhere, no device's name, no dot or space at its end, and nothing
    invisible.

    Args:
        text: Any text.
        fallback: The name if nothing is left.
    """
    name = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    name = "".join("_" if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in name)
    # What turns the direction of writing could make an .exe look like a .jpg.
    name = "".join(char for char in name if unicodedata.category(char) != "Cf" or char in "\u200c\u200d")
    name = _FORBIDDEN.sub("_", name).strip().rstrip(". ")
    if name.startswith("."):
        name = "_" + name[1:]  # hidden, or the folder above
    if _RESERVED.match(name):
        stem, dot, rest = name.partition(".")
        name = f"{stem}_{dot}{rest}"
    return _shortened(name) or fallback


def numbered(name: str, number: int) -> str:
    """Return ``cat (2).jpg`` for ``cat.jpg``."""
    path = PurePosixPath(name)
    return f"{path.stem} ({number}){path.suffix}"


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
                made += _FORBIDDEN.sub("_", values[field])
        return made


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    suffix = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix.encode()) <= 20 else ""
    stem = name.removesuffix(suffix).encode()[: MAX_BYTES - len(suffix.encode())].decode("utf-8", "ignore")
    return stem.rstrip(". ") + suffix
