"""How numbers and names are put in words, wherever a sentence is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from onsight.core.texts import text


def percent(score: float) -> str:
    """Return a score as a percentage: ``97%``. Rounding never shows 0% or 100% for a score that is neither."""
    if 0 < score < 0.01:
        return "<1%"
    if 0.995 <= score < 1:
        return ">99%"
    return f"{score:.0%}"


def percentage(value: float) -> str:
    """Return a percentage with at most one decimal: ``96.6%`` for 96.6, ``640%`` for 640."""
    return f"{value:,.1f}".removesuffix(".0") + "%"


def quoted(name: str) -> str:
    """Return a name in curly quotation marks."""
    return f"“{name}”"


def listed(items: Sequence[str], word: Literal["and", "or"] = "and") -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``; an empty text for no items."""
    if len(items) < 2:
        return "".join(items)
    *others, last = items
    if word == "or":
        return text("{items} or {last}", items=", ".join(others), last=last)
    return text("{items} and {last}", items=", ".join(others), last=last)


def in_sentence(name: str) -> str:
    """Return a name for the middle of a sentence: ``dog`` for ``Dog``, but ``TV`` for ``TV``."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def displayable(text: str) -> str:
    """Return a text so that it can neither break a line nor command the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
