"""Encodings of the output: UTF-8 for programs, and for users what their console can show."""

from __future__ import annotations

import codecs
import sys

_PLAIN = {"·": "-", "›": ">", "→": "->", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "×": "x"}
"""Characters that our texts use, and replacements for consoles that cannot show them."""

_FALLBACK = "onsight.plain"


def prepare_streams(*, for_programs: bool) -> None:
    """Choose the encoding of standard output and standard error.

    Args:
        for_programs: Whether a program reads standard output. If so, it is UTF-8 whatever the console uses, and a file
            name that is not valid Unicode is escaped as in JSON.
    """
    codecs.register_error(_FALLBACK, _replace)
    sys.stderr.reconfigure(errors=_FALLBACK)  # type: ignore[union-attr]  # a text stream, as below
    if for_programs:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]
    else:
        sys.stdout.reconfigure(errors=_FALLBACK)  # type: ignore[union-attr]


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Return replacements for characters that the console cannot show."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in lacking), error.end
