"""Fit how probable it is that the name of a specific object, such as "Cello", is right.

The file name of an ImageNet-like training picture starts with the synset of its class. A concept of the taxonomy is
right if that class is below it. Any other concept may still be in the picture, so it counts as wrong only if its own
tags contradict the annotations, or if it is another kind of the same thing. For everyday photographs, people judged the
names that Onsight proposed; see the header of ``everyday.tsv``.

A logistic regression combines the evidence with a prior for each name. The prior depends on how often the thing occurs
in texts and in descriptions of photographs (``occurrence.tsv``), and on an effect of its own, which is regularised
towards 0: a name that people found wrong several times needs more evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.tagger.dataset import ANNOTATIONS, EVERYDAY, Dataset, Floats
from models.tagger.occurrence import Occurrence, number_of, read
from models.tagger.validation import FOLDS, sigmoid
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.names import FEATURES, NameWeights
from onsight.evidence.rollup import bind
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.objects import SURE, ObjectNamer

TARGET = Path(__file__).resolve().parents[2] / "py" / "onsight" / "data" / "names.json"

_WORTH_A_LOOK = 0.02
_EVERYDAY_WEIGHT = 4.0
"""Everyday photographs have fewer judged names, and matter more."""

_OWN_EFFECT = 0.8
"""Scale of a name's own effect: the larger, the less it is regularised."""

BOOLS = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Examples:
    """Names that the network may predict, one row each.

    Attributes:
        first: Evidence before detection, [m, `FEATURES`].
        settled: Evidence after it, [m, `FEATURES`].
        occurrence: Logarithms of how often the thing occurs in texts and in descriptions of other photographs, [m, 2].
        right: Whether the name is right, [m].
        names: Id of the concept, [m].
        pictures: Row of the picture, [m].
        everyday: Whether it is an everyday photograph, [m].
    """

    first: Floats
    settled: Floats
    occurrence: Floats
    right: BOOLS
    names: NDArray[np.str_]
    pictures: NDArray[np.intp]
    everyday: BOOLS


@dataclass(frozen=True, eq=False)
class NamesFit:
    """The fitted weights, and what they predict for pictures that they were not fitted on.

    Attributes:
        weights: The weights.
        first: Probabilities before detection, [m].
        settled: Probabilities after it, [m].
        examples: The names.
    """

    weights: NameWeights
    first: Floats
    settled: Floats
    examples: Examples


def fit_names(dataset: Dataset, first: Floats, settled: Floats) -> NamesFit:
    """Fit the weights and cross-validate them by picture.

    Args:
        dataset: The annotated pictures.
        first: Held-out probabilities of the tags before detection, [n, T].
        settled: Held-out probabilities of the tags after it, [n, T].
    """
    occurrence = read()
    namer = _namer(dataset)
    examples = _examples(dataset, namer, first, settled, occurrence)
    ids = [concept.id for concept, named in zip(namer.rollup.concepts, namer.named, strict=True) if named]
    folds = np.random.default_rng(0).permutation(np.arange(len(dataset.files)) % FOLDS)[examples.pictures]
    held_first, held_settled = np.zeros((2, len(examples.right)))
    for fold in range(FOLDS):
        weights, effects = _fit(examples, folds != fold)
        test = folds == fold
        prior = _priors(weights, effects, examples.occurrence[test], examples.names[test])
        for evidence, held in ((examples.first, held_first), (examples.settled, held_settled)):
            held[test] = sigmoid(evidence[test] @ weights[1 : 1 + len(FEATURES)] + prior)
    weights, effects = _fit(examples, np.ones(len(folds), bool))
    counted = np.array([_logs(occurrence.get(id), "") for id in ids])
    priors = _priors(weights, effects, counted, np.array(ids)) - weights[0]
    own = NameWeights(
        float(weights[0]), tuple(weights[1 : 1 + len(FEATURES)].tolist()), dict(zip(ids, priors.tolist(), strict=True))
    )
    return NamesFit(own, held_first, held_settled, examples)


def names_table(fit: NamesFit) -> str:
    """Return how many of the held-out names are shown and right, and how often by predicted probability."""
    lines = ["| names shown | first answer | right | settled answer | right |", "|---|---|---|---|---|"]
    examples = fit.examples
    for title, chosen in (("everyday", examples.everyday), ("ImageNet-like", ~examples.everyday)):
        cells = []
        for said in (fit.first, fit.settled):
            shown = chosen & (said >= SURE)
            cells += [str(shown.sum()), f"{examples.right[shown].mean():.0%}"]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    lines += ["", "| predicted for a specific name | names | right |", "|---|---|---|"]
    for low, high in pairwise((0.0, 0.15, 0.35, 0.55, 0.75, 0.9, 1.0001)):
        inside = (fit.settled >= low) & (fit.settled < high)
        if inside.any():
            lines.append(f"| {low:.0%}–{min(high, 1):.0%} | {inside.sum()} | {examples.right[inside].mean():.0%} |")
    return "\n".join(lines) + "\n"


