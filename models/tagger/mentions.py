"""Find the tags that captions mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from models.tagger.dataset import DatasetError, Floats
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import THING_GROUPS, Vocabulary

Words = tuple[str, ...]

_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "geese": "goose",
    "mice": "mouse",
    "leaves": "leaf",
    "shelves": "shelf",
    "knives": "knife",
}
_SEVERAL = "group couple crowd team family men women children boys girls kids people guys players ladies"
"""Words that mention more than one person."""

_ACTIVITIES = {"running": "run", "jumping": "jump", "swimming": "swim", "climbing": "climb", "cycling": "ride"}
"""Verbs of activities whose forms are not regular endings of the name."""


def read_captions(path: Path) -> dict[str, tuple[str, ...]]:
    """Read ``file<TAB>caption<TAB>caption…`` lines.

    Raises:
        DatasetError: A line has no caption or repeats a picture.
    """
    captions: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        name, *said = line.split("\t")
        if name in captions or not any(said):
            raise DatasetError(f"{path}, line {number}: no caption, or a repeated picture.")
        captions[name] = tuple(caption for caption in said if caption)
    return captions


def words_of(text: str) -> Words:
    """Return the words of a text in lower case and in the singular."""
    return tuple(_singular(word) for word in re.findall(r"[a-z]+", text.lower()))


class Mentions:
    """Finds tags and detected objects in captions.

    Attributes:
        ids: The ids of the vocabulary's tags, then those of detected objects that have their own names.
    """

    def __init__(self, vocabulary: Vocabulary, taxonomy: Taxonomy, classes: DetectedClasses) -> None:
        self._phrases: dict[str, set[Words]] = {}
        narrower: dict[str, set[str]] = {}
        for concept in taxonomy.concepts.values():
            for id in taxonomy.ancestors(concept.id):
                narrower.setdefault(id, set()).add(concept.id)
        for tag in vocabulary:
            # A mountain is not a mention of nature, nor a sofa one of the indoors.
            is_thing = tag.group in THING_GROUPS | {"elements", "scene"}
            concepts = {id for one in tag.concepts for id in (one, *(narrower.get(one, ()) if is_thing else ()))}
            self._phrases[tag.id] = _phrases([tag.label, *tag.aliases]).union(
                *(_phrases([taxonomy[id].label, *taxonomy[id].aliases]) for id in concepts)
            )
        own = {id: set(phrases) for id, phrases in self._phrases.items()}
        for tag in vocabulary:
            # "Dog" mentions an animal. "Beach" does not mention the outdoors, which is in another group.
            for broader in vocabulary.ancestors(tag.id):
                if vocabulary[broader].group == tag.group:
                    self._phrases[broader] |= own[tag.id]
        if "people" in self._phrases:
            self._phrases["people"] = set()
        for row in classes.classes.values():
            if row.id and row.id not in self._phrases:
                self._phrases[row.id] = own[row.id] = _phrases([row.name, row.label])
        self._own = own
        self.ids = tuple(self._phrases)

    def named(self, name: str) -> list[str]:
        """Return the ids that a name means: the id itself, otherwise those whose names it is."""
        if name in self._phrases:
            return [name]
        words = words_of(name)
        return [id for id in self.ids if id in self._own and words in self._own[id]]

    def found(self, captions: Iterable[str]) -> Floats:
        """Return the share of the captions that mention each of `ids`, float64 [ids]."""
        shares: Floats = np.array([self._found(caption) for caption in captions], np.float64).mean(axis=0)
        return shares

    def _found(self, caption: str) -> list[bool]:
        words = words_of(caption)
        said = {words[start : start + size] for size in (1, 2, 3) for start in range(len(words) - size + 1)}
        several = bool(set(_SEVERAL.split()) & set(re.findall(r"[a-z]+", caption.lower())))
        return [several if id == "people" else not said.isdisjoint(self._phrases[id]) for id in self.ids]


def _phrases(names: Sequence[str]) -> set[Words]:
    parts = [part for name in names for part in re.split(r" or | and |,", name)]
    phrases = {words_of(part) for part in parts}
    for (name,) in [phrase for phrase in phrases if len(phrase) == 1]:
        if name in _ACTIVITIES:
            phrases.add((_ACTIVITIES[name],))
    return phrases - {()}


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search("(s|x|z|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
