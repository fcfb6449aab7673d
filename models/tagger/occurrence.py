"""Count how often the things that Tag can name occur in texts and in descriptions of photographs.

::

    python -m models.tagger.occurrence CAPTIONS WORDNET

CAPTIONS is a table: the name of a picture, then its descriptions, separated by tabs. WORDNET is the folder of WordNet
3.0's database files. Writes ``occurrence.tsv``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.words.wordnet import WordNet
from onsight.evidence.rollup import bind
from onsight.evidence.taxonomy import Concept, Taxonomy

TABLE = Path(__file__).with_name("occurrence.tsv")
LABELS = Path(__file__).resolve().parents[1] / "efficientnet-lite2" / "labels.txt"

HEADER = """\
# How often the things that Tag can name occur. Made by `python -m models.tagger.occurrence`. Columns: id of the
# concept; how often its classes occur in the texts that WordNet's authors annotated; numbers of the photographs in
# everyday.tsv of which one of five descriptions names it (the digits before the underscore of their file names).
"""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How often a thing occurs.

    Attributes:
        texts: Number of times in WordNet's annotated texts.
        photographs: Numbers of the photographs whose descriptions name it.
    """

    texts: int
    photographs: frozenset[str]


def read() -> dict[str, Occurrence]:
    """Return the table by id of the concept."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            id, texts, photographs = line.split("\t")
            found[id] = Occurrence(int(texts), frozenset(photographs.split(",")) - {""})
    return found


def number_of(file: str) -> str:
    """Return the number of a photograph, by which the table lists it."""
    return file.split("_")[0]


def count(captions: Path, wordnet: Path) -> str:
    """Return the text of the table."""
    rollup = bind(Taxonomy.load(), LABELS.read_text(encoding="utf-8").split())
    descriptions = {}
    for line in captions.read_text(encoding="utf-8").splitlines():
        file, *texts = line.split("\t")
        descriptions[number_of(file)] = f" {' '.join(_words(text) for text in texts)} "
    words, lines = WordNet(wordnet), []
    for concept in rollup.concepts:
        if not concept.label:
            continue
        times = sum(_count_sense(words, rollup.labels[row]) for row in rollup.classes_of(concept.id))
        named = [number for number, text in sorted(descriptions.items()) if _names(text, concept)]
        if times or named:
            lines.append(f"{concept.id}\t{times}\t{','.join(named)}\n")
    return HEADER + "".join(lines)


def _count_sense(words: WordNet, synset: str) -> int:
    key = (synset[0], int(synset[1:]))
    return sum(words.count(word, "n", words.senses["n"][word].index(key) + 1) for word in words.synsets[key].words)


def _names(text: str, concept: Concept) -> bool:
    """Return whether a normalised text has one of a concept's names, in the singular or plural."""
    names = {_words(name) for name in (concept.label, *concept.aliases)} - {""}
    return any(f" {name} " in text or f" {name}s " in text for name in names)


def _words(text: str) -> str:
    return " ".join(re.findall("[a-z]+", text.lower()))


def main(arguments: Sequence[str]) -> int:
    """Write the table and return the exit status."""
    captions, wordnet = map(Path, arguments)
    TABLE.write_text(count(captions, wordnet), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
