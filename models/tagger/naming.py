"""Calibrate the names of specific objects, such as "Cello".

The name of a training picture starts with the synset of its class. A concept of the taxonomy is right if that class is
below it. Any other concept may still be in the picture, so it counts as wrong only if its own tags contradict the
annotations, or if it is another kind of the same thing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.tagger.dataset import ANNOTATIONS, Dataset, Floats
from models.tagger.validation import FOLDS, sigmoid, stratified_folds
from onsight.evidence.expectations import LEVELS, Expectations
from onsight.evidence.names import FEATURES, NameWeights, log_odds
from onsight.evidence.rollup import bind
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.objects import ObjectNamer

_WORTH_A_LOOK = 0.02
_C = 100.0


def examples(dataset: Dataset) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
    """Return the names that the network may predict.

    Returns:
        The log odds in the whole picture and averaged over positions, [m, 2]; whether the name is right, [m]; the row
        of the picture, [m].
    """
    vocabulary = Vocabulary.load()
    rollup = bind(Taxonomy.load(), dataset.labels)
    namer = ObjectNamer(rollup, vocabulary, NameWeights(0.0, (0.0,) * len(FEATURES), {}))
    usual = Expectations.load(dataset.labels).matrix >= LEVELS["always"]
    certain = np.array([usual[rollup.classes_of(concept.id)].all(axis=0) for concept in rollup.concepts])
    kinds = [frozenset(namer.parents(concept)) for concept in rollup.concepts]
    row_of = {concept.id: row for row, concept in enumerate(rollup.concepts)}
    whole, average = rollup.roll_up(dataset.probabilities), rollup.roll_up(dataset.average_places)

    odds, right, pictures = [], [], []
    # Only these names of files start with a synset.
    for picture in dataset.rows_of(ANNOTATIONS.stem):
        synset = dataset.files[picture].split("_")[0]
        true = {synset, *rollup.taxonomy.ancestors(synset)}
        held = dataset.targets[picture] > 0
        worth = namer.named & (np.maximum(whole[picture], average[picture]) > _WORTH_A_LOOK)
        for row in np.flatnonzero(worth):
            is_right = rollup.concepts[row].id in true
            is_wrong = bool((certain[row] & ~held).any() or kinds[row] & kinds[row_of[synset]])
            if is_right or is_wrong:
                odds.append((whole[picture, row], average[picture, row]))
                right.append(is_right)
                pictures.append(picture)
    return log_odds(np.array(odds)), np.array(right), np.array(pictures)


def calibrate(dataset: Dataset) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Fit the weights of the evidence for names.

    Returns:
        Bias and the two weights, [3]; probabilities for held-out pictures, [m]; whether the name was right.
    """
    odds, right, pictures = examples(dataset)
    folds = stratified_folds(dataset.targets, FOLDS, seed=0)[pictures]
    held_out = np.zeros(len(right))
    for fold in range(FOLDS):
        held_out[folds == fold] = _predict(_fit(odds[folds != fold], right[folds != fold]), odds[folds == fold])
    return _fit(odds, right), held_out, right


def _fit(odds: Floats, right: NDArray[np.bool_]) -> Floats:
    model = LogisticRegression(C=_C, tol=1e-8).fit(odds, right)
    return np.concatenate([model.intercept_, model.coef_[0]])


def _predict(weights: Floats, odds: Floats) -> Floats:
    return sigmoid(weights[0] + odds @ weights[1:])
