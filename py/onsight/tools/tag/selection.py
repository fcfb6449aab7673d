"""Makes one list of tags from all sources, without two names for one thing, and decides which of them to show."""

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
"""Tags with a lower score are listed only if the options ask for all tags."""

MIN_SHOWN, MAX_SHOWN = 5, 20
"""Number of tags that are shown, if enough come near their thresholds."""

MAX_COLOURS = 3
"""Number of colours that are shown at most."""

NEARLY = 0.5
"""If too few tags reach their threshold, tags that reach this part of it are shown, too."""

SCENE_GROUPS = frozenset({"setting", "scene", "elements", "concepts", "style"})
"""Groups of tags about the picture as a whole rather than things in it; they have the source ``"scene"``."""

WHOLE_PICTURE_GROUPS = frozenset({"setting", "concepts", "style", "colours"})
"""Groups of tags that have no place in the picture, and so no heat map."""

COLOUR_THRESHOLD = 0.55
COLOUR_PRIORITY = 0.4
_COLOUR_SHARE = 0.12
"""A colour that covers this part of a picture has a score of 63%."""

PHOTO_THRESHOLD = 0.5
PHOTO_PRIORITY = 0.5

PLAIN_TAGS = frozenset({"photo_horizontal", "photo_vertical", "photo_square", "photo_low_resolution"})
"""Tags that apply to so many pictures that they are shown only with a threshold of the user's."""

GREYS = frozenset({"colour_black", "colour_grey", "colour_white"})
"""Tags that are redundant beside "Black and white"."""


def find(
    observation: Observation,
    head: TagHead,
    namer: ObjectNamer,
    measured: Iterable[Attribute],
    objects: DetectedObjects | None = None,
) -> list[Found]:
    """Return the tags of all sources, each thing once, unsorted.

    Args:
        observation: The classification network's outputs.
        head: Turns them into probabilities of tags.
        namer: Names specific objects.
        measured: Attributes of the picture as a photograph.
        objects: The objects that detection found, or None if it did not run.
    """
    attributes = {attribute.id: attribute for attribute in measured}
    found = list(_vocabulary_tags(observation, head, namer.vocabulary, attributes, objects))
    named = list(_object_tags(observation, namer))
    found += named if objects is None else with_detected(named, objects, namer, observation.evidence.places)
    found += _colour_tags(observation.colours)
    found += _photo_tags(attributes)
    return found


def select(found: Iterable[Found], threshold: float | None, floor: float) -> list[Found]:
    """Sort the tags and decide which are shown.

    Args:
        found: The tags.
        threshold: The user's threshold, or None for each tag's own.
        floor: Tags with a lower score are left out.

    Returns:
        The tags, highest rank first, with ``shown`` set.
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
    """Return whether a tag applies to a part of the picture rather than to all of it."""
    if found.row is not None:
        return vocabulary[found.tag.id].group not in WHOLE_PICTURE_GROUPS
    return found.concept is not None


def _show(found: Found, shown: bool) -> Found:
    return replace(found, tag=replace(found.tag, shown=shown))


def _vocabulary_tags(
    observation: Observation,
    head: TagHead,
    vocabulary: Vocabulary,
    attributes: dict[str, Attribute],
    objects: DetectedObjects | None,
) -> Iterable[Found]:
    probabilities = head.probabilities(observation.evidence, objects.log_odds if objects else None)
    thresholds = head.thresholds if objects is None else head.box_thresholds
    for row, (entry, probability) in enumerate(zip(vocabulary, probabilities, strict=True)):
        score = float(probability)
        if entry.id == "black_white":
            # Whether a picture has colour is measured, not estimated by the network.
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


def _object_tags(observation: Observation, namer: ObjectNamer) -> Iterable[Found]:
    average = observation.evidence.places.reshape(-1, observation.evidence.places.shape[-1]).mean(axis=0)
    vocabulary = namer.vocabulary
    for named in namer.name(observation.probabilities, average):
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
            # At least the priority of its broader tags.
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
        if attribute.id == "monochrome":  # the vocabulary has a tag for it
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
