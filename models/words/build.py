"""Write ``py/onsight/data/words.tsv``: what plain words of a search mean in Onsight's own terms.

python -m models.words.build --wordnet FOLDER [--print WORD …]

README.md says where to find the folder. ``--print`` shows what the table would say about words, and writes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from wordfreq import zipf_frequency

from models.words.anchors import find_anchors
from models.words.wordnet import Key, WordNet
from onsight.core.folding import search_key
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary

RELATED = Path(__file__).with_name("related.tsv")
OUTPUT = Path(__file__).resolve().parents[2] / "py" / "onsight" / "data" / "words.tsv"

NARROWER = 0.7
"""Weight of a concept for a word that names a kind of it, times their similarity: most pictures of the concept show
another kind."""

BROADER = 0.95
"""Weight of a concept that is a kind of what the word names."""

MAX_EDGES = 6
"""How far above a word's sense a concept may be."""

MAX_KINDS = 14
"""A word with more kinds of ours below it is too vague to mean them: *device*, *structure*."""

MIN_INFORMATION = 0.3
"""A word with less information is too vague to mean the concepts below it."""

MIN_WEIGHT = 0.3
MAX_TARGETS = 8
MAX_SENSES = 4

DERIVED = {"v": 0.85, "a": 0.9, "n": 0.75}
"""Weight of a noun that shares its stem with a verb, adjective or noun: *eat* and *eating*, *snowy* and *snow*."""

SIMILAR = 0.7
"""Weight of what a similar adjective means."""

MIN_FREQUENCY = 2.3
"""Rarer words are left out (Zipf scale: 2.3 is one in five million words)."""

VAGUE = ("thing", "entity", "device", "stuff", "object", "whole", "instrumentality")
"""Words that name nothing that a picture is searched for."""

TOO_BROAD = frozenset(
    ("container", "leisure", "work", "person", "people", "architecture", "mammal", "animal", "household", "machine")
)
"""Concepts that say too little about a narrower word. WordNet's cars are containers."""

Targets = dict[str, float]


class Words:
    """The meaning of English words in Onsight's terms."""

    def __init__(self, wordnet: WordNet) -> None:
        self._wordnet = wordnet
        self._anchors: dict[Key, list[str]] = {}
        for id, keys in find_anchors(wordnet).items():
            for key in keys:
                self._anchors.setdefault(key, []).append(id)
        self._above = _broader_ids()
        self._nouns: dict[Key, Targets] = {}

    def meaning(self, word: str) -> Targets:
        """Return the ids of the concepts that a word means, with weights in (0, 1], strongest first."""
        found: Targets = {}
        for pos in "nva":
            senses = [
                key for key in self._wordnet.senses[pos].get(word, ()) if not self._wordnet.synsets[key].is_instance
            ]
            counts = [self._wordnet.count(word, pos, number + 1) for number in range(len(senses))]
            for rank, key in enumerate(senses[:MAX_SENSES]):
                # First senses count most, and rarer ones by how often they are meant.
                share = 1.0 if rank == 0 else min(0.85, 0.4 + 0.5 * (counts[rank] + 1) / (counts[0] + 1))
                _keep_best(found, {id: weight * share for id, weight in self._reading(word, key).items()})
        return self._tidy(found)

    def _reading(self, word: str, key: Key) -> Targets:
        """Return what one sense of a word means."""
        found = dict(self._noun(key)) if key[0] == "n" else {}
        _keep_best(found, self._derived(word, key))
        if key[0] == "a":
            for similar in self._wordnet.synsets[key].similar:
                for other in self._wordnet.synsets[similar].words:
                    more = self._derived(other, similar)
                    _keep_best(found, {id: SIMILAR * weight for id, weight in more.items()})
        return found

    def _noun(self, key: Key) -> Targets:
        if key not in self._nouns:
            same = dict.fromkeys(self._anchors.get(key, ()), 1.0)
            self._nouns[key] = same or self._broader(key) | self._kinds(key)
        return self._nouns[key]

    def _broader(self, key: Key) -> Targets:
        """Return the nearest concepts that are broader than a sense: a poodle is a dog."""
        found: Targets = {}
        own = self._wordnet.information(key)
        for above, edges in self._wordnet.above(key).items():
            for id in self._anchors.get(above, ()) if edges <= MAX_EDGES else ():
                shared = self._wordnet.information(above)
                similarity = 2 * shared / (own + shared) if own + shared else 0.0  # Lin, 1998
                _keep_best(found, {id: NARROWER * similarity})
        farther = {above for id in found for above in self._above.get(id, ())}
        return {id: weight for id, weight in found.items() if id not in farther | TOO_BROAD}

    def _kinds(self, key: Key) -> Targets:
        """Return the concepts that are kinds of the sense: forks are cutlery."""
        if self._wordnet.information(key) < MIN_INFORMATION:
            return {}
        found = {id for below in self._wordnet.below(key) - {key} for id in self._anchors.get(below, ())}
        broadest = {id for id in found if not self._above.get(id, frozenset()) & found}
        return dict.fromkeys(broadest, BROADER) if len(broadest) <= MAX_KINDS else {}

    def _derived(self, word: str, key: Key) -> Targets:
        """Return what the nouns of a word's stem mean; for a noun, those of the verb that it comes from."""
        found: Targets = {}
        for other in self._wordnet.synsets[key].derived.get(word, ()):
            if self._wordnet.is_noun(other):
                _keep_best(found, {id: DERIVED[key[0]] * weight for id, weight in self._noun(other).items()})
            elif key[0] == "n" and other[0] == "v":
                for stem in self._wordnet.synsets[other].words:
                    if stem[:3] == word[:3]:
                        more = self._derived(stem, other)
                        _keep_best(found, {id: DERIVED["n"] * weight for id, weight in more.items()})
        return found

    def _tidy(self, found: Targets) -> Targets:
        """Leave out weak concepts, and those that a broader one of at least the same weight includes."""
        least = max(MIN_WEIGHT, 0.5 * max(found.values(), default=0.0))
        kept = {
            id: weight
            for id, weight in found.items()
            if weight >= least
            and not any(found.get(above, 0) >= weight for above in self._above.get(id, frozenset()) - {id})
        }
        return dict(sorted(kept.items(), key=lambda item: (-item[1], item[0]))[:MAX_TARGETS])


