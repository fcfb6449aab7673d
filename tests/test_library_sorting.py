"""onsight.library.sorting: which picture goes where, under which name, and how it gets there."""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onsight.errors import InvalidOptionError, InvalidQueryError, OnsightError, UnreadableFileError
from onsight.files import writing
from onsight.files.names import MAX_BYTES, numbered
from onsight.files.zipping import zip_stream
from onsight.library import edits, search, store
from onsight.library.database import Library
from onsight.library.files import names_beside, source_of
from onsight.library.records import Source
from onsight.library.sorting import GROUPINGS, Pattern, Plan, Rule, make_plan, safe_name
from onsight.library.sorting import placing as placing_module
from onsight.library.sorting import targets as targets_module
from onsight.library.sorting.placing import carry_out, existing_in
from onsight.library.sorting.zipping import zip_plan
from tests.library_samples import filled, look, source

DEVICES = ("CON", "prn", "Aux.txt", "NUL", "com1.jpg", "LPT9", "COM¹", "conin$")


# --- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Food & drink", "Food & drink"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "_"),
        ("../../etc/passwd", "_._.._etc_passwd"),
        (".hidden", "_hidden"),
        ("trailing. . ", "trailing"),
        ("CON", "CON_"),
        ("nul.jpg", "nul_.jpg"),
        ("console", "console"),
        ("com1.tar.gz", "com1_.tar.gz"),
        ("line\nbreak\0", "line_break_"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "_"),
        (" . ", "_"),
        ("Café", "Café"),
        ("e\u0301.jpg", "é.jpg"),
        ("lone\udce9", "lone?".replace("?", "_")),
    ],
)
def test_safe_name_gives_names_that_every_system_takes(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_safe_name_keeps_the_suffix_of_what_is_too_long() -> None:
    name = safe_name("é" * 300 + ".jpeg")
    assert name.endswith("é.jpeg")
    assert len(name.encode()) <= MAX_BYTES


@given(st.one_of(st.text(max_size=60), st.sampled_from(DEVICES), st.text("./\\ :CON\0\u202e", max_size=12)))
def test_safe_name_leads_nowhere_else(text: str) -> None:
    name = safe_name(text)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('<>:"/\\|?*\0\n\r\u202e')
    assert name == name.rstrip(". ")
    assert not name.startswith(".")
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", *(f"COM{n}" for n in range(10))}
    assert len(name.encode()) <= MAX_BYTES
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a/b",
        "..",
        "../{name}",
        "a\\b",
        "{nam}",
        "{}",
        "{0}",
        "{name",
        "name}",
        "{name!r}",
        "{name:5}",
        "{n:x}",
        "{n.real}",
    ],
)
def test_pattern_refuses_paths_and_unknown_fields(text: str) -> None:
    with pytest.raises(InvalidOptionError):
        Pattern(text)


# --- plans ---------------------------------------------------------------------------------------------------


def photos() -> Library:
    return filled(
        {
            "/in/a.jpg": look("Dog", taken="2020-07-14T18:03:22", colours={"blue": 0.5, "red": 0.2}, content="1"),
            "/in/more/A.JPG": look("Dog", taken="2021-01-01T00:00:00", camera="Canon", content="2"),
            "/in/b.png": look("Pizza", category="Food & drink", content="3", format="PNG"),
            "/in/c.jpg": look("Not sure", certain=False, category="Other", content="4"),
        }
    )


def targets(plan: Plan) -> list[str]:
    return [move.target for move in plan.moves]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (["category"], ["Pets/a.jpg", "Pets/A (2).JPG", "Food & drink/b.png", "Other/c.jpg"]),
        (["label"], ["Dog/a.jpg", "Dog/A (2).JPG", "Pizza/b.png", "Not sure/c.jpg"]),
        (["date"], ["2020-07-14/a.jpg", "2021-01-01/A.JPG", "No date/b.png", "No date/c.jpg"]),
        (
            ["year", "month"],
            ["2020/2020-07/a.jpg", "2021/2021-01/A.JPG", "No date/No date/b.png", "No date/No date/c.jpg"],
        ),
        (["colour"], ["Blue/a.jpg", "No colour/A.JPG", "No colour/b.png", "No colour/c.jpg"]),
        (["camera"], ["No camera/a.jpg", "Canon/A.JPG", "No camera/b.png", "No camera/c.jpg"]),
    ],
)
def test_plan_groups(by: list[str], expected: list[str]) -> None:
    with photos() as library:
        assert targets(make_plan(library, [1, 2, 3, 4], by)) == expected


