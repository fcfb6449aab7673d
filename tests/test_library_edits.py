"""onsight.library.edits: a person's tags over many pictures, undone and redone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.errors import InvalidOptionError
from onsight.library import edits, search, store
from onsight.library.database import Library
from tests.library_samples import MODELS, dump, filled, look, source


def three() -> Library:
    return filled(
        {
            "a/1.jpg": look("Dog", tags=["Dog", "Ball"]),
            "a/2.jpg": look("Cat", tags=["Cat"]),
            "a/3.jpg": look("Cat", tags=["Cat", "Dog"]),
        }
    )


def names(library: Library) -> list[list[str]]:
    return [[one.name for one in store.tags_of(library, image)] for image in (1, 2, 3)]


def test_add_remove_rename_and_back() -> None:
    with three() as library:
        states = [names(library)]
        changes: list[Callable[[], edits.Edit]] = [
            lambda: edits.add_tags(library, [1, 2], ["Holiday", "Rex"]),
            lambda: edits.remove_tags(library, [1, 3], ["Dog"]),
            lambda: edits.rename_tag(library, [1, 2, 3], "Cat", "Kitty"),
            lambda: edits.rename_tag(library, [1, 2, 3], "Holiday", "Summer"),
            lambda: edits.add_tags(library, [3], ["Dog"]),
        ]
        for change in changes:
            change()
            states.append(names(library))
        assert states[1] == [["Holiday", "Rex", "Dog", "Ball"], ["Holiday", "Rex", "Cat"], ["Dog", "Cat"]]
        assert states[2] == [["Holiday", "Rex", "Ball"], ["Holiday", "Rex", "Cat"], ["Cat"]]
        assert states[3] == [["Holiday", "Rex", "Ball"], ["Holiday", "Kitty", "Rex"], ["Kitty"]]
        assert states[4] == [["Rex", "Summer", "Ball"], ["Kitty", "Rex", "Summer"], ["Kitty"]]
        assert states[5][2] == ["Dog", "Kitty"]
        for state in reversed(states[:-1]):
            assert edits.undo(library)
            assert names(library) == state
        assert edits.undo(library) is None
        for state in states[1:]:
            assert edits.redo(library)
            assert names(library) == state
        assert edits.redo(library) is None


def test_undo_works_in_a_later_session(tmp_path: Path) -> None:
    path = tmp_path / "lib.sqlite"
    with Library.open(path) as library:
        store.record(library, source("a/1.jpg"), look(tags=["Dog"]), store.begin_run(library, MODELS))
        edits.add_tags(library, [1], ["Rex"])
    with Library.open(path) as library:
        edit = edits.undo(library)
        assert edit is not None
        assert (edit.action, edit.images, edit.undone) == ("Add “Rex”", 1, True)
        assert [one.name for one in store.tags_of(library, 1)] == ["Dog"]


def test_only_what_changed_is_taken_back() -> None:
    with three() as library:
        edits.add_tags(library, [1], ["Rex"])
        edit = edits.add_tags(library, [1, 2], ["Rex"])
        assert edit.images == 1
        edits.undo(library)
        assert names(library)[0][0] == "Rex"
        assert "Rex" not in names(library)[1]


def test_what_changes_nothing_is_not_remembered() -> None:
    with three() as library:
        assert edits.remove_tags(library, [1, 2, 3], ["Unheard of"]).images == 0
        assert edits.rename_tag(library, [1], "Rex", "Max").images == 0
        assert edits.reject(library, [2], "Ball").images == 0
        assert edits.history(library) == []


def test_accept_and_reject() -> None:
    with three() as library:
        edits.accept(library, [1, 2, 3], "Dog")
        assert [[one.source for one in store.tags_of(library, image)] for image in (1, 2, 3)] == [
            ["user", "scene"],
            ["scene"],
            ["user", "scene"],
        ]
        edits.reject(library, [1, 2, 3], "Cat")
        assert names(library) == [["Dog", "Ball"], [], ["Dog"]]
        assert [edit.action for edit in edits.history(library)] == ["Reject “Cat”", "Accept “Dog”"]


def test_a_new_change_ends_what_can_be_done_again() -> None:
    with three() as library:
        edits.add_tags(library, [1], ["Rex"])
        edits.undo(library)
        edits.add_tags(library, [1], ["Max"])
        assert edits.redo(library) is None
        assert names(library)[0][0] == "Max"


def test_undo_forgives_pictures_that_are_gone() -> None:
    with three() as library:
        edits.add_tags(library, [1, 2], ["Rex"])
        store.remove(library, [1])
        assert edits.undo(library)
        assert names(library)[1] == ["Cat"]


def test_unknown_pictures_are_left_out() -> None:
    with three() as library:
        assert edits.add_tags(library, [1, 77], ["Rex"]).images == 1


def test_a_refused_tag_changes_nothing() -> None:
    with three() as library:
        before = dump(library)
        with pytest.raises(InvalidOptionError):
            edits.add_tags(library, [1], ["Rex", ""])
        assert dump(library) == before


NOTHING: list[Callable[[Library], edits.Edit]] = [
    lambda library: edits.add_tags(library, [1], ["Rex"]),
    lambda library: edits.add_tags(library, [1], ["rex"]),
    lambda library: edits.add_tags(library, [], ["New"]),
    lambda library: edits.add_tags(library, [77], ["New"]),
    lambda library: edits.remove_tags(library, [2], ["Rex"]),
    lambda library: edits.remove_tags(library, [1], ["Unheard of"]),
    lambda library: edits.rename_tag(library, [1], "Rex", "Rex"),
    lambda library: edits.rename_tag(library, [2], "Rex", "Max"),
    lambda library: edits.rename_tag(library, [1], "Unheard of", "Max"),
    lambda library: edits.rename_tag(library, [1], "Dog", "dog"),
    lambda library: edits.accept(library, [1], "Rex"),
    lambda library: edits.accept(library, [2], "Dog"),
    lambda library: edits.reject(library, [2], "Dog"),
    lambda library: edits.reject(library, [1], "Unheard of"),
]


@pytest.mark.parametrize("change", NOTHING)
def test_a_change_that_changes_nothing_keeps_what_can_be_redone(change: Callable[[Library], edits.Edit]) -> None:
    with three() as library:
        edits.add_tags(library, [1, 3], ["Rex"])
        edits.accept(library, [1], "Dog")
        edits.add_tags(library, [1, 2], ["Max"])
        edits.add_tags(library, [3], ["Moritz"])
        edits.undo(library)
        edits.undo(library)
        terms = library.connection.execute("SELECT count(*) FROM term").fetchone()[0]
        before = names(library)
        assert change(library).images == 0
        assert names(library) == before
        assert library.connection.execute("SELECT count(*) FROM term").fetchone()[0] == terms
        assert [edit.action for edit in (edits.redo(library), edits.redo(library)) if edit] == [
            "Add “Max”",
            "Add “Moritz”",
        ]


def test_only_the_latest_changes_are_remembered_and_those_of_nothing_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edits, "MAX_EDITS", 3)
    with three() as library:
        for name in ("A", "B", "C", "D"):
            edits.add_tags(library, [1], [name])
            for _ in range(5):
                edits.add_tags(library, [1], [name])
        assert [edit.action for edit in edits.history(library)] == ["Add “D”", "Add “C”", "Add “B”"]


# --- spelling ------------------------------------------------------------------------------------------------


def own(library: Library) -> list[list[str]]:
    return [[one.name for one in store.tags_of(library, image) if one.source == "user"] for image in (1, 2, 3)]


def test_a_tag_can_be_renamed_to_another_spelling_and_back() -> None:
    with three() as library:
        states = [own(library)]
        for old, new in (("", "paris"), ("paris", "Paris"), ("PARIS", "Pàris"), ("paris", "París"), ("Paris", "PARIS")):
            edit = edits.rename_tag(library, [1, 2, 3], old, new) if old else edits.add_tags(library, [1, 2], [new])
            assert edit.images == 2
            states.append([[new], [new], []])
            assert own(library) == states[-1]
            assert search.find(library, "user:paris", "name") == [1, 2]
        for state in reversed(states[:-1]):
            assert edits.undo(library)
            assert own(library) == state
        for state in states[1:]:
            assert edits.redo(library)
            assert own(library) == state


def test_adding_a_tag_in_another_case_keeps_one_spelling() -> None:
    with three() as library:
        edits.add_tags(library, [1, 2], ["paris"])
        edits.add_tags(library, [3], ["Paris"])  # others have it as it is
        assert own(library) == [["paris"], ["paris"], ["paris"]]
        edits.add_tags(library, [1, 2, 3], ["Paris"])  # nobody else has it
        assert own(library) == [["Paris"], ["Paris"], ["Paris"]]
        edits.undo(library)
        assert own(library) == [["paris"], ["paris"], ["paris"]]
        edits.remove_tags(library, [1, 2, 3], ["PARIS"])
        assert own(library) == [[], [], []]
        edits.add_tags(library, [1], ["PARIS"])  # no picture has it in another case
        assert own(library) == [["PARIS"], [], []]


@pytest.mark.parametrize(
    ("one", "other"),
    [("resume", "résumé"), ("Lodz", "Łódź"), ("Masse", "Maße"), ("C", "C++"), ("AC DC", "AC/DC"), ("иод", "йод")],
)
def test_names_that_only_a_search_takes_for_the_same_are_two_tags(one: str, other: str) -> None:
    with three() as library:
        edits.add_tags(library, [1, 2], [one])
        edits.add_tags(library, [1, 3], [other])
        assert own(library) == [sorted((one, other)), [one], [other]]
        assert len({tag.id for tag in store.tags_of(library, 1)}) == len(store.tags_of(library, 1))
        edits.remove_tags(library, [1, 2, 3], [one])
        assert own(library) == [[other], [], [other]]


def test_a_name_that_onsight_knows_is_written_as_it_is_there() -> None:
    with three() as library:
        edits.add_tags(library, [2], ["DOG", "café"])
        assert own(library)[1] == ["Dog", "café"]
        assert search.find(library, "user:animal") == [2]


OPERATIONS = st.tuples(
    st.sampled_from(["add", "remove", "accept", "reject", "rename"]),
    st.lists(st.sampled_from([1, 2, 3]), max_size=3),
    st.sampled_from(["Dog", "Cat", "Rex", "rex", "Réx"]),
    st.sampled_from(["Dog", "Cat", "Rex", "rex", "Réx"]),
)


@given(st.lists(OPERATIONS, max_size=6))
def test_undoing_everything_gives_back_the_beginning(operations: list[tuple[str, list[int], str, str]]) -> None:
    with three() as library:
        before = names(library)
        for kind, images, name, other in operations:
            match kind:
                case "add":
                    edits.add_tags(library, images, [name])
                case "remove":
                    edits.remove_tags(library, images, [name])
                case "accept":
                    edits.accept(library, images, name)
                case "reject":
                    edits.reject(library, images, name)
                case _:
                    edits.rename_tag(library, images, name, other)
        after = names(library)
        count = len(edits.history(library))
        for _ in range(count):
            assert edits.undo(library)
        assert names(library) == before
        for _ in range(count):
            assert edits.redo(library)
        assert names(library) == after
