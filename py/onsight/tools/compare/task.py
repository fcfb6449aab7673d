"""Comparison: the label and the tags of a picture side by side, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from onsight.core.flow import Flow, Stage
from onsight.core.texts import plural
from onsight.errors import InvalidOptionError
from onsight.evidence.observation import MIN_SIDE, Observation
from onsight.image import decode
from onsight.metadata.camera import read_camera_facts
from onsight.networks.models import Models
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Candidate, Classification
from onsight.tools.classify.task import Classifier, ClassifierRun, Verdict
from onsight.tools.compare.facts import Facts, LabelFromTag, RuledOut
from onsight.tools.compare.notes import remark
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.points import compare, sum_of_shares, sum_of_tags
from onsight.tools.compare.relations import Relatives
from onsight.tools.compare.results import Comparison
from onsight.tools.compare.slices import cut
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.task import Tagger

AS_CLASSIFY = ClassifyOptions()
"""The options that the label is made with: the defaults of Classify."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparerRun:
    """The networks' outputs for a picture, before any decision.

    Attributes:
        classifier_run: The outputs for classification.
        observation: The outputs for tagging.
    """

    classifier_run: ClassifierRun
    observation: Observation


@dataclass(frozen=True)
class Comparer:
    """Runs a classifier and a tagger on the same picture and compares the results.

    Attributes:
        classifier: Makes the label.
        tagger: Makes the tags.
    """

    classifier: Classifier
    tagger: Tagger

    @classmethod
    def from_models(cls, models: Models) -> Comparer:
        """Create the task from the descriptions of its networks; errors as for `Models.make`."""
        return cls(models.make(Classifier), models.make(Tagger))

    def compare(self, image: bytes, options: CompareOptions) -> Flow[Comparison]:
        """Compare the label and the tags of a picture.

        Args:
            image: The file's bytes.
            options: Which tags to show, which labels to rule out.

        Returns:
            The label and the tags, as Classify and Tag without boxes return them, and their differences in sentences.

        Raises:
            ImageError: The bytes are not a picture that can be opened.
            InvalidOptionError: A label to rule out does not exist.
        """
        outputs = yield from self.run(image, options)
        return self.decide(outputs, options)

    def run(self, image: bytes, options: CompareOptions) -> Flow[ComparerRun]:
        """Run both networks on a picture; arguments and errors as for `compare`."""
        self.check(options)
        yield Stage("decode")
        decoded = decode(image, min_side=max(self.classifier.min_side, MIN_SIDE))
        look = yield from self.classifier.run_on(decoded)
        observation = yield from self.tagger.observer.observe_at(decoded, read_camera_facts(image))
        return ComparerRun(look, observation)

    def decide(self, outputs: ComparerRun, options: CompareOptions) -> Comparison:
        """Compare from the networks' outputs; no network runs.

        Raises:
            InvalidOptionError: A label to rule out does not exist.
        """
        self.check(options)
        verdict = self.classifier.choose_label(outputs.classifier_run, AS_CLASSIFY, options.without)
        classification = self.classifier.decide(outputs.classifier_run, AS_CLASSIFY, verdict)
        tagging = self.tagger.decide(outputs.observation, _tag_options(options))
        label = classification.label
        facts = Facts(
            classification=classification,
            tagging=tagging,
            slices=cut(
                classification,
                {one.label for one in classification.candidates if self._relatives.is_kind(one.label, label)},
            ),
            relations=self._relatives.relate(label if classification.certain else None, tagging.tags),
            from_tag=self._label_from_tag(verdict),
            ruled_out=self._ruled_out(outputs.classifier_run, options.without),
            threshold=options.threshold,
        )
        return Comparison(
            classification=classification,
            tagging=tagging,
            slices=facts.slices,
            sum_of_shares=sum_of_shares(facts),
            sum_of_tags=sum_of_tags(facts),
            points=compare(facts),
            notes=remark(facts),
            without=options.without,
            image=classification.image,
            model="+".join(dict.fromkeys((classification.model, tagging.model))),
        )

    @cached_property
    def _relatives(self) -> Relatives:
        return Relatives(self.classifier.rollup, self.tagger.namer.vocabulary, self.classifier.subjects)

    def check(self, options: CompareOptions) -> None:
        """Check that the labels to rule out exist.

        Raises:
            InvalidOptionError: A label to rule out does not exist.
        """
        if unknown := sorted(set(options.without) - self._relatives.labels):
            raise InvalidOptionError(
                plural(
                    len(unknown),
                    "There is no label {labels}. Check the spelling of the label to rule out.",
                    "There are no labels {labels}. Check the spelling of the labels to rule out.",
                    labels=", ".join(unknown),
                )
            )

    def _label_from_tag(self, verdict: Verdict) -> LabelFromTag | None:
        if verdict.subject is None:
            return None
        answer = verdict.answer
        instead_of = Candidate(answer.concept.label, round(answer.score, 4)) if answer else None
        tag = self.tagger.namer.vocabulary[verdict.subject.tag].label
        return LabelFromTag(tag, round(verdict.subject_score, 4), instead_of)

    def _ruled_out(self, look: ClassifierRun, without: tuple[str, ...]) -> RuledOut | None:
        """Return what the labels that are ruled out have otherwise, or None if no label is ruled out."""
        if not without:
            return None
        verdict = self.classifier.choose_label(look, AS_CLASSIFY)
        before: Classification = self.classifier.decide(look, AS_CLASSIFY, verdict)
        had = {one.label: one.score for one in before.candidates}
        had.setdefault(before.label, before.score)
        concepts = {concept.label: concept.id for concept in self.classifier.rollup.concepts if concept.label}
        score = sum(
            had[label]
            if label in had
            else self.classifier.rollup.score_of(verdict.scores, concepts[label])
            if label in concepts
            else 0.0
            for label in without
        )
        return RuledOut(without, min(score, 1.0), before.label)


def _tag_options(options: CompareOptions) -> TagOptions:
    return TagOptions(threshold=options.threshold, heat_maps=options.heat_maps)
