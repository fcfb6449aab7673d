"""The rules of the house: style, types, and what must agree with what."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

import onsight
from web import protocol

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"


def run(*command: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_python_is_formatted() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_python_is_lint_free() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")


def test_python_is_typed() -> None:
    sources = tracked("*.py")
    printed = run(sys.executable, "-m", "mypy")
    checked = re.search(r"in (\d+) source files", printed)
    assert checked is not None, printed
    assert int(checked[1]) == len(sources), "pyproject.toml: mypy's files leave some modules out."


def test_names_of_tests_are_the_same_in_every_process() -> None:
    """pytest-xdist refuses to run tests whose names hold the time, or an order that changes."""
    collect = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests")

    def names(hash_seed: str) -> list[str]:
        printed = run(*collect, environment={**os.environ, "PYTHONHASHSEED": hash_seed})
        return [line for line in printed.splitlines() if "::" in line]

    first = names("1")
    assert len(first) > 1000
    assert names("2") == first


@pytest.mark.parametrize("thread", ["page", "worker", "service"])
def test_javascript_is_strictly_typed(thread: str) -> None:
    run("node", str(WEB / "node_modules" / "typescript" / "bin" / "tsc"), "-p", f"tsconfig.{thread}.json", cwd=WEB)


def test_protocol_is_fresh() -> None:
    protocol.require_fresh()


def test_javascript_never_writes_markup_from_strings() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|ts-ignore|ts-expect-error|\beval\(")
    sources = [WEB / "sw.js", *WEB.glob("common/**/*.js"), *WEB.glob("page/**/*.js"), *WEB.glob("worker/**/*.js")]
    assert sources
    assert [path.name for path in sources if forbidden.search(path.read_text(encoding="utf-8"))] == []


def test_page_has_no_inline_script_or_style() -> None:
    pages = [WEB / "index.html", *WEB.glob("page/**/*.html")]
    assert len(pages) > 5
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), page
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), page
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html), page


def test_one_file_knows_each_engine() -> None:
    sources = {
        path: path.read_text(encoding="utf-8")
        for folder in ("common", "page", "worker")
        for path in (WEB / folder).rglob("*.js")
    }
    imports = re.compile(r'(?:\bfrom|\bimport\()\s*"([^".][^"]*|[^"]*runtime/[^"]*)"')
    users: dict[str, set[str]] = {}
    for path, text in sources.items():
        for target in imports.findall(text):
            users.setdefault(target.split("/")[-2] if "/" in target else target, set()).add(path.name)
    assert users == {"client-zip": {"writing.js"}, "ort": {"session.js"}, "pyodide": {"python.js"}}


def test_package_imports_without_a_browser_and_without_the_native_runtime() -> None:
    code = """
import importlib, pkgutil, sys
for name in ("js", "pyodide", "pyodide.ffi", "onnxruntime"):
    sys.modules[name] = None
import onsight
for module in pkgutil.walk_packages(onsight.__path__, "onsight."):
    importlib.import_module(module.name)
"""
    run(sys.executable, "-c", code)


def test_versions_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] == onsight.__version__


def test_javascript_packages_are_pinned_exactly() -> None:
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    for group in ("dependencies", "devDependencies"):
        for version in package[group].values():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_native_numpy_and_pillow_are_those_of_the_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = dict(line.split("==") for line in project["dependency-groups"]["dev"] if "==" in line)
    lock = json.loads((ROOT / "py" / "wheels" / "lock.json").read_text(encoding="utf-8"))
    locked = {wheel["name"]: wheel["version"] for wheel in lock["wheels"]}
    assert {name: pins[name] for name in locked} == locked
    pyodide = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]["pyodide"]
    assert lock["pyodide"] == pyodide


def test_readme_commands_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    import build

    commands = re.findall(r"python3 build\.py (\w+)", readme)
    assert {"serve", "test"} <= set(commands) <= set(build.COMMANDS)


def test_readme_links_lead_somewhere() -> None:
    for document in tracked("*.md"):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


_MAPPED = re.compile(r"(?:`(\w+)` in )?`([\w.*<>/-]+(?:/|\.(?:py|js|json|tsv|npz|md|html|css|svg)))`")
"""A file or a folder in the map of the code, and what is in it."""


def test_map_of_the_code_names_what_exists() -> None:
    known = tracked("*")
    names = {path.relative_to(ROOT) for path in known}
    names |= {parent for name in names for parent in name.parents}
    text = " ".join((ROOT / "docs/architecture.md").read_text(encoding="utf-8").split())
    mapped = _MAPPED.findall(text)
    assert len(mapped) > 40
    for inside, target in mapped:
        pattern = re.sub(r"<\w+>", "*", target.rstrip("/"))
        found = [name for name in names if fnmatch(f"/{name}", f"*/{pattern}")]
        assert found, f"docs/architecture.md: there is no {target}"
        sources = [(ROOT / name).read_text(encoding="utf-8") for name in found if inside and (ROOT / name).is_file()]
        definition = re.compile(rf"^(?:(?:export|async|function|const|def|class) )*{inside}\b", re.MULTILINE)
        assert not inside or any(map(definition.search, sources)), f"docs/architecture.md: {target} has no {inside}"


def test_nothing_speaks_of_this_machine() -> None:
    private = re.compile(r"/(?:work|root|home)/\w|(?:\.\./)+shared\b|registry\.npm|files\.python|pypi\.org|deb\.debian")
    binary = {".png", ".whl", ".npz", ".npy", ".onnx", ".woff2", ".ico", ".jpg", ".webp", ".gz"}
    offenders = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix not in binary
        and path.name != "test_conventions.py"
        and private.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert offenders == []
