"""onsight.core.folding: the forms in which a typed text and a kept one are compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.core.folding import fold, may_be_inside, search_key


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("  Café\u0301  Noir ", "cafe noir"),
        ("Straße STRAẞE", "strasse strasse"),
        ("ΣΑΣ σας Ελλάδα", "σασ σασ ελλαδα"),
        ("Ёлка Йогурт", "елка иогурт"),
        ("Łódź Smørrebrød Ærø Đà Nẵng", "lodz smorrebrod aero da nang"),
        ("Қазақстан Өнер", "казакстан онер"),
        ("Œuvre Þór Ŋ ħ", "oeuvre thor n h"),
        ("İstanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul"),
        ("ＡＢＣ １２", "abc 12"),
        ("ﬁnal H₂O x²", "final h2o x2"),
        ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
        ("شَمْس شـمس", "شمس شمس"),
        ("أحمد مكتبة ى", "احمد مكتبه ي"),
        ("שָׁלוֹם", "שלום"),
        ("١٢٣ ۱۲۳ १२३", "123 123 123"),
        ("soft\u00adhyphen zero\u200bwidth \ufeff", "softhyphen zerowidth"),
        ("rex’s – ‘x’ “y”", "rex's - 'x' \"y\""),
        ("❤️ 👍\ufe0f", "❤ 👍"),
    ],
)
def test_fold_leaves_what_people_type(text: str, typed: str) -> None:
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == typed


@pytest.mark.parametrize(
    ("one", "other"), [("कि", "का"), ("ดี", "ดู"), ("ガ", "カ"), ("パ", "バ"), ("резюме", "резюма"), ("제주", "제주도")]
)
def test_fold_keeps_different_words_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("IMG-20200714_WA0001.jpg", "img 20200714 wa0001 jpg"),
        ("東京タワー夜景ABC(2)", "東京タワー夜景 abc 2"),
        ("Rex's “best”: a/b\\c", "rexs best a b c"),
        ("Hawaiʻi O’Neill", "hawaii oneill"),
        ("🐶dog", "🐶 dog"),
        ("... !?", ""),
        ("हिन्दी ภาพถ่าย", "हिनदी ภาพถาย"),
    ],
)
def test_search_key_has_words_alone(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text())
def test_folding_is_done_once_and_alike_for_every_form(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert search_key(search_key(text)) == search_key(text) == search_key(fold(text))
    assert fold(text) == fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_short_latin_words_are_not_looked_for_inside_others() -> None:
    assert not any(map(may_be_inside, ("", "a", "or", "и", "5")))
    assert all(map(may_be_inside, ("cat", "12", "東", "도", "ภา", "🐶")))