def test_plan_obeys_rules_the_first_that_fits() -> None:
    rules = [
        Rule("Summer pets", "animal taken:2020-06..2020-08"),
        Rule("Pets", "dog OR cat"),
        Rule("Food", "category:food"),
    ]
    with photos() as library:
        plan = make_plan(library, [1, 2, 3, 4], ["rule"], rules=rules)
        assert targets(plan) == ["Summer pets/a.jpg", "Pets/A.JPG", "Food/b.png", "Other/c.jpg"]
        assert plan.folders == {"Food": 1, "Other": 1, "Pets": 1, "Summer pets": 1}
        with pytest.raises(InvalidQueryError):
            make_plan(library, [1], ["rule"], rules=[Rule("Wrong", "(dog")])
        for by, given_rules in ((["rule"], []), (["category"], rules), (["size"], [])):
            with pytest.raises(InvalidOptionError):
                make_plan(library, [1], by, rules=given_rules)


@pytest.mark.parametrize("name", ["", "a/b", "..", "CON", "dot.", " space", "a\0"])
def test_a_rule_must_have_the_name_of_a_folder(name: str) -> None:
    with pytest.raises(InvalidOptionError):
        Rule(name, "dog")


def test_plan_names_by_a_pattern() -> None:
    with photos() as library:
        plan = make_plan(library, [1, 2, 3, 4], pattern=Pattern("{date}-{label}-{n}"))
        assert targets(plan) == [
            "Pets/2020-07-14-Dog-1.jpg",
            "Pets/2021-01-01-Dog-2.JPG",
            "Food & drink/undated-Pizza-1.png",
            "Other/undated-Not sure-1.jpg",
        ]
        plan = make_plan(library, [1, 2], pattern=Pattern("{n:4} {year}_{time} {{x}}"))
        assert targets(plan) == ["Pets/0001 2020_180322 {x}.jpg", "Pets/0002 2021_000000 {x}.JPG"]
        plan = make_plan(library, [1, 2], pattern=Pattern("same"))
        assert targets(plan) == ["Pets/same.jpg", "Pets/same (2).JPG"]


def test_plan_avoids_what_is_there_and_knows_the_same_file_again() -> None:
    with photos() as library:
        hash = store.find_content(library, look("Dog", content="2").hash)[0].hash
        there = {"a.jpg": "other", "A (2).jpg": "", "a (3).JPG": hash}
        plan = make_plan(library, [1, 2], existing=lambda folder, sizes: there if folder == "Pets" else {})
        assert [(move.target, move.is_there) for move in plan.moves] == [
            ("Pets/a (4).jpg", False),
            ("Pets/a (3).JPG", True),
        ]


def test_planning_takes_time_that_grows_with_the_number_of_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def counted(name: str, number: int) -> str:
        nonlocal calls
        calls += 1
        return original(name, number)

    original = numbered
    monkeypatch.setattr(targets_module, "numbered", counted)
    count = 2000
    with filled({f"/in/{n}.jpg": look(content=str(n)) for n in range(count)}) as library:
        images = list(range(1, count + 1))
        plan = make_plan(library, images, pattern=Pattern("same"))
        assert targets(plan)[-1] == f"Pets/same ({count}).jpg"
        assert calls < 2 * count
        there = {move.target.removeprefix("Pets/"): move.hash for move in plan.moves}
        again = make_plan(library, images, pattern=Pattern("same"), existing=lambda folder, sizes: there)
        assert all(move.is_there for move in again.moves)
        assert calls < 2 * count
        others = dict.fromkeys(there, "")
        beyond = make_plan(library, images, pattern=Pattern("same"), existing=lambda folder, sizes: others)
        assert targets(beyond)[0] == f"Pets/same ({count + 1}).jpg"
        assert calls < 6 * count


def test_hostile_facts_stay_inside_the_folder() -> None:
    hostile = look("../../evil", category="..", camera="/etc", taken="2020/../..", content="x")
    with filled({"/in/..hidden.jpg": hostile}) as library:
        for by in GROUPINGS:
            (move,) = make_plan(library, [1], [by], pattern=Pattern("{label}{camera}{date}{name}")).moves
            parts = move.target.split("/")
            assert len(parts) == 2
            assert not {"", ".", ".."} & set(parts)


