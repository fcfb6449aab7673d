"""models/tagger: what captions mention, and how the tags that are shown are judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs SciPy and scikit-learn")
pytest.importorskip("sklearn", reason="training needs SciPy and scikit-learn")

from models.tagger.dataset import DatasetError
from models.tagger.mentions import Mentions, read_captions, words_of
from models.tagger.salience import Examples, fit, to_tsv
from models.tagger.shown import judge, read_truths
from onsight.core.results import ImageInfo
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.results import Photo, Tag, Tagging
from onsight.tools.tag.salience import Salience

IMAGE = ImageInfo(100, 100, "JPEG")
PHOTO = Photo("horizontal", 1.0, 0.5, 0.2, 0.5, None, None, None, None, None, None, None, None, False)


def test_words_are_in_the_singular() -> None:
    assert words_of("Two boys, three puppies and a glass on benches") == (
        *("two", "boy", "three", "puppy", "and", "a", "glass", "on", "bench"),
    )


def test_captions_mention_tags_their_kinds_and_numbers_of_people() -> None:
    mentions = Mentions(Vocabulary.load(), Taxonomy.load(), DetectedClasses.load())
    found = dict(zip(mentions.ids, mentions.found(["Two men with a poodle", "A person on a beach"]), strict=True))
    assert (found["dog"], found["animal"], found["cat"]) == (0.5, 0.5, 0)
    assert (found["people"], found["beach"], found["outdoor"]) == (0.5, 0.5, 0)


def test_captions_are_read_by_picture(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("x.jpg\tA dog\tA cat\n")
    assert read_captions(tmp_path / "a.tsv") == {"x.jpg": ("A dog", "A cat")}
    (tmp_path / "a.tsv").write_text("x.jpg\n")
    with pytest.raises(DatasetError):
        read_captions(tmp_path / "a.tsv")


def test_fit_learns_rates_and_the_effect_of_the_area() -> None:
    vocabulary = Vocabulary.load()
    ids = ("dog", "wall", "car")
    count = 200
    areas = np.full((count, 3), np.nan)
    areas[:, 2] = np.geomspace(0.01, 0.9, count)
    mentioned = np.zeros((count, 3))
    mentioned[:, 0], mentioned[: count // 10, 1] = 1, 1
    mentioned[count // 2 :, 2] = 1
    subjects = np.zeros((count, 3))
    subjects[:, 0] = 1
    learnt = fit(Examples(ids, np.ones((count, 3)), mentioned, areas, subjects), vocabulary)
    assert learnt.firsts[0] > 0.9 > 0.1 > learnt.firsts[1]
    assert learnt.rates[0] > 0.95
    assert learnt.rates[1] == pytest.approx(0.1, abs=0.03)
    assert learnt.slope > 0.3
    table = Salience.from_tsv(to_tsv(ids, learnt, vocabulary))
    assert table.rows["car"].area == pytest.approx(0.095, abs=0.01)
    assert table.role_of("wall") == "filler"


def test_judging_finds_wrong_filler_and_the_subject(tmp_path: Path) -> None:
    path = tmp_path / "truth.tsv"
    path.write_text("x.jpg\tdog,animal,mammal,pet,grass\tdog|grass\tn1\tn2\n")
    tags = (
        Tag("n3", "Poodle", "Animals", 0.9, 0.5, True, ("Dog", "Mammal", "Animal"), "classifier", (), None),
        Tag("wall", "Wall", "Elements", 0.9, 0.5, True, (), "scene", (), None),
        Tag("grass", "Grass", "Elements", 0.9, 0.5, True, (), "scene", (), None),
        Tag("animal", "Animal", "Animals", 0.9, 0.5, True, (), "scene", (), None),
        Tag("n2", "Crab", "Animals", 0.9, 0.5, True, (), "scene", (), None),
    )
    tagging = Tagging(tags, (), PHOTO, (), IMAGE, "test")
    judged = judge("x.jpg", read_truths(path)["x.jpg"], tagging)
    assert (judged.wrong, judged.filler, judged.redundant) == (("Wall", "Crab"), ("Wall",), ("Animal",))
    assert not judged.first
    assert judged.among
    path.write_text("x.jpg\n")
    with pytest.raises(DatasetError):
        read_truths(path)