def _namer(dataset: Dataset) -> ObjectNamer:
    rollup = bind(Taxonomy.load(), dataset.labels)
    return ObjectNamer(rollup, Vocabulary.load(), NameWeights(0.0, (0.0,) * len(FEATURES), {}))


def _examples(
    dataset: Dataset, namer: ObjectNamer, first: Floats, settled: Floats, occurrence: Mapping[str, Occurrence]
) -> Examples:
    kinds = len(DetectedClasses.load().classes)
    judged = _judged()
    rows: list[tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float], bool, str, int, bool]] = []
    rolled = namer.rollup
    for picture, (file, source) in enumerate(zip(dataset.files, dataset.sources, strict=True)):
        classes = (dataset.probabilities[picture], dataset.average_places[picture])
        whole, average = (rolled.roll_up(one) for one in classes)
        worth = np.flatnonzero(namer.named & (np.maximum(whole, average) > _WORTH_A_LOOK))
        answers: dict[int, bool] = {}
        if source == EVERYDAY.stem:
            right, wrong = judged[file]
            ids = {int(row): rolled.concepts[row].id for row in worth}
            answers = {row: id in right for row, id in ids.items() if id in right or id in wrong}
        elif source == ANNOTATIONS.stem:
            answers = dict(_answers(namer, file, dataset.targets[picture] > 0, worth))
        if not answers:
            continue
        before = namer.evidence.features(*classes, first[picture].astype(np.float32))
        boxes = dataset.settled[picture, :kinds].astype(np.float32)
        after = namer.evidence.features(*classes, settled[picture].astype(np.float32), boxes)
        for row, is_right in answers.items():
            id = rolled.concepts[row].id
            counted = _logs(occurrence.get(id), number_of(file))
            rows.append((before[row], after[row], counted, is_right, id, picture, source == EVERYDAY.stem))
    columns = list(zip(*rows, strict=True))
    return Examples(*(np.array(column) for column in columns))


def _answers(namer: ObjectNamer, file: str, held: BOOLS, worth: NDArray[np.intp]) -> Iterator[tuple[int, bool]]:
    """Yield the names of an ImageNet-like picture that are known to be right or wrong, and which it is."""
    rollup, always = namer.rollup, namer.evidence.always
    synset = file.split("_")[0]
    true = {synset, *rollup.taxonomy.ancestors(synset)}
    kinds = set(namer.parents(rollup.taxonomy[synset]))
    for row in worth:
        concept = rollup.concepts[row]
        if concept.id in true:
            yield int(row), True
        elif (always[row] & ~held).any() or kinds & set(namer.parents(concept)):
            yield int(row), False


def _judged() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return the right and the wrong names of each everyday photograph."""
    found = {}
    for line in EVERYDAY.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            cells = [*line.split("\t"), "", "", "", ""]
            right, wrong = (frozenset(cell.split(",")) - {"", "-"} for cell in cells[3:5])
            found[cells[0]] = (right, wrong)
    return found


def _logs(counted: Occurrence | None, number: str) -> tuple[float, float]:
    """Return the logarithms of how often a thing occurs, without the descriptions of one photograph."""
    if counted is None:
        return 0.0, 0.0
    return float(np.log1p(counted.texts)), float(np.log1p(len(counted.photographs - {number})))


def _priors(weights: Floats, effects: Mapping[str, float], occurrence: Floats, names: NDArray[np.str_]) -> Floats:
    own = np.array([effects.get(str(name), 0.0) for name in names])
    priors: Floats = weights[0] + occurrence @ weights[1 + len(FEATURES) :] + own
    return priors


def _fit(examples: Examples, chosen: BOOLS) -> tuple[Floats, dict[str, float]]:
    """Return the bias, the weights of the features and of the occurrence, and each name's own effect."""
    evidence = np.concatenate(
        [
            np.concatenate([part[chosen], examples.occurrence[chosen]], axis=1)
            for part in (examples.first, examples.settled)
        ]
    )
    right, weight = np.tile(examples.right[chosen], 2), np.where(examples.everyday[chosen], _EVERYDAY_WEIGHT, 1.0) / 2
    names, inverse = np.unique(examples.names[chosen], return_inverse=True)
    own = np.tile(np.eye(len(names))[inverse] * _OWN_EFFECT, (2, 1))
    center, scale = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
    inputs = np.concatenate([(evidence - center) / scale, own], axis=1)
    model = LogisticRegression(C=1.0, max_iter=3000, tol=1e-6).fit(inputs, right, np.tile(weight, 2))
    slopes = model.coef_[0][: evidence.shape[1]] / scale
    effects = model.coef_[0][evidence.shape[1] :] * _OWN_EFFECT
    bias = model.intercept_[0] - slopes @ center
    return np.concatenate([[bias], slopes]), dict(zip(names.tolist(), effects.tolist(), strict=True))
