"""Describe a picture in a sentence that can serve as its alternative text, such as "Two dogs on a beach".

The sentence says only what is certain. Numbers come from detected boxes that are certain; what is uncertain is left
out. If too little is certain, there is no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onsight.core.results import Box, ImageInfo
from onsight.core.wording import listed
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.vocabulary import GROUPS, THING_GROUPS, Vocabulary
from onsight.tools.tag.corners import Corners, area, corners, overlap
from onsight.tools.tag.phrases import counted, load_phrases, noun_phrase
from onsight.tools.tag.results import Tag

SURE = 0.8
"""Score from which a tag is certain enough for the sentence."""

LIKELY = 0.7
"""Score from which a single tag is worth "A photo of …"."""

CERTAIN = 0.9
"""Score from which a tag needs no box, although detection could have found one."""

SURE_BOX = 0.6
"""Score from which a box is certain."""

POSSIBLE_BOX = 0.3
"""Score from which a box may be another object, so that the number is not certain."""

UNLIKELY = 0.3
"""Score below which a tag does not contradict another one."""

PROMINENT = 0.15
"""Part of the area of the largest object of a class from which another one counts."""

SMALL = 0.01
"""Part of the picture below which an object is not mentioned beside others."""

MANY = 6
"""Number from which people are not counted."""

MAX_NOUNS = 2
"""Number of nouns for things at most."""

_PERSON = "person"
_KINDS = ("man", "woman", "boy", "girl", "baby")
_WORN = ("clothing", "headwear", "footwear", "eyewear", "jewelry", "costume")
_VERBS = frozenset({GROUPS["people"], GROUPS["animals"]})
_STEADY = frozenset({GROUPS["objects"], GROUPS["food"]})


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase of the sentence.

    Attributes:
        text: With its article or number.
        group: Name of the tag's group.
        classes: The detectors' names of its objects.
        boxes: Its boxes, the largest first; empty without detection.
        place: Its place in the order of the tags.
    """

    text: str
    group: str
    classes: frozenset[str]
    boxes: tuple[Corners, ...]
    place: int


