"""Classification: the whole picture gets one label, at the level that the evidence supports."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onsight.errors import ModelFailedError
from onsight.flow import Flow, Run, Stage
from onsight.image import decode
from onsight.options import ClassifyOptions
from onsight.postprocess import normalize_map, softmax
from onsight.preprocess import Transform, preprocess
from onsight.results import Candidate, Classification, HeatMap, ImageInfo
from onsight.spec import ModelSpec
from onsight.taxonomy import Rollup, Taxonomy

CLASSIFIER = "efficientnet-lite2"
"""Id of the model that classification runs."""

FETCHES = ("logits", "class_map")
"""The network's outputs that classification needs: the answer, and where it comes from."""

UNSURE = "Not sure"
"""The label of a picture of which no concept passes its threshold."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A classification network's description, bound to the names that people use.

    Attributes:
        spec: The network's description.
        rollup: From its outputs to concepts.
    """

    spec: ModelSpec
    rollup: Rollup

    @classmethod
    def from_text(cls, spec: str, labels: str) -> Classifier:
        """Make a classifier from the text of ``model.json`` and ``labels.txt``.

        Raises:
            InvalidSpecError: The description or the labels are wrong.
        """
        parsed = ModelSpec.from_json(json.loads(spec))
        return cls(parsed, Taxonomy.load().bind(parsed.parse_labels(labels)))

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
        return self._conclude(outputs["logits"][0], outputs["class_map"][0], transform, info, options)

    def _run(self, pixel_values: NDArray[np.float32]) -> Run:
        return Run(self.spec.id, self.spec.feeds(pixel_values, FETCHES), FETCHES)

    def _conclude(
        self,
        logits: NDArray[np.float32],
        class_map: NDArray[np.float32],
        transform: Transform,
        info: ImageInfo,
        options: ClassifyOptions,
    ) -> Classification:
        """Turn logits [C] and the map of logits [C, h, w] into the answer."""
        probabilities = softmax(logits, self.spec.temperature)
        scores = self.rollup.roll_up(probabilities)
        answer = self.rollup.answer(scores, options.threshold)
        candidates = self.rollup.candidates(scores, options.top_k, options.threshold)
        # A flat distribution may leave no candidate worth naming, hence nothing to point at.
        shown = answer or next(iter(candidates), None)
        heat_map = None
        if shown is not None:
            classes = self.rollup.classes_of(shown.concept.id)
            heat_map = _heat_map(class_map, probabilities, classes, transform)
        return Classification(
            label=answer.concept.label if answer else UNSURE,
            score=round(shown.score, 4) if shown else 0.0,
            certain=answer is not None,
            category=self.rollup.category(scores, answer).label,
            path=self.rollup.taxonomy.path(answer.concept.id) if answer else (),
            candidates=tuple(Candidate(candidate.concept.label, round(candidate.score, 4)) for candidate in candidates),
            heat_map=heat_map,
            image=info,
            model=self.spec.id,
        )


def _heat_map(
    class_map: NDArray[np.float32],
    probabilities: NDArray[np.float32],
    classes: NDArray[np.intp],
    transform: Transform,
) -> HeatMap:
    """Return where the evidence for a group of classes lies.

    The network averages over all places and then applies one linear layer, so the logit of a class is exactly
    the mean of its map (class activation mapping, Zhou et al. 2016). A group's map is the mean of its classes'
    maps, weighted by their share of the group's probability. Softmax ignores what is added to all logits
    alike: the mean over all classes is therefore taken off.
    """
    shares = probabilities[classes] / probabilities[classes].sum()
    evidence = np.tensordot(shares, class_map[classes], axes=1) - class_map.mean(axis=0)
    values = normalize_map(evidence)
    height, width = values.shape
    return HeatMap(
        box=transform.region,
        height=height,
        width=width,
        values=tuple(round(float(value), 3) for value in values.ravel()),
    )
