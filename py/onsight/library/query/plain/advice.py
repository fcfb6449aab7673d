"""What to say when plain words find nothing: which word is to blame, other spellings, and the nearest pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from onsight.core.folding import search_key
from onsight.core.texts import text
from onsight.library.query.plain.evidence import Evidence, Gatherer
from onsight.library.query.plain.lexicon import known_spellings
from onsight.library.query.plain.phrases import Wanted
from onsight.library.query.plain.relevance import relevance, relevant
from onsight.library.terms import known_terms

MAX_NEAREST = 30
MAX_SPELLINGS = 3
MIN_SIMILARITY = 0.72
"""Minimum similarity of two spellings: twice the common letters by all letters."""

MISSING = 0.05
"""Evidence for a thing that a picture does not show, among the nearest pictures."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another spelling of a word.

    Attributes:
        words: The other spelling.
        query: The query with this spelling.
    """

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say when nothing was found.

    Attributes:
        sentences: What is unknown or missing, for the user.
        spellings: Other spellings, likeliest first.
        nearest: Ids of the nearest pictures, nearest first.
        nearest_are: What they are, for the user; empty without any.
    """

    sentences: tuple[str, ...]
    spellings: tuple[Spelling, ...]
    nearest: tuple[int, ...]
    nearest_are: str


def advise(query: str, wanted: Sequence[Wanted], gatherer: Gatherer) -> Advice:
    """Return what to say about a query that finds nothing.

    Args:
        query: The query.
        wanted: What its plain words ask for.
        gatherer: Gathers the evidence.
    """
    evidence = {one: gatherer.gather(one) for one in wanted if not one.negated and not one.is_filler}
    absent = [one for one, found in evidence.items() if not found]
    sentences = [_about(one, gatherer) for one in absent]
    spellings = [
        Spelling(words, _replaced(query, dict.fromkeys(absent, "") | {one: words}))
        for one in absent
        if not gatherer.has_terms(one)
        for words in _spellings(one.key, gatherer.names())
    ]
    present = [one for one in wanted if one not in absent]
    if absent and present:
        nearest = relevance(present, gatherer)
        are = text("These pictures match the rest of your search.")
    elif absent:
        nearest = _broader(absent, gatherer)
        are = text("These pictures show something related.")
    else:
        sentences = [text("No picture shows all of this.")]
        nearest = _some(list(evidence.values()))
        are = text("These pictures show a part of it.")
    ranked = sorted(nearest, key=lambda image: (-nearest[image], image))[:MAX_NEAREST]
    return Advice(tuple(sentences), tuple(spellings), tuple(ranked), are if ranked else "")


def _about(wanted: Wanted, gatherer: Gatherer) -> str:
    if gatherer.has_terms(wanted):
        return text("No picture shows “{words}”.", words=wanted.text)
    return text("“{words}” is unknown: no tag, name or caption has it.", words=wanted.text)


def _broader(absent: Iterable[Wanted], gatherer: Gatherer) -> Evidence:
    """Return pictures of the narrowest broader things than those that no picture shows: dogs for *poodle*."""
    found: Evidence = {}
    for wanted in absent:
        for target in gatherer.targets(wanted):
            entries = (known_terms().get(term) for term in target.terms[0])
            names = (search_key(name) for entry in entries if entry for name in entry.broader)
            broader = (gatherer.of_terms(gatherer.expand({name: target.weight})) for name in names)
            for image, value in next(filter(None, broader), {}).items():
                found[image] = max(found.get(image, 0.0), value)
    return relevant(found)


def _some(evidence: Sequence[Evidence]) -> Evidence:
    """Return the pictures that show most of the things."""
    images = {image for one in evidence for image, value in one.items() if value >= 0.3}
    return {image: sum(one.get(image, MISSING) for one in evidence) / len(evidence) for image in images}


def _spellings(key: str, own: frozenset[str]) -> list[str]:
    """Return known words that are spelled similarly, likeliest first; names in the library have an advantage."""
    scored = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for word in known_spellings() | own:
        if len(key) < 3 or abs(len(word) - len(key)) > 2 or not (word[0] == key[0] or word[1:3] == key[1:3]):
            continue
        matcher.set_seq1(word)
        if matcher.real_quick_ratio() < MIN_SIMILARITY or matcher.quick_ratio() < MIN_SIMILARITY:
            continue
        if (similarity := matcher.ratio()) >= MIN_SIMILARITY:
            scored.append((-(similarity + 0.08 * (word in own)), word))
    scored.sort()
    # One close spelling is better than three distant ones.
    return [word for score, word in scored if score <= scored[0][0] + 0.06][:MAX_SPELLINGS]


def _replaced(query: str, others: Mapping[Wanted, str]) -> str:
    """Return a query with other words in the place of some things."""
    for wanted, words in sorted(others.items(), key=lambda item: -item[0].words[0].span.position):
        first, last = wanted.words[0].span, wanted.words[-1].span
        query = query[: first.position] + words + query[last.position + last.length :]
    return " ".join(query.split())
