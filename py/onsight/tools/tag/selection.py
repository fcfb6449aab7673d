"""From what was found to one list of tags: fused, without two names for one thing, in the order that matters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from onsight.evidence.colours import ColourShare
from onsight.evidence.head import TagHead
from onsight.evidence.observation import Observation
from onsight.evidence.photo import Attribute
from onsight.evidence.vocabulary import GROUPS, Vocabulary, VocabularyTag
from onsight.tools.tag.detected import DetectedObjects, with_detected
from onsight.tools.tag.found import Found
from onsight.tools.tag.objects import ObjectNamer
from onsight.tools.tag.results import Tag

FLOOR = 0.05
"""Tags below it are not listed unless all are asked for."""

MIN_SHOWN, MAX_SHOWN = 5, 20

MAX_COLOURS = 3

NEARLY = 0.5
"""Where too few tags pass, those are shown too that reach this part of their threshold."""

SCENE_GROUPS = frozenset({"setting", "scene", "elements", "concepts", "style"})
"""Groups whose tags speak of the picture as a whole rather than of things in it."""

WHOLE_PICTURE_GROUPS = frozenset({"setting", "concepts", "style", "colours"})
"""Groups whose tags are nowhere in particular."""

COLOUR_THRESHOLD = 0.55
COLOUR_PRIORITY = 0.4
_COLOUR_SHARE = 0.12
"""A colour that covers this part of a picture is named with 63%."""

PHOTO_THRESHOLD = 0.5
PHOTO_PRIORITY = 0.5

PLAIN_TAGS = frozenset({"photo_horizontal", "photo_vertical", "photo_square", "photo_low_resolution"})
"""True of so many pictures that they are shown to nobody who did not ask."""

GREYS = frozenset({"colour_black", "colour_grey", "colour_white"})
"""What "Black and white" says already."""


def find(
    seen: Observation,
    head: TagHead,
    namer: ObjectNamer,
    measured: Iterable[Attribute],
    objects: DetectedObjects | None = None,
) -> list[Found]:
    """Return the tags of all sources, each thing once, unsorted.

    Args:
        seen: What the classifier's network saw.
        head: Reads it.
        namer: Names specific objects.
        measured: Facts of the picture as a photograph.
        objects: What detection found, or None where it did not look.
    """
    attributes = {attribute.id: attribute for attribute in measured}
    found = list(_vocabulary_tags(seen, head, namer.vocabulary, attributes, objects))
    named = list(_object_tags(seen, namer))
    found += named if objects is None else with_detected(named, objects, namer, seen.evidence.places)
    found += _colour_tags(seen.colours)
    found += _photo_tags(attributes)
    return found


def select(found: Iterable[Found], threshold: float | None, floor: float) -> list[Found]:
    """Sort the tags and decide which are shown.

    Args:
        found: The tags.
        threshold: A person's own, or None.
        floor: Tags below it are left out.
    """
    kept = sorted((one for one in found if one.tag.score >= floor), key=lambda one: (-one.rank, one.tag.id))
    if threshold is not None:
        return [_show(one, one.tag.score >= threshold) for one in kept]
    candidates = [one for one in kept if one.tag.id not in PLAIN_TAGS]
    passing = [one for one in candidates if one.tag.score >= one.tag.threshold]
    if any(one.tag.id == "black_white" for one in passing):
        passing = [one for one in passing if one.tag.id not in GREYS]
    if len(passing) < MIN_SHOWN:
        near = [one for one in candidates if NEARLY <= one.tag.score / one.tag.threshold < 1]
        near.sort(key=lambda one: -one.tag.score / one.tag.threshold)
        passing += near[: MIN_SHOWN - len(passing)]
    colours = [one for one in passing if one.tag.source == "colour"][:MAX_COLOURS]
    others = [one for one in passing if one.tag.source != "colour"]
    others.sort(key=lambda one: -one.rank)
    shown = {one.tag.id for one in [*others[: MAX_SHOWN - len(colours)], *colours]}
    return [_show(one, one.tag.id in shown) for one in kept]


def is_somewhere(found: Found, vocabulary: Vocabulary) -> bool:
    """Say whether a tag applies to a part of the picture rather than to all of it."""
    if found.row is not None:
        return vocabulary[found.tag.id].group not in WHOLE_PICTURE_GROUPS
    return found.concept is not None


def _show(found: Found, shown: bool) -> Found:
    return replace(found, tag=replace(found.tag, shown=shown))


def _vocabulary_tags(
    seen: Observation,
    head: TagHead,
    vocabulary: Vocabulary,
    attributes: dict[str, Attribute],
    objects: DetectedObjects | None,
) -> Iterable[Found]:
    probabilities = head.probabilities(seen.evidence, objects.log_odds if objects else None)
    thresholds = head.thresholds if objects is None else head.box_thresholds
    for row, (entry, probability) in enumerate(zip(vocabulary, probabilities, strict=True)):
        score = float(probability)
        if entry.id == "black_white":
            # Whether there is colour is measured, not guessed.
            score = _colourless(score, attributes)
        boxes = objects.boxes_of(entry.id) if objects else ()
        yield Found(
            tag=Tag(
                id=entry.id,
                name=entry.label,
                group=GROUPS[entry.group],
                score=round(score, 4),
                threshold=round(float(thresholds[row]), 2),
                shown=False,
                parents=_names(entry, vocabulary),
                source=_source(entry, bool(boxes)),
                boxes=boxes,
                heat_map=None,
            ),
            priority=entry.priority,
            row=row,
        )


def _source(entry: VocabularyTag, is_detected: bool) -> str:
    if is_detected:
        return "detector"
    return "scene" if entry.group in SCENE_GROUPS else "classifier"


def _colourless(score: float, attributes: dict[str, Attribute]) -> float:
    measured = max(attributes["monochrome"].score, attributes["sepia"].score)
    return max(measured, score * measured)


def _names(entry: VocabularyTag, vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(vocabulary[id].label for id in vocabulary.ancestors(entry.id))


def _object_tags(seen: Observation, namer: ObjectNamer) -> Iterable[Found]:
    average = seen.evidence.places.reshape(-1, seen.evidence.places.shape[-1]).mean(axis=0)
    vocabulary = namer.vocabulary
    for named in namer.name(seen.probabilities, average):
        concept, parents = named.concept, namer.parents(named.concept)
        yield Found(
            tag=Tag(
                id=concept.id,
                name=concept.label,
                group=GROUPS[namer.group(concept)],
                score=round(named.score, 4),
                threshold=round(named.threshold, 2),
                shown=False,
                parents=tuple(vocabulary[id].label for id in parents),
                source="classifier",
                boxes=(),
                heat_map=None,
            ),
            # As much as the broader thing that a person would have named.
            priority=max([concept.priority, *(vocabulary[id].priority for id in parents)]),
            concept=concept.id,
        )


def _colour_tags(colours: Iterable[ColourShare]) -> Iterable[Found]:
    for colour in colours:
        score = 1 - math.exp(-colour.share / _COLOUR_SHARE)
        yield Found(
            _plain_tag(f"colour_{colour.id}", colour.label, "colours", score, COLOUR_THRESHOLD, "colour"),
            COLOUR_PRIORITY,
        )


def _photo_tags(attributes: dict[str, Attribute]) -> Iterable[Found]:
    for attribute in attributes.values():
        if attribute.id == "monochrome":  # the vocabulary has a name for it
            continue
        tag = _plain_tag(f"photo_{attribute.id}", attribute.label, "style", attribute.score, PHOTO_THRESHOLD, "photo")
        yield Found(tag, PHOTO_PRIORITY)


def _plain_tag(id: str, name: str, group: str, score: float, threshold: float, source: str) -> Tag:
    return Tag(
        id=id,
        name=name,
        group=GROUPS[group],
        score=round(score, 4),
        threshold=threshold,
        shown=False,
        parents=(),
        source=source,
        boxes=(),
        heat_map=None,
    )
