"""onsight.tools.tag.task and onsight.tools.tag: from a network's outputs to tags, without a network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from onsight.core.flow import Run, Stage, drive
from onsight.core.options import options_from
from onsight.core.results import ImageInfo, to_json
from onsight.errors import InvalidOptionError, InvalidSpecError, ModelFailedError
from onsight.evidence.head import ARRAYS, TagHead
from onsight.evidence.network_outputs import FETCHES, MAX_AREA, STRIDE, evidence_from, input_size
from onsight.evidence.places import tag_evidence
from onsight.evidence.vocabulary import GROUPS, Vocabulary
from onsight.tools.tag.command import describe
from onsight.tools.tag.found import Found
from onsight.tools.tag.headline import MAX_MAIN, MIN_MAIN
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tag, Tagging
from onsight.tools.tag.selection import COLOUR_THRESHOLD, FLOOR, arrange, select
from onsight.tools.tag.task import Tagger
from tests.pictures import encode, photo

MODELS = Path(__file__).resolve().parents[1] / "models" / "efficientnet-lite2"
ROWS, COLUMNS, INNER = 8, 12, 1248
GOLDEN_RETRIEVER, CELLO = 207, 486


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.from_text(*((MODELS / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt")))


def outputs(*classes: int, place: tuple[int, int] | None = None, seed: int = 0) -> dict[str, np.ndarray]:
    """What a network might say that is sure of some classes, everywhere or at one place."""
    rng = np.random.default_rng(seed)
    class_map = rng.normal(0, 0.5, (1, 1000, ROWS, COLUMNS)).astype(np.float32)
    for index in classes:
        where = (slice(None), slice(None)) if place is None else place
        class_map[(0, index, *where)] += 14
    maps = {name: rng.gamma(0.5, 0.4, (1, INNER, ROWS, COLUMNS)).astype(np.float32) for name in FETCHES[2:4]}
    return {
        "logits": class_map.mean((2, 3)),
        "features": rng.gamma(0.5, 0.4, (1, 1280)).astype(np.float32),
        "class_map": class_map,
        **maps,
    }


def tag(tagger: Tagger, said: dict[str, np.ndarray], **options: Any) -> Tagging:
    return drive(tagger.tag(encode(photo(), "PNG"), TagOptions(**{"boxes": False, **options})), lambda run: said)


def named(result: Tagging, id: str) -> Tag:
    return next(one for one in result.tags if one.id == id)


# --- the flow ------------------------------------------------------------------------------------------------


def test_tag_asks_once_for_all_it_needs(tagger: Tagger) -> None:
    flow = tagger.tag(encode(photo(96, 64), "PNG"), TagOptions(boxes=False))
    steps = [next(flow), next(flow), next(flow)]
    assert steps == [Stage("decode"), Stage("preprocess"), Stage("infer")]
    run = next(flow)
    assert isinstance(run, Run)
    assert run.fetches == FETCHES
    assert run.feeds["pixel_values"].shape == (1, 3, 256, 384)
    assert run.feeds["with_class_map"].tolist() == [1.0]
    assert flow.send(outputs()) == Stage("postprocess")
    with pytest.raises(StopIteration):
        next(flow)


def test_a_network_without_an_answer_is_an_error(tagger: Tagger) -> None:
    with pytest.raises(ModelFailedError):
        drive(tagger.tag(encode(photo(), "PNG"), TagOptions(boxes=False)), lambda run: None)  # type: ignore[arg-type,return-value]


def test_blank_run_is_one_that_the_network_takes(tagger: Tagger) -> None:
    assert tagger.blank_run().feeds["pixel_values"].size <= 3 * MAX_AREA


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_input_size_keeps_shape_and_budget(height: int, width: int) -> None:
    rows, columns = input_size((height, width))
    assert rows % STRIDE == columns % STRIDE == 0
    assert 0.6 * MAX_AREA < rows * columns <= MAX_AREA
    if 1 / 2.5 < height / width < 2.5:
        assert 0.78 < (rows / columns) / (height / width) < 1.28


# --- what the answer says ------------------------------------------------------------------------------------


def test_classes_become_specific_names_with_their_parents(tagger: Tagger) -> None:
    result = tag(tagger, outputs(GOLDEN_RETRIEVER))
    retriever, dog = named(result, "n02099601"), named(result, "dog")
    assert (retriever.name, retriever.group, retriever.source) == ("Golden retriever", "Animals", "classifier")
    assert retriever.parents[:1] == ("Dog",)
    assert {"Mammal", "Animal", "Pet"} <= set(retriever.parents)
    assert (retriever.shown, retriever.level) == (True, "main")
    assert (dog.shown, dog.level) == (False, "broader")
    assert dog.score > 0.6  # from the classes alone: the made-up features are those of no picture


def test_no_thing_has_two_names(tagger: Tagger) -> None:
    for index in (GOLDEN_RETRIEVER, CELLO, 281, 817, 963, 999):
        names = [one.name.casefold() for one in tag(tagger, outputs(index), all=True).tags]
        assert len(names) == len(set(names))
        ids = [one.id for one in tag(tagger, outputs(index), all=True).tags]
        assert not {"hound", "retriever"} & set(ids)  # a more specific name is there


def test_all_lists_the_whole_vocabulary(tagger: Tagger) -> None:
    listed = {one.id for one in tag(tagger, outputs(CELLO), all=True).tags}
    assert set(Vocabulary.load().ids) <= listed
    short = tag(tagger, outputs(CELLO)).tags
    assert all(one.score >= FLOOR for one in short)


def test_default_shows_a_few_and_a_threshold_shows_what_reaches_it(tagger: Tagger) -> None:
    default = [one for one in tag(tagger, outputs(CELLO)).tags if one.shown]
    assert 1 <= len(default) <= MAX_MAIN
    own = tag(tagger, outputs(CELLO), threshold=0.9).tags
    assert [one.shown for one in own] == [one.score >= 0.9 for one in own]


def test_grey_pictures_are_black_and_white_whatever_the_head_thinks(tagger: Tagger) -> None:
    grey = photo().convert("L")
    result = drive(tagger.tag(encode(grey, "PNG"), TagOptions(boxes=False)), lambda run: outputs(CELLO))
    assert named(result, "black_white").score > 0.9
    assert not [one for one in result.tags if one.shown and one.source == "colour"]
    assert named(tag(tagger, outputs(CELLO), all=True), "black_white").score < 0.05


def test_colours_and_facts_are_told(tagger: Tagger) -> None:
    result = tag(tagger, outputs(CELLO))
    assert sum(colour.share for colour in result.colours) <= 1
    assert result.colours[0].hex.startswith("#")
    assert (result.photo.orientation, result.photo.has_location) == ("horizontal", False)
    assert result.groups == tuple(GROUPS.values())
    assert {one.group for one in result.tags} <= set(result.groups)


def test_result_is_plain_json(tagger: Tagger) -> None:
    data = to_json(tag(tagger, outputs(CELLO)))
    assert json.loads(json.dumps(data)) == data


# --- where ---------------------------------------------------------------------------------------------------


def test_heat_maps_point_to_the_place(tagger: Tagger) -> None:
    result = tag(tagger, outputs(CELLO, place=(6, 2)), all=True, heat_maps=True)
    musical = next(one for one in result.tags if one.id == "musical_instrument")
    assert musical.heat_map is None or musical.heat_map.height == ROWS
    rows = [Vocabulary.load().row_of("musical_instrument")]
    said = outputs(CELLO, place=(6, 2))
    evidence = evidence_from(said, tagger.observer.expectations, 0.64)
    places = tag_evidence(rows, tagger.head, evidence, said["late_map"][0] * 0, tagger.observer.expectations)[0]
    assert np.unravel_index(places.argmax(), places.shape) == (6, 2)
    assert abs(float(places.mean())) < 1e-4


def test_heat_maps_are_for_what_is_somewhere(tagger: Tagger) -> None:
    result = tag(tagger, outputs(CELLO), heat_maps=True)
    assert named(result, "musical_instrument").heat_map is not None
    for one in result.tags:
        if one.group in ("Setting", "Concepts", "Photo style", "Colours"):
            assert one.heat_map is None
        if one.heat_map is not None:
            assert len(one.heat_map.values) == ROWS * COLUMNS
            assert max(one.heat_map.values) in (0, 1)
            assert one.heat_map.box == (0, 0, 96, 64)
    assert all(one.heat_map is None for one in tag(tagger, outputs(CELLO)).tags)


# --- selection -----------------------------------------------------------------------------------------------


def found(
    id: str,
    score: float,
    threshold: float = 0.4,
    salience: float = 0.5,
    source: str = "scene",
    *,
    parents: tuple[str, ...] = (),
    group: str = "Objects",
    role: str = "",
    row: str = "tags",
    first: float | None = None,
) -> Found:
    tag = Tag(id, id, group, score, threshold, False, parents, source, (), None, row)
    return Found(tag, salience, salience / 3 if first is None else first, role=role)


def shown(listed: list[Found]) -> list[str]:
    return [one.tag.id for one in listed if one.tag.shown]


def levels(listed: list[Found]) -> dict[str, str]:
    return {one.tag.id: one.tag.level for one in listed}


def test_select_sorts_by_what_people_mention() -> None:
    listed = select([found("wall", 0.9, salience=0.1), found("cat", 0.8, salience=0.9)], None, FLOOR)
    assert [one.tag.id for one in listed] == ["cat", "wall"]


def test_select_tops_up_a_meagre_list_with_what_nearly_passes() -> None:
    tags = [found("a", 0.9), found("b", 0.59, 0.6), found("c", 0.46, 0.6), found("d", 0.41, 0.6), found("e", 0.39, 0.4)]
    assert shown(select(tags, None, FLOOR)) == ["a", "b", "c"]
    enough = [found(f"t{index}", 0.9) for index in range(MIN_MAIN)]
    assert "b" not in shown(select([*tags, *enough], None, FLOOR))


def test_select_shows_at_most_ten_and_lists_three_colours_apart() -> None:
    tags = [found(f"t{index}", 0.9) for index in range(30)]
    tags += [found(f"colour_{index}", 0.95, COLOUR_THRESHOLD, source="colour", row="colours") for index in range(5)]
    listed = select(tags, None, FLOOR)
    assert len(shown(listed)) == MAX_MAIN
    assert not [id for id in shown(listed) if id.startswith("colour_")]
    assert list(levels(listed).values()).count("more") == 30 - MAX_MAIN + 3


def test_select_hides_what_is_true_of_most_pictures() -> None:
    tags = [found("photo_horizontal", 1.0, source="photo", row="style"), found("a", 0.9)]
    assert shown(select(tags, None, FLOOR)) == ["a"]
    assert levels(select(tags, None, FLOOR))["photo_horizontal"] == "unlikely"
    assert sorted(shown(select(tags, 0.5, FLOOR))) == ["a", "photo_horizontal"]


def test_a_narrower_tag_replaces_a_broader_one() -> None:
    tags = [
        found("animal", 1.0, salience=0.9),
        found("mammal", 0.9, parents=("animal",)),
        found("dog", 0.8, parents=("mammal", "animal")),
        found("people", 0.9, parents=("person",)),
        found("person", 0.95, salience=0.9),
    ]
    listed = select(tags, None, FLOOR)
    assert shown(listed) == ["people", "dog"]
    assert {id for id, level in levels(listed).items() if level == "broader"} == {"animal", "mammal", "person"}


def test_the_subject_comes_first_and_then_what_people_mention() -> None:
    tags = [
        found("man", 0.9, salience=0.9, first=0.2),
        found("water", 0.9, salience=0.5, first=0.01),
        found("surfing", 0.8, salience=0.3, first=0.5),
    ]
    assert shown(select(tags, None, FLOOR)) == ["surfing", "man", "water"]


def with_boxes(one: Found, count: int) -> Found:
    boxes = tuple((float(place), 0.0, place + 1.0, 1.0) for place in range(count))
    return replace(one, tag=replace(one.tag, boxes=boxes))


def test_a_couple_is_named_by_its_members_and_a_group_as_a_group() -> None:
    man, woman = (found(id, 0.9, salience=0.8, group="People") for id in ("man", "woman"))
    people = found("people", 0.9, salience=0.5, group="People")
    assert shown(select([man, woman, with_boxes(people, 2)], None, FLOOR)) == ["man", "woman"]
    assert shown(select([man, woman, with_boxes(people, 5)], None, FLOOR)) == ["people", "man", "woman"]
    assert shown(select([man, with_boxes(people, 2)], None, FLOOR)) == ["man", "people"]


def test_a_doubtful_breed_does_not_replace_the_dog() -> None:
    hound = replace(found("hound", 0.75, parents=("dog",), source="classifier"), concept="hound")
    assert shown(select([hound, found("dog", 0.99)], None, FLOOR)) == ["dog"]


def test_a_doubtful_tag_does_not_replace_a_sure_broader_one() -> None:
    tags = [found("person", 0.95), found("people", 0.5, parents=("person",))]
    assert shown(select(tags, None, FLOOR)) == ["person"]


def test_tags_that_say_little_are_shown_only_if_nothing_says_more() -> None:
    wall, tree = found("wall", 0.9, role="filler", group="Elements"), found("tree", 0.6, group="Elements")
    assert shown(select([wall, tree], None, FLOOR)) == ["wall", "tree"]
    assert shown(select([wall, tree, found("cat", 0.9, group="Animals")], None, FLOOR)) == ["cat", "tree"]


def test_a_part_of_a_person_does_not_replace_the_person() -> None:
    face = found("face", 0.9, role="filler", parents=("person",), group="People")
    assert shown(select([face, found("person", 0.9, group="People")], None, FLOOR)) == ["person"]


def test_arrange_gives_stored_tags_their_levels_again() -> None:
    image = ImageInfo(100, 100, "JPEG")
    own = Tag("user:x", "X", "Own tags", 1.0, 0.0, True, (), "user", (), None)
    stored = [
        Tag("animal", "Animal", "Animals", 0.9, 0.0, True, (), "classifier", (), None),
        Tag("dog", "Dog", "Animals", 0.9, 0.0, True, ("Mammal", "Animal"), "classifier", (), None),
        Tag("colour_red", "Red", "Colours", 0.9, 0.0, True, (), "colour", (), None),
        own,
    ]
    arranged = {tag.id: (tag.level, tag.row, tag.shown) for tag in arrange(stored, image)}
    assert arranged == {
        "user:x": ("main", "tags", True),
        "dog": ("main", "tags", True),
        "animal": ("broader", "tags", False),
        "colour_red": ("more", "colours", False),
    }
    assert arrange(stored, image)[0].id == "user:x"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 0.9), st.floats(0.1, 2)), max_size=40), st.floats(0, 1))
def test_select_keeps_every_tag_above_the_floor_once(rows: list[tuple[float, float, float]], floor: float) -> None:
    tags = [found(str(index), *row) for index, row in enumerate(rows)]
    listed = select(tags, None, floor)
    assert sorted(one.tag.id for one in listed) == sorted(one.tag.id for one in tags if one.tag.score >= floor)
    main = [one.rank for one in listed if one.tag.shown]
    main = main[1:]  # the subject comes before the others
    rest = [one.rank for one in listed if not one.tag.shown]
    assert main == sorted(main, reverse=True)
    assert rest == sorted(rest, reverse=True)
    shown = [one.tag.shown for one in listed]
    assert shown == sorted(shown, reverse=True)


# --- options, head, command line -----------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"threshold": 1.2}, {"threshold": "high"}, {"all": 1}, {"heat_maps": "no"}])
def test_options_refuse_nonsense(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        options_from(TagOptions, values)


def test_the_shipped_head_fits_vocabulary_and_network(tagger: Tagger) -> None:
    head = tagger.head
    assert head.weights.shape == (182, 1280 + 4 * INNER)
    assert head.late_block == slice(1280 + 2 * INNER, 1280 + 3 * INNER)
    assert ((head.thresholds >= 0.05) & (head.thresholds <= 0.9)).all()  # one that can never fire is a mistake
    assert np.isfinite(head.weights).all()


def test_a_broken_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSpecError, match="cannot be read"):
        TagHead.from_bytes(b"PK\x03\x04 not a zip")
    arrays: dict[str, NDArray[Any]] = {name: np.zeros(1, np.float32) for name in ARRAYS}
    arrays |= {"weights": np.zeros((2, 5), np.int8), "steps": np.ones((2, 5)), "blocks": np.ones(5, np.int32)}
    file = tmp_path / "head.npz"
    np.savez(file, allow_pickle=False, **arrays)
    with pytest.raises(InvalidSpecError, match="expectation_weights"):
        TagHead.from_bytes(file.read_bytes())


def test_describe_lists_tags_by_group(tagger: Tagger) -> None:
    text = describe(tag(tagger, outputs(GOLDEN_RETRIEVER), heat_maps=False))
    first, *lines = text.splitlines()
    assert "Golden retriever" in first
    assert any(line.strip().startswith("Animals: ") for line in lines)
    assert not any("Cello" in line for line in lines)
    everything = describe(tag(tagger, outputs(GOLDEN_RETRIEVER), all=True))
    assert "Silhouette" in everything
