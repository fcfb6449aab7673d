"""The texts that people read: translation at run time, and the catalogues that translations are made from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onsight.core import texts
from onsight.core.texts import plural, text

LATVIAN: texts.Translation = {
    "{count} picture": ("{count} attēlu", "{count} attēls", "{count} attēli"),
    "Opening {name}…": "Atver {name}…",
}


@pytest.fixture
def latvian() -> Iterator[None]:
    texts.use(LATVIAN, lambda count: 0 if count == 0 else 1 if count % 10 == 1 and count % 100 != 11 else 2)
    yield
    texts.use({})


def test_english_needs_no_translation() -> None:
    assert text("Opening {name}…", name="cat.jpg") == "Opening cat.jpg…"
    assert text("{size:,} bytes", size=12_345) == "12,345 bytes"
    assert plural(1, "{count} picture", "{count} pictures") == "1 picture"
    assert plural(2_000, "{count} picture in {folder}", "{count} pictures in {folder}", folder="a") == (
        "2,000 pictures in a"
    )


@pytest.mark.usefixtures("latvian")
def test_a_translation_takes_effect() -> None:
    assert text("Opening {name}…", name="cat.jpg") == "Atver cat.jpg…"
    forms = [plural(count, "{count} picture", "{count} pictures") for count in (0, 1, 2, 11, 21)]
    assert forms == ["0 attēlu", "1 attēls", "2 attēli", "11 attēli", "21 attēls"]


@pytest.mark.usefixtures("latvian")
def test_what_is_not_translated_stays_english() -> None:
    assert text("Closed.") == "Closed."
    assert plural(2, "{count} box", "{count} boxes") == "2 boxes"


def test_values_are_not_taken_for_fields() -> None:
    assert text("Opening {name}…", name="{name}") == "Opening {name}…"


def catalogues() -> Any:
    return pytest.importorskip("web.texts", reason="the catalogues are made where the site is built")


def test_catalogues_are_fresh() -> None:
    made = catalogues()
    assert made.stale() == []


def test_a_text_that_is_not_a_literal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = catalogues()
    monkeypatch.setattr(made, "ROOT", tmp_path)
    source = tmp_path / "module.py"
    source.write_text('text(f"Opening {name}")\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"module\.py:1"):
        list(made.python_messages([source]))


def test_markup_gives_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = catalogues()
    monkeypatch.setattr(made, "ROOT", tmp_path)
    source = tmp_path / "templates.html"
    source.write_text(
        """<template id="a"><p>Press <kbd>Esc</kbd>
             to close <b></b>.</p><button title="Add a picture"><svg><path d="M1"/></svg> Add</button><br>
           <ul><li>One</li><li>2</li></ul></template>""",
        encoding="utf-8",
    )
    found = [message.texts for message in made.markup_messages([source])]
    assert found == [("Press <1>Esc</1> to close <2/>.",), ("Add a picture",), ("Add",), ("One",)]


def test_a_catalogue_names_each_text_once_with_its_files() -> None:
    made = catalogues()
    message = made.Message
    text_ = made.catalogue(
        [message(("Add",), "b.js"), message(("Add",), "a.js"), message(("{count} tag", "{count} tags"), "a.js")]
    )
    assert text_.count('msgid "Add"') == 1
    assert "#: a.js b.js" in text_
    assert 'msgid_plural "{count} tags"' in text_
