"""Classification: gives a picture one label, at the level that the evidence supports.

Most of the evidence is the probabilities of the network's classes. The tagger's head adds evidence from the same run:
it knows people and places, for which the network has no classes.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from onsight.core.flow import Flow, Run, Stage, outputs_of
from onsight.core.results import HeatMap, ImageInfo
from onsight.evidence.categories import CATEGORIES
from onsight.evidence.expectations import Expectations
from onsight.evidence.head import TagHead
from onsight.evidence.network_outputs import CLASSIFIER, FETCHES, Evidence, evidence_from
from onsight.evidence.observation import MIN_SIDE
from onsight.evidence.places import tag_evidence
from onsight.evidence.rollup import MINIMUM_SCORE, Rollup, ScoredConcept, bind
from onsight.evidence.settled_label import SettledLabels, SettledTags
from onsight.evidence.subject import Subject, Subjects
from onsight.evidence.taxonomy import Taxonomy
from onsight.image import DecodedImage, decode
from onsight.networks.models import Models
from onsight.networks.postprocess import normalize_map, softmax
from onsight.networks.preprocess import Transform, preprocess
from onsight.networks.spec import ModelSpec
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Candidate, Classification

UNSURE = "Not sure"
"""The label of a picture if no concept reaches its threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassifierRun:
    """The network's outputs for a picture; `Classifier.decide` turns them into a result.

    Attributes:
        probabilities: Class probabilities, float32 [C].
        evidence: Evidence for the tags.
        class_map: What each place adds to the logit of each class, float32 [C, rows, columns].
        late_map: Activations of a late layer at each place, float32 [channels, rows, columns].
        transform: The transform from the network's input to the picture.
        image: The picture.
    """

    probabilities: NDArray[np.float32]
    evidence: Evidence
    class_map: NDArray[np.float32]
    late_map: NDArray[np.float32]
    transform: Transform
    image: ImageInfo


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The decision on a label, and the numbers behind it.

    Attributes:
        probabilities: Class probabilities without the labels that are ruled out, float32 [C].
        scores: Probabilities of the concepts, float64 [N].
        answer: The label by the classes alone, or None if no concept reaches its threshold.
        subject: The tag that replaces that label, or None.
        subject_score: Probability of that tag, or 0.
    """

    probabilities: NDArray[np.float32]
    scores: NDArray[np.float64]
    answer: ScoredConcept | None
    subject: Subject | None
    subject_score: float


@dataclass(frozen=True, slots=True)
class Classifier:
    """Makes labels from the outputs of the classification network.

    Attributes:
        spec: The network's description.
        rollup: Maps its classes to concepts.
        expectations: Maps its classes to tags.
        head: The trained part of the tagger.
        subjects: The tags that can replace a label.
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
            InvalidSpecError: The description or the labels are invalid.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        synsets = parsed.parse_labels(labels)
        rollup = bind(Taxonomy.load(), synsets)
        return cls(parsed, rollup, Expectations.load(synsets), TagHead.load(), Subjects.load())

    @classmethod
    def from_models(cls, models: Models) -> Classifier:
        """Create the task from the descriptions of its networks; errors as for `Models.make`."""
        return cls.from_text(*models.texts(CLASSIFIER))

    def blank_run(self) -> Run:
        """Return a run on an empty picture, to warm the network up."""
        height, width = self.spec.input.input_size
        return self._run(np.zeros((1, 3, height, width), np.float32))

    def classify(self, image: bytes, options: ClassifyOptions) -> Flow[Classification]:
        """Give a picture one label.

        Args:
            image: The file's bytes.
            options: How many candidates to return, and the threshold.

        Returns:
            The label, its category, the candidates and the heat map.

        Raises:
            ImageError: The bytes are not a picture that can be opened.
        """
        outputs = yield from self.run(image)
        return self.decide(outputs, options)

    def run(self, image: bytes) -> Flow[ClassifierRun]:
        """Run the network on a picture; arguments and errors as for `classify`."""
        yield Stage("decode")
        # No name here refers to the pixels, so that their memory is free while the network runs.
        return (yield from self.run_on(decode(image, min_side=self.min_side)))

    @property
    def min_side(self) -> int:
        """The shortest side in pixels that a decoded picture must have.

        It is at least that of tagging, so that both tools see the same pixels whether or not they share a picture.
        """
        return max(self.spec.input.min_side, MIN_SIDE)

    def run_on(self, decoded: DecodedImage) -> Flow[ClassifierRun]:
        """Run the network on a decoded picture."""
        yield Stage("preprocess")
        pixel_values, transform = preprocess(decoded, self.spec.input)
        info = decoded.info
        del decoded
        yield Stage("infer")
        outputs = yield from outputs_of(self._run(pixel_values))
        yield Stage("postprocess")
        return ClassifierRun(
            probabilities=softmax(outputs["logits"][0], self.spec.temperature),
            evidence=evidence_from(outputs, self.expectations, self.spec.temperature),
            class_map=outputs["class_map"][0],
            late_map=outputs["late_map"][0],
            transform=transform,
            image=info,
        )

    def choose_label(self, outputs: ClassifierRun, options: ClassifyOptions, without: Collection[str] = ()) -> Verdict:
        """Decide on the label; no network runs.

        Args:
            outputs: The network's outputs.
            options: The threshold.
            without: Labels to rule out. The other classes share their probability, and no tag replaces the label.
        """
        probabilities = self._shared(outputs.probabilities, without)
        scores = self.rollup.roll_up(probabilities)
        answer = self.rollup.answer(scores, options.threshold)
        tags = self.head.probabilities(outputs.evidence)
        subject = self.subjects.choose(answer.concept if answer else None, tags) if not without else None
        subject_score = float(tags[subject.row]) if subject else 0.0
        if subject is not None and options.threshold is not None and subject_score < options.threshold:
            subject = None
        return Verdict(probabilities, scores, answer, subject, subject_score if subject else 0.0)

    def decide(
        self, outputs: ClassifierRun, options: ClassifyOptions, verdict: Verdict | None = None
    ) -> Classification:
        """Make the result from the network's outputs; no network runs.

        Args:
            outputs: The network's outputs.
            options: How many candidates to return, and the threshold.
            verdict: The result of `choose_label`, if it is known already.
        """
        verdict = verdict or self.choose_label(outputs, options)
        scores, answer, subject = verdict.scores, verdict.answer, verdict.subject
        candidates = tuple(
            Candidate(candidate.concept.label, round(candidate.score, 4))
            for candidate in self.rollup.candidates(scores, options.top_k, options.threshold)
        )
        if subject is not None:
            score = round(verdict.subject_score, 4)
            return Classification(
                label=subject.label,
                score=score,
                certain=True,
                category=CATEGORIES[subject.category].label,
                path=self.rollup.taxonomy.path(subject.concept) if subject.concept else (subject.label,),
                candidates=_behind(Candidate(subject.label, score), candidates, options.top_k),
                heat_map=_map_of(self._subject_map(subject, outputs), outputs.transform),
                image=outputs.image,
                model=self.spec.id,
            )
        # If the probabilities are spread too evenly, there is no candidate, and so no heat map.
        shown = answer or next(iter(self.rollup.candidates(scores, 1, options.threshold)), None)
        heat_map = None
        if shown is not None:
            classes = self.rollup.classes_of(shown.concept.id)
            heat_map = _map_of(_class_map(outputs.class_map, verdict.probabilities, classes), outputs.transform)
        return Classification(
            label=answer.concept.label if answer else UNSURE,
            score=round(shown.score, 4) if shown else 0.0,
            certain=answer is not None,
            category=self.rollup.category(scores, answer).label,
            path=self.rollup.taxonomy.path(answer.concept.id) if answer else (),
            candidates=candidates,
            heat_map=heat_map,
            image=outputs.image,
            model=self.spec.id,
        )

    def settle(self, outputs: ClassifierRun, options: ClassifyOptions, settled: SettledTags) -> Classification:
        """Make the result where the tags are settled and objects were detected; no network runs.

        The label agrees with them, see `onsight.evidence.settled_label`. There is no heat map.

        Args:
            outputs: The network's outputs.
            options: How many candidates to return, and the threshold.
            settled: The tags and boxes.
        """
        verdict = self.choose_label(outputs, options)
        chosen = _settled_labels(self.rollup, self.subjects, self.expectations).choose(verdict.answer, settled)
        plain = replace(verdict, subject=None, subject_score=0.0)
        result = replace(self.decide(outputs, options, plain), heat_map=None)
        if chosen is None:
            return replace(result, label=UNSURE, certain=False, path=())
        if verdict.answer is not None and chosen.label == verdict.answer.concept.label:
            return result
        score = round(chosen.score, 4)
        return replace(
            result,
            label=chosen.label,
            score=score,
            certain=True,
            category=CATEGORIES[chosen.category].label,
            path=self.rollup.taxonomy.path(chosen.concept) if chosen.concept else (chosen.label,),
            candidates=_behind(Candidate(chosen.label, score), result.candidates, options.top_k),
        )

    def _run(self, pixel_values: NDArray[np.float32]) -> Run:
        return Run(self.spec.id, self.spec.feeds(pixel_values, FETCHES), FETCHES)

    def _shared(self, probabilities: NDArray[np.float32], without: Collection[str]) -> NDArray[np.float32]:
        """Return the class probabilities without some labels: softmax over the other classes."""
        barred = [concept.id for concept in self.rollup.concepts if concept.label and concept.label in without]
        if not barred:
            return probabilities
        left = probabilities.copy()
        left[np.concatenate([self.rollup.classes_of(id) for id in barred])] = 0
        total = left.sum()
        return left / total if total > 0 else left

    def _subject_map(self, subject: Subject, outputs: ClassifierRun) -> NDArray[np.float32]:
        maps = tag_evidence([subject.row], self.head, outputs.evidence, outputs.late_map, self.expectations)
        only: NDArray[np.float32] = maps[0]
        return only


@cache
def _settled_labels(rollup: Rollup, subjects: Subjects, expectations: Expectations) -> SettledLabels:
    return SettledLabels(rollup, subjects, expectations)


def _behind(winner: Candidate, others: tuple[Candidate, ...], k: int) -> tuple[Candidate, ...]:
    """Return the winner, then the others, which share the probability that it leaves."""
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
    """Return the evidence for a group of classes at each place, float32 [rows, columns].

    The network averages over all places and then applies one linear layer, so the logit of a class is exactly the mean
    of its map (class activation mapping, Zhou et al., 2016). A group's map is the mean of its classes' maps, weighted
    by their shares of the group's probability. Softmax ignores a constant that is added to all logits, so the mean over
    all classes is subtracted.
    """
    shares = probabilities[classes] / probabilities[classes].sum()
    evidence: NDArray[np.float32] = np.tensordot(shares, class_map[classes], axes=1) - class_map.mean(axis=0)
    return evidence
