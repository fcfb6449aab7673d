"""Fields with a fixed set of values: categories, colours, formats, states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from onsight.core.folding import search_key
from onsight.core.texts import text
from onsight.evidence.categories import CATEGORIES
from onsight.evidence.colours import Palette
from onsight.library.query.sql import Compiled, any_of, join, one_of
from onsight.library.query.syntax import Word

MIN_COLOUR_SHARE = 0.1
"""Fraction of the picture that a colour must cover to be found."""


def choose(word: Word, choices: Mapping[str, str], what: str) -> list[str]:
    """Return the values that a word matches: by full name, by one word of the name or, with ``*``, by its beginning.

    Args:
        word: The word as the user wrote it.
        choices: Values by name.
        what: The kind of value, for the error message; see `_unknown`.

    Raises:
        InvalidQueryError: No value matches.
    """
    if word.exact and (same := [value for name, value in choices.items() if word.text in (name, value)]):
        return same[:1]
    wanted = search_key(word.text)
    names = {search_key(name): value for name, value in choices.items()}
    if wanted in names and not word.prefix:
        return [names[wanted]]
    found = [
        value
        for name, value in names.items()
        if wanted in name.split() or (word.prefix and any(part.startswith(wanted) for part in (name, *name.split())))
    ]
    if not found:
        near = get_close_matches(wanted, names, 1)
        message = _unknown(what, word.text, names[near[0]] if near else None, list(dict.fromkeys(choices.values())))
        raise word.span.error(message)
    return list(dict.fromkeys(found))


def _unknown(what: str, name: str, near: str | None, all_names: list[str]) -> str:
    """Return the error message for a value that does not exist."""
    message = {
        "category": lambda: text("There is no category “{name}”.", name=name),
        "colour": lambda: text("There is no colour “{name}”.", name=name),
        "format": lambda: text("There is no format “{name}”.", name=name),
        "orientation": lambda: text("There is no orientation “{name}”.", name=name),
        "property": lambda: text("There is no property “{name}”.", name=name),
        "state": lambda: text("There is no state “{name}”.", name=name),
    }[what]()
    if near:
        return message + " " + text("Did you mean {name}?", name=near)
    return message + " " + text("Use one of these: {names}.", names=", ".join(all_names))


def categories() -> Mapping[str, str]:
    """Return the categories by each of their names."""
    return {name: one.label for one in CATEGORIES.values() for name in (one.id, one.label)}


def _colour(word: Word) -> Compiled:
    colours = {name: id for id, label in Palette.load().names for name in (id.replace("_", " "), label, id)}
    condition, parameters = one_of("colour", choose(word, colours, "colour"))
    return any_of(
        [Compiled(f"SELECT image FROM colour WHERE {condition} AND share >= ?", (*parameters, MIN_COLOUR_SHARE))]
    )


def _format(word: Word) -> Compiled:
    formats = {name: name for name in _FORMATS} | {"JPG": "JPEG", "TIF": "TIFF", "JP2": "JPEG 2000"}
    return Compiled(*one_of("format", choose(word, formats, "format")))


def _flag(what: str, conditions: Mapping[str, str]) -> Callable[[Word], Compiled]:
    def condition(word: Word) -> Compiled:
        names = {name: name for name in conditions}
        return join("OR", (Compiled(conditions[name]) for name in choose(word, names, what)))

    return condition


_FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "JPEG 2000", "ICO", "PNM", "PSD", "HEIC")

_HAS_USER_TAG = "image.id IN (SELECT image FROM user_tag)"

CHOICES: Mapping[str, Callable[[Word], Compiled]] = {
    "colour": _colour,
    "format": _format,
    "orientation": _flag(
        "orientation", {name: f"orientation = '{name}'" for name in ("horizontal", "vertical", "square")}
    ),
    "has": _flag(
        "property",
        {
            "location": "has_location",
            "camera": "camera IS NOT NULL",
            "lens": "lens IS NOT NULL",
            "date": "taken IS NOT NULL",
            "rating": "rating IS NOT NULL",
            "title": "title IS NOT NULL",
            "description": "description IS NOT NULL",
            "objects": "image.id IN (SELECT image FROM box)",
            "tags": _HAS_USER_TAG,
        },
    ),
    "is": _flag(
        "state",
        {
            "untagged": f"NOT {_HAS_USER_TAG}",
            "tagged": _HAS_USER_TAG,
            "unsure": "label_term IS NULL",
            "missing": "missing",
            "damaged": "warning IS NOT NULL",
            "duplicate": "NOT missing AND "
            "hash IN (SELECT hash FROM image WHERE NOT missing GROUP BY hash HAVING count(*) > 1)",
        },
    ),
}
"""The condition of each field, from its value."""
