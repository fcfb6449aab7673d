"""Read WordNet 3.0's database files (format: wndb(5WN))."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

POS = {"n": "noun", "v": "verb", "a": "adj"}
"""The parts of speech that are read, and the suffix of their files."""

Key = tuple[str, int]
"""A synset: part of speech and offset in its data file. ImageNet calls ``("n", 2084071)`` ``n02084071``."""


@dataclass(frozen=True, slots=True)
class Synset:
    """A set of synonyms.

    Attributes:
        words: The synonyms, in lower case, with spaces.
        hypernyms: Broader synsets; empty for an instance, such as a person's name.
        derived: By word, the synsets that share its stem (``eat``, ``eater``).
        similar: Adjectives of similar meaning.
        is_instance: Whether it names one thing, such as Paris.
    """

    words: tuple[str, ...]
    hypernyms: tuple[Key, ...]
    derived: Mapping[str, tuple[Key, ...]]
    similar: tuple[Key, ...]
    is_instance: bool


class WordNet:
    """WordNet's nouns, verbs and adjectives.

    Attributes:
        synsets: The synsets by key.
        senses: For each part of speech, the senses of each word, most frequent first.
        exceptions: For each part of speech, the base forms of irregular forms, such as *mice*.
    """

    def __init__(self, folder: Path) -> None:
        """Read the files ``data.*``, ``index.*``, ``*.exc`` and ``cntlist.rev`` in a folder."""
        self.synsets: dict[Key, Synset] = {}
        self.senses: dict[str, dict[str, list[Key]]] = {}
        self.exceptions: dict[str, dict[str, str]] = {}
        for pos, suffix in POS.items():
            self.synsets.update(_read_data(folder / f"data.{suffix}", pos))
            self.senses[pos] = dict(_read_index(folder / f"index.{suffix}", pos))
            self.exceptions[pos] = {}
            for line in (folder / f"{suffix}.exc").read_text().splitlines():
                form, *bases = line.split()
                self.exceptions[pos].setdefault(form.replace("_", " "), bases[0].replace("_", " "))
        self._counts = _read_counts(folder / "cntlist.rev")

    def sense(self, name: str) -> Key:
        """Return the synset of a name such as ``beach.n.1``: word, part of speech, number of the sense."""
        word, pos, number = name.rsplit(".", 2)
        return self.senses[pos][word.replace("_", " ")][int(number) - 1]

    def count(self, word: str, pos: str, number: int) -> int:
        """Return how often a sense, numbered from 1, occurs in the texts that WordNet's authors annotated."""
        return self._counts.get((word, pos, number), 0)

    def is_noun(self, key: Key) -> bool:
        """Return whether a synset is a noun that names a kind of thing."""
        return key[0] == "n" and not self.synsets[key].is_instance

    @cached_property
    def hyponyms(self) -> Mapping[Key, list[Key]]:
        """The narrower synsets of each synset."""
        found: dict[Key, list[Key]] = {}
        for key, synset in self.synsets.items():
            for above in synset.hypernyms:
                found.setdefault(above, []).append(key)
        return found

    def below(self, key: Key) -> set[Key]:
        """Return all narrower synsets of a synset, and itself."""
        found, pending = {key}, [key]
        while pending:
            pending = [one for above in pending for one in self.hyponyms.get(above, ()) if one not in found]
            found.update(pending)
        return found

    def above(self, key: Key) -> dict[Key, int]:
        """Return all broader synsets of a synset and itself, with the number of edges to each."""
        found, pending, edges = {key: 0}, [key], 0
        while pending:
            edges += 1
            pending = [one for below in pending for one in self.synsets[below].hypernyms if one not in found]
            found.update(dict.fromkeys(pending, edges))
        return found

    def information(self, key: Key) -> float:
        """Return the intrinsic information content of a noun, 0 for the broadest to 1 for one without narrower nouns.

        Seco, Veale and Hayes, "An intrinsic information content metric for semantic similarity in WordNet", 2004.
        """
        if key not in self._information:
            self._information[key] = 1 - math.log(len(self.below(key))) / math.log(self._nouns)
        return self._information[key]

    @cached_property
    def _information(self) -> dict[Key, float]:
        return {}

    @cached_property
    def _nouns(self) -> int:
        return sum(key[0] == "n" for key in self.synsets)


def _read_data(path: Path, pos: str) -> Iterator[tuple[Key, Synset]]:
    for line in path.read_text().splitlines():
        if line.startswith("  "):
            continue  # the licence
        fields = line.split(" | ")[0].split()
        size = int(fields[3], 16)
        # Adjectives may end with a marker of their position, such as "(a)".
        words = tuple(word.split("(")[0].replace("_", " ").lower() for word in fields[4 : 4 + 2 * size : 2])
        rest = fields[4 + 2 * size :]
        pointers: dict[str, list[Key]] = {}
        derived: dict[str, tuple[Key, ...]] = {}
        for at in range(1, 1 + 4 * int(rest[0]), 4):
            symbol, offset, kind, ends = rest[at : at + 4]
            target = "a" if kind == "s" else kind
            if target not in POS:
                continue
            key = (target, int(offset))
            if symbol in ("+", "\\"):  # derived from, or pertaining to: pointers between words
                word = words[int(ends[:2], 16) - 1]
                derived[word] = (*derived.get(word, ()), key)
            else:
                pointers.setdefault(symbol, []).append(key)
        yield (
            (pos, int(fields[0])),
            Synset(
                words,
                tuple(pointers.get("@", ())),
                derived,
                tuple(pointers.get("&", ())),
                "@i" in pointers,
            ),
        )


def _read_index(path: Path, pos: str) -> Iterator[tuple[str, list[Key]]]:
    for line in path.read_text().splitlines():
        if not line.startswith("  "):
            fields = line.split()
            yield fields[0].replace("_", " "), [(pos, int(offset)) for offset in fields[-int(fields[2]) :]]


def _read_counts(path: Path) -> dict[tuple[str, str, int], int]:
    kinds = {"1": "n", "2": "v", "3": "a", "5": "a"}
    counts: dict[tuple[str, str, int], int] = {}
    for line in path.read_text().splitlines():
        key, number, count = line.split()
        word, sense = key.split("%")
        if pos := kinds.get(sense[0]):
            counts[word.replace("_", " "), pos, int(number)] = int(count)
    return counts
