"""Makes one list of tags from all sources, without two names for one thing, and decides which of them to show."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from onsight.core.results import ImageInfo
from onsight.evidence.colours import ColourShare
from onsight.evidence.head import TagHead
from onsight.evidence.observation import Observation
from onsight.evidence.photo import Attribute
from onsight.evidence.vocabulary import GROUPS, Vocabulary, VocabularyTag
from onsight.tools.tag.detected import DetectedObjects, with_detected
from onsight.tools.tag.found import Found
from onsight.tools.tag.headline import headline
from onsight.tools.tag.objects import ObjectNamer
from onsight.tools.tag.results import Tag
from onsight.tools.tag.salience import Salience

FLOOR = 0.05
"""Tags with a lower score are listed only if the options ask for all tags."""

MAX_COLOURS = 3
"""Number of colours that are shown at most."""

SCENE_GROUPS = frozenset({"setting", "scene", "elements", "concepts", "style"})
"""Groups of tags about the picture as a whole rather than things in it; they have the source ``"scene"``."""

WHOLE_PICTURE_GROUPS = frozenset({"setting", "concepts", "style", "colours"})
"""Groups of tags that have no place in the picture, and so no heat map."""

COLOUR_THRESHOLD = 0.55
_COLOUR_SHARE = 0.12
"""A colour that covers this part of a picture has a score of 63%."""

PHOTO_THRESHOLD = 0.5

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
    probabilities = head.probabilities(observation.evidence, objects.evidence if objects else None)
    thresholds = head.thresholds if objects is None else head.settled_thresholds
    found = list(_vocabulary_tags(probabilities, thresholds, namer.vocabulary, attributes, objects))
    named = list(_object_tags(observation, probabilities, namer))
    if objects is not None:
        named = with_detected(named, objects, namer, observation.evidence.places, probabilities)
    found += named
    found += _colour_tags(observation.colours)
    found += _photo_tags(attributes)
    return [weighed(one, observation.image) for one in found]


def weighed(found: Found, image: ImageInfo) -> Found:
    """Return a tag with its row, its salience and its role."""
    salience = Salience.load()
    tag, role = found.tag, salience.role_of(found.tag.id)
    if tag.group == GROUPS["colours"]:
        tag = replace(tag, row="colours")
    elif tag.group == GROUPS["style"] and role != "kind":
        tag = replace(tag, row="style")
    return replace(found, tag=tag, salience=salience.of(tag, image), first=salience.first_of(tag, image), role=role)


def select(found: Iterable[Found], threshold: float | None, floor: float) -> list[Found]:
    """Sort the tags and decide which are shown.

    Args:
        found: The tags.
        threshold: The user's threshold, or None to show those that describe the picture best.
        floor: Tags with a lower score are left out.

    Returns:
        The tags with their levels: those that are shown first, then the rest, highest rank first.
    """
    kept = sorted((one for one in found if one.tag.score >= floor), key=lambda one: (-one.rank, one.tag.id))
    if threshold is not None:
        return [_at(one, "main" if one.tag.score >= threshold else "unlikely") for one in kept]
    return _levelled(kept, _applying(kept))


def arrange(tags: Sequence[Tag], image: ImageInfo) -> tuple[Tag, ...]:
    """Give tags that apply their levels again, after the user has changed them.

    Args:
        tags: The tags, the user's own among them; all of them apply.
        image: The picture.

    Returns:
        The user's own tags, then the others as `select` sorts them.
    """
    own = [replace(tag, shown=True, level="main") for tag in tags if tag.source == "user"]
    found = [weighed(Found(tag), image) for tag in tags if tag.source != "user"]
    found.sort(key=lambda one: (-one.rank, one.tag.id))
    return (*own, *(one.tag for one in _levelled(found, {one.tag.id for one in found})))


def _levelled(kept: Sequence[Found], applying: Collection[str]) -> list[Found]:
    """Return tags, highest rank first, with their levels; those that are shown are moved to the front."""
    main = {id: place for place, id in enumerate(headline(one for one in kept if one.tag.row == "tags"))}
    broader = {name for one in kept if one.tag.id in main for name in one.tag.parents}

    def level(one: Found) -> str:
        if one.tag.id in main:
            return "main"
        if one.tag.id not in applying:
            return "unlikely"
        return "broader" if one.tag.name in broader else "more"

    listed = sorted(kept, key=lambda one: main.get(one.tag.id, len(main)))
    return [_at(one, level(one)) for one in listed]


def _applying(kept: Iterable[Found]) -> set[str]:
    """Return the ids of the tags that reach their thresholds and are worth a place in their row."""
    passing = [one.tag for one in kept if one.tag.score >= one.tag.threshold and one.tag.id not in PLAIN_TAGS]
    if any(tag.id == "black_white" for tag in passing):
        passing = [tag for tag in passing if tag.id not in GREYS]
    colours = sorted((tag for tag in passing if tag.row == "colours"), key=lambda tag: -tag.score)
    return {tag.id for tag in passing} - {tag.id for tag in colours[MAX_COLOURS:]}


def is_somewhere(found: Found, vocabulary: Vocabulary) -> bool:
    """Return whether a tag applies to a part of the picture rather than to all of it."""
    if found.row is not None:
        return vocabulary[found.tag.id].group not in WHOLE_PICTURE_GROUPS
    return found.concept is not None


def _at(found: Found, level: str) -> Found:
    return replace(found, tag=replace(found.tag, shown=level == "main", level=level))


def _vocabulary_tags(
    probabilities: NDArray[np.float32],
    thresholds: NDArray[np.float32],
    vocabulary: Vocabulary,
    attributes: dict[str, Attribute],
    objects: DetectedObjects | None,
) -> Iterable[Found]:
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


def _object_tags(observation: Observation, probabilities: NDArray[np.float32], namer: ObjectNamer) -> Iterable[Found]:
    average = observation.evidence.places.reshape(-1, observation.evidence.places.shape[-1]).mean(axis=0)
    vocabulary = namer.vocabulary
    for named in namer.name(observation.probabilities, average, probabilities, observation.boxes):
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
            concept=concept.id,
        )


def _colour_tags(colours: Iterable[ColourShare]) -> Iterable[Found]:
    for colour in colours:
        score = 1 - math.exp(-colour.share / _COLOUR_SHARE)
        yield Found(_plain_tag(f"colour_{colour.id}", colour.label, "colours", score, COLOUR_THRESHOLD, "colour"))


def _photo_tags(attributes: dict[str, Attribute]) -> Iterable[Found]:
    for attribute in attributes.values():
        if attribute.id == "monochrome":  # the vocabulary has a tag for it
            continue
        tag = _plain_tag(f"photo_{attribute.id}", attribute.label, "style", attribute.score, PHOTO_THRESHOLD, "photo")
        yield Found(tag)


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
