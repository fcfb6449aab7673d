"""onsight.tools.compare: label and tags side by side, and the sentences about them, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.api import METHODS
from onsight.core.flow import Run, Tensors, drive
from onsight.core.wording import in_sentence, listed, percentage
from onsight.errors import InvalidOptionError
from onsight.evidence.subject import Subjects
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.task import Classifier
from onsight.tools.compare.command import describe
from onsight.tools.compare.facts import Facts
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.points import compare, sum_of_tags
from onsight.tools.compare.relations import Relations, Relatives
from onsight.tools.compare.results import Comparison
from onsight.tools.compare.slices import tenths
from onsight.tools.compare.task import Comparer
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tag
from onsight.tools.tag.task import Tagger
from tests.pictures import encode, photo

MODEL = Path(__file__).resolve().parents[1] / "models" / "efficientnet-lite2"
TEXTS = tuple((MODEL / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt"))
TABBY, EGYPTIAN, LYNX, GOLDEN_RETRIEVER, LABRADOR, WIG, CELLO = 281, 285, 287, 207, 208, 903, 486
INNER = 1248
PICTURE = encode(photo(96, 64), "PNG")


@pytest.fixture(scope="module")
def comparer() -> Comparer:
    return Comparer(Classifier.from_text(*TEXTS), Tagger.from_text(*TEXTS))


def network(comparer: Comparer, **probabilities: float) -> Any:
    """A network that believes this of each picture, wherever it looks; an argument is ``c281=0.9``."""
    rest = (1 - sum(probabilities.values())) / (1000 - len(probabilities))
    wanted = np.full(1000, rest, np.float32)
    for name, probability in probabilities.items():
        wanted[int(name[1:])] = probability
    logits = np.log(wanted) * comparer.classifier.spec.temperature
    runs: list[Run] = []

    def run(step: Run) -> Tensors:
        runs.append(step)
        height, width = (side // 32 + (side % 32 > 0) for side in step.feeds["pixel_values"].shape[2:])
        rng = np.random.default_rng(len(runs) % 2)
        class_map = np.repeat(logits[:, None], height * width, 1).reshape(1, 1000, height, width)
        return {
            "logits": logits[None].astype(np.float32),
            "class_map": class_map.astype(np.float32),
            "features": np.zeros((1, 1280), np.float32),
            **{
                name: rng.gamma(0.5, 0.4, (1, INNER, height, width)).astype(np.float32)
                for name in ("middle_map", "late_map")
            },
        }

    run.runs = runs  # type: ignore[attr-defined]  # what was asked of it
    return run


def compared(comparer: Comparer, *, options: CompareOptions | None = None, **probabilities: float) -> Comparison:
    return drive(comparer.compare(PICTURE, options or CompareOptions()), network(comparer, **probabilities))


def sentences(result: Comparison) -> Iterator[str]:
    yield from (result.sum_of_shares, result.sum_of_tags, *result.notes)
    for point in result.points:
        yield from (point.classification, point.tagging)


# --- both sides ------------------------------------------------------------------------------------------------


def test_label_and_tags_are_those_of_the_two_tasks_alone(comparer: Comparer) -> None:
    run = network(comparer, c281=0.6, c287=0.2)
    result = drive(comparer.compare(PICTURE, CompareOptions(heat_maps=True)), run)
    label = drive(comparer.classifier.classify(PICTURE, ClassifyOptions()), run)
    tags = drive(comparer.tagger.tag(PICTURE, TagOptions(heat_maps=True, boxes=False)), run)
    assert result.classification == label
    assert result.tagging == tags
    assert [step.feeds["pixel_values"].shape for step in run.runs[:2]] == [
        step.feeds["pixel_values"].shape for step in run.runs[2:]
    ]


def test_another_threshold_and_other_labels_need_no_other_look(comparer: Comparer) -> None:
    run = network(comparer, c281=0.6, c287=0.2)
    seen = drive(comparer.run(PICTURE, CompareOptions()), run)
    asked = len(run.runs)
    strict = comparer.decide(seen, CompareOptions(threshold=0.9))
    loose = comparer.decide(seen, CompareOptions(threshold=0.1))
    without = comparer.decide(seen, CompareOptions(without=("Tabby cat",)))
    assert len(run.runs) == asked
    assert sum(tag.shown for tag in strict.tagging.tags) < sum(tag.shown for tag in loose.tagging.tags)
    assert strict.classification == loose.classification
    assert without.classification != loose.classification
    assert METHODS["compare"].cache_size > 0


def test_what_is_left_out_is_shared_by_the_others_and_no_tag_moves(comparer: Comparer) -> None:
    whole = compared(comparer, c281=0.6, c287=0.2)
    left = compared(comparer, c281=0.6, c287=0.2, options=CompareOptions(without=("Tabby cat",)))
    assert whole.classification.label == "Tabby cat"
    before = {part.label: part.score for part in whole.slices}
    after = {part.label: part.score for part in left.slices}
    assert "Tabby cat" not in after
    assert after["Lynx"] == pytest.approx(before["Lynx"] / (1 - before["Tabby cat"]), abs=1e-3)
    assert left.tagging == whole.tagging
    assert left.without == ("Tabby cat",)
    assert "Without “Tabby cat”" in left.sum_of_shares
    assert "60%" in left.sum_of_shares


def test_a_label_that_does_not_exist_cannot_be_left_out(comparer: Comparer) -> None:
    with pytest.raises(InvalidOptionError, match="Unicorn"):
        compared(comparer, c281=0.9, options=CompareOptions(without=("Unicorn",)))
    with pytest.raises(InvalidOptionError):
        CompareOptions(without="Cat")  # type: ignore[arg-type]  # a string is not a list of strings
    with pytest.raises(InvalidOptionError):
        CompareOptions(threshold=2)


# --- the distribution ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "probabilities",
    [{"c281": 0.97}, {"c281": 0.4, "c287": 0.3}, {"c207": 0.5, "c208": 0.45}, {"c281": 0.001}],
)
def test_slices_make_a_whole(comparer: Comparer, probabilities: dict[str, Any]) -> None:
    result = compared(comparer, **probabilities)
    assert sum(part.score for part in result.slices) == pytest.approx(1, abs=1e-3)
    assert round(sum(part.percent for part in result.slices), 6) == 100
    assert [part.label for part in result.slices].count("Everything else") == 1
    assert result.slices[-1].label == "Everything else"
    named = [(part.label, part.score) for part in result.slices if part.kind == "candidate"]
    assert named == [(one.label, one.score) for one in result.classification.candidates]


def test_competing_kinds_are_slices_of_the_broader_answer(comparer: Comparer) -> None:
    result = compared(comparer, c207=0.5, c208=0.45)
    assert result.classification.label == "Retriever"
    answer = [part for part in result.slices if part.is_answer]
    assert {"Golden retriever", "Labrador retriever"} & {part.label for part in answer}
    assert sum(part.score for part in answer) == pytest.approx(result.classification.score, abs=2e-3)
    grain = next(point for point in result.points if point.aspect == "How specific")
    assert "so the label is “Retriever”" in grain.classification


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_tenths_add_up_to_a_hundred_and_stay_close(scores: list[float]) -> None:
    total = sum(scores)
    if total < 1e-6:
        return
    shown = tenths(scores)
    assert round(sum(shown), 6) == 100
    assert all(abs(value - 100 * score / total) < 0.1 + 1e-9 for value, score in zip(shown, scores, strict=True))


# --- the words -------------------------------------------------------------------------------------------------


def test_the_sums_in_the_sentences_are_those_of_the_numbers(comparer: Comparer) -> None:
    result = compared(comparer, c281=0.6, c287=0.2)
    shown = [tag for tag in result.tagging.tags if tag.applies]
    total = round(sum(tag.score for tag in shown) * 100)
    assert result.sum_of_tags.startswith(f"These {len(shown)} add up to {percentage(total)}")
    parts = [float(number) for number in re.findall(r"([\d.]+)%", result.sum_of_shares)]
    assert parts[-1] == 100
    assert round(sum(parts[:-1]), 6) == 100


def test_every_aspect_speaks_of_this_picture(comparer: Comparer) -> None:
    cat = compared(comparer, c281=0.9, c287=0.05)
    cello = compared(comparer, c486=0.9, c889=0.05)
    assert [point.aspect for point in cat.points] == [point.aspect for point in cello.points]
    assert len({point.aspect for point in cat.points}) == len(cat.points) == 6
    for ours, theirs in zip(cat.points, cello.points, strict=True):
        assert (ours.classification, ours.tagging) != (theirs.classification, theirs.tagging)


@pytest.mark.parametrize(
    ("probabilities", "options"),
    [
        ({"c281": 0.97}, CompareOptions()),
        ({"c281": 0.4, "c287": 0.3}, CompareOptions(threshold=0.5)),
        ({"c207": 0.5, "c208": 0.45}, CompareOptions(threshold=1.0)),
        ({"c207": 0.5, "c208": 0.45}, CompareOptions(threshold=0.0)),
        ({"c281": 0.001}, CompareOptions()),
        ({"c903": 0.6}, CompareOptions(without=("Wig",))),
        ({"c486": 0.9}, CompareOptions(without=("Cello",), threshold=0.97)),
    ],
)
def test_every_sentence_is_a_sentence(
    comparer: Comparer, probabilities: dict[str, float], options: CompareOptions
) -> None:
    result = compared(comparer, options=options, **probabilities)
    for text in sentences(result):
        assert re.match(r"[A-Z“]", text), text
        assert text.endswith((".", "?")), text
        assert "  " not in text
        assert "None" not in text.replace("None of", "")
        assert text.count("“") == text.count("”")
        assert not re.search(r"\d\s%", text), "a space before the percent sign"


def test_a_picture_without_a_label_is_told_so(comparer: Comparer) -> None:
    result = compared(comparer, c281=0.001, options=CompareOptions(threshold=0.3))
    assert not result.classification.certain
    assert result.points[0].classification.startswith("One or none.")
    assert not any(part.is_answer for part in result.slices)


def test_tagging_may_stay_silent_and_says_so(comparer: Comparer) -> None:
    result = compared(comparer, c281=0.9, options=CompareOptions(threshold=1.0))
    # What is measured is certain: a picture is vertical or it is not.
    assert all(tag.score == 1 for tag in result.tagging.tags if tag.shown)
    nothing = replace(
        result.tagging, tags=tuple(replace(tag, shown=False, level="unlikely") for tag in result.tagging.tags)
    )
    relations = Relations(None, (), (), (), (), ())
    facts = Facts(result.classification, nothing, result.slices, relations, None, None, 1.0)
    assert sum_of_tags(facts).startswith("No tag reaches 100%.")
    for point in compare(facts):
        assert point.tagging.endswith(".")


def test_people_read_both_sides_and_the_difference(comparer: Comparer) -> None:
    text = describe(compared(comparer, c281=0.9, c287=0.05))
    assert text.startswith("Tabby cat · 90%\n  Classification: one label\n")
    assert "  Tagging: many tags\n" in text
    assert "    one label: " in text


# --- what is what to what --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def relatives(comparer: Comparer) -> Relatives:
    return Relatives(comparer.classifier.rollup, Vocabulary.load(), Subjects.load())


def tag(id: str, name: str, *, score: float = 0.9, shown: bool = True, source: str = "classifier") -> Tag:
    return Tag(id, name, "Objects", score, 0.5, shown, (), source, (), None)


def related(relatives: Relatives, label: str, *tags: Tag) -> Relations:
    return relatives.relate(label, tags)


def test_tags_are_sorted_by_what_they_are_to_the_label(relatives: Relatives) -> None:
    tags = [tag("dog", "Dog"), tag("animal", "Animal"), tag("n02099601", "Golden retriever"), tag("grass", "Grass")]
    found = related(relatives, "Dog", *tags)
    assert found.same is tags[0]
    assert found.broader == (tags[1],)
    assert found.finer == (tags[2],)
    assert found.beside == (tags[3],)
    found = related(relatives, "Golden retriever", *tags)
    assert found.same is tags[2]
    assert found.broader == (tags[0], tags[1])


def test_what_only_counts_towards_something_is_no_kind_of_it(relatives: Relatives) -> None:
    coat = tag("n04584207", "Wig")
    assert related(relatives, "Person", coat).finer == ()
    assert relatives.is_kind("Golden retriever", "Dog")
    assert not relatives.is_kind("Dog", "Golden retriever")
    assert not relatives.is_kind("Wig", "Person")


def test_what_no_label_says_is_known(relatives: Relatives) -> None:
    tags = [
        tag("outdoor", "Outdoors"),
        tag("dog", "Dog"),
        tag("street", "Street"),
        tag("colour_red", "Red", source="colour"),
        tag("n02099601", "Golden retriever"),
    ]
    assert related(relatives, "Dog", *tags).unnamed == (tags[0], tags[3])


def test_other_subjects_are_named_once_and_only_if_likely(relatives: Relatives) -> None:
    person, face, car = tag("person", "Person"), tag("face", "Face"), tag("car", "Car", score=0.3)
    found = related(relatives, "Dog", tag("dog", "Dog"), tag("animal", "Animal"), person, face, car)
    assert found.subjects == (person,)


def test_hidden_tags_are_related_only_as_the_label_itself(relatives: Relatives) -> None:
    hidden = tag("dog", "Dog", shown=False)
    found = related(relatives, "Dog", hidden, tag("animal", "Animal", shown=False))
    assert found.same is hidden
    assert found.broader == ()


def test_names_and_numbers_are_put_in_words() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert in_sentence("Dog") == "dog"
    assert in_sentence("TV") == "TV"
    assert percentage(1029) == "1,029%"
    assert percentage(96.6) == "96.6%"
