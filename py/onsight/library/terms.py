"""Manage a library's terms: the names of labels, tags, object classes and the user's own tags.

The taxonomy and the vocabulary define which terms are broader than others. The library stores these relations as well,
so that a search for *animal* finds dogs with a join.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from onsight.core.folding import fold, search_key
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import GROUPS, Vocabulary
from onsight.tools.tag.results import Tag
from onsight.tools.tag.tag_names import clean


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A term of the taxonomy, the vocabulary or the object classes.

    Attributes:
        name: Name that the user sees.
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
    """Return the terms of the taxonomy, the vocabulary and the object classes, by search key of the name."""
    vocabulary, taxonomy = Vocabulary.load(), Taxonomy.load()
    names: dict[str, str] = {}
    groups: dict[str, str] = {}
    aliases: dict[str, dict[str, None]] = {}
    parents: dict[str, dict[str, None]] = {}

    def add(name: str, others: Iterable[str], above: Iterable[str]) -> str:
        folded = search_key(name)
        names.setdefault(folded, name)
        aliases.setdefault(folded, {}).update(dict.fromkeys(others))
        parents.setdefault(folded, {}).update(dict.fromkeys(map(search_key, above)))
        parents[folded].pop(folded, None)
        return folded

    for tag in vocabulary:
        groups[add(tag.label, tag.aliases, (vocabulary[id].label for id in tag.parents))] = GROUPS[tag.group]
        for id in tag.concepts:
            # A search for a broader concept finds the tag. A search for the tag finds the concept under another name.
            add(tag.label, (), (taxonomy[above].label for above in taxonomy.ancestors(id) if taxonomy[above].label))
            label = taxonomy[id].label if id in taxonomy.concepts else None
            if label and search_key(label) != search_key(tag.label):
                add(label, (), (tag.label,))
    for concept in taxonomy.concepts.values():
        if concept.label:
            above = (taxonomy[id] for id in concept.parents)
            add(concept.label, concept.aliases, (one.label for one in above if one.label))
    for row in DetectedClasses.load().classes.values():
        add(row.name, (), (vocabulary[id].label for id in row.tags))
        # Libraries of earlier versions, and people who know COCO, use the detectors' names.
        add(row.label.capitalize(), (row.name,), (row.name,))

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
    """Return the name of one of the user's own tags in normal form.

    Raises:
        InvalidOptionError: The name is not a string, is empty or too long, or has a comma or invisible characters.
    """
    if not isinstance(name, str):
        raise InvalidOptionError(text("A tag must be text, got {value}.", value=repr(name)))
    tidy = clean(name)
    if not fold(tidy):
        raise InvalidOptionError(text("A tag must have at least one letter, digit or symbol."))
    if any(unicodedata.category(char) == "Cf" and char not in "\u200c\u200d" for char in tidy):
        raise InvalidOptionError(text("A tag must not contain invisible characters."))
    return tidy


class Terms:
    """The terms of one library, created when they are first needed, with a cache of their ids.

    A term is identified by its exact name, so that *resume* and *résumé* can be two of the user's tags, although a
    search for one finds both. Names from Onsight are the same term whatever their case.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[str, int] = {}
        self._tags: set[int] = set()

    def find(self, name: str) -> list[int]:
        """Return the ids of the terms that the user means by a name.

        These are the terms with exactly this name; otherwise those that differ only in case; otherwise those with the
        same search key. Unused terms are returned only if no term in use matches.
        """
        levels: dict[tuple[bool, int], list[int]] = {}
        for id, other, in_use in self._like(name):
            distance = 0 if other == name else 1 if spelling(other) == spelling(name) else 2
            levels.setdefault((not in_use, distance), []).append(id)
        return levels[min(levels)] if levels else []

    def ensure_tag(self, tag: Tag) -> int:
        """Return the id of the term for a tag from Onsight; create the term if needed."""
        id = self.ensure(tag.name, group=tag.group)
        if id not in self._tags:
            self._connection.execute(
                "UPDATE term SET known = 1, key = ?, parents = ?, tag_group = ? WHERE id = ?",
                (tag.id, json.dumps(tag.parents, ensure_ascii=False), tag.group, id),
            )
            self._tags.add(id)
        return id

    def ensure(self, name: str, *, group: str | None = None) -> int:
        """Return the id of a term from Onsight; create the term and its broader terms if needed.

        Args:
            name: Name that the user sees.
            group: Name of the term's group, if it has one.
        """
        if name not in self._ids:
            entry = known_terms().get(search_key(name))
            written = entry.name if entry else name
            same = [id for id, other, _ in self._like(written) if spelling(other) == spelling(written)]
            exact = [id for id, other, _ in self._like(written) if other == written]
            self._ids[name] = (exact or same or [self._make(written, group, True, entry)])[0]
            if entry and not exact:  # earlier versions wrote Tv, not TV
                self._connection.execute("UPDATE term SET name = ? WHERE id = ?", (written, self._ids[name]))
        return self._ids[name]

    def ensure_own(self, name: str, *, instead_of: Iterable[int] = ()) -> int:
        """Return the id of the term that the user means by a new tag; create the term if needed.

        If Onsight knows the name in another case, or pictures have it in another case, that spelling is used.

        Args:
            name: Name as the user wrote it.
            instead_of: Ids of terms that this name will replace; their spelling is not used.
        """
        entry = known_terms().get(search_key(name))
        if entry and spelling(entry.name) == spelling(name):
            return self.ensure(entry.name)
        replaced = set(instead_of)
        same = [
            row
            for row in self._like(name)
            if row[1] == name or (spelling(row[1]) == spelling(name) and row[0] not in replaced)
        ]
        best = min(same, key=lambda row: (not row[2], row[1] != name), default=None)
        if best and (best[1] == name or best[2]):
            return best[0]
        return self._make(name, None, False, entry)

    def own_in_other_case(self, name: str) -> list[int]:
        """Return the ids of the user's tags that are in use and differ from a name only in case."""
        rows = self._connection.execute(
            "SELECT id, name FROM term WHERE folded = ? AND name <> ? AND NOT known "
            "AND EXISTS (SELECT 1 FROM user_tag WHERE term = term.id)",
            (search_key(name), name),
        )
        return [id for id, other in rows if spelling(other) == spelling(name)]

    def _like(self, name: str) -> list[tuple[int, str, bool]]:
        """Return the id and name of each term with the same search key, and whether any picture has the term."""
        rows = self._connection.execute(
            "SELECT id, name, EXISTS (SELECT 1 FROM user_tag WHERE term = term.id) "
            "OR EXISTS (SELECT 1 FROM tag WHERE term = term.id) "
            "OR EXISTS (SELECT 1 FROM image WHERE label_term = term.id) FROM term WHERE folded = ? ORDER BY id",
            (search_key(name),),
        )
        return [(id, other, bool(in_use)) for id, other, in_use in rows]

    def _make(self, name: str, group: str | None, known: bool, entry: KnownTerm | None) -> int:
        # The user's own spelling of a known name becomes a term below the known one and its broader terms.
        is_it = entry is not None and entry.name == name
        key, parents = (entry.key, entry.parents) if entry and is_it else (None, ())
        (id,) = self._connection.execute(
            "INSERT INTO term (name, folded, tag_group, known, key, parents) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (
                name,
                search_key(name),
                (entry.group if entry and is_it else None) or group,
                int(known or is_it),
                key,
                json.dumps(parents, ensure_ascii=False),
            ),
        ).fetchone()
        keys = {search_key(name), *map(search_key, entry.aliases if entry else ())} - {""}
        self._connection.executemany("INSERT INTO alias VALUES (?, ?)", ((key, id) for key in sorted(keys)))
        if entry and is_it:
            self._connect_former_names(name, keys)
        broader = [] if entry is None else list(entry.broader) if is_it else [entry.name, *entry.broader]
        above = [self.ensure(one) for one in broader]
        self._connection.executemany("INSERT INTO broader VALUES (?, ?)", ((one, id) for one in (id, *above)))
        return int(id)

    def _connect_former_names(self, name: str, keys: Iterable[str]) -> None:
        """Let a new term's name also find the terms that earlier versions made under another name.

        Args:
            name: Name of the new term.
            keys: Search keys of its name and its other names.
        """
        entries = {key: known_terms().get(key) for key in keys if key != search_key(name)}
        former = [key for key, entry in entries.items() if entry is None or name in entry.aliases]
        places = ", ".join("?" * len(former))
        self._connection.execute(
            f"INSERT OR IGNORE INTO alias SELECT ?, id FROM term WHERE known AND folded IN ({places})",
            (search_key(name), *former),
        )


def spelling(name: str) -> str:
    """Return a name in lower case and in Unicode form NFC, for comparisons that ignore case."""
    return unicodedata.normalize("NFC", name).lower()
