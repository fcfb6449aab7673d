"""Learn from captions how often people mention what a picture shows, and write the table that ships.

::

    python -m models.tagger.salience FOLDER [--annotations FILE …] [--write]

FOLDER contains ``captions.tsv`` (a picture and its captions on each line) and ``images/``. Whether a tag applies is
taken from the annotations where there are any, otherwise from the shipped tagger with boxes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.tagger.dataset import ROOT, DatasetError, Floats
from models.tagger.mentions import Mentions, read_captions
from models.tagger.shown import Truth, read_truths
from onsight.engine import Engine
from onsight.errors import OnsightError
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tagging
from onsight.tools.tag.salience import COLUMNS, GROUP_ID, area_of, read_roles

TARGET = ROOT / "py" / "onsight" / "data" / "salience.tsv"

APPLIES = 0.5
"""Score from which the tagger's tags count as true where there are no annotations."""

PRIOR = 5.0
"""Weight of the prior, in pictures."""

FIRST_SHARE = 0.3
"""Prior share of the mentions of a group's tags that come first."""

MAX_WEIGHT = 20.0
"""Weight of a tag in the slope by the area at most, in pictures."""

MIN_AREA = 0.002
"""Smallest part of a picture that is distinguished."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Captioned pictures.

    Attributes:
        ids: Ids of the t tags.
        true: Probability that a tag applies, [n, t].
        mentioned: Share of the captions that mention it, [n, t].
        areas: Part of the picture that its largest box covers, [n, t]; NaN without a box.
        subjects: 1 if a person names it first, less if second, else 0; NaN if nobody was asked, [n, t].
    """

    ids: tuple[str, ...]
    true: Floats
    mentioned: Floats
    areas: Floats
    subjects: Floats


