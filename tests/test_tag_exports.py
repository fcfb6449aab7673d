"""onsight.tools.tag after the look: a person's changes, texts, files, keywords."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.api import METHODS
from onsight.core.flow import drive
from onsight.core.options import options_from
from onsight.core.results import ImageInfo, OutputFile, to_json
from onsight.errors import InvalidOptionError, InvalidSidecarError
from onsight.evidence.vocabulary import GROUPS
from onsight.image.png_text import XMP_HEADER
from onsight.image.xmp import DC, properties
from onsight.metadata.alt_text import ALT_TEXT, IPTC
from onsight.metadata.embed import embed
from onsight.metadata.reading import read_sidecar
from onsight.metadata.sidecar import write_sidecar
from onsight.metadata.xmp import EMPTY, merge, read
from onsight.networks.models import Models
from onsight.tools.tag.edits import edit
from onsight.tools.tag.exports import FORMATS
from onsight.tools.tag.exports.cells import BYTE_ORDER_MARK, guarded, items_of, list_cell, parse, unguarded
from onsight.tools.tag.exports.lists import hashtag, hashtags
from onsight.tools.tag.exports.pictures import TaggedPicture, inside
from onsight.tools.tag.keywords import LEVELS, keywords_of, path_of
from onsight.tools.tag.parsing import Renaming
from onsight.tools.tag.results import Tag
from onsight.tools.tag.tag_names import MAX_LENGTH, TagNamer
from tests.stated_samples import bag, dataset, jpeg, segment, with_iptc, xmp

MODELS = Path(__file__).resolve().parents[1] / "models"
INFO = ImageInfo(200, 100, "JPEG")


def machine(id: str, name: str, *parents: str, shown: bool = True, **others: Any) -> Tag:
    values: dict[str, Any] = {"group": "Animals", "score": 0.9, "threshold": 0.5, "source": "classifier", "boxes": ()}
    return Tag(id=id, name=name, parents=parents, shown=shown, heat_map=None, **{**values, **others})


RETRIEVER = machine(
    "n02099601", "Golden retriever", "Dog", "Mammal", "Pet", "Animal", boxes=((20.0, 10.0, 120.0, 60.0),)
)
DOG = machine("dog", "Dog", "Mammal", "Pet", "Animal", score=0.97)
LAKE = machine("river_lake", "River or lake", group="Elements", source="scene", score=0.6123)
RED = machine("colour_red", "Red", group="Colours", source="colour", shown=False, row="colours", level="more")
FAINT = machine("cat", "Cat", "Mammal", "Pet", "Animal", shown=False, score=0.1)
TAGS = (DOG, RETRIEVER, LAKE, FAINT)


@pytest.fixture(scope="module")
def models() -> Models:
    def text(file: Path) -> str:
        return file.read_text(encoding="utf-8") if file.is_file() else ""  # not every network has labels

    texts = {
        folder.name: (text(folder / "model.json"), text(folder / "labels.txt"))
        for folder in MODELS.iterdir()
        if (folder / "model.json").is_file()
    }
    return Models.from_texts(texts)


@pytest.fixture(scope="module")
def namer(models: Models) -> TagNamer:
    return models.make(TagNamer)


@pytest.fixture(scope="module")
def ask(models: Models) -> Callable[..., Any]:
    """Ask as the page does, with plain data."""

    def answer(name: str, image: bytes = b"", /, **params: Any) -> Any:
        method = METHODS[name]
        flow = method.run(models, image, options_from(method.options, params))
        return method.decide(models, drive(flow, lambda run: pytest.fail("a network ran")), None)

    return answer


def plain(*tags: Tag) -> list[dict[str, Any]]:
    return [to_json(tag) for tag in tags]


def picture(name: str, *tags: Tag) -> dict[str, Any]:
    return {"name": name, "image": to_json(INFO), "tags": plain(*tags)}


# Names


def test_names_are_those_of_vocabulary_and_taxonomy_each_once(namer: TagNamer) -> None:
    names = [name.name.casefold() for name in namer.names]
    assert len(names) == len(set(names)) > 1000
    ids = [name.id for name in namer.names]
    assert len(ids) == len(set(ids))
    assert {name.group for name in namer.names} <= set(GROUPS.values())


def test_known_name_brings_its_id_spelling_group_and_parents(namer: TagNamer) -> None:
    tag = namer.tag("  golden   RETRIEVER ")
    assert (tag.id, tag.name, tag.group) == ("n02099601", "Golden retriever", "Animals")
    assert set(tag.parents) >= {"Dog", "Animal"}
    assert (tag.source, tag.score, tag.shown, tag.threshold) == ("user", 1.0, True, 0.0)


def test_unknown_name_stays_as_it_was_written(namer: TagNamer) -> None:
    tag = namer.tag("Omas Küche")
    assert (tag.id, tag.name, tag.group, tag.parents) == ("user:omas küche", "Omas Küche", "Own tags", ())
    assert namer.tag("Omas Ku\u0308che").id == tag.id  # composed and decomposed letters are the same


@pytest.mark.parametrize("text", ["", "  \n ", "a, b", "x" * (MAX_LENGTH + 1), "bell\x07", "\ud800"])
def test_names_that_are_none_are_refused(namer: TagNamer, text: str) -> None:
    with pytest.raises(InvalidOptionError, match="tag"):
        namer.tag(text)


def test_every_name_becomes_itself(namer: TagNamer) -> None:
    for name in namer.names:
        tag = namer.tag(name.name.upper())
        assert (tag.id, tag.name, tag.group, tag.parents) == (name.id, name.name, name.group, name.parents)


# Changes


def test_a_broader_tag_takes_the_place_of_one_that_was_removed(namer: TagNamer) -> None:
    animal = replace(machine("animal", "Animal"), shown=False, level="broader")
    dog = replace(DOG, shown=False, level="broader")
    retriever, lake = (replace(tag, level="main") for tag in (RETRIEVER, LAKE))
    edited = {tag.id: tag.level for tag in edit((retriever, lake, dog, animal), ["n02099601"], [], [], namer)}
    assert edited == {"river_lake": "main", "dog": "main", "animal": "broader"}
    kept = {tag.id: tag.level for tag in edit((retriever, lake, dog, animal), ["river_lake"], [], [], namer)}
    assert kept == {"n02099601": "main", "dog": "broader", "animal": "broader"}


def names_of(tags: tuple[Tag, ...]) -> list[str]:
    return [tag.name for tag in tags]


def test_nothing_changed_is_nothing_changed(namer: TagNamer) -> None:
    assert edit(TAGS, [], [], [], namer) == TAGS


def test_removed_tag_is_gone_and_no_parent_any_more(namer: TagNamer) -> None:
    edited = edit(TAGS, ["dog", "was never there"], [], [], namer)
    assert names_of(edited) == ["Golden retriever", "River or lake", "Cat"]
    assert edited[0].parents == ("Mammal", "Pet", "Animal")
    assert "Dog" not in keywords_of(edited).subjects


def test_renamed_tag_is_the_persons_own_and_keeps_its_place(namer: TagNamer) -> None:
    edited = edit(TAGS, [], [Renaming("n02099601", "Rex")], [], namer)
    assert names_of(edited) == ["Rex", "Dog", "River or lake", "Cat"]
    assert edited[0].source == "user"
    assert edited[0].boxes == RETRIEVER.boxes


def test_added_tag_takes_the_place_of_a_found_one_of_the_same_name(namer: TagNamer) -> None:
    edited = edit(TAGS, [], [], ["cat", "Holiday", "HOLIDAY"], namer)
    assert names_of(edited) == ["Cat", "Holiday", "Dog", "Golden retriever", "River or lake"]
    assert [tag.source for tag in edited[:2]] == ["user", "user"]
    assert edited[0].shown


def test_removed_tag_that_was_added_again_is_there(namer: TagNamer) -> None:
    edited = edit(TAGS, ["dog"], [], ["dog"], namer)
    assert names_of(edited)[0] == "Dog"
    assert "Dog" in next(tag for tag in edited if tag.id == RETRIEVER.id).parents


@given(
    st.lists(st.sampled_from([tag.id for tag in TAGS])), st.lists(st.sampled_from(["Dog", "cat", "x", "River or lake"]))
)
def test_no_name_is_there_twice_and_order_is_kept(removed: list[str], added: list[str]) -> None:
    namer = _shared_namer()
    edited = edit(TAGS, removed, [], added, namer)
    folded = [tag.name.casefold() for tag in edited]
    assert len(folded) == len(set(folded))
    left = [tag.id for tag in edited if tag.source != "user"]
    assert left == [tag.id for tag in TAGS if tag.id in left]
    assert {name.casefold() for name in added} <= set(folded)


def _shared_namer(made: list[TagNamer] = []) -> TagNamer:  # noqa: B006  # kept on purpose: hypothesis takes no fixtures
    if not made:
        text = [
            (MODELS / "efficientnet-lite2" / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt")
        ]
        from onsight.tools.tag.task import Tagger

        made.append(TagNamer(Tagger.from_text(*text).namer))
    return made[0]


def test_page_gets_edited_tags(ask: Callable[..., Any]) -> None:
    result = ask("edit_tags", tags=plain(*TAGS), removed=["cat"], renamed=[{"id": "dog", "name": "Rex"}], added=["Sea"])
    assert names_of(result.tags) == ["Rex", "Sea", "Golden retriever", "River or lake"]
    assert json.loads(json.dumps(result.to_json())) == result.to_json()


# Texts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dog", "#Dog"),
        ("River or lake", "#RiverOrLake"),
        ("Black & white", "#BlackWhite"),
        ("Bird's-eye view", "#BirdsEyeView"),
        ("BMW i3", "#BMWI3"),
        ("Omas Küche", "#OmasKüche"),
        ("çay bahçesi", "#ÇayBahçesi"),
        ("हिन्दी भाषा", "#हिन्दीभाषा"),
        ("日本 旅行", "#日本旅行"),
        ("snake_case", "#Snake_case"),
        ("2024", "#_2024"),
        ("🎉 party", "#Party"),
        ("🎉", ""),
        ("!?", ""),
    ],
)
def test_hashtag_is_one_word_in_any_script(name: str, expected: str) -> None:
    assert hashtag(name) == expected


def test_texts_tell_what_is_shown(ask: Callable[..., Any]) -> None:
    assert ask("tag_text", tags=plain(*TAGS), format="list").text == "Dog, Golden retriever, River or lake"
    assert ask("tag_text", tags=plain(*TAGS), format="hashtags").text == "#Dog #GoldenRetriever #RiverOrLake"


def test_hashtags_are_told_once() -> None:
    assert hashtags([DOG, machine("x", "dog!"), LAKE]) == "#Dog #RiverOrLake"


# Files


def rows_of(file: OutputFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))


def test_csv_has_a_row_for_each_tag_that_is_shown(ask: Callable[..., Any]) -> None:
    own = replace(DOG, id='user:a "b"', name='A "b"', source="user", parents=())
    pictures = [picture("a/dog.jpg", *TAGS), picture("b.png", own)]
    file = ask("export_tags", format="tags-csv", pictures=pictures, name="x")
    assert (file.name, file.media_type) == ("x-tags.csv", "text/csv")
    assert file.data.startswith(BYTE_ORDER_MARK.encode())
    rows = rows_of(file)
    assert [row["tag"] for row in rows] == ["Dog", "Golden retriever", "River or lake", 'A "b"']
    assert rows[1] == {
        "picture": "a/dog.jpg",
        "tag": "Golden retriever",
        "confidence": "0.9000",
        "group": "Animals",
        "broader": "Dog | Mammal | Pet | Animal",
        "source": "classifier",
        "id": "n02099601",
    }
    assert (rows[3]["picture"], rows[3]["confidence"], rows[3]["source"]) == ("b.png", "", "user")


def test_csv_has_a_row_for_each_picture(ask: Callable[..., Any]) -> None:
    own = replace(DOG, id="user:x", name="Rex; our dog", source="user", parents=())
    first = {**picture("a/dog.jpg", *TAGS, RED), "alt_text": "A dog by a lake"}
    file = ask("export_tags", format="csv", pictures=[first, picture("b.png", own)], name="x")
    assert (file.name, file.media_type) == ("x-pictures.csv", "text/csv")
    rows = parse(file.data.decode(), ("keywords", "colours"))
    assert rows == [
        {
            "picture": "a/dog.jpg",
            "title": "Dog, golden retriever and river or lake",
            "keywords": ["Dog", "Golden retriever", "River or lake"],
            "colours": ["Red"],
            "alt text": "A dog by a lake",
        },
        {"picture": "b.png", "title": "Rex; our dog", "keywords": ["Rex; our dog"], "colours": [], "alt text": ""},
    ]
    plain = ask("export_tags", format="csv", pictures=[picture("b.png", own)])
    assert "alt text" not in plain.data.decode()


def test_levels_choose_the_keywords(ask: Callable[..., Any]) -> None:
    tags = (RETRIEVER, replace(DOG, shown=False, level="broader"), replace(LAKE, shown=False, level="more"), RED, FAINT)
    broader = ["Golden retriever", "Dog", "Mammal", "Pet", "Animal"]
    expected = {"main": ["Golden retriever"], "broader": broader, "all": [*broader, "River or lake", "Red"]}
    for level, names in expected.items():
        assert ask("tag_text", format="list", tags=plain(*tags), keywords=level).text == ", ".join(names)
        file = ask("export_tags", format="xmp", pictures=[picture("a.jpg", *tags)], keywords=level)
        assert list(read(file.data).subjects) == names
    assert keywords_of(tags, "main").paths == (("Golden retriever",),)
    assert ("Animal", "Mammal", "Dog", "Golden retriever") in keywords_of(tags, "broader").paths
    with pytest.raises(InvalidOptionError):
        ask("tag_text", format="list", tags=plain(*tags), keywords="some")


def test_the_users_own_tags_are_keywords_at_each_level() -> None:
    own = replace(RED, id="user:x", name="X", source="user")
    assert [keywords_of([own, RED], level).subjects for level in LEVELS] == [("X",), ("X",), ("X", "Red")]


def test_a_sentence_becomes_description_and_alternative_text_only_where_there_is_none() -> None:
    written = properties(merge(EMPTY, keywords_of([DOG], "main", "A dog & a lake")))
    assert written[DC, "description"] == written[IPTC, ALT_TEXT] == ("A dog & a lake",)
    mine = xmp("<dc:description>Rex</dc:description>")
    again = properties(merge(mine, keywords_of([DOG], "main", "A dog")))
    assert (again[DC, "description"], again[IPTC, ALT_TEXT]) == (("Rex",), ("A dog",))
    twice = merge(merge(EMPTY, keywords_of([], "main", "A dog")), keywords_of([], "main", "A cat"))
    assert properties(twice)[IPTC, ALT_TEXT] == ("A dog",)
    assert merge(EMPTY, keywords_of([])) == EMPTY


def test_a_sentence_does_not_hide_the_description_of_the_file(tmp_path: Path) -> None:
    captioned = with_iptc(dataset(120, b"By the lake"))
    assert b"A dog" not in embed(captioned, keywords_of([DOG], "main", "A dog"))
    assert b"A dog" in embed(jpeg(), keywords_of([DOG], "main", "A dog"))
    file = tmp_path / "a.jpg"
    file.write_bytes(captioned)
    (tmp_path / "a.jpg.xmp").write_bytes(EMPTY)
    write_sidecar(file, keywords_of([DOG], "main", "A dog"))
    assert b"A dog" not in (tmp_path / "a.jpg.xmp").read_bytes()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded("a=1") == "a=1"


def test_rekognition_has_its_keys_units_and_places(ask: Callable[..., Any]) -> None:
    file = ask("export_tags", format="rekognition", pictures=[picture("dog.jpg", *TAGS)], name="dog")
    assert (file.name, file.media_type) == ("dog-rekognition.json", "application/json")
    document = json.loads(file.data)
    assert set(document) == {"Labels", "LabelModelVersion"}
    dog, retriever, lake = document["Labels"]
    assert set(dog) == {"Name", "Confidence", "Parents", "Categories", "Instances"}
    assert (lake["Name"], lake["Confidence"], lake["Categories"]) == ("River or lake", 61.23, [{"Name": "Elements"}])
    assert retriever["Parents"][0] == {"Name": "Dog"}
    assert retriever["Instances"] == [
        {"BoundingBox": {"Left": 0.1, "Top": 0.1, "Width": 0.5, "Height": 0.5}, "Confidence": 90.0}
    ]
    assert dog["Instances"] == []


def test_rekognition_of_several_pictures_is_an_archive(ask: Callable[..., Any]) -> None:
    pictures = [picture("a/dog.jpg", DOG), picture("b/dog.png", LAKE)]
    file = ask("export_tags", format="rekognition", pictures=pictures)
    with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
        assert packed.namelist() == ["a/dog.json", "b/dog.json"]


def test_xmp_of_one_picture_is_called_as_the_picture_is(ask: Callable[..., Any]) -> None:
    file = ask("export_tags", format="xmp", pictures=[picture("a/dog.jpg", *TAGS)], name="ignored", keywords="broader")
    assert (file.name, file.media_type) == ("dog.jpg.xmp", "application/rdf+xml")
    keywords = read(file.data)
    assert keywords.subjects == ("Dog", "Mammal", "Pet", "Animal", "Golden retriever", "River or lake")
    assert ("Animal", "Mammal", "Dog", "Golden retriever") in keywords.paths


def test_xmps_of_several_pictures_lie_in_the_pictures_folders(ask: Callable[..., Any]) -> None:
    names = ("a/dog.jpg", "a/dog.jpg", "A/Dog.JPG", "../../etc/x.png", "")
    file = ask("export_tags", format="xmp", pictures=[picture(name, DOG) for name in names])
    assert file.name == "onsight-xmp.zip"
    with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
        assert packed.namelist() == [
            "a/dog.jpg.xmp",
            "a/dog-2.jpg.xmp",
            "A/Dog-3.JPG.xmp",
            "etc/x.png.xmp",
            "picture.xmp",
        ]


def test_xmps_begin_with_what_the_pictures_files_say(ask: Callable[..., Any]) -> None:
    mine = jpeg(segment(0xE1, XMP_HEADER + xmp(bag("dc:subject", "Grandma"), 'photoshop:City="Oslo" xap:Rating="4"')))
    files = {"a.jpg": mine, "b.jpg": with_iptc(dataset(25, b"Picnic"), dataset(120, b"By the lake")), "c.jpg": b""}
    begun = {name: ask("begin_sidecar", data).data for name, data in files.items()}
    pictures = [{**picture(name, DOG), "begun": memoryview(begun[name])} for name in files]
    with zipfile.ZipFile(io.BytesIO(ask("export_tags", format="xmp", pictures=pictures).data)) as packed:
        documents = [packed.read(f"{name}.xmp") for name in files]
    assert [read(one).subjects for one in documents] == [
        ("Grandma", "Dog"),
        ("Picnic", "Dog"),
        ("Dog",),
    ]
    assert b'photoshop:City="Oslo"' in documents[0]
    assert (read_sidecar(documents[0]).rating, read_sidecar(documents[1]).description) == (4, "By the lake")
    assert ask("export_tags", format="xmp", pictures=pictures[:1]).data == documents[0]


def test_the_command_line_and_the_page_write_the_same_new_sidecar(ask: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(with_iptc(dataset(25, b"Picnic"), dataset(5, "Zoë".encode("latin-1"))))
    (change,) = write_sidecar(file, keywords_of([DOG, LAKE]))
    begun = ask("begin_sidecar", file.read_bytes()).data
    exported = ask("export_tags", format="xmp", pictures=[{**picture("a.jpg", DOG, LAKE), "begun": begun}])
    assert (exported.name, exported.data) == (change.path.name, change.path.read_bytes())


def test_a_packet_that_cannot_be_added_to_names_its_picture(ask: Callable[..., Any]) -> None:
    begun = xmp('<dc:subject><rdf:Description rdf:value="cat"/></dc:subject>')
    with pytest.raises(InvalidSidecarError, match=r"No sidecar was made for a/dog\.jpg\. The XMP has dc:subject"):
        ask("export_tags", format="xmp", pictures=[{**picture("a/dog.jpg", DOG), "begun": begun}])


@pytest.mark.parametrize(
    ("name", "expected"), [("C:\\a\\b.jpg", "a/b.jpg"), ("/etc/passwd", "etc/passwd"), ("..", "picture"), ("./a", "a")]
)
def test_paths_stay_inside(name: str, expected: str) -> None:
    assert str(inside(name)) == expected


# Keywords


def test_path_goes_by_the_first_parent_of_each(namer: TagNamer) -> None:
    assert path_of(RETRIEVER) == ("Animal", "Mammal", "Dog", "Golden retriever")
    assert path_of(LAKE) == ("River or lake",)
    assert path_of(namer.tag("Rex")) == ("Rex",)


def test_every_path_ends_in_its_tag_and_steps_are_parents(namer: TagNamer) -> None:
    for name in namer.names:
        tag = namer.tag(name.name)
        path = path_of(tag)
        assert path[-1] == tag.name
        assert set(path[:-1]) <= set(tag.parents)
        assert len(set(path)) == len(path)
        assert bool(tag.parents) == (len(path) > 1)


# What a page hands back is checked


def without(tag: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in tag.items() if name != key}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("edit_tags", {"tags": "dog"}),
        ("edit_tags", {"tags": [without(to_json(DOG), "name")]}),
        ("edit_tags", {"tags": [{**to_json(DOG), "score": 2}]}),
        ("edit_tags", {"tags": [{**to_json(DOG), "name": 5}]}),
        ("edit_tags", {"tags": [{**to_json(DOG), "parents": [1]}]}),
        ("edit_tags", {"tags": [{**to_json(DOG), "boxes": [[1, 2, 3]]}]}),
        ("edit_tags", {"tags": [{**to_json(DOG), "shown": 1}]}),
        ("edit_tags", {"removed": "dog"}),
        ("edit_tags", {"renamed": {"dog": "Rex"}}),
        ("edit_tags", {"renamed": [{"id": "dog"}]}),
        ("edit_tags", {"added": [1]}),
        ("tag_text", {"format": "xml"}),
        ("export_tags", {"format": "json"}),
        ("export_tags", {"pictures": {}}),
        ("export_tags", {"pictures": [{"name": "a"}]}),
        ("export_tags", {"format": "xmp", "pictures": [{**picture("a"), "begun": "<xmp/>"}]}),
        ("export_tags", {"pictures": [{**picture("a"), "image": {"width": 0, "height": 1, "format": "PNG"}}]}),
        ("export_tags", {"name": 1}),
    ],
)
def test_malformed_requests_are_refused(ask: Callable[..., Any], method: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError):
        ask(method, **params)


# --- tables that survive a round trip ---------------------------------------------------------------------------

TEXTS_OF_STRANGERS = st.text(st.sampled_from("AC; DC,\\\"'=+-@\n\r\t|＝é🗼"), min_size=1, max_size=12)


@given(st.lists(TEXTS_OF_STRANGERS, max_size=6))
def test_lists_of_any_texts_survive_a_cell(items: list[str]) -> None:
    assert items_of(list_cell(items)) == items


@given(st.lists(st.text(min_size=1), max_size=5))
def test_lists_of_texts_of_any_script_survive_a_cell(items: list[str]) -> None:
    assert items_of(list_cell(items)) == items


@given(TEXTS_OF_STRANGERS)
def test_a_guarded_text_comes_back_and_is_no_formula(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@given(st.lists(TEXTS_OF_STRANGERS, max_size=4), TEXTS_OF_STRANGERS)
def test_a_table_of_tags_is_read_back(names: list[str], path: str) -> None:
    tags = tuple(Tag(f"user:{name}", name, "Own", 1.0, 0.0, True, (), "user", (), None) for name in names)
    text = FORMATS["tags-csv"]([TaggedPicture(path, ImageInfo(4, 3, "PNG"), tags)])["tags.csv"]
    rows = parse(text)
    assert [(row["picture"], row["tag"], row["id"]) for row in rows] == [
        (path, f"{name}", f"user:{name}") for name in names
    ]


@pytest.mark.parametrize("cell", ["a\\", "a; b\\", "a;b", "a;", ";"])
def test_lists_that_others_wrote_are_read_too(cell: str) -> None:
    assert all(isinstance(item, str) for item in items_of(cell))
