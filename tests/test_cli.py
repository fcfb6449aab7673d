"""The command line, as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onsight.cli.main import main
from onsight.core.wording import percent
from onsight.metadata.xmp import read
from tests.pictures import encode, photo, sample

LACKS_ITS_END = "The end of this JPEG file is missing, but the whole picture is there."


def onsight(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "onsight", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cat.png").write_bytes(sample("chelsea"))
    (tmp_path / "notes.jpg").write_text("not a picture", encoding="utf-8")
    (tmp_path / "empty.png").write_bytes(b"")
    return tmp_path


def test_classify_speaks_to_people(folder: Path) -> None:
    done = onsight("classify", str(folder / "cat.png"))
    assert done.returncode == 0, done.stderr
    first, candidates = done.stdout.splitlines()
    assert first.startswith(f"{folder / 'cat.png'}: ")
    assert "[Pets]" in first
    assert "%" in candidates


def test_classify_json_is_one_object_a_line_and_goes_on_after_a_bad_file(folder: Path) -> None:
    names = ("empty.png", "notes.jpg", "gone.jpg", "cat.png")
    done = onsight("classify", "--json", *(str(folder / name) for name in names))
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["path"]).name for line in lines] == list(names)
    assert [line.get("error", {}).get("code") for line in lines] == [
        "empty_file", "not_an_image", "unreadable_file", None,
    ]  # fmt: skip
    assert lines[3]["result"]["path"][0] == "Animal"
    assert done.stderr == ""


def test_classify_obeys_top_k_and_threshold(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "--json", "--top-k", "2", "--threshold", "0.9999", str(folder / "cat.png")]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert len(result["candidates"]) <= 2
    assert result["label"] != "Egyptian cat"


@pytest.mark.parametrize("arguments", [["--top-k", "0"], ["--threshold", "2"], ["--top-k", "many"]])
def test_classify_refuses_impossible_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["classify", *arguments, "cat.png"])
    assert stop.value.code == 2
    assert arguments[0].lstrip("-").replace("-", "_") in capsys.readouterr().err.replace("-", "_")


def test_file_that_lacks_its_end_is_answered_with_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "short.jpg").write_bytes(sample("rocket")[:-2])
    assert main(["classify", str(tmp_path / "short.jpg")]) == 0
    said = capsys.readouterr()
    assert said.err == f"{tmp_path / 'short.jpg'}: {LACKS_ITS_END}\n"
    assert LACKS_ITS_END not in said.out
    assert main(["classify", "--json", str(tmp_path / "short.jpg")]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["result"]["image"]["warning"] == LACKS_ITS_END
    assert not said.err


@pytest.mark.parametrize(
    "arguments", [("detect", "--allow", "unicorn"), ("detect", "--deny", "Dog"), ("compare", "--without", "Unicorn")]
)
def test_unknown_names_are_refused_before_the_first_file(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "no-such-file.jpg"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert arguments[-1] in said.err
    assert "no-such-file" not in said.err


def test_missing_model_says_what_to_run(folder: Path) -> None:
    done = onsight("classify", str(folder / "cat.png"), ONSIGHT_CACHE=str(folder / "nothing"))
    assert done.returncode == 2
    assert "python3 build.py setup" in done.stderr
    assert "Traceback" not in done.stderr


def test_reader_that_stops_ends_it_quietly(folder: Path) -> None:
    command = f"{sys.executable} -m onsight classify --json {'empty.png ' * 2000} | head -n 1"
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_interrupt_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("onsight.cli.main.run", stop)
    assert main(["classify", "cat.png"]) == 130


def test_file_name_cannot_command_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "two\nlines\x1b[31m.png"
    (folder / name).write_bytes(sample("chelsea"))
    assert main(["classify", str(folder / name)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "two\\nlines\\x1b[31m.png: Cat" in out


def test_tag_writes_a_sidecar_and_adds_to_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", "--json", "--write-xmp", str(folder / "cat.png")]) == 0
    out, err = capsys.readouterr()
    sidecar = folder / "cat.png.xmp"
    subjects = read(sidecar.read_bytes()).subjects
    shown = [tag["name"] for tag in json.loads(out)["result"]["tags"] if tag["shown"]]
    assert set(shown) <= set(subjects)
    assert set(subjects) == set(shown)
    assert f"cat.png.xmp: written with {len(subjects)} keywords." in err
    # A second time, beside what another program wrote, nothing comes twice and nothing goes.
    foreign = sidecar.read_bytes().replace(b"<rdf:li>Cat</rdf:li>", b"<rdf:li>holiday</rdf:li>", 1)
    sidecar.write_bytes(foreign)
    assert main(["tag", "--write-xmp", str(folder / "cat.png")]) == 0
    assert f"1 keyword added to the {len(subjects)} that were there." in capsys.readouterr().err
    assert set(read(sidecar.read_bytes()).subjects) == {*subjects, "holiday"}
    before = sidecar.read_bytes()
    assert main(["tag", "--write-xmp", str(folder / "cat.png")]) == 0
    assert f"already had all keywords; its {len(subjects) + 1} are unchanged." in capsys.readouterr().err
    assert sidecar.read_bytes() == before


def test_tag_includes_the_description_if_it_is_asked_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tag", "--json", "--write-xmp", "--alt-text", str(folder / "cat.png")]) == 0
    sentence = json.loads(capsys.readouterr().out)["result"]["description"]
    assert sentence
    assert sentence in (folder / "cat.png.xmp").read_text(encoding="utf-8")
    assert main(["tag", "--format", "csv", "--alt-text", str(folder / "cat.png")]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert (header.split(",")[-1], row.split(",")[-1]) == ("alt text", sentence)


def test_tag_never_writes_over_a_broken_sidecar(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "cat.png.xmp").write_bytes(b"<x:xmpmeta")
    assert main(["tag", "--json", "--write-xmp", str(folder / "cat.png")]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "invalid_sidecar"
    assert (folder / "cat.png.xmp").read_bytes() == b"<x:xmpmeta"


@pytest.mark.parametrize("format", ["list", "hashtags", "csv", "tags-csv", "rekognition"])
def test_tag_prints_other_forms(folder: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    assert main(["tag", "--format", format, str(folder / "cat.png"), str(folder / "empty.png")]) == 1
    out = capsys.readouterr().out
    lines = out.splitlines()
    if format == "csv":
        assert lines[0] == "picture,title,keywords,colours"
        assert len(lines) == 2
        assert "cat" in lines[1].lower()
    elif format == "tags-csv":
        assert lines[0] == "picture,tag,confidence,group,broader,source,id"
        assert any("cat" in line.lower() for line in lines[1:])
        assert "\r" not in out
    elif format == "rekognition":
        labels = json.loads(out)["result"]["Labels"]
        assert any("Cat" in (label["Name"], *(one["Name"] for one in label["Parents"])) for label in labels)
    else:
        (line,) = lines
        assert ("#Cat" if format == "hashtags" else "Cat") in line


def test_tag_refuses_two_ways_to_print(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["tag", "--json", "--format", "csv", "cat.png"])
    assert "Use one of them" in capsys.readouterr().err


def test_console_script_is_installed() -> None:
    script = Path(sys.executable).with_name("onsight")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("onsight ")


def test_enhance_says_what_a_new_file_cannot_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(encode(photo(), "JPEG", comment=b"page 12"))
    options = ["enhance", "-o", str(tmp_path / "new"), "--exposure", "0.5", "--format", "webp", str(path)]
    assert main(options) == 0
    left_out = "Left out: comments and texts, which a WebP cannot hold."
    assert f"Enhanced. {left_out} → " in capsys.readouterr().out
    assert main([*options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["notes"] == [left_out]


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.0, "0%"), (0.004, "<1%"), (0.5, "50%"), (0.973, "97%"), (0.9989, ">99%"), (1.0, "100%")],
)
def test_percent_never_rounds_doubt_away(score: float, text: str) -> None:
    assert percent(score) == text


def test_enhance_writes_new_files_and_goes_on_after_a_bad_one(folder: Path) -> None:
    out = folder / "out"
    names = ("cat.png", "notes.jpg", "cat.png")
    done = onsight(
        "enhance", "--json", "-o", str(out), "--exposure", "0.5", "--crop", "0,0,0.5,1", "--format", "webp",
        *(str(folder / name) for name in names),
    )  # fmt: skip
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["result"]["path"]).name if "result" in line else line["error"]["code"] for line in lines] == [
        "cat-enhanced.webp", "not_an_image", "cat-enhanced-2.webp",
    ]  # fmt: skip
    assert lines[0]["result"]["settings"]["exposure"] == 0.5
    first, second = ((out / name).read_bytes() for name in ("cat-enhanced.webp", "cat-enhanced-2.webp"))
    assert first == second
    assert first[8:12] == b"WEBP"


def test_enhance_says_what_auto_did(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enhance", "-o", str(folder / "new"), "--auto", str(folder / "cat.png")]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{folder / 'cat.png'}: ")
    assert out.rstrip().endswith(f"→ {folder / 'new' / 'cat-enhanced.png'}")


@pytest.mark.parametrize(
    "arguments", [[], ["--exposure", "9"], ["--crop", "0,0,1"], ["--auto", "--preset", "vivid"], ["--crop", "a,b"]]
)
def test_enhance_refuses_impossible_options(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["enhance", "-o", "nowhere", *arguments, "cat.png"])
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


# --- what is printed, and what is named -----------------------------------------------------------------------


def raw_output(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "onsight", *arguments],
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "0", **environment},
        check=False,
    )


@pytest.mark.parametrize(
    ("encoding", "command"),
    [
        ("ascii", ("classify", "--json")), ("cp932", ("classify", "--json")), ("utf-16-le", ("classify", "--json")),
        ("cp1252", ("tag", "--json")), ("cp1252", ("tag", "--format", "csv")),
        ("cp1252", ("tag", "--format", "rekognition")), ("cp1252", ("detect", "--format", "coco")),
        ("cp1252", ("detect", "--format", "labelstudio")),
    ],
)  # fmt: skip
def test_programs_read_utf_8_whatever_the_console_has(tmp_path: Path, encoding: str, command: tuple[str, ...]) -> None:
    (tmp_path / "東京 🗼.png").write_bytes(sample("chelsea"))
    done = raw_output(*command, "東京 🗼.png", folder=tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "東京 🗼" in text
    if "csv" not in command:
        documents = [text] if "coco" in command or "labelstudio" in command else text.splitlines()
        assert all(json.loads(document) for document in documents)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_that_lacks_a_character_shows_another(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "東京 🗼.png").write_bytes(sample("chelsea"))
    done = raw_output("classify", "東京 🗼.png", "gone 🗼.png", folder=tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 1
    text = done.stdout.decode(encoding)
    assert text.startswith("\\u6771\\u4eac \\U0001f5fc.png: Cat")
    assert "> Cat" in text or "› Cat" in text
    assert "\\U0001f5fc.png: There is no such file" in done.stderr.decode(encoding)


def test_wildcards_are_expanded(folder: Path) -> None:
    (folder / "[cat].png").write_bytes(sample("chelsea"))
    done = onsight("classify", "--json", f"{folder}/c?t.*", f"{folder}/[[]cat].png", f"{folder}/*.tiff")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["path"]).name for line in lines] == ["cat.png", "[cat].png", "*.tiff"]
    assert lines[2]["error"]["code"] == "unreadable_file"
    assert "No file matches this pattern" in lines[2]["error"]["message"]
    done = onsight("index", f"{folder}/*.tiff", "--library", str(folder / "lib.sqlite"))
    assert done.returncode == 2
    assert "Nothing matches the pattern" in done.stderr
    assert not (folder / "lib.sqlite").exists()