@dataclass(frozen=True, eq=False)
class Salience:
    """What was learnt.

    Attributes:
        rates: How often a true tag is mentioned, [t].
        firsts: How often it is named first, [t].
        areas: Typical area of its largest box, [t]; NaN if it has no boxes.
        slope: By how much the log odds of a mention grow with the logarithm of the area.
        group_firsts: How often a specific thing of each group of the vocabulary is named first.
    """

    rates: Floats
    firsts: Floats
    areas: Floats
    slope: float
    group_firsts: Mapping[str, float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.tagger.salience", description="Learn what people mention.")
    parser.add_argument("folder", type=Path, help="folder with captions.tsv and images/")
    parser.add_argument("--annotations", type=Path, action="append", default=[], help="file<TAB>tags,… lines")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    vocabulary = Vocabulary.load()
    try:
        captions = read_captions(options.folder / "captions.tsv")
        annotations: dict[str, Truth] = {}
        for path in options.annotations:
            annotations |= read_truths(path)
        examples = look(options.folder / "images", captions, annotations, vocabulary)
    except (DatasetError, OnsightError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    learnt = fit(examples, vocabulary)
    table = to_tsv(examples.ids, learnt, vocabulary)
    print(table)
    if options.write:
        TARGET.write_text(table, encoding="utf-8")
        print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


def look(
    folder: Path,
    captions: Mapping[str, Sequence[str]],
    annotations: Mapping[str, Truth],
    vocabulary: Vocabulary,
) -> Examples:
    """Tag captioned pictures with boxes.

    Raises:
        OnsightError: A picture is missing or damaged.
    """
    engine = Engine()
    options = TagOptions(all=True, boxes=True)
    taggings = {name: engine.tag(folder / name, options) for name in captions}
    return examples_from(taggings, captions, annotations, vocabulary)


def examples_from(
    taggings: Mapping[str, Tagging],
    captions: Mapping[str, Sequence[str]],
    annotations: Mapping[str, Truth],
    vocabulary: Vocabulary,
) -> Examples:
    """Collect what was found in each picture and what its captions mention."""
    mentions = Mentions(vocabulary, Taxonomy.load(), DetectedClasses.load())
    shape = (len(taggings), len(mentions.ids))
    true, areas, subjects = np.zeros(shape), np.full(shape, np.nan), np.full(shape, np.nan)
    mentioned = np.stack([mentions.found(captions[name]) for name in taggings])
    column = {id: place for place, id in enumerate(mentions.ids)}
    for row, (name, tagging) in enumerate(taggings.items()):
        for tag in tagging.tags:
            if tag.id not in column:
                continue
            true[row, column[tag.id]] = tag.score if tag.score >= APPLIES else 0.0
            if tag.boxes:
                areas[row, column[tag.id]] = max(area_of(tag, tagging.image), MIN_AREA)
        if name in annotations:
            for id in vocabulary.ids:
                true[row, column[id]] = float(id in annotations[name].tags)
            subjects[row] = 0.0
            for place, subject in enumerate(annotations[name].subjects):
                for id in mentions.named(subject):
                    subjects[row, column[id]] = max(subjects[row, column[id]], 1 / (1 + place))
    return Examples(mentions.ids, true, mentioned, areas, subjects)


def fit(examples: Examples, vocabulary: Vocabulary) -> Salience:
    """Estimate the rates; those of rare tags are pulled towards tags of their group with a similar priority."""
    true, said = examples.true, examples.true * examples.mentioned
    known = [id in vocabulary for id in examples.ids]
    groups = np.array([vocabulary[id].group if id in vocabulary else "objects" for id in examples.ids])
    priorities = np.array([vocabulary[id].priority if id in vocabulary else 1.2 for id in examples.ids])
    counts, sums = true.sum(axis=0), said.sum(axis=0)
    whole = sums.sum() / counts.sum()
    prior = np.empty(len(examples.ids))
    for group in set(groups.tolist()):
        inside = (groups == group) & known
        mean = (sums[inside].sum() + PRIOR * whole) / (counts[inside].sum() + PRIOR)
        average = (counts[inside] * priorities[inside]).sum() + PRIOR
        average /= counts[inside].sum() + PRIOR
        prior[groups == group] = odds_to(logit(mean) + 2 * np.log(priorities[groups == group] / average))
    rates = np.clip((sums + PRIOR * prior) / (counts + PRIOR), 0.001, 0.999)
    logs = np.log(examples.areas)
    has_box = np.isfinite(logs) & (true > 0)
    typical = np.full(len(examples.ids), np.nan)
    for place in np.flatnonzero(has_box.any(axis=0)):
        weights = true[has_box[:, place], place]
        typical[place] = np.average(logs[has_box[:, place], place], weights=weights)
    asked = np.isfinite(examples.subjects) * true
    named, times = (np.nan_to_num(examples.subjects) * asked).sum(axis=0), asked.sum(axis=0)
    shares, group_firsts = np.empty(len(examples.ids)), {}
    for group in sorted(set(groups.tolist())):
        # Broad tags, such as Animal, are hardly ever named first: the narrower one is.
        specific = (groups == group) & ~np.isin(examples.ids, _broad(vocabulary))
        expected = (times * rates)[specific].sum()
        share = (named[specific].sum() + PRIOR * FIRST_SHARE) / (expected + PRIOR)
        shares[groups == group] = share
        mean = (rates[specific] * times[specific]).sum() / max(times[specific].sum(), 1.0)
        group_firsts[group] = float(np.clip(share * mean, 0.001, 0.999))
    firsts = np.clip((named + PRIOR * rates * np.minimum(shares, 1)) / (times + PRIOR), 0.001, 0.999)
    return Salience(rates, firsts, np.exp(typical), _slope(examples, rates, logs - typical, has_box), group_firsts)


def _broad(vocabulary: Vocabulary) -> list[str]:
    """Return the ids of tags that are broader than another one."""
    return sorted({above for id in vocabulary.ids for above in vocabulary.ancestors(id)})


def _slope(examples: Examples, rates: Floats, offsets: Floats, has_box: NDArray[np.bool_]) -> float:
    """Return the slope of a logistic regression with known biases, by Newton's method."""
    rows, columns = np.nonzero(has_box)
    x, base = offsets[rows, columns], logit(rates)[columns]
    # Otherwise people, who are mentioned at any size, would decide for all things.
    shares = np.minimum(1, MAX_WEIGHT / np.maximum(1, (examples.true * has_box).sum(axis=0)))
    y, weight = examples.mentioned[rows, columns], (examples.true * shares)[rows, columns]
    slope = 0.0
    for _ in range(20):
        said = odds_to(base + slope * x)
        gradient = (weight * x * (y - said)).sum() - slope
        slope += gradient / ((weight * x**2 * said * (1 - said)).sum() + 1)
    return float(slope)


def logit(probability: Floats) -> Floats:
    """Return log odds."""
    clipped = np.clip(probability, 1e-3, 1 - 1e-3)
    odds: Floats = np.log(clipped) - np.log(1 - clipped)
    return odds


def odds_to(log_odds: Floats) -> Floats:
    """Return probabilities."""
    probabilities: Floats = 1 / (1 + np.exp(-log_odds))
    return probabilities


def to_tsv(ids: Sequence[str], learnt: Salience, vocabulary: Vocabulary) -> str:
    """Return the table, with the roles that people gave."""
    roles = read_roles(TARGET.read_text(encoding="utf-8")) if TARGET.is_file() else {}
    lines = [
        "# How often people mention a tag that applies, learnt from captions by models/tagger/salience.py. Only",
        '# the column "role" is written by hand: "filler" tags say little unless nothing else applies; "kind" tags',
        '# of the photo style say what the picture is. "first" is how often people name it first; "area" is what the',
        "# largest box usually covers of a picture. Rows of groups are for specific names that have no row.",
        "\t".join(COLUMNS),
        f"*\t{learnt.slope:.3f}\t\t\t",
        *(f"{GROUP_ID}{group}\t\t{first:.3f}\t\t" for group, first in learnt.group_firsts.items()),
    ]
    for id, rate, first, area in zip(ids, learnt.rates, learnt.firsts, learnt.areas, strict=True):
        size = "" if np.isnan(area) else f"{area:.3f}"
        lines.append(f"{id}\t{rate:.3f}\t{first:.3f}\t{size}\t{roles.get(id, '')}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
