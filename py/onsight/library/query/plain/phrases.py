"""Read plain words as a list of things that a picture must show: *two dogs without a man* → two × dog, no man."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from onsight.core.folding import search_key
from onsight.library.query.plain.lexicon import Meaning, forms, is_known, meaning_of, meaning_of_beginning
from onsight.library.query.syntax import Span, Word

SMALL_WORDS = frozenset(
    (
        *("a", "an", "the", "and", "at", "by", "for", "from", "in", "into", "of", "on", "onto", "over", "to", "up"),
        *("with", "near", "next", "while", "as", "is", "are", "was", "were", "be", "being", "has", "have", "having"),
        *("his", "her", "their", "its", "my", "our", "your", "this", "that", "these", "those", "some", "any", "very"),
        *("it", "me", "who", "which", "there", "other", "only", "just"),
        *("find", "show", "photo", "photos", "picture", "pictures", "image", "images", "photograph", "photographs"),
    )
)
"""Words that are ignored between other words."""

NUMBERS: Mapping[str, tuple[int, int | None]] = {
    **{word: (number, number) for number, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)},
    **{"single": (1, 1), "lone": (1, 1), "both": (2, 2), "seven": (7, 7), "eight": (8, 8), "nine": (9, 9)},
    **{"several": (3, None), "many": (4, None), "multiple": (2, None), "few": (2, 6), "ten": (10, 10)},
    **{"dozens": (8, None), "lots": (4, None)},
}
"""The smallest and largest number that a word means."""

NEGATIONS = frozenset(("no", "not", "without", "except"))
MAX_PHRASE = 6
"""Maximum number of words of a name."""

MAX_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A thing that a picture must show, or must not.

    Attributes:
        words: The words as the user wrote them, without small words around them.
        key: Their search key.
        meaning: What they mean, or None if only names and captions can have them.
        count: The smallest and largest number of it, or None.
        number: The word for this number as a search key, or "".
        negated: Whether the picture must not show it.
        alternative: Whether it is an alternative to the thing before it (*cats or dogs*).
        is_beginning: Whether the meaning was guessed from the beginning of a word.
    """

    words: tuple[Word, ...]
    key: str
    meaning: Meaning | None
    count: tuple[int, int | None] | None = None
    number: str = ""
    negated: bool = False
    alternative: bool = False
    is_beginning: bool = False

    @property
    def is_filler(self) -> bool:
        """Whether the words say nothing about tags: only names and captions can have them."""
        return self.meaning is not None and self.meaning.is_filler

    @property
    def text(self) -> str:
        """The words as the user wrote them."""
        return " ".join(word.text for word in self.words)


def read_words(words: Sequence[Word], is_name: Callable[[str], bool]) -> list[Wanted]:
    """Return what adjacent plain words ask for.

    Args:
        words: The words, without quotation marks or ``*``.
        is_name: Whether a term of the library has this search key as a name.
    """
    tokens = [(word, search_key(word.text)) for word in words]
    if all(not key or key in SMALL_WORDS for _, key in tokens):
        return [_wanted((word,), key, True) for word, key in tokens if key] or [Wanted(tuple(words), "", None)]
    return list(_read([token for token in tokens if token[1]], is_name))


def _read(tokens: Sequence[tuple[Word, str]], is_name: Callable[[str], bool]) -> Iterator[Wanted]:
    at, number, negated, alternative, is_first = 0, "", False, False, True
    while at < len(tokens):
        length = _phrase_length([key for _, key in tokens[at:]], is_name)
        key = tokens[at][1]
        is_last = at + length == len(tokens)
        if length == 1 and not is_last and (_count(key) or key in NEGATIONS or key == "or"):
            number = key if _count(key) else number
            negated = negated or key in NEGATIONS
            alternative = alternative or (key == "or" and not is_first)
        elif length > 1 or key not in SMALL_WORDS:
            chosen = tokens[at : at + length]
            found = _wanted(tuple(one for one, _ in chosen), " ".join(part for _, part in chosen), is_last)
            # A number that counts nothing is a word like any other: "img 12", "2020 birthday".
            if number and not found.meaning:
                yield _wanted((tokens[at - 1][0],), number, False)
                number = ""
            count = _count(number)
            yield replace(found, count=count, number=number, negated=negated, alternative=alternative)
            number, negated, alternative, is_first = "", False, False, False
        at += length


def _count(key: str) -> tuple[int, int | None] | None:
    return NUMBERS.get(key) or _number(key)


def _number(key: str) -> tuple[int, int] | None:
    return (int(key), int(key)) if key.isdecimal() and 0 < int(key) <= MAX_NUMBER and len(key) < 3 else None


def _wanted(words: tuple[Word, ...], key: str, is_last: bool) -> Wanted:
    meaning = meaning_of(key)
    if meaning or not is_last or len(key) < 2:
        return Wanted(words, key, meaning)
    meaning = meaning_of_beginning(key)
    return Wanted(words, key, meaning, is_beginning=meaning is not None)


def _phrase_length(keys: Sequence[str], is_name: Callable[[str], bool]) -> int:
    """Return how many words, from the first on, form a name or a known phrase."""
    for length in range(min(len(keys), MAX_PHRASE), 1, -1):
        joined = " ".join(keys[:length])
        if is_name(joined) or any(is_known(form) for form in forms(joined)):
            return length
    return 1


def plain_word(text: str) -> Word:
    """Return a word that stands nowhere in a query."""
    return Word(text, False, Span(0, 0))
