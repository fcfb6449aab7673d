"""How likely each picture shows a thing that plain words ask for.

The evidence is a number in [0, 1] for each picture. It comes from tags, labels and boxes, times how closely the term
fits the word, and from names, folders, captions and the user's own tags. Tags below their threshold count as well. What
the user has rejected never counts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from onsight.core.folding import search_key
from onsight.library.query.plain.lexicon import Meaning, Target
from onsight.library.query.plain.phrases import Wanted, plain_word
from onsight.library.query.sql import any_of
from onsight.library.query.syntax import Word
from onsight.library.query.texts import bare_selects, own_tag_select
from onsight.library.terms import known_terms

Evidence = dict[int, float]
"""Evidence by picture id; pictures without any are left out."""

PART_OF_WORD = 0.7
"""Evidence from a text that has the word only inside a longer one."""

CLOSE = 0.75
"""Minimum weight of a term that counts even where its own score is low, and that can make looser ones unnecessary."""

SURE = 0.5
"""Minimum score of a looser term, and of a closer one that makes the looser ones unnecessary."""

COUNTED = 0.6
"""Minimum weight of a term whose boxes are counted."""

UNCOUNTED = 0.5
"""Factor for pictures in which nothing was detected or counted."""

_COLOURS = "Colours"

_SELECT = f"""
WITH wanted (term, weight) AS MATERIALIZED (SELECT CAST(key AS INTEGER), value FROM json_each(?))
SELECT image, score * weight FROM wanted CROSS JOIN tag ON tag.term = wanted.term
    WHERE (weight >= {CLOSE} OR score >= {SURE}) AND {{tag}}
