"""How numbers and names are put in words, wherever a sentence is written."""

from __future__ import annotations

from collections.abc import Sequence


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
    """Return a name in quotation marks."""
    return f"“{name}”"


def listed(items: Sequence[str], word: str = "and") -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def counted(count: int, noun: str) -> str:
    """Return ``1 tag`` or ``2 tags``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def in_sentence(name: str) -> str:
    """Return a name for the middle of a sentence: ``dog`` for ``Dog``, but ``TV`` for ``TV``."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def displayable(text: str) -> str:
    """Return a text so that it can neither break a line nor command the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
