"""Tagging: lists everything that a picture shows, each tag with its own score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Early, Flow, Run, Stage
from onsight.core.results import HeatMap
from onsight.core.texts import text
from onsight.errors import InvalidOptionError
from onsight.evidence.detected_classes import FAINT, MAX_BOXES, DetectedClasses
from onsight.evidence.head import TagHead
from onsight.evidence.names import NameWeights
from onsight.evidence.network_outputs import CLASSIFIER
from onsight.evidence.observation import MIN_SIDE, Observation, Observer
from onsight.evidence.photo import Attribute, attributes
from onsight.evidence.places import class_evidence, tag_evidence
from onsight.evidence.rollup import bind
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import GROUPS, Vocabulary
from onsight.image import decode
from onsight.metadata.camera import read_camera_facts
from onsight.networks.models import Models
from onsight.networks.postprocess import normalize_map
from onsight.networks.preprocess import Region
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.task import DETECTORS, Detector
from onsight.tools.tag.description import describe
from onsight.tools.tag.detected import DetectedObjects
from onsight.tools.tag.found import Found
from onsight.tools.tag.objects import ObjectNamer
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Colour, Photo, Tag, Tagging
from onsight.tools.tag.selection import FLOOR, find, is_somewhere, select

FAINT_BOXES = DetectOptions(score=FAINT, max_results=MAX_BOXES, quick=True)
"""Options for the boxes that are evidence for tags; these include uncertain boxes."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """Makes tags from the outputs of the classification network and, optionally, of detection.

    Attributes:
        observer: Runs the classification network.
        head: Turns its outputs into probabilities of tags.
        namer: Names specific objects.
        detected: Maps the classes of detection to tags.
        detector: Runs detection, or None.
    """

    observer: Observer
    head: TagHead
    namer: ObjectNamer
    detected: DetectedClasses
    detector: Detector | None = None

    @classmethod
    def from_text(cls, spec: str, labels: str) -> Tagger:
        """Make a tagger from the text of the classifier's ``model.json`` and ``labels.txt``.

        Raises:
            InvalidSpecError: The description or the labels are invalid, or do not fit the trained head.
        """
        observer = Observer.from_text(spec, labels)
        head = TagHead.load()
        rollup = bind(Taxonomy.load(), observer.labels)
        namer = ObjectNamer(rollup, Vocabulary.load(), NameWeights.load())
        return cls(observer, head, namer, DetectedClasses.load())

    @classmethod
    def from_models(cls, models: Models) -> Tagger:
        """Create the task from the descriptions of its networks; errors as for `Models.make`."""
        return cls.from_text(*models.texts(CLASSIFIER))

    def with_detector(self, detector: Detector) -> Tagger:
        """Return a tagger that can run detection, too."""
        return replace(self, detector=detector)

    def blank_run(self) -> Run:
        """Return a run on an empty picture, to warm the network up."""
        return self.observer.blank_run()

    def tag(self, image: bytes, options: TagOptions) -> Flow[Tagging]:
        """Tag a picture.

        Args:
            image: The file's bytes.
            options: Which tags to show, what else to return.

        Returns:
            The tags, and facts about the photograph.

        Raises:
            ImageError: The bytes are not a picture that can be opened.
        """
        observation = yield from self.observe(image, options)
        return self.decide(observation, options)

    def observe(self, image: bytes, options: TagOptions) -> Flow[Observation]:
        """Run the networks on a picture; arguments and errors as for `tag`.

        Raises:
            InvalidOptionError: The options ask for boxes, but the tagger has no detector.
        """
        if not options.boxes:
            return (yield from self.observer.observe(image))
        if self.detector is None:
            raise InvalidOptionError(text("This tagger has no detector. Leave out the option boxes."))
        return (yield from observe_with_boxes(self.observer, self.detector, image))

    def decide(self, observation: Observation, options: TagOptions) -> Tagging:
        """Make the tags from the networks' outputs; no network runs."""
        size = (observation.image.height, observation.image.width)
        measured = attributes(observation.measurements, size)
        objects = None
        if observation.boxes is not None and self.detector is not None:
            objects = DetectedObjects(observation.boxes, size, self.detected, self.detector.thresholds)
        found = find(observation, self.head, self.namer, measured, objects)
        listed = select(found, options.threshold, 0.0 if options.all else FLOOR)
        # The sentence does not depend on which tags the user wants to see.
        described = [one.tag for one in select(found, None, FLOOR)]
        tags = self._with_heat_maps(listed, observation) if options.heat_maps else [one.tag for one in listed]
        return Tagging(
            tags=tuple(tags),
            colours=tuple(Colour(colour.id, colour.label, colour.hex, colour.share) for colour in observation.colours),
            photo=_photo(observation, measured),
            groups=tuple(GROUPS.values()),
            image=observation.image,
            model="+".join([self.observer.spec.id, *(DETECTORS if objects else ())]),
            description=describe(described, observation.boxes, observation.image),
        )

    def _with_heat_maps(self, listed: list[Found], observation: Observation) -> list[Tag]:
        """Return the tags, with heat maps for those that have a place and at least half their threshold."""
        vocabulary = self.namer.vocabulary
        wanted = [
            is_somewhere(one, vocabulary) and (one.tag.shown or one.tag.score >= one.tag.threshold / 2)
            for one in listed
        ]
        rows = [one.row for one in compress(listed, wanted) if one.row is not None]
        maps = iter(
            tag_evidence(rows, self.head, observation.evidence, observation.late_map, self.observer.expectations)
        )
        tags = []
        for one, is_wanted in zip(listed, wanted, strict=True):
            if not is_wanted:
                tags.append(one.tag)
                continue
            if one.row is not None:
                evidence = next(maps)
            else:
                evidence = class_evidence(self.namer.rollup.classes_of(one.tag.id), observation.evidence)
            tags.append(replace(one.tag, heat_map=_heat_map(evidence, observation.region)))
        return tags