UNION ALL
SELECT id, label_score * weight FROM wanted CROSS JOIN image AS seen ON label_term = wanted.term WHERE {{seen}}
UNION ALL
SELECT image, weight FROM wanted CROSS JOIN user_tag ON user_tag.term = wanted.term
UNION ALL
SELECT image, score * weight FROM wanted CROSS JOIN box ON box.term = wanted.term WHERE {{box}}
"""
_REJECTED = "NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = {0} AND rejected.image = {1})"
_SELECT_ALL = _SELECT.format(tag="TRUE", seen="TRUE", box="TRUE")
_SELECT_KEPT = _SELECT.format(
    tag=_REJECTED.format("tag.term", "tag.image"),
    seen=_REJECTED.format("label_term", "seen.id"),
    box=_REJECTED.format("box.term", "box.image"),
)
"""Most libraries have no rejected tags, and to look for them takes half of the time."""

MAX_REMEMBERED = 50
"""How many things a `Gatherer` remembers the evidence for."""


class Gatherer:
    """Gathers evidence from one library, and remembers it; use a new one when the library has changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._remembered: dict[tuple[Wanted, bool], Evidence] = {}

    def is_name(self, key: str) -> bool:
        """Return whether a term of the library has this search key as a name."""
        return self._connection.execute("SELECT 1 FROM alias WHERE folded = ?", (key,)).fetchone() is not None

    def names(self) -> frozenset[str]:
        """Return the names and aliases of the library's terms."""
        return frozenset(name for (name,) in self._connection.execute("SELECT folded FROM alias"))

    def has_terms(self, wanted: Wanted) -> bool:
        """Return whether a thing has a meaning in Onsight's terms or is a name in the library."""
        return bool(wanted.meaning and wanted.meaning.targets) or self.is_name(wanted.key)

    def gather(self, wanted: Wanted, *, texts: bool = True) -> Evidence:
        """Return the evidence for a thing; negation is left to the caller.

        Args:
            wanted: The thing.
            texts: Whether names, captions and the like count.
        """
        # The position of the words in the query makes no difference.
        key = (replace(wanted, words=tuple(plain_word(word.text) for word in wanted.words), negated=False), texts)
        found = self._remembered.get(key)
        if found is None:
            found = self.of_meaning(wanted)
            if texts:
                _keep_best(found, self.in_texts(wanted))
            while len(self._remembered) >= MAX_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[key] = found
        return found

    def is_in_a_text(self, part: str) -> bool:
        """Return whether any name, folder, caption, camera or own tag has this search key as a part."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM image_text WHERE instr(name, :part) OR instr(caption, :part)) OR EXISTS "
            "(SELECT 1 FROM value_text WHERE instr(text, :part)) OR EXISTS (SELECT 1 FROM user_tag JOIN term ON "
            "term.id = term WHERE instr(folded, :part))",
            {"part": part},
        ).fetchone()
        return bool(row[0])

    def all_images(self) -> set[int]:
        """Return the ids of all pictures."""
        return {id for (id,) in self._connection.execute("SELECT id FROM image")}

    def of_meaning(self, wanted: Wanted) -> Evidence:
        """Return the evidence from tags, labels and boxes."""
        targets = self.targets(wanted)
        close = tuple(target for target in targets if target.weight >= CLOSE)
        found = self._of_targets(close)
        if len(close) < len(targets) and max(found.values(), default=0.0) < SURE:
            # Nothing in the library is what the word means, so show what is related to it.
            found = self._of_targets(targets)
        if wanted.count:
            found = self._counted(wanted, targets, found)
        return found

    def _of_targets(self, targets: Sequence[Target]) -> Evidence:
        single = self.expand({term: target.weight for target in reversed(targets) for term in _single(target)})
        found = self.of_terms(single)
        if any(self._is_colour(term) for term in single):
            # A small thing can have the colour.
            found = {image: value**0.5 for image, value in found.items()}
        for target in targets:
            if len(target.terms) > 1:
                parts = [self.of_terms(self.expand(dict.fromkeys(terms, 1.0))) for terms in target.terms]
                _keep_best(found, _together(parts), target.weight)
        return found

    def of_terms(self, weights: Mapping[int, float]) -> Evidence:
        """Return the evidence for any of these terms, each with a weight."""
        if not weights:
            return {}
        cursor = self._connection.cursor()
        cursor.row_factory = None  # plain tuples are faster
        (any_rejected,) = cursor.execute("SELECT EXISTS (SELECT 1 FROM rejected)").fetchone()
        found: Evidence = {}
        for image, value in cursor.execute(_SELECT_KEPT if any_rejected else _SELECT_ALL, (json.dumps(weights),)):
            if value > found.get(image, 0.0):
                found[image] = value
        return found

    # Terms

    def targets(self, wanted: Wanted) -> tuple[Target, ...]:
        """Return what a thing means here: in general, and what only this library calls by this name."""
        known = wanted.meaning or Meaning(wanted.key, ())
        rows = self._connection.execute(
            "SELECT term.folded, alias.folded FROM alias JOIN term ON term.id = term WHERE alias.folded IN (?, ?)",
            (wanted.key, known.key),
        )
        seen = {term for target in known.targets for term in _single(target)}
        # Names that another version knew, and colours. Aliases of known terms have their weight from the lexicon.
        extra = {
            name: 1.0 if name == alias else 0.8
            for name, alias in rows
            if name not in seen and (name == alias or name not in known_terms())
        }
        return (*(Target(((name,),), weight) for name, weight in extra.items()), *known.targets)

    def expand(self, weights: Mapping[str, float]) -> dict[int, float]:
        """Return the terms of the library with these names and all narrower ones, each with its greatest weight."""
        rows = self._connection.execute(
            "SELECT broader.term, max(value) FROM json_each(?) AS asked JOIN term ON folded = asked.key "
            "JOIN broader ON ancestor = term.id GROUP BY broader.term",
            (json.dumps(weights),),
        )
        return dict(tuple(row) for row in rows)

    def _is_colour(self, term: int) -> bool:
        row = self._connection.execute("SELECT tag_group FROM term WHERE id = ?", (term,)).fetchone()
        return row is not None and row[0] == _COLOURS

    # Numbers

    def _counted(self, wanted: Wanted, targets: Sequence[Target], found: Evidence) -> Evidence:
        """Return the evidence that a picture shows this number of a thing."""
        assert wanted.count
        names = {term: target.weight for target in targets if target.weight >= COUNTED for term in _single(target)}
        terms = json.dumps(list(self.expand(names)))
        rows = self._connection.execute(
            "SELECT image, score FROM box WHERE term IN (SELECT value FROM json_each(?)) AND NOT EXISTS "
            "(SELECT 1 FROM rejected WHERE rejected.term = box.term AND rejected.image = box.image)",
            (terms,),
        )
        boxes: dict[int, list[float]] = {}
        for image, score in rows:
            boxes.setdefault(image, []).append(score)
        looked_at = (
            {id for (id,) in self._connection.execute("SELECT id FROM image WHERE detected")} if boxes else set()
        )
        chances = {image: self._chance(wanted.count, boxes.get(image, [])) for image in found if image in looked_at}
        others = {image: value for image, value in found.items() if image not in looked_at}
        return chances | self._counted_by_tags(wanted.count, others)

    @staticmethod
    def _chance(count: tuple[int, int | None], scores: Sequence[float]) -> float:
        least, most = count
        return _at_least(least, scores) - (_at_least(most + 1, scores) if most else 0.0)

    def _counted_by_tags(self, count: tuple[int, int | None], found: Evidence) -> Evidence:
        """Return the evidence where no boxes are: people are counted by their tags, other things not at all."""
        least, most = count
        persons, people, crowd = (self.of_terms(self.expand({key: 1.0})) for key in ("person", "people", "crowd"))
        chances = {}
        for image, value in found.items():
            chance = 1.0
            if image in persons and least == 1 and most == 1:
                chance = 1 - people.get(image, 0.0)
            elif image in persons:
                chance = people.get(image, 0.0) * (1 if most is None or most > 7 else 1 - crowd.get(image, 0.0))
            chances[image] = UNCOUNTED * value * chance
        return chances

    # Texts

    def in_texts(self, wanted: Wanted) -> Evidence:
        """Return the pictures whose names, folders, captions, cameras or own tags have the words."""
        if wanted.count:
            return self._selected(replace(wanted.words[0], text=f"{wanted.number} {wanted.key}", quoted=True))
        found: Evidence = {}
        parts = [self._of_text(word) for word in wanted.words if search_key(word.text) or len(wanted.words) == 1]
        if len(parts) > 1:
            _keep_best(found, _together(parts))
        elif parts:
            found = parts[0]
        if wanted.meaning and wanted.meaning.key != wanted.key:
            # "dogs" finds "dog on the beach.jpg".
            _keep_best(found, self._selected(replace(wanted.words[0], text=wanted.meaning.key, quoted=True)))
        return found

    def _of_text(self, word: Word) -> Evidence:
        found = self._selected(word, PART_OF_WORD)
        if found and search_key(word.text):
            _keep_best(found, self._selected(replace(word, quoted=True)))
        elif found:
            found = dict.fromkeys(found, 1.0)
        return found

    def _selected(self, word: Word, evidence: float = 1.0) -> Evidence:
        anywhere = any_of([*bare_selects(self._connection, word), own_tag_select(word)])
        rows = self._connection.execute(f"SELECT id FROM image WHERE {anywhere.condition}", anywhere.parameters)
        return {id: evidence for (id,) in rows}


def _at_least(count: int, scores: Sequence[float]) -> float:
    """Return the probability of at least this many of some independent things (`detected_classes.at_least`).

    NumPy is slow for the few boxes of a picture, and a search does this for thousands of pictures.
    """
    exactly = [1.0] + [0.0] * (count - 1)
    for score in scores:
        for number in range(count - 1, 0, -1):
            exactly[number] += (exactly[number - 1] - exactly[number]) * score
        exactly[0] *= 1 - score
    return max(0.0, 1 - sum(exactly))


def _single(target: Target) -> tuple[str, ...]:
    return target.terms[0] if len(target.terms) == 1 else ()


def _together(parts: Iterable[Evidence]) -> Evidence:
    """Return the evidence that a picture shows all of several things: that for the least likely one."""

    def both(one: Evidence, other: Evidence) -> Evidence:
        return {image: min(value, other[image]) for image, value in one.items() if image in other}

    return reduce(both, parts)


def _keep_best(found: Evidence, more: Evidence, weight: float = 1.0) -> None:
    for image, value in more.items():
        if value * weight > found.get(image, 0.0):
            found[image] = value * weight
