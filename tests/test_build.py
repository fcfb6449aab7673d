"""The built site: complete, as its manifest says, and without anything that the build would not vouch for."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onsight.engine import load_session
from web import assemble, size_budget

DIST = assemble.DIST


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    return data


def test_manifest_tells_the_size_and_hash_of_every_file_of_the_engine(manifest: dict[str, Any]) -> None:
    for name, asset in manifest["assets"].items():
        data = (DIST / name).read_bytes()
        assert len(data) == asset["bytes"], name
        assert hashlib.sha256(data).hexdigest() == asset["sha256"], name
        if "gzip" in asset:
            packed = (DIST / f"{name}.gz").read_bytes()
            assert len(packed) == asset["gzip"], name
            assert gzip.decompress(packed) == data, name
    there = {p.relative_to(DIST).as_posix() for f in ("runtime", "models") for p in size_budget.files_of(DIST / f)}
    assert there == set(manifest["assets"])
    assert set(manifest["boot"]) <= there


def test_first_runs_of_the_manifest_are_what_the_networks_take(manifest: dict[str, Any]) -> None:
    assert [run["model"] for run in manifest["first_runs"]] == list(assemble.BOOT_MODELS)
    for run in manifest["first_runs"]:
        session = load_session(DIST / "models" / run["model"])
        outputs = session.run(run["fetches"], {name: np.zeros(dims, np.float32) for name, dims in run["feeds"].items()})
        assert len(outputs) == len(run["fetches"])


def test_service_worker_keeps_the_page_whole_and_knows_its_build(manifest: dict[str, Any]) -> None:
    site = manifest["site"]
    for name, expected in site.items():
        digest = hashlib.sha256((DIST / name).read_bytes()).digest()
        assert expected == "sha256-" + base64.b64encode(digest).decode(), name
    page = {
        p.relative_to(DIST).as_posix()
        for folder in ("page", "worker", "css", "icons")
        for p in size_budget.files_of(DIST / folder)
    }
    assert page <= set(site)
    assert {"index.html", "manifest.webmanifest", "runtime/pyodide/pyodide.mjs"} <= set(site)
    assert not [name for name in site if name.endswith((".wasm", ".zip", ".onnx"))]  # kept by the engine's worker
    text = (DIST / "sw.js").read_text(encoding="utf-8")
    assert f'"build": "{manifest["build"]}"' in text
    assert "frame-ancestors" in text


def modules_of(path: str) -> set[str]:
    """Return the addresses of what a module of the site imports statically, directly or not."""
    found, waiting = set[str](), [path]
    while waiting:
        current = waiting.pop()
        folder = (DIST / current).parent
        text = (DIST / current).read_text(encoding="utf-8")
        targets = re.findall(r'(?:^|[;}\s])(?:import|export)\s*(?:[\w*{][^"();]*?from)?\s*"(\.[^"]+)"', text)
        for target in targets:
            address = (folder / target).resolve().relative_to(DIST).as_posix()
            if address not in found:
                found.add(address)
                waiting.append(address)
    return found


def test_index_lists_the_modules_of_the_page_and_of_each_tool() -> None:
    html = (DIST / "index.html").read_text(encoding="utf-8")
    head, *templates = re.split(r"<template data-modules=", html.partition("</head>")[0])
    app = {"page/app.js", *modules_of("page/app.js")}
    assert len(app) > 1
    assert set(re.findall(r'rel="modulepreload" href="([^"]+)"', head)) == app
    listed = {text.split('"')[1]: set(re.findall(r'href="([^"]+)"', text)) for text in templates}
    views = [path.relative_to(DIST).as_posix() for path in DIST.glob("page/tools/*/view.js")]
    assert listed == {view.removesuffix("view.js"): {view, *modules_of(view)} - app for view in views}


def test_site_holds_no_module_that_nothing_imports() -> None:
    shared = {path.relative_to(DIST).as_posix() for path in DIST.glob("page/chunk-*.js")}
    entries = {path.relative_to(DIST).as_posix() for path in (DIST / "page").rglob("*.js")} - shared
    assert shared == {address for entry in entries for address in modules_of(entry)} & shared
    others = entries - {f"page/tools/{path.parent.name}/view.js" for path in DIST.glob("page/tools/*/view.js")}
    assert others == {
        *("page/app.js", "page/client.js", "page/shell/before-paint.js", "page/tools/organise/backup.js"),
    }
    assert {path.name for path in (DIST / "worker").glob("*.js")} == {"worker.js", "networks-worker.js"}
    assert not list((DIST / "common").glob("*.js"))


def test_archives_hold_bytecode_of_the_runtime_and_no_source() -> None:
    for path in (DIST / "runtime" / "python").glob("*/*.zip"):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            assert not [name for name in names if name.endswith(".py")]
            compiled = next(name for name in names if name.endswith(".pyc"))
            # The magic number of CPython 3.14, which Pyodide 314 is.
            assert int.from_bytes(archive.read(compiled)[:2], "little") == 3627


def test_site_uses_relative_addresses_only() -> None:
    for path in [
        DIST / "index.html",
        *DIST.glob("css/**/*.css"),
        *DIST.glob("page/**/*.css"),
        *DIST.glob("page/**/*.html"),
        *DIST.glob("page/**/*.js"),
        *DIST.glob("worker/*.js"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)=["']/|url\(["']?/|from ["']/|import\(["']/""", text), path


def test_site_carries_the_licences_of_what_it_ships() -> None:
    for name in ("onsight.txt", "pyodide.txt", "python.txt", "onnxruntime-web.txt", "client-zip.txt", "README.md"):
        assert (DIST / "licenses" / name).stat().st_size > 500
    assert any((DIST / "licenses" / "python-wheels").iterdir())


def test_build_refuses_a_changed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wheel in assemble.verify_wheels():
        (tmp_path / wheel.name).write_bytes(wheel.read_bytes())
    victim = next(tmp_path.glob("*.whl"))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    real = assemble.verify_wheels
    monkeypatch.setattr(assemble, "verify_wheels", lambda: real(tmp_path))
    site = tmp_path / "site"
    site.mkdir()
    with pytest.raises(Exception, match="not the locked wheel"):
        assemble.assemble(site)
    assert not (site / "runtime" / "python").exists()
