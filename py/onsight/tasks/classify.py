"""Classification: the whole picture gets one label, at the level that the evidence supports.

The network's classes are most of the evidence. What the tagger's head says of the same look is the rest: it knows
people and places, of which the network has no class.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.categories import CATEGORIES
from onsight.errors import ModelFailedError
from onsight.flow import Flow, Run, Stage, Tensors
from onsight.image import decode
from onsight.options import ClassifyOptions
from onsight.postprocess import normalize_map, softmax
from onsight.preprocess import Transform, preprocess
from onsight.results import Candidate, Classification, HeatMap, ImageInfo
from onsight.rollup import MINIMUM_SCORE
from onsight.spec import ModelSpec
from onsight.tagging.evidence import FETCHES, Evidence, weigh
from onsight.tagging.expectations import Expectations
from onsight.tagging.head import TagHead
from onsight.tagging.places import tag_evidence
from onsight.tagging.subject import Subject, Subjects
from onsight.taxonomy import Rollup, Taxonomy

CLASSIFIER = "efficientnet-lite2"
"""Id of the model that classification runs."""

UNSURE = "Not sure"
"""The label of a picture of which no concept passes its threshold."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A classification network's description, bound to the names that people use.

    Attributes:
        spec: The network's description.
        rollup: From its outputs to concepts.
        expectations: From its outputs to tags.
        head: The trained part of the tagger.
        subjects: Which tags take the place of an answer.
    """

    spec: ModelSpec
    rollup: Rollup
    expectations: Expectations
    head: TagHead
    subjects: Subjects

    @classmethod
    def from_text(cls, spec: str, labels: str) -> Classifier:
        """Make a classifier from the text of ``model.json`` and ``labels.txt``.

        Raises:
            InvalidSpecError: The description or the labels are wrong.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        synsets = parsed.parse_labels(labels)
        rollup = Taxonomy.load().bind(synsets)
        return cls(parsed, rollup, Expectations.load(synsets), TagHead.load(), Subjects.load())

    def blank_run(self) -> Run:
        """Return a run on an empty picture, to warm the network up."""
        height, width = self.spec.input.input_size
        return self._run(np.zeros((1, 3, height, width), np.float32))

    def classify(self, image: bytes, options: ClassifyOptions) -> Flow[Classification]:
        """Give a picture its one label.

        Args:
            image: The file's bytes.
            options: How many candidates, which threshold.

        Returns:
            The classification.

        Raises:
            ImageError: The bytes are no picture that can be opened.
        """
        yield Stage("decode")
        decoded = decode(image, min_side=self.spec.input.min_side)
        yield Stage("preprocess")
        pixel_values, transform = preprocess(decoded, self.spec.input)
        info = decoded.info
        del decoded  # its pixels are not needed while the network runs
        yield Stage("infer")
        outputs = yield self._run(pixel_values)
        if outputs is None:
            raise ModelFailedError("The network gave no answer.")
        yield Stage("postprocess")
        return self._conclude(outputs, transform, info, options)

    def _run(self, pixel_values: NDArray[np.float32]) -> Run:
        return Run(self.spec.id, self.spec.feeds(pixel_values, FETCHES), FETCHES)

    def _conclude(
        self, outputs: Tensors, transform: Transform, info: ImageInfo, options: ClassifyOptions
    ) -> Classification:
        """Turn the network's outputs into the answer."""
        probabilities = softmax(outputs["logits"][0], self.spec.temperature)
        scores = self.rollup.roll_up(probabilities)
        answer = self.rollup.answer(scores, options.threshold)
        candidates = tuple(
            Candidate(candidate.concept.label, round(candidate.score, 4))
            for candidate in self.rollup.candidates(scores, options.top_k, options.threshold)
        )
        evidence = weigh(outputs, self.expectations, self.spec.temperature)
        tags = self.head.probabilities(evidence)
        subject = self.subjects.choose(answer.concept if answer else None, tags)
        if subject is not None and (options.threshold is None or tags[subject.row] >= options.threshold):
            score = round(float(tags[subject.row]), 4)
            return Classification(
                label=subject.label,
                score=score,
                certain=True,
                category=CATEGORIES[subject.category].label,
                path=self.rollup.taxonomy.path(subject.concept) if subject.concept else (subject.label,),
                candidates=_behind(Candidate(subject.label, score), candidates, options.top_k),
                heat_map=_map_of(self._subject_map(subject, evidence, outputs), transform),
                image=info,
                model=self.spec.id,
            )
        # A flat distribution may leave no candidate worth naming, hence nothing to point at.
        shown = answer or next(iter(self.rollup.candidates(scores, 1, options.threshold)), None)
        heat_map = None
        if shown is not None:
            classes = self.rollup.classes_of(shown.concept.id)
            heat_map = _map_of(_class_map(outputs["class_map"][0], probabilities, classes), transform)
        return Classification(
            label=answer.concept.label if answer else UNSURE,
            score=round(shown.score, 4) if shown else 0.0,
            certain=answer is not None,
            category=self.rollup.category(scores, answer).label,
            path=self.rollup.taxonomy.path(answer.concept.id) if answer else (),
            candidates=candidates,
            heat_map=heat_map,
            image=info,
            model=self.spec.id,
        )

    def _subject_map(self, subject: Subject, evidence: Evidence, outputs: Tensors) -> NDArray[np.float32]:
        maps = tag_evidence([subject.row], self.head, evidence, outputs["late_map"][0], self.expectations)
        only: NDArray[np.float32] = maps[0]
        return only


def _behind(winner: Candidate, others: tuple[Candidate, ...], k: int) -> tuple[Candidate, ...]:
    """Return the winner, and the others with what it leaves them of the probability."""
    left = 1 - winner.score
    rest = (Candidate(one.label, round(one.score * left, 4)) for one in others if one.label != winner.label)
    return (winner, *(one for one in rest if one.score >= MINIMUM_SCORE))[:k]


def _map_of(evidence: NDArray[np.float32], transform: Transform) -> HeatMap:
    values = normalize_map(evidence)
    height, width = values.shape
    return HeatMap(transform.region, height, width, tuple(round(float(value), 3) for value in values.ravel()))


def _class_map(
    class_map: NDArray[np.float32], probabilities: NDArray[np.float32], classes: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Return where the evidence for a group of classes lies, [h, w].

    The network averages over all places and then applies one linear layer, so the logit of a class is exactly
    the mean of its map (class activation mapping, Zhou et al. 2016). A group's map is the mean of its classes'
    maps, weighted by their share of the group's probability. Softmax ignores what is added to all logits
    alike: the mean over all classes is therefore taken off.
    """
    shares = probabilities[classes] / probabilities[classes].sum()
    evidence: NDArray[np.float32] = np.tensordot(shares, class_map[classes], axes=1) - class_map.mean(axis=0)
    return evidence
