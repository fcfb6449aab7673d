"""Every text of a library is found by the words that a person would type, whole and in part, in every script."""

from __future__ import annotations

import unicodedata
from typing import Any, Literal

import pytest

from onsight.library import edits, search, stated
from onsight.library.records import PictureRecord
from onsight.library.terms import known_terms
from onsight.metadata.stated import Stated
from tests.library_samples import filled, look, source

WORDS = [
    # a text; what finds it: the text itself, a word of it, the beginning of one, a part of one, other ways to type it
    ("제주도 여행", ["제주도 여행", "제주도", "여행", "제주", "주도", "여"]),
    ("ガンダム", ["ガンダム", "ｶﾞﾝﾀﾞﾑ", "ガン", "ダム", "ガ"]),
    ("Straße", ["Straße", "strasse", "STRASSE", "STRAẞE", "Stra", "raß", "rass"]),
    ("Fußball-Turnier", ["Fußball", "fussball", "turnier", "turn*", "fuß", "ball"]),
    ("Ελλάδα", ["Ελλάδα", "ελλαδα", "ΕΛΛΆΔΑ", "Ελλά", "λάδα"]),
    ("Οδυσσέας", ["οδυσσέας", "ΟΔΥΣΣΕΑΣ", "οδυσσεασ"]),
    ("Ёлка", ["Ёлка", "ёлка", "елка", "ЁЛКА", "Ёл", "лка"]),
    ("Йогурт", ["Йогурт", "йогурт", "иогурт", "йог", "гурт"]),
    ("Новый год", ["Новый", "новый год", "новыи", "нов", "овый", "год"]),
    ("Їжак і ґанок", ["їжак", "іжак", "ґанок", "ганок"]),
    ("हिन्दी फ़िल्म", ["हिन्दी", "फ़िल्म", "फिल्म", "हि", "न्दी"]),
    ("ภาพถ่ายทะเล", ["ภาพถ่าย", "ภาพ", "ถ่าย", "ทะเล", "ภาพถาย"]),
    ("ＡＢＣ写真", ["ＡＢＣ", "abc", "写真", "ABC写真", "ab"]),
    ("ﬁnal", ["ﬁnal", "final", "FINAL", "fin", "inal"]),
    ("H₂O", ["H₂O", "h2o"]),
    ("Łódź", ["Łódź", "łódź", "lodz", "LODZ", "Łód", "odz"]),
    ("Smørrebrød", ["Smørrebrød", "smorrebrod", "smør", "brød", "brod"]),
    ("Ærø og Þingvellir", ["Ærø", "aero", "þingvellir", "thingvellir"]),
    ("İstanbul", ["İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "stan"]),
    ("Đà Nẵng", ["Đà Nẵng", "da nang", "đà", "nẵng", "nang"]),
    ("DSC01234", ["DSC01234", "1234", "dsc", "0123", "dsc012", "34"]),
    ("IMG-20200714-WA0001", ["20200714", "2020", "0714", "wa0001", "0001", "IMG-2020", "img 20200714"]),
    ("東京タワー夜景", ["夜景", "東京", "タワー", "東京タワー", "京", "景"]),
    ("東京旅行", ["東京", "旅行", "東京旅行"]),
    ("北京烤鸭2019年", ["北京", "烤鸭", "2019", "年", "2019年"]),
    ("Schäferhund", ["Schäferhund", "schaferhund", "hund", "Schäf", "äfer"]),
    ("Bodensee-lakeside", ["bodensee", "lake", "see", "side", "Bodensee-lakeside"]),
    ("مكتبة القاهرة", ["مكتبة", "مكتبه", "القاهرة", "القاهره", "مَكتبة", "قاهر"]),
    ("עִבְרִית", ["עברית", "עִבְרִית", "עבר"]),
    ("Rex’s café", ["rex's", "rexs", "Rex’s", "cafe", "café", "caf"]),
    ("Hawaiʻi", ["hawaii", "hawai'i", "Hawaiʻi"]),
    ("co\u00adopera\u200btion", ["cooperation", "opera"]),
    ("Spring–Summer", ["spring-summer", "spring–summer", "summer"]),
    ("🐶 best friend", ["🐶", "best friend"]),
    ("❤️ wedding", ["❤", "❤️"]),
    ("Grand-Place no5", ["no5", "grand", "grand-place"]),
]
CASES = [(text, query) for text, queries in WORDS for query in queries]
FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


def written(query: str) -> list[str]:
    """A query, bare and in every normal form."""
    return [unicodedata.normalize(form, query) for form in FORMS]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["name", "folder", "user", "caption", "camera", "lens"])
def test_every_text_is_found_by_its_words(kind: str, form: Literal["NFC", "NFD"]) -> None:
    texts = [unicodedata.normalize(form, text) for text, _ in WORDS]

    def look_of(number: int, text: str) -> PictureRecord:
        camera_facts: dict[str, Any] = {kind: text} if kind in ("camera", "lens") else {}
        return look(content=str(number), **camera_facts)

    pictures = {
        f"{text if kind == 'folder' else 'x'}/{text if kind == 'name' else number}.jpg": look_of(number, text)
        for number, text in enumerate(texts)
    }
    with filled(pictures) as library:
        if kind == "user":
            for number, text in enumerate(texts, 1):
                edits.add_tags(library, [number], [text.replace("\u00ad", "").replace("\u200b", "")])
        if kind == "caption":
            with library.transaction() as connection:
                connection.executemany(
                    "UPDATE image_text SET caption = search_key(?) WHERE image = ?",
                    ((text, number) for number, text in enumerate(texts, 1)),
                )
        for number, (text, queries) in enumerate(WORDS, 1):
            for query in (form for one in queries for form in written(one)):
                fields = " ".join(f"{kind}:{word}" for word in query.split())
                for asked in (query, fields):
                    assert number in search.find(library, asked), (kind, text, asked)


@pytest.mark.parametrize(("text", "quoted"), [(text, queries[0]) for text, queries in WORDS])
def test_quoted_words_are_found_side_by_side(text: str, quoted: str) -> None:
    with filled({f"a/{text} b.jpg": look()}) as library:
        assert search.find(library, f'"{quoted}"') == [1]


def test_quotes_and_equals_ask_for_more() -> None:
    pictures = {"a/party.jpg": look(content="1"), "a/art.jpg": look(content="2"), "a/modern art show.jpg": look()}
    with filled(pictures) as library:
        assert search.find(library, "art", "name") == [2, 3, 1]
        assert search.find(library, '"art"', "name") == [2, 3]
        assert search.find(library, "name:art*", "name") == [2, 3]
        assert search.find(library, "name:=art.jpg") == [2]
        assert search.find(library, 'name:="Art.jpg"') == []
        assert search.find(library, '"modern ar"*') == [3]
        assert search.find(library, "ar", "name") == [2, 3]  # too short to be looked for inside words
        assert search.find(library, "ty") == []


def test_a_dog_is_no_hot_dog_but_own_tags_are_found_by_every_word() -> None:
    pictures = {"a/1.jpg": look("Hot dog", tags=["Hot dog"]), "a/2.jpg": look("Cat"), "a/3.jpg": look("Dog")}
    with filled(pictures) as library:
        assert search.find(library, "dog") == [3]
        edits.add_tags(library, [2], ["Hot dog"])
        assert set(search.find(library, "dog")) == {2, 3}
        assert search.find(library, "tag:dog user:dog") == [2]


def test_only_folders_below_the_shared_one_are_found_by_bare_words() -> None:
    pictures = {
        f"/media/anna/Pictures/{folder}/1.jpg": look(content=folder) for folder in ("trips", "trips/rome", "pets")
    }
    with filled(pictures) as library:
        assert search.find(library, "media") == search.find(library, "anna") == []
        assert search.find(library, "rome") == [2]
        assert set(search.find(library, "trips")) == {1, 2}
        assert len(search.find(library, "pictures")) == len(search.find(library, "folder:media")) == 3


def test_each_part_of_the_disk_has_a_shared_folder_of_its_own() -> None:
    folders = (
        "/media/anna/Pictures/trips",
        "/media/anna/Pictures/qatar",
        "/mnt/card/DCIM/trips",
        "C:/Users/anna/x",
        "rel/y",
    )
    with filled({f"{folder}/{number}.jpg": look(content=folder) for number, folder in enumerate(folders)}) as library:
        for word in ("media", "anna", "mnt", "card", "dcim", "users"):
            assert search.find(library, word) == []
        assert set(search.find(library, "trips")) == {1, 3}
        assert [search.find(library, word) for word in ("qatar", "rel", "y")] == [[2], [5], [5]]


def test_texts_follow_the_pictures() -> None:
    with filled({"a/one.jpg": look(camera="Canon")}) as library:
        with library.transaction() as connection:
            connection.execute("UPDATE image SET name = 'two.jpg', folder = 'b', camera = 'Nikon'")
        assert [search.find(library, word) for word in ("one", "canon", "folder:a")] == [[], [], []]
        assert [search.find(library, word) for word in ("two", "nikon", "folder:b")] == [[1], [1], [1]]


# --- names under tiles ---------------------------------------------------------------------------------------


def test_every_label_is_found_as_it_is_written() -> None:
    names = sorted(term.name for term in known_terms().values())
    with filled({f"{number}.jpg": look(name, content=name) for number, name in enumerate(names)}) as library:
        for number, name in enumerate(names, 1):
            for query in (name, name.lower(), f'"{name}"'):
                assert number in search.find(library, query), query


@pytest.mark.parametrize("query", ["tennis racket", "Tennis  Racket", '"tennis racket"', "tennis racket court"])
def test_two_words_of_one_name_are_that_name(query: str) -> None:
    pictures = {"court/1.jpg": look("Cat", tags=["Tennis racket"], content="1"), "2.jpg": look("Tennis ball")}
    with filled(pictures) as library:
        assert search.find(library, query) == [1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("black and white", {1}),
        ('"black and white"', {1}),
        ("black and white cat", {1}),
        ("dog and cat", {2}),
        ("dog with a cat on the beach", {2}),
        ("dog - cat", {2}),
        ("the", {3}),
        ("not sure", {4}),
        ("cat the", {1, 2}),
    ],
)
def test_small_words_need_not_be_found(query: str, found: set[int]) -> None:
    pictures = {
        "a/1.jpg": look("Cat", tags=["Black and white"]),
        "a/2.jpg": look("Cat", tags=["Dog", "Beach"]),
        "a/the end.jpg": look("Car"),
        "a/4.jpg": look("Not sure", certain=False),
    }
    with filled(pictures) as library:
        assert set(search.find(library, query)) == found


@pytest.mark.parametrize(("name", "query"), [("!!!", "!!!"), ("a_%_b", "_%_"), ("…", "…"), ("(1)", '"(1)"')])
def test_punctuation_alone_is_found_as_it_is(name: str, query: str) -> None:
    with filled({f"a/{name}": look(content="1"), "b/other": look()}) as library:
        assert search.find(library, query) == [1]


def test_titles_descriptions_and_keywords_of_files_are_found() -> None:
    said = Stated(title="Bürgerfest", description="Oma mit Straßenhund", keywords=("東京旅行", "Łódź"))
    with filled({"a/1.jpg": look()}) as library:
        stated.write(library, 1, source("a/1.jpg"), said)
        for query in ("burgerfest", "hund", "caption:strasse", "title:fest", "旅行", "lodz", "user:東京"):
            assert search.find(library, query) == [1]
        stated.write(library, 1, source("a/1.jpg"), Stated())
        assert search.find(library, "burgerfest OR lodz") == []