class Describer:
    """Describes one picture."""

    def __init__(self, tags: Sequence[Tag], boxes: Sequence[Box] | None, image: ImageInfo) -> None:
        """Prepare a description.

        Args:
            tags: All tags, those that are shown first.
            boxes: The detected objects, also uncertain ones; None without detection.
            image: The picture.
        """
        self._tags = tags
        self._main = [tag for tag in tags if tag.shown and tag.row == "tags"]
        self._scores = {tag.id: tag.score for tag in tags}
        self._boxes = boxes
        self._size = image.width * image.height

    def sentence(self) -> str:
        """Return the sentence without a full stop, or an empty text if too little is certain."""
        for kind in ("screenshot", "illustration"):
            if any(tag.id == kind and tag.score >= SURE for tag in self._main):
                return _capital(load_phrases()[kind].phrase)
        said = self._things() or (self._scene() if not self._is_of_a_thing() else "")
        if not said:
            return self._fallback()
        if self._score("black_white") >= 0.9:
            return f"A black-and-white photo of {said}"
        return f"An aerial view of {said}" if self._score("aerial") >= SURE else _capital(said)

    # --- things ----------------------------------------------------------------------------------------------

    def _things(self) -> str:
        people = self._people()
        things = self._other_things(has_people=people is not None)
        nouns = sorted(([people] if people else []) + things, key=lambda noun: noun.place)
        nouns = list({noun.text: noun for noun in reversed(nouns)}.values())[::-1]
        if len(nouns) > 1:  # what the animal is has been said
            nouns = [noun for noun in nouns if noun.text != load_phrases()["animal"].phrase] or nouns[:1]
        large = [noun for noun in nouns if not noun.boxes or area(noun.boxes[0]) >= SMALL * self._size]
        nouns = (large or nouns)[:MAX_NOUNS]
        if not nouns:
            return ""
        doing, implied = self._activity(nouns)
        nouns = [noun for noun in nouns if noun is people or not noun.classes & implied]
        if people in nouns:
            nouns.sort(key=lambda noun: noun is not people)
        first, *others = nouns
        if doing:
            others = [noun for noun in others if noun.group == GROUPS["animals"]]
        beside = [noun for noun in others if not (first is people and noun.group in _STEADY)]
        held = [noun.text for noun in others if noun not in beside]
        said = listed([noun.text for noun in (first, *beside)])
        parts = [said, doing, f"with {listed(held)}" if held else "", self._place(nouns, doing)]
        return " ".join(part for part in parts if part)

    def _people(self) -> Noun | None:
        place = self._place_of(GROUPS["people"])
        if place is None or self._score(_PERSON) < LIKELY:
            return None
        group = GROUPS["people"]
        if self._boxes is None:
            if self._score(_PERSON) < SURE:
                return None
            several = self._score("people")
            if self._score("crowd") >= SURE:
                said = load_phrases()["crowd"].phrase
            elif several >= SURE:
                said = "people"
            else:
                said = self._one_person() if several < UNLIKELY else "a person"
            return Noun(said, group, frozenset(), (), place)
        sure, is_exact = self._count(_PERSON)
        if not sure:
            if self._score(_PERSON) < CERTAIN:
                return None
            return Noun("people" if self._score("people") >= SURE else "a person", group, frozenset(), (), place)
        if len(sure) >= MANY:
            said = load_phrases()["crowd"].phrase if self._score("crowd") >= SURE else "a group of people"
        elif len(sure) == 1:
            said = self._one_person() if is_exact else "a person"
        else:
            said = self._some_people(len(sure)) if is_exact else "people"
        return Noun(said, group, frozenset({_PERSON}), sure, place)

    def _one_person(self) -> str:
        sure = [kind for kind in _KINDS if self._score(kind) >= SURE]
        if len(sure) == 1 and all(self._score(kind) < UNLIKELY for kind in _KINDS if kind not in sure):
            return load_phrases()[sure[0]].phrase
        is_adult = max(self._score("man"), self._score("woman")) >= UNLIKELY
        return "a child" if self._score("child") >= SURE and not is_adult else "a person"

    def _some_people(self, count: int) -> str:
        man, woman = self._score("man"), self._score("woman")
        child = max(self._score(kind) for kind in ("child", "boy", "girl", "baby"))
        if count == 2 and child < UNLIKELY:
            if man >= SURE and woman >= SURE:
                return "a man and a woman"
            if man >= SURE and woman < UNLIKELY / 2:
                return "two men"
            if woman >= SURE and man < UNLIKELY / 2:
                return "two women"
        if child >= SURE and max(man, woman) < UNLIKELY / 2:
            return counted(_PERSON, count).replace("people", "children")
        return counted(_PERSON, count)

    def _other_things(self, *, has_people: bool) -> list[Noun]:
        vocabulary, covered = Vocabulary.load(), DetectedClasses.load().covered
        things = {GROUPS[id] for id in THING_GROUPS} - {GROUPS["people"]}
        found: list[Noun] = []
        taken: set[str] = set()
        for place, tag in enumerate(self._main):
            if tag.group not in things or tag.score < LIKELY:
                continue
            classes = [label for label in self._classes_of(tag) if label not in taken]
            for label in classes:
                boxes, is_exact = self._count(label)
                if boxes:
                    taken.add(label)
                    is_own = tag.id in vocabulary or tag.score < 0.9 or len(boxes) > 1 or len(classes) > 1
                    said = _objects(label, len(boxes), is_exact) if is_own else noun_phrase(tag)
                    if " or " not in said:
                        found.append(Noun(said, tag.group, frozenset({label}), boxes, place))
            said = noun_phrase(tag)
            if classes or taken & set(self._classes_of(tag)) or not said or " or " in said:
                continue
            limit = CERTAIN if self._boxes is not None and tag.id in covered else SURE
            is_thing = tag.group in _VERBS or not has_people
            is_known = tag.id in vocabulary or not _thing_names().isdisjoint(tag.parents)
            if tag.score >= limit and is_thing and is_known and not (has_people and self._is_worn(tag)):
                found.append(Noun(said, tag.group, frozenset(), (), place))
        return found

    def _is_worn(self, tag: Tag) -> bool:
        """Return whether people wear it: then it is not worth a mention beside them."""
        vocabulary = Vocabulary.load()
        worn = [id for id in _WORN if id in vocabulary]
        return tag.id in worn or not {vocabulary[id].label for id in worn}.isdisjoint(tag.parents)

    def _classes_of(self, tag: Tag) -> list[str]:
        """Return the detectors' classes of the boxes of a tag, the most certain first."""
        edges = set(tag.boxes)
        labels = [box.label for box in self._boxes or () if corners(box) in edges and box.label != _PERSON]
        if not labels:  # a poodle without boxes is one of the dogs
            classes = DetectedClasses.load().classes.values()
            own = {row.name: row.label for row in classes if row.has_own_tag and row.label != _PERSON}
            found = {box.label for box in self._boxes or ()}
            labels = [own[name] for name in tag.parents if own.get(name) in found][:1]
        return list(dict.fromkeys(labels))

    def _count(self, label: str) -> tuple[tuple[Corners, ...], bool]:
        """Return the certain, prominent objects of a class, the largest first, and whether there are no others."""
        boxes = [box for box in self._boxes or () if box.label == label and box.score >= POSSIBLE_BOX]
        sure = sorted((corners(box) for box in boxes if box.score >= SURE_BOX), key=lambda box: -area(box))
        prominent = [box for box in sure if area(box) >= PROMINENT * area(sure[0])]
        doubtful = [
            corners(box)
            for box in boxes
            if box.score < SURE_BOX and sure and area(corners(box)) >= PROMINENT * area(sure[0])
        ]
        others = [box for box in doubtful if all(overlap(box, known) < 0.5 for known in sure)]
        return tuple(prominent), not others

    def _activity(self, nouns: Iterable[Noun]) -> tuple[str, frozenset[str]]:
        """Return what the living things do, and the objects that this implies; empty if it is not certain."""
        alive = [noun for noun in nouns if noun.group in _VERBS]
        if len(alive) != 1:
            return "", frozenset()
        for tag in self._main:
            row = load_phrases().get(tag.id)
            if row and row.doing and tag.score >= SURE:
                is_human = alive[0].group == GROUPS["people"]
                if is_human or tag.id in ("running", "jumping", "swimming"):
                    return row.doing, row.implied
        return "", frozenset()

    def _place(self, nouns: Sequence[Noun], doing: str) -> str:
        """Return where the things are, such as ``"on a beach"``, and ``"at night"``."""
        table = self._count("dining table")[0][:1]
        steady = all(noun.group in _STEADY for noun in nouns)
        if table and steady and all(noun.boxes and overlap(noun.boxes[0], table[0]) >= 0.7 for noun in nouns):
            return "" if any("dining table" in noun.classes for noun in nouns) else "on a table"
        if doing == "eating" and table:
            return "at a table"
        phrases = load_phrases()
        places = [tag.id for tag in self._main if tag.group == GROUPS["scene"] and tag.score >= SURE]
        where = next((phrases[id].place for id in places if id in phrases and phrases[id].place), "")
        if not where and not steady and not doing:
            certain = [id for id in ("indoor", "outdoor") if self._score(id) >= 0.9]
            where = phrases[certain[0]].place if len(certain) == 1 else ""
        when = [phrases[id].place for id in ("night", "sunset") if id in phrases and self._score(id) >= 0.85]
        return " ".join(part for part in (where, *when[:1]) if part)

    # --- scenes and the rest -----------------------------------------------------------------------------------

    def _scene(self) -> str:
        groups = {GROUPS["scene"], GROUPS["elements"]}
        parts = [tag for tag in self._main if tag.group in groups and tag.score >= SURE and noun_phrase(tag)]
        if any(tag.id == "clouds" for tag in parts):
            parts = [tag for tag in parts if tag.id != "sky"]
        # Clouds and trees alone say little; a place or something that stands out comes first.
        parts.sort(key=lambda tag: tag.group != GROUPS["scene"])
        if not parts:
            return ""
        parts = [tag for tag in parts if tag is parts[0] or tag.group != GROUPS["scene"]]
        first, *others = (noun_phrase(tag) for tag in parts[:3])
        phrases = load_phrases()
        when = [phrases[id].place for id in ("night", "sunset") if id in phrases and self._score(id) >= 0.85]
        return " ".join([first, *([f"with {listed(others)}"] if others else []), *when[:1]])

    def _is_of_a_thing(self) -> bool:
        """Return whether something that the sentence cannot name is the subject."""
        return bool(self._main) and self._main[0].group in {GROUPS[id] for id in THING_GROUPS}

    def _fallback(self) -> str:
        first = next(iter(self._main), None)
        if first is None or first.score < LIKELY or not noun_phrase(first):
            return ""
        said = noun_phrase(first)
        is_thing = first.group in {GROUPS[id] for id in THING_GROUPS}
        is_described = is_thing or first.group in (GROUPS["scene"], GROUPS["elements"])
        is_union = is_thing and " or " in said
        return f"A photo of {said}" if is_described and not is_union and not first.boxes else ""

    def _score(self, id: str) -> float:
        return self._scores.get(id, 0.0)

    def _place_of(self, group: str) -> int | None:
        return next((place for place, tag in enumerate(self._main) if tag.group == group), None)


def describe(tags: Sequence[Tag], boxes: Sequence[Box] | None, image: ImageInfo) -> str:
    """Return a sentence that describes a picture; empty if too little is certain. Arguments as for `Describer`."""
    return Describer(tags, boxes, image).sentence()


def _thing_names() -> set[str]:
    return {entry.label for entry in Vocabulary.load() if entry.group in THING_GROUPS}


def _objects(label: str, count: int, is_exact: bool) -> str:
    if count > 1 and not is_exact:
        return counted(label, count).split(" ", 1)[1]
    if count >= MANY:
        return f"several {counted(label, count).split(' ', 1)[1]}"
    return counted(label, count)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
