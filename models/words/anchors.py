"""Find the senses of WordNet that mean the same as Onsight's own concepts: tags, the taxonomy and object classes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.words.wordnet import Key, WordNet
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Concept, Taxonomy
from onsight.evidence.vocabulary import Vocabulary

TABLE = Path(__file__).with_name("anchors.tsv")


def find_anchors(wordnet: WordNet) -> dict[str, tuple[Key, ...]]:
    """Return the senses of each concept of ours, by id; concepts without a sense are left out.

    The table comes first. Otherwise a class of ImageNet is its own synset, a broader concept is the sense that
    includes most of its classes, and everything else is the first sense of its name.
    """
    taxonomy, vocabulary = Taxonomy.load(), Vocabulary.load()
    given = dict(_read_table(wordnet))
    found: dict[str, tuple[Key, ...]] = {}
    for concept in taxonomy.concepts.values():
        if concept.id in given:
            found[concept.id] = given[concept.id]
        elif synset := _synset(concept.id):
            found[concept.id] = (synset,)
        elif best := _best_sense(concept, taxonomy, wordnet):
            found[concept.id] = (best,)
    for tag in vocabulary:
        if tag.id in given:
            found[tag.id] = given[tag.id]
        elif same := [key for id in tag.concepts for key in found.get(id, ())]:
            found[tag.id] = tuple(dict.fromkeys(same))
        elif tag.id not in found and (first := _first_sense(tag.label, wordnet)):
            found[tag.id] = (first,)
    for row in DetectedClasses.load().classes.values():
        if row.id in given:
            found[row.id] = given[row.id]
        elif row.id.startswith("object_") and (first := _first_sense(row.name, wordnet)):
            found[row.id] = (first,)
    return {id: keys for id, keys in found.items() if keys}


def _read_table(wordnet: WordNet) -> Iterator[tuple[str, tuple[Key, ...]]]:
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#") and line != "id\tsenses":
            id, senses = line.split("\t")
            yield id, () if senses == "-" else tuple(wordnet.sense(name) for name in senses.split())


def _synset(id: str) -> Key | None:
    return ("n", int(id[1:])) if id[0] == "n" and id[1:].isdigit() else None


def _first_sense(name: str, wordnet: WordNet) -> Key | None:
    return next((key for key in wordnet.senses["n"].get(name.lower(), ()) if wordnet.is_noun(key)), None)


def _best_sense(concept: Concept, taxonomy: Taxonomy, wordnet: WordNet) -> Key | None:
    """Return the sense of the concept's names that includes most of its classes."""
    below = [
        synset
        for id in taxonomy.concepts
        if concept.id in taxonomy.ancestors(id) and (synset := _synset(id)) is not None
    ]
    best: tuple[bool, int, float, Key] | None = None
    for name in (concept.label, *concept.aliases):
        for form in (name.lower(), name.lower().removesuffix("s")):
            for number, key in enumerate(wordnet.senses["n"].get(form, ())):
                if wordnet.is_noun(key):
                    share = sum(key in wordnet.above(one) for one in below) / max(1, len(below))
                    candidate = (share > 0.5, -number, share, key)
                    if best is None or candidate[:3] > best[:3]:
                        best = candidate
    return best[3] if best else None
