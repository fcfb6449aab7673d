"""onsight.library.store and .terms: what is written, and what is found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.core.folding import fold
from onsight.core.results import Box
from onsight.errors import CorruptImageError, InvalidOptionError
from onsight.library import edits, store
from onsight.library.database import Library
from onsight.library.terms import check_tag_name, known_terms
from tests.library_samples import MODELS, filled, look, source, tag

BOX = Box("dog", 0.8, 1.0, 2.0, 30.5, 40.0)


def rows(library: Library, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in library.connection.execute(query)]


def test_record_writes_everything_that_was_seen() -> None:
    seen = look(
        "Golden retriever",
        tags=["Dog", tag("Ball", 0.3, shown=False), tag("Rope", 0.1, shown=False)],
        colours={"blue": 0.4},
        boxes=[BOX],
        camera="Canon EOS R5",
        taken="2024-07-14T18:03:22",
        iso=200,
        embedding=(3, 4),
        perceptual_hash=-5,
    )
    with filled({"a/b/dog.jpg": seen}) as library:
        ((folder, name, hash, label, camera, iso, width, bits, detected),) = rows(
            library, "SELECT folder, name, hash, label, camera, iso, width, perceptual_hash, detected FROM image"
        )
        assert (folder, name, hash, label) == ("a/b", "dog.jpg", seen.hash, "Golden retriever")
        assert (camera, iso, width, bits, detected) == ("Canon EOS R5", 200, 400, -5, 1)
        assert rows(library, "SELECT name, score, shown FROM tag JOIN term ON id = term ORDER BY position") == [
            ("Dog", 0.9, 1),
            ("Ball", 0.3, 0),
        ]
        assert rows(library, "SELECT colour, share FROM colour") == [("blue", 0.4)]
        assert rows(library, "SELECT label, score, x1, y1, x2, y2 FROM box") == [("dog", 0.8, 1.0, 2.0, 30.5, 40.0)]
        (blob,) = library.connection.execute("SELECT data FROM embedding").fetchone()
        np.testing.assert_allclose(np.frombuffer(blob, np.float16), [0.6, 0.8], atol=1e-3)


def test_what_is_recorded_again_is_replaced_and_a_person_keeps_her_tags() -> None:
    with filled({"a/dog.jpg": look(tags=["Dog", "Ball"])}) as library:
        edits.add_tags(library, [1], ["Rex"])
        edits.reject(library, [1], "Ball")
        run = store.begin_run(library, {"efficientnet-lite2": "2"})
        image = store.record(library, source("a/dog.jpg", mtime_ns=7), look(tags=["Ball", "Cat"]), run, image=1)
        assert image == 1
        assert [(one.name, one.source) for one in store.tags_of(library, 1)] == [("Rex", "user"), ("Cat", "scene")]
        known = store.find(library, "a", "dog.jpg")
        assert known is not None
        assert known.models == {"efficientnet-lite2": "2"}
        assert known.source.mtime_ns == 7


def test_recording_twice_changes_nothing() -> None:
    seen = look(tags=["Dog"], colours={"red": 1.0}, boxes=[BOX])
    tables = ("image", "tag", "colour", "thumbnail", "embedding", "term", "alias", "broader", "box")
    with filled({"a/dog.jpg": seen}) as library:
        before = [rows(library, f"SELECT * FROM {table}") for table in tables]
        store.record(library, source("a/dog.jpg"), seen, 1)
        assert [rows(library, f"SELECT * FROM {table}") for table in tables] == before


def test_a_picture_nobody_is_sure_of_is_no_term() -> None:
    with filled({"a/x.jpg": look("Not sure", certain=False)}) as library:
        assert rows(library, "SELECT label, label_term FROM image") == [("Not sure", None)]
        assert library.terms.find("Not sure") == []


def test_find_content_finds_copies_and_moved_files() -> None:
    with filled({"a/x.jpg": look(content="same"), "b/y.jpg": look(content="same"), "c/z.jpg": look()}) as library:
        same = store.find_content(library, look(content="same").hash)
        assert [known.source.name for known in same] == ["x.jpg", "y.jpg"]
        store.touch(library, 1, source("d/moved.jpg"))
        assert store.find(library, "a", "x.jpg") is None
        moved = store.find(library, "d", "moved.jpg")
        assert moved is not None
        assert moved.image == 1
        assert rows(library, "SELECT image FROM image_text WHERE name = ' moved jpg '") == [(1,)]
        assert store.has_size(library, 1000)
        assert not store.has_size(library, 1001)


def test_copy_knows_what_machines_saw_and_not_what_a_person_said() -> None:
    seen = look(tags=["Dog"], colours={"red": 1.0}, boxes=[BOX], content="same")
    with filled({"a/x.jpg": seen}) as library:
        edits.add_tags(library, [1], ["Rex"])
        image = store.copy(library, 1, source("b/copy.jpg", mtime_ns=5))
        assert [one.name for one in store.tags_of(library, image)] == ["Dog"]
        for table in ("thumbnail", "embedding", "colour", "box", "tag"):
            assert rows(library, f"SELECT count(*) FROM {table} WHERE image = {image}") == [(1,)]
        assert rows(library, f"SELECT folder, name, mtime_ns, label FROM image WHERE id = {image}") == [
            ("b", "copy.jpg", 5, "Cat")
        ]


def test_copy_into_a_known_picture_keeps_what_a_person_said_of_it() -> None:
    with filled(
        {"a/x.jpg": look("Dog", tags=["Dog"], content="1"), "a/y.jpg": look(tags=["Cat"], content="2")}
    ) as library:
        edits.add_tags(library, [2], ["Mine"])
        assert store.copy(library, 1, source("a/y.jpg"), into=2) == 2
        assert [one.name for one in store.tags_of(library, 2)] == ["Mine", "Dog"]
        assert rows(library, "SELECT label FROM image") == [("Dog",), ("Dog",)]


def test_another_picture_at_a_place_displaces_and_does_not_replace() -> None:
    with filled({"a/x.jpg": look("Cat", content="1"), "b/y.jpg": look("Cup", content="3")}) as library:
        edits.add_tags(library, [1], ["Mine"])
        assert store.record(library, source("a/x.jpg"), look("Dog", content="2"), 1) == 3
        assert store.copy(library, 2, source("a/x.jpg")) == 4
        store.touch(library, 2, source("a/x.jpg"))
        assert [(one.image, one.missing) for one in store.at_place(library, source("a/x.jpg"))] == [
            (2, False),
            (4, True),
            (3, True),
            (1, True),
        ]
        assert store.find(library, "a", "x.jpg") == store.at_place(library, source("a/x.jpg"))[0]
        assert [one.name for one in store.tags_of(library, 1)] == ["Mine"]
        store.touch(library, 1, source("a/x.jpg"))
        assert [one.image for one in store.at_place(library, source("a/x.jpg")) if not one.missing] == [1]


def test_a_picture_that_becomes_another_takes_along_what_a_person_said_and_did() -> None:
    with filled({"a/x.jpg": look(tags=["Cat"]), "b/x.jpg": look(tags=["Cat"])}) as library:
        edits.add_tags(library, [1], ["Mine"])
        edits.reject(library, [1], "Cat")
        store.merge(library, 1, 2)
        assert [one.name for one in store.tags_of(library, 2)] == ["Mine"]
        assert edits.undo(library) is not None
        assert [one.name for one in store.tags_of(library, 2)] == ["Mine", "Cat"]
        assert edits.undo(library) is not None
        assert [one.name for one in store.tags_of(library, 2)] == ["Cat"]


def test_remove_leaves_nothing_of_a_picture() -> None:
    seen = look(tags=["Dog"], colours={"red": 1.0}, boxes=[BOX])
    with filled({"a/x.jpg": seen, "a/y.jpg": look()}) as library:
        edits.add_tags(library, [1], ["Rex"])
        edits.reject(library, [1], "Dog")
        assert store.remove(library, [1]) == 1
        for table in ("thumbnail", "embedding", "colour", "box", "tag", "user_tag", "rejected", "edit_step"):
            assert rows(library, f"SELECT count(*) FROM {table} WHERE image = 1") == [(0,)]
        assert rows(library, "SELECT image FROM image_text") == [(2,)]


def test_failures_are_listed_until_the_file_can_be_opened() -> None:
    error = CorruptImageError("The picture is cut short.")
    with filled({}) as library:
        store.record_failure(library, source("a/x.jpg"), error)
        (row,) = store.failures(library)
        assert (row["name"], row["code"], row["message"]) == ("x.jpg", "corrupt_image", "The picture is cut short.")
        assert store.failure_of(library, source("a/x.jpg")) is not None
        assert store.failure_of(library, source("a/x.jpg", size=5)) is None
        store.record(library, source("a/x.jpg"), look(), store.begin_run(library, MODELS))
        assert store.failures(library) == []


def test_a_file_that_turns_bad_keeps_what_a_person_said() -> None:
    with filled({"a/x.jpg": look()}) as library:
        edits.add_tags(library, [1], ["Rex"])
        store.record_failure(library, source("a/x.jpg", size=5), CorruptImageError("Cut short."))
        assert [one.name for one in store.tags_of(library, 1)] == ["Rex"]


# --- terms ---------------------------------------------------------------------------------------------------


def test_known_terms_join_both_tables() -> None:
    terms = known_terms()
    assert {"Dog", "Mammal", "Animal", "Pet"} <= set(terms["golden retriever"].broader)
    assert "Golden retriever" not in terms["golden retriever"].broader
    assert terms["dog"].group == "Animals"


def test_terms_are_made_once_with_all_that_is_broader() -> None:
    with filled({}) as library, library.transaction():
        dog = library.terms.ensure("dog")
        assert library.terms.ensure("DOG") == dog
        (animal,) = library.terms.find("animal")
        assert (animal, dog) in rows(library, "SELECT * FROM broader")
        assert rows(library, f"SELECT name, known FROM term WHERE id = {dog}") == [("Dog", 1)]
        own = library.terms.ensure_own("Rex")
        assert rows(library, f"SELECT name, known, tag_group FROM term WHERE id = {own}") == [("Rex", 0, None)]


def test_fold_ignores_case_accents_and_spaces() -> None:
    assert fold("  Café\u0301  Noir ") == fold("cafe noir") == "cafe noir"
    assert fold("STRASSE") == fold("Straße")


@given(st.text())
def test_fold_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\u202eb", "x" * 101, 5, None, "\u0301"])
def test_check_tag_name_refuses_what_cannot_be_seen(name: object) -> None:
    with pytest.raises(InvalidOptionError):
        check_tag_name(name)


def test_check_tag_name_tidies() -> None:
    assert check_tag_name("  New   York ") == "New York"
