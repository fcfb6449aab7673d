"""Names of what pictures show: labels, tags, classes of objects, and a person's own words, each a term.

Which term is broader than which stands in the taxonomy and the vocabulary. It is written into the library too, so that
a search for *animal* finds dogs by a join.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from onsight.errors import InvalidOptionError
from onsight.results import Tag
from onsight.tagging.detections import DetectedClasses
from onsight.tagging.naming import clean
from onsight.tagging.vocabulary import GROUPS, Vocabulary
from onsight.taxonomy import Taxonomy


def fold(text: str) -> str:
    """Return what a text is compared by: without case, accents and surplus spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A name that the tables know.

    Attributes:
        name: For people.
        group: Name of its group, such as ``"Animals"``, if the vocabulary has one for it.
        aliases: Other names.
        broader: Names of all broader terms.
    """

    name: str
    group: str | None
    aliases: tuple[str, ...]
    broader: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """Id of the vocabulary's tag of this name, if there is one."""
        return _vocabulary_ids().get(self.name)

    @property
    def parents(self) -> tuple[str, ...]:
        """Names of the vocabulary's broader tags."""
        return tuple(name for name in self.broader if name in _vocabulary_ids())


@cache
def _vocabulary_ids() -> Mapping[str, str]:
    return {tag.label: tag.id for tag in Vocabulary.load()}


@cache
def known_terms() -> Mapping[str, KnownTerm]:
    """Return what taxonomy, vocabulary and the classes of objects say together, by folded name."""
    vocabulary, taxonomy = Vocabulary.load(), Taxonomy.load()
    names: dict[str, str] = {}
    groups: dict[str, str] = {}
    aliases: dict[str, dict[str, None]] = {}
    parents: dict[str, dict[str, None]] = {}

    def add(name: str, others: Iterable[str], above: Iterable[str]) -> str:
        folded = fold(name)
        names.setdefault(folded, name)
        aliases.setdefault(folded, {}).update(dict.fromkeys(others))
        parents.setdefault(folded, {}).update(dict.fromkeys(map(fold, above)))
        parents[folded].pop(folded, None)
        return folded

    for tag in vocabulary:
        groups[add(tag.label, tag.aliases, (vocabulary[id].label for id in tag.parents))] = GROUPS[tag.group]
        for id in tag.concepts:
            # A concept that means the same by another name is found by either, and the tag by what is above it.
            add(tag.label, (), (taxonomy[above].label for above in taxonomy.ancestors(id) if taxonomy[above].label))
            if id in taxonomy.concepts and taxonomy[id].label and fold(taxonomy[id].label) != fold(tag.label):
                add(taxonomy[id].label, (), (tag.label,))
    for concept in taxonomy.concepts.values():
        if concept.label:
            above = (taxonomy[id] for id in concept.parents)
            add(concept.label, concept.aliases, (one.label for one in above if one.label))
    for row in DetectedClasses.load().classes.values():
        same = taxonomy[row.concept].label if row.concept else row.name
        add(row.label.capitalize(), (row.name,), (same, *(vocabulary[id].label for id in row.tags)))

    def closure(folded: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        pending = [folded]
        while pending:
            pending = [above for below in pending for above in parents.get(below, ()) if above not in found]
            found.update(dict.fromkeys(pending))
        return tuple(names[above] for above in found if above != folded and above in names)

    return {
        folded: KnownTerm(name, groups.get(folded), tuple(aliases[folded]), closure(folded))
        for folded, name in names.items()
    }


def check_tag_name(name: object) -> str:
    """Return a person's own word as it is kept.

    Raises:
        InvalidOptionError: It is no text, empty, too long, or has a comma or characters that cannot be seen.
    """
    if not isinstance(name, str):
        raise InvalidOptionError(f"A tag must be a text, got {name!r}.")
    tidy = clean(name)
    if not fold(tidy):
        raise InvalidOptionError("A tag must have at least one letter, digit or sign.")
    if any(unicodedata.category(char) == "Cf" and char not in "\u200c\u200d" for char in tidy):
        raise InvalidOptionError("A tag's name has no signs that cannot be seen.")
    return tidy


class Terms:
    """The terms of one library, each made when it is first needed. It remembers those it has met."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[str, int] = {}
        self._tags: set[int] = set()

    def find(self, name: str) -> int | None:
        """Return the id of a term, or None if the library has none of this name."""
        folded = fold(name)
        if folded not in self._ids:
            row = self._connection.execute("SELECT id FROM term WHERE folded = ?", (folded,)).fetchone()
            if row is None:
                return None
            self._ids[folded] = row[0]
        return self._ids[folded]

    def ensure_tag(self, tag: Tag) -> int:
        """Return the id of a machine's tag; make it if it is new."""
        id = self.ensure(tag.name, group=tag.group, known=True)
        if id not in self._tags:
            self._connection.execute(
                "UPDATE term SET known = 1, key = ?, parents = ?, tag_group = ? WHERE id = ?",
                (tag.id, json.dumps(tag.parents, ensure_ascii=False), tag.group, id),
            )
            self._tags.add(id)
        return id

    def ensure(self, name: str, *, group: str | None = None, known: bool = False) -> int:
        """Return the id of a term; make it, and those that are broader, if it is new.

        Args:
            name: For people.
            group: Name of its group, if it has one.
            known: Whether it is a machine's word rather than a person's.
        """
        found = self.find(name)
        if found is not None:
            return found
        folded = fold(name)
        entry = known_terms().get(folded)
        if entry:
            name, group, known = entry.name, entry.group or group, True
        key, parents = (entry.key, entry.parents) if entry else (None, ())
        (id,) = self._connection.execute(
            "INSERT INTO term (name, folded, tag_group, known, key, parents) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (name, folded, group, int(known), key, json.dumps(parents, ensure_ascii=False)),
        ).fetchone()
        self._ids[folded] = id
        aliases = {folded, *map(fold, entry.aliases if entry else ())}
        self._connection.executemany("INSERT INTO alias VALUES (?, ?)", ((alias, id) for alias in sorted(aliases)))
        above = [self.ensure(one, known=True) for one in entry.broader] if entry else []
        self._connection.executemany("INSERT INTO broader VALUES (?, ?)", ((one, id) for one in (id, *above)))
        return int(id)
