"""Compile a query's tree to SQL. Text from the user is only passed as parameters."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from onsight.core.folding import search_key
from onsight.core.texts import text
from onsight.errors import InvalidQueryError
from onsight.library.database import Library
from onsight.library.duplicates import like_examples
from onsight.library.query import values
from onsight.library.query.choices import CHOICES, categories, choose
from onsight.library.query.parser import parse
from onsight.library.query.plain.evidence import Gatherer
from onsight.library.query.plain.lexicon import meaning_of
from onsight.library.query.plain.phrases import MAX_PHRASE, SMALL_WORDS, Wanted, read_words
from onsight.library.query.plain.relevance import relevance
from onsight.library.query.sql import Bounds, Compiled, any_of, join, limit, one_of
from onsight.library.query.syntax import And, Condition, Node, Not, Or, Word
from onsight.library.query.texts import bare_selects, exact_select, own_tag_select, text_select
from onsight.library.query.values import Bound
from onsight.metadata.dates import matching_sources

UNSURE = "not sure"
"""Search key of the label that pictures have if no label is certain enough."""

MAX_ALIKE = 100
"""Maximum number of pictures that ``similar:`` finds."""

CLOSE = 0.8
"""Minimum weight of a term that a word means, where a picture either matches or not."""


def compile_query(query: str, connection: sqlite3.Connection, gatherer: Gatherer | None = None) -> Compiled:
    """Compile a query to an SQL condition.

    Args:
        query: The query as the user wrote it.
        connection: The library's connection, for looking up words.
        gatherer: Remembers evidence for plain words from one query to the next; by default a new one.

    Raises:
        InvalidQueryError: The query is invalid; ``detail`` has the position and the query.
    """
    try:
        node = parse(query)
        compiler = _Compiler(connection, gatherer or Gatherer(connection))
        compiled = compiler.compile_query(node)
    except InvalidQueryError as error:
        error.detail["query"] = query
        raise
    return compiled


class _Compiler:
    def __init__(self, connection: sqlite3.Connection, gatherer: Gatherer) -> None:
        self._connection = connection
        self._gatherer = gatherer
        self._alike: dict[str, tuple[int, ...]] = {}

    def compile_query(self, node: Node) -> Compiled:
        """Compile a whole query: plain words and examples that all must match are weighed against one another."""
        asked = _asked(node)
        likes = [item for item in asked if _example(item)]
        more = [word for item in likes if (word := _example(item)) and isinstance(item, Condition)]
        if not more:
            return self._words(asked)
        rest = self._words(tuple(item for item in asked if item not in likes))
        less = [word for item in likes if (word := _example(item)) and isinstance(item, Not)]
        within = None if rest.relevance is None else frozenset(rest.relevance)
        examples = [self._image(word) for word in more]
        counterexamples = [self._image(word) for word in less]
        alike = like_examples(Library(self._connection), examples, counterexamples, limit=MAX_ALIKE, images=within)
        ranking = (*examples, *(one.image for one in alike))
        found = Compiled("image.id IN (SELECT value FROM json_each(?))", (json.dumps(ranking),))
        return replace(join("AND", [found, rest]), ranking=ranking)

    def _words(self, asked: tuple[Node, ...]) -> Compiled:
        plain = _plain_runs(asked)
        if not plain:
            return self.compile(asked[0] if len(asked) == 1 else And(asked), ())
        wanted = [one for run in plain for one in read_words(run, self._gatherer.is_name)]
        found = relevance(wanted, self._gatherer)
        words = Compiled("image.id IN (SELECT value FROM json_each(?))", (json.dumps(list(found)),))
        weighed = {id(word) for run in plain for word in run}
        others = [self.compile(item, ()) for item in asked if id(item) not in weighed]
        return replace(join("AND", [words, *others]), relevance=found)

    def compile(self, node: Node, scores: Bounds) -> Compiled:
        """Compile a node; the words in it must have a score within ``scores``."""
        match node:
            case Word():
                return self._word(node, scores)
            case Condition():
                return self._condition(node, scores)
            case Not(item):
                inner = self.compile(item, ())
                # Unknown counts as false: -iso:>100 also finds pictures without an ISO value.
                return Compiled(f"({inner.condition}) IS NOT TRUE", inner.parameters)
            case Or(items):
                return join("OR", (self.compile(item, scores) for item in items))
            case And(items):
                return self._and(items, scores)

    def _and(self, items: tuple[Node, ...], scores: Bounds) -> Compiled:
        if not items:
            return Compiled("TRUE")
        # A score applies to the words next to it or, if there are none, to the label.
        if any(_is_scored(item) for item in items):
            wanted = [item for item in items if isinstance(item, Condition) and item.field == "score"]
            scores += tuple(bound for item in wanted for bound in _score_bounds(item.value))
            items = tuple(item for item in items if item not in wanted)
        parts = [part for run in _runs(items) for part in self._run(run, scores)]
        # If there are only small words, search for them.
        return join("AND", parts or [self.compile(item, scores) for item in items])

    # --- words ---------------------------------------------------------------------------------------------------

    def _run(self, items: Sequence[Node], scores: Bounds) -> Iterator[Compiled]:
        """Compile adjacent bare words: the name that they form together, or each word by itself."""
        at = 0
        while at < len(items):
            length = self._phrase_length(items[at:])
            words = [one for one in items[at : at + length] if not _is_small(one)]
            each = [self.compile(word, scores) for word in words]
            if length > 1:
                first = items[at]
                assert isinstance(first, Word)
                together = Word(_joined(items[at : at + length]), False, first.span, quoted=True)
                yield join("OR", [self._word(together, scores), *([join("AND", each)] if each else [])])
            else:
                yield from each
            at += length

    def _phrase_length(self, items: Sequence[Node]) -> int:
        """Return how many items, starting with the first, form a name that the library knows."""
        if not all(isinstance(item, Word) for item in items):
            return 1
        for length in range(min(len(items), MAX_PHRASE), 1, -1):
            key = search_key(_joined(items[:length]))
            if key == UNSURE or self._named(key):
                return length
        return 1

    def _word(self, word: Word, scores: Bounds) -> Compiled:
        terms = self._terms(word)
        parts = [
            self._tags(terms, scores),
            self._labels(terms, scores),
            self._user_tags(terms, scores),
            self._own_tags(word, scores),
            self._boxes(terms, scores),
        ]
        if not scores:  # names of files have no score
            parts += bare_selects(self._connection, word)
            if search_key(word.text) == UNSURE:
                parts.append(Compiled("SELECT id FROM image WHERE label_term IS NULL"))
        return any_of(parts)

    def _terms(self, word: Word) -> str:
        """Return the ids of the terms that a word names and of all narrower terms, as a JSON list.

        A word that is the full name of a term does not match terms that merely contain it: *dog* does not find hot
        dogs.
        """
        query, key = self._connection.execute, search_key(word.text)
        if not key:
            return "[]"
        if word.prefix:
            named = query("SELECT term FROM alias WHERE substr(folded, 1, ?) = ?", (len(key), key)).fetchall()
        else:
            named = self._named(key) + ([] if word.quoted else self._close(key))
        has_word = query(
            "SELECT id FROM term WHERE instr(' ' || folded || ' ', ?) AND (NOT known OR ?)",
            (f" {key}" if word.prefix else f" {key} ", word.prefix or not named),
        ).fetchall()
        found = json.dumps([id for (id,) in (*named, *has_word)])
        narrower = query(
            "SELECT term FROM broader WHERE ancestor IN (SELECT value FROM json_each(?))", (found,)
        ).fetchall()
        return json.dumps(sorted({id for (id,) in narrower}))

    def _named(self, key: str) -> list[sqlite3.Row]:
        """Return the terms with this name, in the singular or plural."""
        keys = [key, *_other_numbers(key)]
        return self._connection.execute(
            f"SELECT term FROM alias WHERE folded IN ({', '.join('?' * len(keys))})", keys
        ).fetchall()

    def _close(self, key: str) -> list[sqlite3.Row]:
        """Return the terms that a word means closely, such as *sofa* for *couch*."""
        meaning = meaning_of(key)
        close = [target.terms[0] for target in meaning.targets if target.weight >= CLOSE] if meaning else []
        keys = [key for terms in close for key in terms]
        return self._connection.execute(
            "SELECT id FROM term WHERE folded IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
        ).fetchall()

    def _tags(self, terms: str, scores: Bounds) -> Compiled:
        # A score in the query replaces the default threshold.
        sure, limits = limit("score", scores) if scores else ("shown", ())
        return Compiled(
            f"SELECT image FROM tag WHERE term IN (SELECT value FROM json_each(?)) AND {sure} AND NOT EXISTS "
            "(SELECT 1 FROM rejected WHERE rejected.term = tag.term AND rejected.image = tag.image)",
            (terms, *limits),
        )

    def _labels(self, terms: str, scores: Bounds) -> Compiled:
        sure, limits = limit("label_score", scores)
        return Compiled(
            f"SELECT id FROM image AS seen WHERE label_term IN (SELECT value FROM json_each(?)) AND {sure} AND "
            "NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = label_term AND rejected.image = seen.id)",
            (terms, *limits),
        )

    def _user_tags(self, terms: str, scores: Bounds) -> Compiled:
        # The user's own tags count as certain.
        sure, limits = limit("1.0", scores)
        return Compiled(
            f"SELECT image FROM user_tag WHERE term IN (SELECT value FROM json_each(?)) AND {sure}", (terms, *limits)
        )

    def _own_tags(self, word: Word, scores: Bounds) -> Compiled:
        select, (sure, limits) = own_tag_select(word), limit("1.0", scores)
        return Compiled(f"{select.condition} AND {sure}", (*select.parameters, *limits))

    def _boxes(self, terms: str, scores: Bounds) -> Compiled:
        sure, limits = limit("score", scores)
        return Compiled(
            f"SELECT image FROM box WHERE term IN (SELECT value FROM json_each(?)) AND {sure} AND NOT EXISTS "
            "(SELECT 1 FROM rejected WHERE rejected.term = box.term AND rejected.image = box.image)",
            (terms, *limits),
        )

    def alike(self, word: Word) -> tuple[int, ...]:
        """Return a picture and those that look like it, most similar first."""
        if word.text not in self._alike:
            image = self._image(word)
            found = like_examples(Library(self._connection), [image], limit=MAX_ALIKE)
            self._alike[word.text] = (image, *(one.image for one in found))
        return self._alike[word.text]

    def _image(self, word: Word) -> int:
        """Return the id of the picture that a word gives the number of."""
        is_known = (
            re.fullmatch(r"[0-9]{1,15}", word.text)
            and self._connection.execute("SELECT 1 FROM embedding WHERE image = ?", (int(word.text),)).fetchone()
        )
        if not is_known:
            raise word.span.error(text("The library has no picture with the number “{number}”.", number=word.text))
        return int(word.text)

    # --- conditions ----------------------------------------------------------------------------------------------

    def _condition(self, node: Condition, scores: Bounds) -> Compiled:
        word = node.value
        if word.exact and (select := exact_select(node.field, word)):
            return any_of([select])
        match node.field:
            case "tag":
                terms = self._terms(word)
                return any_of([self._tags(terms, scores), self._user_tags(terms, scores), self._own_tags(word, scores)])
            case "user":
                return any_of([self._user_tags(self._terms(word), scores), self._own_tags(word, scores)])
            case "label":
                return any_of([self._labels(self._terms(word), scores)])
            case "object":
                return any_of([self._boxes(self._terms(word), scores)])
            case "name" | "caption" | "folder" | "camera" | "lens":
                return any_of([text_select(node.field, word)])
            case "similar":
                return Compiled("image.id IN (SELECT value FROM json_each(?))", (json.dumps(self.alike(word)),))
            case "score":
                return Compiled(*limit("label_score", _score_bounds(word)))
            case "category":
                condition, parameters = one_of("category", choose(word, categories(), "category"))
                sure, limits = limit("label_score", scores)
                return Compiled(f"{condition} AND {sure}", (*parameters, *limits))
            case "taken" if sources := matching_sources(search_key(word.text)):
                return Compiled(*one_of("taken_source", list(sources)))
            case "taken" if search_key(word.text) == "none":
                return Compiled("taken IS NULL")
            case "taken" | "added":
                return Compiled(*limit(node.field, values.date_bounds(word)))
        if node.field in _NUMBERS:
            column, units, whole = _NUMBERS[node.field]
            return Compiled(*limit(column, values.number_bounds(word, units, whole=whole)))
        return CHOICES[node.field](word)


def _example(node: Node) -> Word | None:
    """Return the number of the picture in ``like:12`` and ``-like:12``, or None."""
    inner = node.item if isinstance(node, Not) else node
    return inner.value if isinstance(inner, Condition) and inner.field == "similar" else None


def _asked(node: Node) -> tuple[Node, ...]:
    """Return the nodes that all must match."""
    return node.items if isinstance(node, And) else (node,)


def plain_words(query: str, gatherer: Gatherer) -> list[Wanted]:
    """Return what the plain words of a query ask for; empty if it has none.

    Raises:
        InvalidQueryError: The query is invalid.
    """
    return [one for run in _plain_runs(_asked(parse(query))) for one in read_words(run, gatherer.is_name)]


def _plain_runs(asked: tuple[Node, ...]) -> list[list[Word]]:
    """Return the runs of adjacent plain words; none if the words have to match exactly."""
    if any(isinstance(item, Condition) and item.field == "score" for item in asked):
        return []
    runs = [[item for item in run if isinstance(item, Word)] for run in _runs(asked)]
    plain = [run for run in runs if run and not run[0].quoted and not run[0].prefix]
    return [] if any(search_key(_joined(run)) == UNSURE for run in plain) else plain


def _runs(items: Sequence[Node]) -> Iterator[list[Node]]:
    """Yield runs of adjacent bare words, and every other node by itself."""
    run: list[Node] = []
    for item in items:
        if isinstance(item, Word) and not item.quoted and not item.prefix:
            run.append(item)
            continue
        if run:
            yield run
        yield [item]
        run = []
    if run:
        yield run


def _joined(items: Sequence[Node]) -> str:
    return " ".join(item.text for item in items if isinstance(item, Word))


def _is_small(item: Node) -> bool:
    """Return whether an item is a bare small word, or only punctuation."""
    if not isinstance(item, Word) or item.quoted or item.prefix:
        return False
    key = search_key(item.text)
    return not key or key in SMALL_WORDS


def _is_scored(node: Node) -> bool:
    """Return whether a node matches anything that has a score."""
    match node:
        case Word():
            return True
        case Condition(field, value):
            return field in ("tag", "label", "object", "category", "user") and not value.exact
        case And(items) | Or(items):
            return any(_is_scored(item) for item in items)
        case _:
            return False


def _score_bounds(word: Word) -> Bounds:
    bounds = values.number_bounds(word, values.SCORE_UNITS)
    # A bare 0.8 means at least 0.8, as nobody searches for exactly 0.8.
    if word.text[0] not in "<>=" and ".." not in word.text:
        middle = sum(float(bound.value) for bound in bounds) / 2
        return (Bound(">=", round(middle, 9)),)
    return bounds


def _other_numbers(word: str) -> list[str]:
    """Return the possible singular and plural forms of an English word."""
    found = [word + "s", word + "es"]
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    if word.endswith("y"):
        found.append(word[:-1] + "ies")
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
    return found


_NUMBERS: Mapping[str, tuple[str, Mapping[str, float], bool]] = {
    "width": ("width", values.PLAIN_UNITS, True),
    "height": ("height", values.PLAIN_UNITS, True),
    "megapixels": ("width * height / 1e6", values.PLAIN_UNITS, False),
    "size": ("size", values.SIZE_UNITS, True),
    "sharpness": ("sharpness", values.PLAIN_UNITS, False),
    "rating": ("rating", values.PLAIN_UNITS, True),
    "iso": ("iso", values.PLAIN_UNITS, True),
    "aperture": ("aperture", values.PLAIN_UNITS, False),
    "focal": ("focal_length_mm", values.FOCAL_UNITS, False),
}
