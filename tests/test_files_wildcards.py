"""onsight.files.wildcards: patterns are expanded where no shell does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from onsight.files.wildcards import expand


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    names = ("a.jpg", "b.jpg", "c.png", "[ab].jpg", ".hidden.jpg", "in/d.jpg", "in/deep/e.jpg", "trip [2020]/f.jpg")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.jpg", ["[ab].jpg", "a.jpg", "b.jpg"]),
        ("?.jpg", ["a.jpg", "b.jpg"]),
        ("[ab].jpg", ["[ab].jpg"]),  # as it is written
        ("[abc].*", ["a.jpg", "b.jpg", "c.png"]),
        ("**/*.jpg", ["[ab].jpg", "a.jpg", "b.jpg", "in/d.jpg", "in/deep/e.jpg", "trip [2020]/f.jpg"]),
        ("in/**", ["in/d.jpg", "in/deep/e.jpg"]),
        ("trip [2020]/*.jpg", ["trip [2020]/f.jpg"]),
        ("a.jpg", ["a.jpg"]),
        ("gone.jpg", ["gone.jpg"]),
        ("gone*.jpg", ["gone*.jpg"]),
    ],
)
def test_patterns(folder: Path, pattern: str, found: list[str]) -> None:
    assert [Path(path).as_posix() for path in expand([pattern])] == found


def test_absolute_patterns_and_the_home_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert expand([f"{folder}/trip [2020]/*"]) == [str(folder / "trip [2020]" / "f.jpg")]
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    assert [Path(path) for path in expand(["~/[b].jpg"])] == [folder / "b.jpg"]


def test_folders_are_found_where_they_are_wanted(folder: Path) -> None:
    assert expand(["i*"], folders=True) == ["in"]
    assert expand(["*"], folders=False) == ["[ab].jpg", "a.jpg", "b.jpg", "c.png"]
