"""How tags are put into words: nouns with their articles, places and activities.

The words are in ``data/phrases.tsv``. They are English, as the names of tags are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from onsight.core.wording import in_sentence
from onsight.errors import InvalidSpecError
from onsight.tools.detect.class_names import noun_of
from onsight.tools.tag.results import Tag

COLUMNS = ("id", "phrase", "place", "doing", "with")

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
"""Numbers that are written as words."""

_VOWELS = ("a", "e", "i", "o", "u")
_CONSONANT_SOUNDS = ("uni", "use", "eu", "ukulele", "one")
_VOWEL_SOUNDS = ("hour", "honest")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of the table; a text is empty if there is none.

    Attributes:
        phrase: The tag as a noun with its article.
        place: Where something is.
        doing: What people do.
        implied: The detectors' names of the objects that this implies.
    """

    phrase: str
    place: str
    doing: str
    implied: frozenset[str]


@cache
def load_phrases() -> Mapping[str, Phrase]:
    """Return the packaged table by the ids of tags, read once."""
    return parse_phrases(files("onsight").joinpath("data", "phrases.tsv").read_text(encoding="utf-8"))


@cache
def load_proper_names() -> tuple[str, ...]:
    """Return the beginnings of names that keep their capital, read once."""
    return tuple(files("onsight").joinpath("data", "proper_names.txt").read_text(encoding="utf-8").splitlines())


def parse_phrases(text: str) -> Mapping[str, Phrase]:
    """Read a table of `COLUMNS`.

    Raises:
        InvalidSpecError: A row is malformed or repeated.
    """
    lines = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InvalidSpecError(f"The phrases must start with a header with the columns {', '.join(COLUMNS)}.")
    phrases: dict[str, Phrase] = {}
    for cells in lines[1:]:
        if len(cells) != len(COLUMNS) or cells[0] in phrases:
            raise InvalidSpecError(f"The phrases have a malformed or repeated row: {cells!r}.")
        id, phrase, place, doing, implied = cells
        phrases[id] = Phrase(phrase, place, doing, frozenset(implied.split("|")) - {""})
    return MappingProxyType(phrases)


def noun_phrase(tag: Tag) -> str:
    """Return a tag as a noun with its article, such as ``"a golden retriever"``; empty if it has none."""
    row = load_phrases().get(tag.id)
    return row.phrase if row else with_article(common_name(tag.name))


def common_name(name: str) -> str:
    """Return a name for the middle of a sentence; proper names keep their capital."""
    return name if name.startswith(load_proper_names()) else in_sentence(name)


def with_article(noun: str) -> str:
    """Return a singular noun with ``a`` or ``an``."""
    low = noun.lower()
    if low.startswith(_VOWEL_SOUNDS) or (low.startswith(_VOWELS) and not low.startswith(_CONSONANT_SOUNDS)):
        return f"an {noun}"
    return f"a {noun}"


def counted(label: str, count: int) -> str:
    """Return a number of objects of a detected class, such as ``"two dogs"`` or ``"a pair of skis"``.

    Args:
        label: The detectors' name of the class.
        count: How many there are, at least 1.
    """
    if count == 1:
        return with_article(noun_of(label, 1))
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{number} {noun_of(label, count)}"
