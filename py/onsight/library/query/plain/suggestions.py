"""Complete what is being typed, with the number of pictures that each completion would find."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onsight.core.folding import search_key
from onsight.library.query.plain.evidence import Gatherer
from onsight.library.query.plain.lexicon import all_words, meaning_of
from onsight.library.query.plain.phrases import plain_word, read_words
from onsight.library.query.plain.relevance import relevance

MAX_WORDS = 3
"""Maximum number of words, up to the one being typed, that are completed together: *living ro* → *living room*."""

MIN_LETTERS = 2
MAX_CANDIDATES = 400
MAX_COUNTED = 8
"""How many completions are counted, those of the most frequent terms first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion.

    Attributes:
        query: The whole query with the completion.
        words: The completion alone.
        count: How many pictures the query finds.
    """

    query: str
    words: str
    count: int


def suggest(query: str, gatherer: Gatherer, connection: sqlite3.Connection, limit: int) -> list[Suggestion]:
    """Return completions of the last word or words of a query, most pictures first.

    Only queries of plain words are completed.

    Args:
        query: The query so far.
        gatherer: Gathers the evidence.
        connection: The library's connection.
        limit: Maximum number of completions, at least 1.
    """
    words = query.split()
    is_plain = not any(char in query for char in '":()*+') and not any(
        word in ("OR", "AND", "NOT") or word.startswith("-") for word in words
    )
    if not words or query[-1:].isspace() or not is_plain:
        return []
    for length in range(min(MAX_WORDS, len(words)), 0, -1):
        beginning = search_key(" ".join(words[-length:]))
        candidates = list(_candidates(beginning, connection)) if len(beginning) >= MIN_LETTERS else []
        if found := _counted(words[:-length], beginning, candidates, gatherer, connection):
            return found[:limit]  # "living ro" is one name; "ro" alone would offer roads
    return []


def _counted(
    before: Sequence[str],
    beginning: str,
    candidates: list[str],
    gatherer: Gatherer,
    connection: sqlite3.Connection,
) -> list[Suggestion]:
    """Return the likeliest candidates that find anything."""
    if not candidates:
        return []
    shown = _frequencies(candidates, connection)
    candidates.sort(key=lambda name: (-shown.get(name, 0), len(name), name))
    texts = gatherer.is_in_a_text(beginning)
    found: dict[frozenset[int], Suggestion] = {}
    for name in candidates[:MAX_COUNTED]:
        words = [plain_word(word) for word in (*before, *name.split())]
        images = frozenset(relevance(read_words(words, gatherer.is_name), gatherer, texts=texts))
        # Of two names for the same pictures, one is enough.
        if images and (images not in found or len(name) < len(found[images].words)):
            found[images] = Suggestion(" ".join([*before, name]), name, len(images))
    return sorted(found.values(), key=lambda one: (-one.count, one.words))


def _candidates(beginning: str, connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the known words and the library's names that begin like this."""
    own = connection.execute(
        "SELECT DISTINCT term.folded FROM alias JOIN term ON term.id = term WHERE alias.folded >= ? "
        "AND alias.folded < ? AND alias.folded = term.folded LIMIT ?",
        (beginning, f"{beginning}\U0010ffff", MAX_CANDIDATES),
    )
    seen = {name for (name,) in own}
    yield from seen
    words = all_words()
    at = bisect_left(words, beginning)
    for word in words[at : at + MAX_CANDIDATES]:
        if not word.startswith(beginning):
            return
        if word not in seen:
            yield word


def _frequencies(names: Sequence[str], connection: sqlite3.Connection) -> dict[str, int]:
    """Return in how many pictures the term with a name is shown: an estimate, to count the likeliest ones first."""
    rows = connection.execute(
        "SELECT asked.value, (SELECT count(*) FROM tag WHERE tag.term = alias.term AND shown) + "
        "(SELECT count(*) FROM user_tag WHERE user_tag.term = alias.term) FROM json_each(?) AS asked "
        "JOIN alias ON alias.folded = asked.value",
        (json.dumps([key for name in names for key in _names_of(name)]),),
    )
    counts: dict[str, int] = {}
    for name, count in rows:
        counts[name] = max(counts.get(name, 0), count)
    return {name: max((counts.get(key, 0) for key in _names_of(name)), default=0) for name in names}


def _names_of(name: str) -> tuple[str, ...]:
    """Return a name and the names of the terms that it means most closely."""
    meaning = meaning_of(name)
    return (name, *(meaning.targets[0].terms[0] if meaning and meaning.targets else ()))