@given(st.lists(st.sampled_from(["a.jpg", "A.jpg", "a (2).jpg", "b.png", "é.jpg", "e\u0301.jpg"]), max_size=8))
def test_no_two_pictures_have_one_target(names: list[str]) -> None:
    with filled({f"/in/{n}/{name}": look(content=str(n)) for n, name in enumerate(names)}) as library:
        plan = make_plan(library, list(range(1, len(names) + 1)))
        folded = [target.casefold() for target in targets(plan)]
        assert len(folded) == len(set(folded)) == len(names)


# --- carrying out --------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "more").mkdir(parents=True)
    for name, data in (("a.jpg", b"one"), ("more/a.jpg", b"two"), ("b.png", b"three")):
        (tmp_path / "in" / name).write_bytes(data)
        os.utime(tmp_path / "in" / name, (1_600_000_000, 1_600_000_000))
    (tmp_path / "in" / "a.jpg.xmp").write_text("sidecar")
    return tmp_path


def known(folder: Path, **labels: str) -> Library:
    """A library of all pictures in a folder."""
    library = Library.open(":memory:")
    run = store.begin_run(library, {})
    for path in sorted((folder / "in").rglob("*")):
        if path.is_file() and path.suffix != ".xmp":
            facts, seen = path.stat(), look("Dog")
            object.__setattr__(seen, "hash", hashlib.sha256(path.read_bytes()).hexdigest())
            store.record(
                library, Source(path.parent.as_posix(), path.name, facts.st_size, facts.st_mtime_ns), seen, run
            )
    return library


def sort(library: Library, folder: Path, *, move: bool = False, into: str = "out") -> list[str]:
    """Sort everything; return what went wrong."""
    to = folder / into
    plan = make_plan(library, search.find(library, order="name"), existing=existing_in(to), beside=names_beside)
    return [error.message for _, error in carry_out(plan, to, move=move, library=library)]


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_copying_leaves_the_originals_and_takes_sidecars_along(folder: Path) -> None:
    before = tree(folder / "in")
    with known(folder) as library:
        assert sort(library, folder) == []
        sorted_files = {
            "Pets/a.jpg": b"one",
            "Pets/a.jpg.xmp": b"sidecar",
            "Pets/b.png": b"three",
            "Pets/a (2).jpg": b"two",
        }
        assert tree(folder / "out") == sorted_files
        assert tree(folder / "in") == before
        assert (folder / "out" / "Pets" / "b.png").stat().st_mtime == 1_600_000_000
        # Again: everything is there already.
        assert sort(library, folder) == []
        assert tree(folder / "out") == sorted_files


def test_moving_moves_and_tells_the_library(folder: Path) -> None:
    with known(folder) as library:
        edits.add_tags(library, [1], ["Mine"])
        assert sort(library, folder, move=True) == []
        assert tree(folder / "in") == {}
        assert len(tree(folder / "out")) == 4
        hits = search.describe(library, search.find(library, "user:mine"))
        assert [hit.path for hit in hits] == [(folder / "out" / "Pets" / "a.jpg").as_posix()]


def test_moving_between_disks_copies_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(placing_module, "link", refuse)
    monkeypatch.setattr(writing, "link", refuse)
    with known(folder) as library:
        assert sort(library, folder, move=True) == []
    assert tree(folder / "in") == {}
    assert sorted(tree(folder / "out")) == ["Pets/a (2).jpg", "Pets/a.jpg", "Pets/a.jpg.xmp", "Pets/b.png"]


@pytest.mark.parametrize("move", [False, True])
def test_nothing_is_overwritten_even_if_it_came_after_the_plan(folder: Path, move: bool) -> None:
    with known(folder) as library:
        plan = make_plan(library, search.find(library, order="name"))
        (folder / "out" / "Pets").mkdir(parents=True)
        (folder / "out" / "Pets" / "a.jpg").write_bytes(b"precious")
        failures = carry_out(plan, folder / "out", move=move)
    assert ["nothing was overwritten" in error.message for _, error in failures] == [True]
    assert (folder / "out" / "Pets" / "a.jpg").read_bytes() == b"precious"
    assert (folder / "in" / "a.jpg").read_bytes() == b"one"