def _keep_best(found: Targets, more: Targets) -> None:
    for id, weight in more.items():
        found[id] = max(found.get(id, 0.0), weight)


def _broader_ids() -> dict[str, frozenset[str]]:
    """Return the ids of all broader concepts of each concept."""
    taxonomy, vocabulary = Taxonomy.load(), Vocabulary.load()
    found: dict[str, set[str]] = {}
    for id in taxonomy.concepts:
        found.setdefault(id, set()).update(taxonomy.ancestors(id))
    for tag in vocabulary:
        found.setdefault(tag.id, set()).update(vocabulary.ancestors(tag.id))
        for concept in tag.concepts:
            found.setdefault(concept, set()).update({tag.id, *vocabulary.ancestors(tag.id)} - {concept})
    return {id: frozenset(above) for id, above in found.items()}


def read_related() -> dict[str, list[str]]:
    """Return the rows of ``related.tsv``: the targets of each word, as they are written in the table of words."""
    rows: dict[str, list[str]] = {}
    for line in RELATED.read_text().splitlines():
        if line and not line.startswith("#"):
            words, targets = line.split("\t")
            for word in words.split("|"):
                rows.setdefault(word, []).extend(targets.split(" "))
    return rows


def table(wordnet: WordNet) -> Iterator[tuple[str, str]]:
    """Yield each word with its cell."""
    words, related, known = Words(wordnet), read_related(), known_ids()
    seen: dict[str, str] = {}
    lemmas = dict.fromkeys(lemma for pos in "nva" for lemma in wordnet.senses[pos])
    for lemma in lemmas:
        key = search_key(lemma)
        if key != lemma.replace("-", " ").replace("'", "") or len(key) < 2 or key in seen or key in VAGUE:
            continue
        own = key in related
        if len(key.split()) > 3 or any(char.isdigit() for char in key):
            continue
        meaning = words.meaning(lemma)
        if not own and (zipf_frequency(lemma, "en") < MIN_FREQUENCY or (" " in key and not _is_close(meaning))):
            continue
        given = related.pop(key, [])
        if (cell := _cell(meaning, given, known)) or given == ["-"]:
            seen[key] = cell
    for key, targets in related.items():
        if (cell := _cell({}, targets, known)) or targets == ["-"]:
            seen[key] = cell
    yield from sorted(seen.items())
    for pos in "nva":
        for form, base in sorted(wordnet.exceptions[pos].items()):
            folded, stem = search_key(form), search_key(base)
            if folded != stem and folded not in seen and (stem in seen or pos == "n") and _is_common(form):
                seen[folded] = ""
                yield folded, f"={stem}"


def _is_common(form: str) -> bool:
    return zipf_frequency(form, "en") >= MIN_FREQUENCY + 0.5 and " " not in form


def _is_close(meaning: Targets) -> bool:
    """Return whether a concept means the same: distant ones are not worth a row for a name of several words."""
    return max(meaning.values(), default=0) >= 0.8


def known_ids() -> frozenset[str]:
    """Return the ids of all tags, concepts and object classes."""
    objects = (row.id for row in DetectedClasses.load().classes.values())
    return frozenset((*Vocabulary.load().ids, *Taxonomy.load().concepts, *objects))


def _cell(meaning: Targets, related: list[str], known: frozenset[str]) -> str:
    """Return a cell of the table: ``dog:54|pet+person:40``, weights in hundredths."""
    if "-" in related:  # what WordNet says is misleading
        meaning = {}
    # Rows may name tags that the vocabulary does not have yet.
    related = [one for one in related if one != "-" and set(one.partition(":")[0].split("+")) <= known]
    given = {target.partition(":")[0] for target in related}
    parts = [f"{id}:{round(100 * weight)}" for id, weight in meaning.items() if id not in given]
    return "*" * bool(related) + "|".join([*dict.fromkeys(related), *parts])


def main() -> None:
    """Write the table, or print words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True, help="folder with data.noun and the other files")
    parser.add_argument("--print", nargs="+", metavar="WORD", help="print what the table would say about these words")
    options = parser.parse_args()
    wordnet = WordNet(options.wordnet)
    if options.print:
        words, related = Words(wordnet), read_related()
        for word in options.print:
            print(word, _cell(words.meaning(word), related.get(word, []), known_ids()), sep="\t")
        return
    rows = [f"{word}\t{cell}" for word, cell in table(wordnet)]
    OUTPUT.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} words, {OUTPUT.stat().st_size / 1000:.0f} kB")


HEADER = """\
# What plain words of a search mean: ids of tags, concepts and object classes, with weights in hundredths; "+" joins
# several that must all be there, "=" names the word's base form, "*" marks words to suggest. Made by
# models/words/build.py from WordNet 3.0, © 2006 Princeton University (licence: models/words/README.md), and
# models/words/related.tsv.
"""


if __name__ == "__main__":
    main()
