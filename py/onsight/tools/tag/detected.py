"""The objects that detection found, as tags: their places, and names that no other source gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import Box
from onsight.evidence.detected_classes import DetectedClass, DetectedClasses
from onsight.evidence.settled import SettledEvidence, settled_evidence
from onsight.evidence.vocabulary import GROUPS
from onsight.tools.tag.corners import Corners, corners
from onsight.tools.tag.found import Found
from onsight.tools.tag.objects import ObjectNamer
from onsight.tools.tag.results import Tag


class DetectedObjects:
    """The objects that detection found in one picture.

    Attributes:
        evidence: What the boxes, including weak ones, say about tags.
        objects: For each class that reaches its threshold, the boxes that reach it, best first.
        thresholds: The threshold of each class, by label.
    """

    evidence: SettledEvidence

    def __init__(
        self, boxes: Iterable[Box], size: tuple[int, int], classes: DetectedClasses, thresholds: Mapping[str, float]
    ) -> None:
        """Take the boxes of a picture of a size, ``(height, width)`` in pixels."""
        boxes = sorted(boxes, key=lambda box: -box.score)
        self.evidence = settled_evidence(boxes, size, classes)
        self._classes = classes
        self._sure = [box for box in boxes if box.score >= thresholds[box.label]]
        self.objects: dict[DetectedClass, list[Box]] = {}
        for box in self._sure:
            if box.label in classes.classes:
                self.objects.setdefault(classes.classes[box.label], []).append(box)
        self.thresholds = thresholds

    def boxes_of(self, tag: str) -> tuple[Corners, ...]:
        """Return the boxes of a tag of the vocabulary, best first; empty if there are none."""
        return tuple(corners(box) for box in self._by_tag.get(tag, ()))

    @cached_property
    def _by_tag(self) -> dict[str, list[Box]]:
        return self._classes.boxes_by_tag(self._sure)


DENIED = 0.1
"""Probability of its tag below which a detected object is left out.

Of 51 detected objects below it in annotated pictures, 44 were wrong (`models/tagger`): a doughnut on a scorpion.
"""

PLAUSIBLE = 0.02
"""Probability at its best place from which the classifier counts as having seen an animal, too."""


def with_detected(
    named: Iterable[Found],
    objects: DetectedObjects,
    namer: ObjectNamer,
    places: NDArray[np.float32],
    probabilities: NDArray[np.float32],
) -> list[Found]:
    """Merge the detected objects with the objects that the classifier named, each thing once.

    A name that is the same as a detected class, or a kind of it, gets its boxes. Of two names for one thing, the more
    specific one is kept if it reaches its threshold, otherwise the detected one. Detection knows ten animals and
    mistakes a badger for a bear: if the classifier is certain of another animal and sees nothing of the detected one,
    the detected one is left out.

    Args:
        named: The objects that the classifier named.
        objects: The detected objects.
        namer: Knows how names are related.
        places: Class probabilities at each place, float32 [rows, columns, C].
        probabilities: Probabilities of the vocabulary's tags, float32 [T].
    """
    found = [one for one in named if not _is_vetoed(one, objects, namer, places)]
    ancestors = namer.rollup.taxonomy.ancestors
    for kind, boxes in objects.objects.items():
        same = [one for one in found if one.concept and kind.concept in (one.concept, *ancestors(one.concept))]
        broader = [one for one in found if kind.concept and one.concept in ancestors(kind.concept)]
        sure = [one for one in same if one.tag.score >= one.tag.threshold]
        found = [one for one in found if one not in broader and (one in sure or one not in same)]
        if sure:
            at = [index for index, one in enumerate(found) if one in sure]
            for index in at:
                tag = found[index].tag
                best = max(tag.score, boxes[0].score) if found[index].concept == kind.concept else tag.score
                found[index] = replace(found[index], tag=replace(tag, score=best, boxes=tuple(map(corners, boxes))))
        elif (
            not kind.has_own_tag
            and not _is_denied(kind, namer, probabilities)
            and not _is_mistaken(kind, found, namer, places)
        ):
            found.append(_tag_of(kind, boxes, objects.thresholds[kind.label], namer))
    return found


def _is_denied(kind: DetectedClass, namer: ObjectNamer, probabilities: NDArray[np.float32]) -> bool:
    """Return whether the tag of an object, such as Fruit for a banana, is improbable although it was detected."""
    return bool(kind.tags) and float(probabilities[namer.vocabulary.row_of(kind.tags[0])]) < DENIED


def _is_vetoed(one: Found, objects: DetectedObjects, namer: ObjectNamer, places: NDArray[np.float32]) -> bool:
    """Return whether a more certain box shows another kind of the same thing at the place of a name."""
    if one.concept is None:
        return False
    boxes = [box for kind, boxes in objects.objects.items() if not _is_unseen(kind, namer, places) for box in boxes]
    return namer.evidence.agreement.veto(one.concept, boxes) > one.tag.score


def _is_unseen(kind: DetectedClass, namer: ObjectNamer, places: NDArray[np.float32]) -> bool:
    """Return whether the classifier knows the thing and sees it nowhere."""
    if kind.concept is None:
        return False
    classes = namer.rollup.classes_of(kind.concept)
    return float(places[..., classes].sum(axis=-1).max()) < PLAUSIBLE


def _is_mistaken(kind: DetectedClass, found: list[Found], namer: ObjectNamer, places: NDArray[np.float32]) -> bool:
    animal = "animal"
    if kind.concept is None or animal not in kind.tags:
        return False
    is_sure_of_another = any(
        one.concept
        and one.tag.score >= one.tag.threshold
        and animal in namer.parents(namer.rollup.taxonomy[one.concept])
        for one in found
    )
    return is_sure_of_another and _is_unseen(kind, namer, places)


def _tag_of(kind: DetectedClass, boxes: list[Box], threshold: float, namer: ObjectNamer) -> Found:
    vocabulary = namer.vocabulary
    concept = namer.rollup.taxonomy.concepts.get(kind.concept or "")
    own = {id: None for tag in kind.tags for id in (tag, *vocabulary.ancestors(tag))}
    parents = tuple(own) or (namer.parents(concept) if concept else ())
    group = vocabulary[parents[0]].group if parents else "objects"
    return Found(
        tag=Tag(
            id=kind.id,
            name=kind.name,
            group=GROUPS[group],
            score=boxes[0].score,
            threshold=round(threshold, 2),
            shown=False,
            parents=tuple(vocabulary[id].label for id in parents),
            source="detector",
            boxes=tuple(map(corners, boxes)),
            heat_map=None,
        ),
    )