def observe_with_boxes(observer: Observer, detector: Detector, image: bytes) -> Flow[Observation]:
    """Run the classification network and detection on a picture.

    Args:
        observer: Runs the classification network.
        detector: Finds objects.
        image: The file's bytes.

    Raises:
        ImageError: The bytes are not a picture that can be opened.
    """
    yield Stage("decode")
    decoded = decode(image, min_side=max(MIN_SIDE, detector.min_side(FAINT_BOXES)))
    observation = yield from observer.observe_at(decoded, read_camera_facts(image))
    yield Early(observation)
    # The head uses the classifier anyway, and was trained on boxes that were not rescored.
    found = yield from detector.find_in(decoded, FAINT_BOXES, rescore=False)
    return replace(observation, boxes=detector.select(found, FAINT_BOXES).boxes)


def _heat_map(evidence: NDArray[np.float32], region: Region) -> HeatMap:
    values = normalize_map(evidence)
    height, width = values.shape
    return HeatMap(region, height, width, tuple(round(float(value), 2) for value in values.ravel()))


def _photo(observation: Observation, measured: tuple[Attribute, ...]) -> Photo:
    ids = [attribute.id for attribute in measured]
    camera = observation.camera
    return Photo(
        orientation=next(id for id in ("horizontal", "vertical", "square") if id in ids),
        megapixels=round(observation.image.width * observation.image.height / 1e6, 2),
        lightness=round(observation.measurements.lightness, 3),
        contrast=round(observation.measurements.contrast, 3),
        sharpness=round(observation.measurements.sharpness, 3),
        taken=camera.taken,
        taken_source=camera.taken_source,
        camera=camera.camera,
        lens=camera.lens,
        focal_length_mm=camera.focal_length_mm,
        aperture=camera.aperture,
        exposure_s=camera.exposure_s,
        iso=camera.iso,
        has_location=camera.has_location,
    )
