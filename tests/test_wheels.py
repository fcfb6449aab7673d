"""The committed wheels of NumPy and Pillow for Pyodide: locked, licensed, slim; and that a tampered one is refused."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import json
import re
import shutil
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

REPOSITORY = Path(__file__).resolve().parents[1]
WHEELS = REPOSITORY / "py" / "wheels"


def _load(path: Path) -> ModuleType:
    """Import a module that is in no package; the build does the same."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


wheel_lock = _load(WHEELS / "wheel_lock.py")
slim = _load(WHEELS / "recipe" / "slim.py")
check_imports = _load(WHEELS / "recipe" / "check_imports.py")
provenance = _load(WHEELS / "recipe" / "provenance.py")
LOCK = wheel_lock.load_lock()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the committed wheels."""
    return Path(shutil.copytree(WHEELS / "dist", tmp_path / "dist"))


@pytest.fixture(params=[wheel.name for wheel in LOCK.wheels])
def wheel(request: pytest.FixtureRequest) -> Iterator[zipfile.ZipFile]:
    """Each committed wheel, opened."""
    (locked,) = (entry for entry in LOCK.wheels if entry.name == request.param)
    with zipfile.ZipFile(WHEELS / "dist" / locked.file) as archive:
        yield archive


def test_verify_wheels_accepts_the_committed_ones() -> None:
    paths = wheel_lock.verify_wheels()
    assert [path.name for path in paths] == [entry.file for entry in LOCK.wheels]
    assert {entry.name for entry in LOCK.wheels} == {"numpy", "pillow"}


@pytest.mark.parametrize("position", [0, 1000, -1])
def test_verify_wheels_refuses_a_changed_byte(copied: Path, position: int) -> None:
    path = copied / LOCK.wheels[0].file
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(wheel_lock.WheelHashError) as raised:
        wheel_lock.verify_wheels(copied)
    message = str(raised.value)
    assert path.name in message
    assert hashlib.sha256(content).hexdigest() in message
    assert LOCK.wheels[0].sha256 in message
    assert "git checkout" in message


@given(length=st.integers(0, 4096), data=st.binary(max_size=64))
def test_verify_wheels_refuses_other_content(
    tmp_path_factory: pytest.TempPathFactory, length: int, data: bytes
) -> None:
    directory = tmp_path_factory.mktemp("dist")
    content = (data * (length // max(len(data), 1) + 1))[:length]
    (directory / LOCK.wheels[0].file).write_bytes(content)
    with pytest.raises(wheel_lock.WheelHashError, match=re.escape(LOCK.wheels[0].file)):
        wheel_lock.verify_wheels(directory)


def test_verify_wheels_refuses_a_truncated_wheel(copied: Path) -> None:
    path = copied / LOCK.wheels[1].file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(wheel_lock.WheelHashError, match=f"got {LOCK.wheels[1].size_bytes - 1} bytes"):
        wheel_lock.verify_wheels(copied)


def test_verify_wheels_refuses_a_missing_wheel(copied: Path) -> None:
    (copied / LOCK.wheels[0].file).unlink()
    with pytest.raises(wheel_lock.WheelHashError, match=r"numpy-.* is missing.*SHA-256"):
        wheel_lock.verify_wheels(copied)


def test_verify_wheels_refuses_an_unlocked_wheel(copied: Path) -> None:
    (copied / "extra-1.0-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(wheel_lock.WheelHashError, match="extra"):
        wheel_lock.verify_wheels(copied)


def test_verify_wheels_ignores_other_files(copied: Path) -> None:
    (copied / "notes.txt").write_text("not a wheel")
    assert wheel_lock.verify_wheels(copied)


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_load_lock_refuses_an_entry_with_other_fields(tmp_path: Path, change: str) -> None:
    data = json.loads(wheel_lock.LOCK_FILE.read_text())
    if change == "missing":
        del data["wheels"][0]["sha256"]
    else:
        data["wheels"][0]["url"] = "elsewhere"
    path = tmp_path / "lock.json"
    path.write_text(json.dumps(data))
    with pytest.raises(ValueError, match="not a lock file"):
        wheel_lock.load_lock(path)


@pytest.mark.parametrize("name", ["numpy", "pillow"])
def test_lock_has_the_pinned_versions(name: str) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    (locked,) = (entry.version for entry in LOCK.wheels if entry.name == name)
    assert f"{name}=={locked}" in project["dependency-groups"]["dev"]


def test_lock_is_for_the_pinned_pyodide() -> None:
    dependencies = json.loads((REPOSITORY / "web" / "package.json").read_text())["dependencies"]
    assert dependencies["pyodide"] == LOCK.pyodide
    assert all(entry.file == f"{entry.name}-{entry.version}-{LOCK.tag}.whl" for entry in LOCK.wheels)


def test_lock_names_every_licence_file_and_no_other() -> None:
    listed = [name for source in LOCK.sources for name in source.license_files]
    present = [
        str(path.relative_to(WHEELS / "licenses")) for path in (WHEELS / "licenses").rglob("*") if path.is_file()
    ]
    assert sorted(listed) == sorted(present)
    assert all((WHEELS / "licenses" / name).stat().st_size > 100 for name in listed)
    assert all(source.license and source.license_files for source in LOCK.sources)


def test_differences_is_empty_for_the_locked_inputs() -> None:
    assert provenance.differences(LOCK, LOCK.sources, LOCK.tools) == []


def test_differences_names_what_has_moved_on() -> None:
    newer = dataclasses.replace(LOCK.sources[2], version="9.9")
    forged = dataclasses.replace(LOCK.sources[3], archives={"libwebp.tar.gz": "0" * 64})
    found = provenance.differences(LOCK, (newer, forged), {"Emscripten": "7.0"})
    assert found == [
        f"libjpeg-turbo is 9.9, the lock has {LOCK.sources[2].version}",
        f"libwebp is {forged.version} (another archive), the lock has {forged.version}",
        f"Emscripten is 7.0, the lock has {LOCK.tools['Emscripten']}",
    ]


def test_wheels_hold_nothing_that_a_page_cannot_use(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert not [name for name in names if re.search(r"/tests/|\.(py|pyi|a|h|c|pxd|pyx)$|/include/|/f2py/", name)]
    assert not [name for name in names if slim.is_unwanted(name)]


def test_wheels_record_every_file(wheel: zipfile.ZipFile) -> None:
    record = next(name for name in wheel.namelist() if name.endswith(".dist-info/RECORD"))
    rows = [line.rsplit(",", 2) for line in wheel.read(record).decode().splitlines()]
    assert sorted(row[0] for row in rows) == sorted(wheel.namelist())
    assert all(int(size) == wheel.getinfo(name).file_size for name, _, size in rows if name != record)


def test_extension_modules_export_their_entry_point(wheel: zipfile.ZipFile) -> None:
    for name in wheel.namelist():
        if name.endswith(".so"):
            module = check_imports.parse(wheel.read(name))
            assert f"PyInit_{Path(name).name.partition('.')[0]}" in module.exports, name


def test_parse_refuses_what_is_no_webassembly_module() -> None:
    with pytest.raises(check_imports.InvalidModuleError, match="not a WebAssembly module"):
        check_imports.parse(b"\x7fELF and so on")


def _write_wheel(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def test_slim_is_reproducible_and_keeps_what_can_be_imported(tmp_path: Path) -> None:
    source = tmp_path / "demo-1.0-py3-none-any.whl"
    files = {
        "demo/__init__.py": '"""Text."""\nVALUE = 42\n',
        "demo/__init__.pyi": "VALUE: int\n",
        "demo/tests/test_demo.py": "",
        "demo/data.txt": "kept",
        "demo-1.0.dist-info/RECORD": "",
    }
    _write_wheel(source, files)
    first = slim.slim(source, tmp_path / "one")
    _write_wheel(source, dict(reversed(files.items())))
    second = slim.slim(source, tmp_path / "two")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == ["demo/__init__.pyc", "demo/data.txt", "demo-1.0.dist-info/RECORD"]
        archive.extractall(tmp_path / "site")
    spec = importlib.util.spec_from_file_location("demo", tmp_path / "site" / "demo" / "__init__.pyc")
    assert spec is not None
    assert spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
    assert (demo.VALUE, demo.__doc__) == (42, None)


@pytest.mark.parametrize(
    ("name", "unwanted"),
    [
        ("numpy/linalg/tests/test_linalg.py", True),
        ("numpy/__init__.pyi", True),
        ("numpy/f2py/__init__.py", True),
        ("numpy/_core/_multiarray_tests.cpython-314-wasm32-emscripten.so", True),
        ("numpy/_core/lib/libnpymath.a", True),
        ("numpy/testing/__init__.py", False),
        ("numpy/testing/tests/test_utils.py", True),
        ("numpy/_core/_multiarray_umath.cpython-314-wasm32-emscripten.so", False),
        ("PIL/ImageTk.py", True),
        ("PIL/ImageFile.py", False),
        ("PIL/WebPImagePlugin.py", False),
        ("numpy-2.4.6.dist-info/licenses/LICENSE.txt", False),
    ],
)
def test_is_unwanted(name: str, unwanted: bool) -> None:
    assert slim.is_unwanted(name) is unwanted