def test_a_picture_that_changed_is_not_moved_away(folder: Path) -> None:
    with known(folder) as library:
        (folder / "in" / "b.png").write_bytes(b"edited since")
        (message,) = sort(library, folder, move=True)
    assert "changed" in message
    assert (folder / "in" / "b.png").read_bytes() == b"edited since"


def test_a_link_in_the_target_leads_nowhere(folder: Path) -> None:
    if sys.platform in ("win32", "emscripten"):
        pytest.skip("no links here")
    (folder / "out").mkdir()
    (folder / "elsewhere").mkdir()
    (folder / "out" / "Pets").symlink_to(folder / "elsewhere")
    with known(folder) as library:
        assert all(
            "link that leads out of the target folder" in message for message in sort(library, folder, move=True)
        )
    assert tree(folder / "elsewhere") == {}
    assert len(tree(folder / "in")) == 4


def test_sorting_in_place_and_again_changes_nothing(folder: Path) -> None:
    with known(folder) as library:
        assert sort(library, folder, move=True, into="in") == []
        once = tree(folder / "in")
        assert sorted(once) == ["Pets/a (2).jpg", "Pets/a.jpg", "Pets/a.jpg.xmp", "Pets/b.png"]
        assert sort(library, folder, move=True, into="in") == []
        assert tree(folder / "in") == once


@pytest.mark.skipif(sys.platform == "emscripten", reason="a file has one name")
def test_a_move_that_broke_off_is_finished(folder: Path) -> None:
    with known(folder) as library:
        plan = make_plan(library, [1])
        target = folder / "out" / plan.moves[0].target
        target.parent.mkdir(parents=True)
        target.hardlink_to(folder / "in" / "a.jpg")
        assert sort(library, folder, move=True) == []
    assert tree(folder / "in") == {}
    assert len(tree(folder / "out")) == 4


# --- ZIP -----------------------------------------------------------------------------------------------------


def test_zip_is_made_in_pieces_and_opens(folder: Path) -> None:
    def read(source: Source) -> bytes:
        if source.name == "b.png":
            raise UnreadableFileError("Gone.")
        return (Path(source.folder) / source.name).read_bytes()

    failures: list[tuple[str, str]] = []

    def fail(move: object, error: OnsightError) -> None:
        failures.append((type(move).__name__, error.message))

    with known(folder) as library:
        plan = make_plan(library, search.find(library, order="name"))
        pieces = list(zip_plan(plan, read, source_of, fail))
    assert len(pieces) == 3  # two pictures and the directory
    assert failures == [("Move", "Gone.")]
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Pets/a.jpg": b"one",
            "Pets/a (2).jpg": b"two",
        }
        assert archive.getinfo("Pets/a.jpg").date_time == time.localtime(1_600_000_000)[:6]


def test_zip_takes_any_name_and_any_date() -> None:
    names = ["Zürich/犬.jpg", "a" * 200 + ".jpg"]
    stream = zip_stream([(names[0], -(10**18), b"x"), (names[1], 10**20, random.Random(0).randbytes(100_000))])
    with zipfile.ZipFile(io.BytesIO(b"".join(stream))) as archive:
        assert archive.namelist() == names
        assert archive.testzip() is None
        assert archive.getinfo(names[0]).date_time[0] == 1980
    assert zipfile.ZipFile(io.BytesIO(b"".join(zip_stream([])))).namelist() == []


@pytest.mark.skipif(sys.platform == "emscripten", reason="there are no processes")
def test_unzip_reads_the_stream(tmp_path: Path) -> None:
    path = tmp_path / "stream.zip"
    path.write_bytes(b"".join(zip_stream([("in/a.jpg", 0, b"one"), ("in/b.jpg", 0, b"two")])))
    try:
        done = subprocess.run(["unzip", "-t", path], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("unzip is not installed")
    assert done.returncode == 0, done.stdout


def test_merging_keeps_a_persons_tags() -> None:
    with filled({"/in/a.jpg": look(content="1"), "/out/a.jpg": look(content="1")}) as library:
        edits.add_tags(library, [1], ["Mine"])
        store.merge(library, 1, 2)
        assert [one.name for one in store.tags_of(library, 2)] == ["Mine"]
        assert store.find(library, source("/in/a.jpg").folder, "a.jpg") is None
