"""What English words mean in Onsight's own terms.

A name or an alias of a tag, a concept or an object class means that term. ``data/words.tsv`` has other words, with the
terms that they mean and how closely; ``models/words`` makes it from WordNet. Plurals and other forms of a word mean the
same as its base form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from onsight.core.folding import search_key
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.library.terms import known_terms

ALIAS = 0.8
"""Weight of a term that has the word as an alias. Some aliases are narrower than the term (*bar* for *Restaurant*)."""

ALIAS_BESIDE = 0.45
"""Weight of such a term if the table of words says something else, or the word is another term's name."""

PART = 0.8
"""Weight of a term with the word in its name, such as *racket*, if the word means nothing by itself."""


SUGGESTED = 0.6
"""Minimum weight of what a word means, for it to be suggested."""


@dataclass(frozen=True, slots=True)
class Target:
    """Terms that a word means.

    Attributes:
        terms: Search keys of the terms; if there are several, a picture must show all of them. Each has alternatives,
            because a tag and a concept of the taxonomy can share an id.
        weight: How closely they fit the word, in (0, 1].
    """

    terms: tuple[tuple[str, ...], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word or a phrase means.

    Attributes:
        key: Its base form, as a search key.
        targets: What it means, closest first; empty for words such as *big*, which say nothing about tags.
    """

    key: str
    targets: tuple[Target, ...]

    @property
    def is_filler(self) -> bool:
        """Whether the word is known to say nothing about tags."""
        return not self.targets


@lru_cache(maxsize=10_000)
def meaning_of(key: str) -> Meaning | None:
    """Return what a word or phrase means, or None if it is unknown.

    Args:
        key: Its search key.
    """
    for form in forms(key):
        if found := _meaning(form):
            return found
    return None


@lru_cache(maxsize=1000)
def meaning_of_beginning(key: str) -> Meaning | None:
    """Return what a word that is still being typed can mean: the terms with a word that begins like this."""
    found = {term: PART for word, terms in _by_part().items() if word.startswith(key) for term in terms}
    return Meaning(key, _sorted(found, [])) if found else None


def forms(key: str) -> Iterator[str]:
    """Yield the possible base forms of a word, most likely first; of a phrase, those with another last word."""
    start, _, last = key.rpartition(" ")
    for form in dict.fromkeys(_forms(last)):
        yield f"{start} {form}".strip()


def _forms(word: str) -> Iterator[str]:
    yield word
    cell = _table().get(word, "")
    if cell.startswith("="):
        yield cell[1:]
    if len(word) < 3 or not word.isalpha():
        return
    for ending, bases in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            yield from (stem + base for base in bases)
            if ending in ("ing", "ed", "er", "y") and len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]  # running, sunny
    if not word.endswith("s"):
        yield word + "s"


_ENDINGS = (
    ("men", ("man",)),
    ("ies", ("y", "ie")),
    ("ves", ("f", "fe")),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ing", ("", "e")),
    ("ied", ("y",)),
    ("ed", ("", "e")),
    ("y", ("", "e")),
)
"""WordNet's rules of detachment (morphy), and the adjectives in -y: the ending of a form, and those of its bases."""


def is_known(key: str) -> bool:
    """Return whether a word or phrase, exactly as it is, is a name or in the table of words."""
    return key in _names() or key in _table()


@cache
def all_words() -> tuple[str, ...]:
    """Return the words that are worth suggesting, sorted: names, aliases, and what was written by hand.

    Of several words with the same beginning and the same meaning, the name comes before aliases and other words.
    """
    words = {*_names(), *(word for word, cell in _table().items() if cell.startswith("*"))}

    def rank(word: str) -> tuple[bool, bool, int, str]:
        return " or " in word, not _names().get(word, ((), ()))[0], len(word), word

    found: dict[object, str] = {}
    for word in sorted(words, key=rank):
        meaning = _meaning(word)
        if meaning and meaning.targets and meaning.targets[0].weight >= SUGGESTED:
            found.setdefault((word[:2], meaning.targets), word)
    return tuple(sorted(found.values()))


@cache
def known_spellings() -> frozenset[str]:
    """Return all words that mean something."""
    return frozenset((*_names(), *(word for word, cell in _table().items() if cell and not cell.startswith("="))))


def _meaning(key: str) -> Meaning | None:
    cell = _table().get(key)
    if cell is not None and cell.startswith("="):
        return None
    labels, aliases = _names().get(key, ((), ()))
    if cell is None and not labels and not aliases:
        parts = _by_part().get(key, ())
        return Meaning(key, _sorted(dict.fromkeys(parts, PART), [])) if parts else None
    single, joint = _read_cell(cell or "")
    # Earlier versions had other names for some things: each is an alias of the other.
    others = {search_key(alias) for label in labels for alias in known_terms()[label].aliases}
    for term in aliases:
        if term in others:
            single[term] = 1.0
        single.setdefault(term, ALIAS_BESIDE if cell or labels else ALIAS)
    single.update(dict.fromkeys(labels, 1.0))
    return Meaning(key, _sorted(single, joint))


def _sorted(single: Mapping[str, float], joint: list[Target]) -> tuple[Target, ...]:
    found = [Target(((term,),), weight) for term, weight in single.items()] + joint
    return tuple(sorted(found, key=lambda target: -target.weight))


def _read_cell(cell: str) -> tuple[dict[str, float], list[Target]]:
    """Return the single terms of a cell with their weights, and the targets that join several terms."""
    single: dict[str, float] = {}
    joint: list[Target] = []
    for part in filter(None, cell.removeprefix("*").split("|")):
        ids, _, number = part.partition(":")
        weight = int(number) / 100
        terms = tuple(_keys_of(id) for id in ids.split("+"))
        if not all(terms):
            continue  # a tag of another version
        if len(terms) > 1:
            joint.append(Target(terms, weight))
        else:
            for term in terms[0]:
                single[term] = max(single.get(term, 0.0), weight)
    return single, joint


@lru_cache(maxsize=4000)
def _keys_of(id: str) -> tuple[str, ...]:
    """Return the search keys of the terms with an id."""
    vocabulary, taxonomy = Vocabulary.load(), Taxonomy.load()
    found = []
    if id in vocabulary:
        found.append(vocabulary[id].label)
    if id in taxonomy.concepts:
        found.append(taxonomy.named(id).label)
    if id in _object_names():
        found.append(_object_names()[id])
    return tuple(dict.fromkeys(search_key(name) for name in found))


@cache
def _object_names() -> Mapping[str, str]:
    return {row.id: row.name for row in DetectedClasses.load().classes.values() if row.id.startswith("object_")}


@cache
def _names() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return, by name, the search keys of the terms with this name and of those with this alias."""
    labels: dict[str, list[str]] = {}
    aliases: dict[str, list[str]] = {}
    for key, term in known_terms().items():
        labels.setdefault(key, []).append(key)
        for alias in term.aliases:
            other = search_key(alias)
            # A plural is as good as the name.
            found = labels if key in forms(other) else aliases
            if other and key not in found.setdefault(other, []):
                found[other].append(key)
    return {name: (tuple(labels.get(name, ())), tuple(aliases.get(name, ()))) for name in {**labels, **aliases}}


@cache
def _by_part() -> Mapping[str, tuple[str, ...]]:
    """Return, by word, the search keys of the terms with this word in their name."""
    found: dict[str, dict[str, None]] = {}
    for key in known_terms():
        for word in key.split():
            found.setdefault(word, {})[key] = None
    return {word: tuple(terms) for word, terms in found.items() if len(word) > 2}


@cache
def _table() -> Mapping[str, str]:
    """Return the cells of the table of words by word."""
    text = files("onsight").joinpath("data", "words.tsv").read_text(encoding="utf-8")
    rows = (line.partition("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {word: cell for word, _, cell in rows}
