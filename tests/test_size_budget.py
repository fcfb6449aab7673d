"""What the site weighs: compressed variants, archives, budgets, the table of a first visit."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

import brotli
import pytest

from web import size_budget
from web.assemble import DIST

ROOT = Path(__file__).resolve().parents[1]

TEXT = b"the same again and again " * 400


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ONSIGHT_CACHE", str(folder))
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one large file, one small one and the lists that the build writes."""
    folder = tmp_path / "site"
    (folder / "runtime" / "ort").mkdir(parents=True)
    (folder / "runtime" / "ort" / "a.wasm").write_bytes(TEXT)
    (folder / "app.js").write_bytes(TEXT)
    (folder / "sw.js").write_bytes(b"//")
    manifest = {"boot": ["runtime/ort/a.wasm"], "site": {"app.js": "sha256-x"}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_write_variants_keeps_those_that_help(tmp_path: Path, cache: Path) -> None:
    helped, dense = tmp_path / "a.js", tmp_path / "b.png"
    helped.write_bytes(TEXT)
    dense.write_bytes(random.Random(1).randbytes(256))
    size_budget.write_variants(tmp_path, [helped, dense])
    assert brotli.decompress((tmp_path / "a.js.br").read_bytes()) == TEXT
    assert gzip.decompress((tmp_path / "a.js.gz").read_bytes()) == TEXT
    assert size_budget.variants(dense) == {}
    assert size_budget.transfer_bytes(dense) == 256
    assert size_budget.transfer_bytes(helped) < size_budget.transfer_bytes(helped, "gzip") < len(TEXT)


def test_write_variants_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_bytes(TEXT)
    size_budget.write_variants(tmp_path, [path])
    path.write_bytes(b"short")
    size_budget.write_variants(tmp_path, [path])
    assert size_budget.variants(path) == {}


def test_files_of_a_site_are_those_that_are_not_variants(tmp_path: Path) -> None:
    for name in ("a.js", "a.js.br", "a.js.gz"):
        (tmp_path / name).write_bytes(b"x")
    assert size_budget.files_of(tmp_path) == [tmp_path / "a.js"]


def test_a_file_over_its_budget_fails_with_a_sentence(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size_budget.check_budgets(site)
    monkeypatch.setattr(size_budget, "BUDGETS", (size_budget.Budget("*.js", 100), size_budget.Budget("*", 10**6)))
    sentence = r"app\.js has 10,000 bytes compressed, but its budget is 100"
    with pytest.raises(size_budget.OverweightError, match=sentence):
        size_budget.check_budgets(site)
    size_budget.write_variants(site)
    size_budget.check_budgets(site)


def test_a_first_visit_over_its_budget_fails(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_budget, "FIRST_VISIT_BUDGET", 20_000)
    with pytest.raises(size_budget.OverweightError, match="A first visit transfers 20,"):
        size_budget.check_budgets(site)


def test_first_visit_counts_every_file_once(site: Path) -> None:
    rows = size_budget.first_visit(site)
    assert sum(row.raw_bytes for row in rows) == sum(path.stat().st_size for path in size_budget.files_of(site))
    assert "a.wasm" in [row.name for row in rows]


def test_readme_tells_what_a_first_visit_transfers() -> None:
    def cells(line: str) -> tuple[str, list[float]]:
        name, *sizes = (cell.strip(" *") for cell in line.strip("|").split("|"))
        return re.sub(r"\d+ files", "files", name), [float(size) for size in sizes]

    table = size_budget.table(size_budget.first_visit(DIST)).splitlines()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    start = readme.index(table[0])
    told = dict(map(cells, readme[start:].split("\n\n")[0].splitlines()[2:]))
    for name, sizes in map(cells, table[2:]):
        # Our own files grow a little with each change; the table is updated now and then.
        assert told[name] == pytest.approx(sizes, rel=0.1, abs=0.15), name
