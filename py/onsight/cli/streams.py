"""What is printed: UTF-8 for programs, and for people what their console can show."""

from __future__ import annotations

import codecs
import sys

_PLAIN = {"·": "-", "›": ">", "→": "->", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "×": "x"}
"""Signs of our own, and what stands for them where they cannot be shown."""

_FALLBACK = "onsight.plain"


def prepare_streams(*, for_programs: bool) -> None:
    """Choose how standard output and standard error are written.

    Args:
        for_programs: Whether a program reads standard output; it gets UTF-8 whatever the console has. A name of a file
            that is no text is escaped as JSON does it.
    """
    codecs.register_error(_FALLBACK, _replace)
    sys.stderr.reconfigure(errors=_FALLBACK)  # type: ignore[union-attr]  # a text stream, as below
    if for_programs:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]
    else:
        sys.stdout.reconfigure(errors=_FALLBACK)  # type: ignore[union-attr]


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Return what a console shows in the place of characters that it lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in lacking), error.end
