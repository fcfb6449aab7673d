"""Index a picture: read everything that a library stores about it, decoding its file only once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from onsight.core.flow import Flow, Stage
from onsight.evidence.observation import MIN_SIDE
from onsight.evidence.settled_label import SettledTags
from onsight.image import decode, encode_preview
from onsight.library.embedding import embedding
from onsight.library.perceptual import perceptual_hash
from onsight.library.provenance import read_provenance
from onsight.library.records import PictureRecord
from onsight.metadata.camera import read_camera_facts
from onsight.metadata.reading import read_stated
from onsight.networks.models import Models
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.task import Classifier
from onsight.tools.detect.options import DetectOptions
from onsight.tools.detect.results import Detection
from onsight.tools.detect.task import Detector
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tagging
from onsight.tools.tag.task import FAINT_BOXES, Tagger

THUMBNAIL_SIDE = 256
"""Longest side of a thumbnail in pixels."""

THUMBNAIL_QUALITY = 80

BOXES = DetectOptions(quick=True)
"""Options for the boxes of a picture. Tags use the same run of the networks as evidence."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """The tools that analyse a picture for a library.

    Attributes:
        classifier: Chooses the label.
        tagger: Chooses the tags.
        detector: Detects objects; None to skip this.
    """

    classifier: Classifier
    tagger: Tagger
    detector: Detector | None = None

    @classmethod
    def from_models(cls, models: Models, *, detect: bool) -> Indexer:
        """Make an indexer.

        Args:
            models: The descriptions of the networks.
            detect: Whether to detect objects too.
        """
        return cls(models.make(Classifier), models.make(Tagger), models.make(Detector) if detect else None)

    @property
    def models(self) -> Mapping[str, str]:
        """Versions of the models, by id."""
        specs = [self.classifier.spec, *(self.detector.specs.values() if self.detector else ())]
        return {spec.id: spec.version for spec in specs}

    def index(self, image: bytes) -> Flow[PictureRecord]:
        """Analyse a picture with all tools.

        The results equal those of the separate tools, except for small differences because the picture may be decoded
        at another size.

        Args:
            image: The file's bytes.

        Returns:
            The results, without heat maps.

        Raises:
            ImageError: The bytes are not a picture that can be opened.
        """
        yield Stage("decode")
        sides = [self.classifier.min_side, MIN_SIDE, THUMBNAIL_SIDE]
        if self.detector:
            sides.append(self.detector.min_side(BOXES))
        decoded = decode(image, min_side=max(sides))
        thumbnail = encode_preview(decoded, THUMBNAIL_SIDE, THUMBNAIL_QUALITY)
        bits = perceptual_hash(decoded)
        outputs = yield from self.classifier.run_on(decoded)
        seen = yield from self.tagger.observer.observe_at(decoded, read_camera_facts(image))
        tagger, detection = self.tagger, None
        if self.detector:
            found = yield from self.detector.find_in(decoded, BOXES)
            detection = self.detector.select(found, BOXES)
            # Of boxes that the classifier has not changed: see `Tagger.observe`.
            faint = self.detector.select(replace(found, rescoring=None), FAINT_BOXES)
            seen = replace(seen, boxes=faint.boxes)
            tagger = tagger.with_detector(self.detector)
        tagging = tagger.decide(seen, TagOptions(boxes=self.detector is not None))
        if detection is None:
            label = replace(self.classifier.decide(outputs, ClassifyOptions()), heat_map=None)
        else:
            label = self.classifier.settle(outputs, ClassifyOptions(), _settled(tagging, detection))
        return PictureRecord(
            hash=hashlib.sha256(image).hexdigest(),
            classification=label,
            tagging=tagging,
            detection=detection,
            thumbnail=thumbnail,
            perceptual_hash=bits,
            embedding=embedding(seen.evidence),
            models=self.models,
            stated=read_stated(image),
            provenance=read_provenance(image),
        )


def _settled(tagging: Tagging, detection: Detection) -> SettledTags:
    return SettledTags(
        scores={tag.id: tag.score for tag in tagging.tags},
        sure=[tag.id for tag in tagging.tags if tag.score >= tag.threshold],
        boxes=detection.boxes,
        area=detection.image.width * detection.image.height,
    )
