"""onsight.evidence.detected_classes and .detected: what found objects say about tags."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.core.flow import Early, Run, drive
from onsight.core.results import Box
from onsight.errors import InvalidOptionError, InvalidSpecError
from onsight.evidence.detected_classes import COLUMNS, COUNTS, DetectedClasses, at_least
from onsight.evidence.taxonomy import Taxonomy
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.detect.task import DETECTORS, Detector
from onsight.tools.tag.detected import DetectedObjects, with_detected
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tag, Tagging
from onsight.tools.tag.task import Tagger
from tests.pictures import encode, photo
from tests.test_tag import GOLDEN_RETRIEVER, outputs

MODELS = Path(__file__).resolve().parents[1] / "models"
HEADER = "\t".join(COLUMNS)


def texts(model: str) -> tuple[str, str]:
    spec, labels = ((MODELS / model / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt"))
    return spec, labels


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.from_text([texts(model) for model in DETECTORS], texts("efficientnet-lite2"))


@pytest.fixture(scope="module")
def tagger(detector: Detector) -> Tagger:
    return Tagger.from_text(*texts("efficientnet-lite2")).with_detector(detector)


def read(*rows: str) -> DetectedClasses:
    return DetectedClasses.from_tsv("\n".join([HEADER, *rows]), Vocabulary.load(), Taxonomy.load())


# --- the table ---------------------------------------------------------------------------------------------


def test_every_class_of_the_detectors_has_a_row_and_no_other(detector: Detector) -> None:
    assert set(DetectedClasses.load().classes) == set(detector.labels)


def test_no_object_has_a_name_of_the_vocabulary(detector: Detector) -> None:
    names = {tag.label.casefold() for tag in Vocabulary.load()}
    named = [row for row in DetectedClasses.load().classes.values() if not row.has_own_tag]
    assert not names & {row.name.casefold() for row in named}
    assert len({row.id for row in named}) == len({row.name for row in named}) == len(named)


def test_broader_things_hold_too_but_no_places() -> None:
    classes = DetectedClasses.load().classes
    assert {"dog", "mammal", "animal", "pet"} <= set(classes["dog"].tags)
    assert {"bed", "furniture"} <= set(classes["bed"].tags)
    assert "indoor" not in classes["bed"].tags
    assert "transport" not in classes["car"].tags


@pytest.mark.parametrize(
    "row",
    ["dog\tdog", "dog\tdogg\tdog\t", "dog\tdog\tdogg\t", "dog\t\t\t", "\tdog\tdog\t"],
)
def test_a_wrong_row_is_refused(row: str) -> None:
    with pytest.raises(InvalidSpecError):
        read(row)


def test_a_wrong_header_and_a_repeated_class_are_refused() -> None:
    with pytest.raises(InvalidSpecError):
        DetectedClasses.from_tsv("class\ttags", Vocabulary.load(), Taxonomy.load())
    with pytest.raises(InvalidSpecError, match="more than once"):
        read("dog\tdog\tdog\t", "dog\tdog\tdog\t")


# --- scores ------------------------------------------------------------------------------------------------


def boxes(*found: tuple[str, float]) -> list[Box]:
    return [Box(label, score, 10 * n, 0, 10 * n + 8, 20) for n, (label, score) in enumerate(found)]


@given(st.integers(1, 4), st.lists(st.floats(0, 1), max_size=6))
def test_at_least_counts_all_outcomes(count: int, probabilities: list[float]) -> None:
    expected = sum(
        float(np.prod([p if happens else 1 - p for p, happens in zip(probabilities, outcome, strict=True)]))
        for outcome in product((False, True), repeat=len(probabilities))
        if sum(outcome) >= count
    )
    assert at_least(count, probabilities) == pytest.approx(expected, abs=1e-9)


def test_scores_take_the_best_box_and_count_people() -> None:
    classes, vocabulary = DetectedClasses.load(), Vocabulary.load()
    scores = classes.scores(boxes(("person", 0.9), ("person", 0.5), ("dog", 0.3)))
    by_tag = dict(zip(vocabulary.ids, scores.tolist(), strict=True))
    assert by_tag["person"] == pytest.approx(0.9)
    assert by_tag["people"] == pytest.approx(0.45)
    assert by_tag["animal"] == by_tag["dog"] == pytest.approx(0.3)
    assert by_tag["crowd"] == by_tag["sky"] == 0
    assert classes.scores([]).max() == 0


def test_covered_tags_are_those_that_some_box_can_move() -> None:
    classes = DetectedClasses.load()
    moved = classes.scores(boxes(*((label, 0.9) for label in classes.classes), *[("person", 0.9)] * 9))
    ids = Vocabulary.load().ids
    assert {ids[row] for row in np.flatnonzero(moved)} == classes.covered


def test_boxes_by_tag_lists_the_best_first_and_people_only_where_there_are_several() -> None:
    classes = DetectedClasses.load()
    one = classes.boxes_by_tag(boxes(("person", 0.5), ("dog", 0.7)))
    assert [box.label for box in one["animal"]] == ["dog"]
    assert "people" not in one
    two = classes.boxes_by_tag(boxes(("person", 0.5), ("person", 0.8)))
    assert [box.score for box in two["people"]] == [0.8, 0.5]
    assert len(two["people"]) == COUNTS["people"][1]


# --- in an answer ------------------------------------------------------------------------------------------


def tag(tagger: Tagger, found: list[Box], *classes: int) -> Tagging:
    """Conclude from a look in which detection found these boxes."""
    seen = drive(tagger.observe(encode(photo(120, 90), "PNG"), TagOptions(boxes=False)), lambda run: outputs(*classes))
    return tagger.decide(replace(seen, boxes=tuple(found)), TagOptions(all=True))


def named(result: Tagging, id: str) -> Tag | None:
    return next((one for one in result.tags if one.id == id), None)


def test_boxes_say_where_and_raise_the_score(tagger: Tagger) -> None:
    without, with_box = named(tag(tagger, []), "person"), named(tag(tagger, boxes(("person", 0.97))), "person")
    assert without is not None
    assert with_box is not None
    assert with_box.score > without.score + 0.3
    assert (without.boxes, with_box.boxes) == ((), ((0, 0, 8, 20),))
    assert (without.source, with_box.source) == ("classifier", "detector")


def test_a_specific_name_gets_the_boxes_of_its_kind(tagger: Tagger) -> None:
    result = tag(tagger, boxes(("dog", 0.9)), GOLDEN_RETRIEVER)
    retriever, dog = named(result, "n02099601"), named(result, "dog")
    assert retriever is not None
    assert dog is not None
    assert retriever.boxes == dog.boxes == ((0, 0, 8, 20),)


def test_what_only_detection_names_becomes_a_tag_with_parents(tagger: Tagger) -> None:
    giraffe = named(tag(tagger, boxes(("giraffe", 0.9), ("giraffe", 0.8))), "object_giraffe")
    assert giraffe is not None
    assert (giraffe.name, giraffe.group, giraffe.source, giraffe.score) == ("Giraffe", "Animals", "detector", 0.9)
    assert {"Mammal", "Animal"} <= set(giraffe.parents)
    assert len(giraffe.boxes) == 2
    assert giraffe.shown


def test_an_animal_that_the_classifier_takes_for_another_is_left_out(tagger: Tagger) -> None:
    badger, bear = 362, 294
    assert named(tag(tagger, boxes(("bear", 0.99)), badger), "bear") is None
    assert named(tag(tagger, boxes(("giraffe", 0.99)), badger), "object_giraffe")  # the classifier knows none
    assert named(tag(tagger, boxes(("bear", 0.99))), "bear")  # sure of nothing
    brown_bear = named(tag(tagger, boxes(("bear", 0.99)), bear), "n02132136")
    assert brown_bear
    assert brown_bear.boxes


def test_an_object_is_left_out_if_its_own_tag_is_improbable(tagger: Tagger, detector: Detector) -> None:
    objects = DetectedObjects(boxes(("donut", 0.9)), (100, 100), DetectedClasses.load(), detector.thresholds)
    places = np.zeros((1, 1, 1000), np.float32)
    probabilities = np.zeros(len(Vocabulary.load()), np.float32)
    assert with_detected([], objects, tagger.namer, places, probabilities) == []
    (found,) = with_detected([], objects, tagger.namer, places, probabilities + np.float32(0.2))
    assert found.tag.name == "Doughnut"


def test_a_more_certain_box_removes_the_name_of_another_kind(tagger: Tagger) -> None:
    jaguar = 290
    assert named(tag(tagger, boxes(("giraffe", 1.0)), jaguar), "n02128925") is None
    assert named(tag(tagger, [], jaguar), "n02128925")
    assert named(tag(tagger, boxes(("chair", 0.99)), jaguar), "n02128925")


def test_faint_boxes_are_evidence_but_name_nothing(tagger: Tagger) -> None:
    result = tag(tagger, boxes(("giraffe", 0.05)))
    assert named(result, "object_giraffe") is None
    animal = named(result, "animal")
    assert animal is not None
    assert animal.boxes == ()


def test_no_thing_has_two_names(tagger: Tagger) -> None:
    everything = boxes(*((label, 0.9) for label in DetectedClasses.load().classes))
    for index in (GOLDEN_RETRIEVER, 339, 703, 779, 879, 963):  # horse, bench, bus, umbrella, pizza
        # An orange is a fruit and a colour.
        names = [one.name.casefold() for one in tag(tagger, everything, index).tags if one.source != "colour"]
        assert len(names) == len(set(names))


def test_boxes_take_a_run_of_each_network_and_none_if_they_are_not_wanted(tagger: Tagger) -> None:
    def models(**options: bool) -> list[str]:
        runs: list[str] = []

        def run(step: Run) -> dict[str, np.ndarray]:
            runs.append(step.model)
            if step.model == "efficientnet-lite2":
                return outputs()
            shape = step.feeds[next(iter(step.feeds))].shape
            return blank(step.model, shape)

        result = drive(tagger.tag(encode(photo(120, 90), "PNG"), TagOptions(**options)), run)
        assert result.model == "+".join(runs)
        return runs

    assert models(boxes=False) == ["efficientnet-lite2"]
    assert models() == ["efficientnet-lite2", *DETECTORS]


def test_the_classifier_gives_a_first_answer_before_detection_runs(tagger: Tagger) -> None:
    flow = tagger.observe(encode(photo(120, 90), "PNG"), TagOptions())
    step = next(flow)
    while not isinstance(step, Early):
        assert not isinstance(step, Run) or step.model == "efficientnet-lite2"
        step = flow.send(outputs() if isinstance(step, Run) else None)
    flow.close()
    assert tagger.decide(step.outputs, TagOptions()).model == "efficientnet-lite2"


def blank(model: str, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Outputs of a detector that sees nothing."""
    if model == "centernet-mobilenet-v3":
        rows, columns = shape[2] // 4, shape[3] // 4
        return {
            "heat_map": np.full((1, 80, rows, columns), -9, np.float32),
            "distances": np.zeros((1, 4, rows, columns), np.float32),
        }
    return {"boxes": np.zeros((1, 1917, 4), np.float32), "scores": np.full((1, 1917, 91), -9, np.float32)}


def test_boxes_of_a_tagger_without_a_detector_are_refused() -> None:
    tagger = Tagger.from_text(*texts("efficientnet-lite2"))
    with pytest.raises(InvalidOptionError, match="detector"):
        drive(tagger.tag(encode(photo(), "PNG"), TagOptions(boxes=True)), lambda run: outputs())
