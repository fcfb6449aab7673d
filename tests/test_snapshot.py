"""The snapshot of Python: a restored interpreter works as one that was started, and fits no other runtime."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from onsight.api import models_for
from onsight.networks.model_cache import find_model
from web.assemble import DIST, MODELS, sha256

SNAPSHOT = DIST / "runtime" / "snapshot"
PROBE = Path(__file__).parent / "snapshot" / "probe.mjs"


def probe(how: str) -> dict[str, Any]:
    done = subprocess.run(["node", str(PROBE), str(DIST), how], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@cache
def restored() -> dict[str, Any]:
    return probe("restored")


def test_restored_python_answers_as_one_that_was_started() -> None:
    ordinary = probe("ordinary")
    assert restored()["answers"] == ordinary["answers"]
    assert (restored()["imported"], ordinary["imported"]) == (True, False)


def test_no_two_restored_pythons_have_the_same_chance() -> None:
    assert all(one != other for one, other in zip(restored()["chance"], probe("restored")["chance"], strict=True))


@pytest.mark.parametrize(
    ("change", "error"),
    [("tableBefore=100", "a different runtime"), ("memoryBytes=65536", "a different runtime")],
)
def test_snapshot_of_another_runtime_is_refused(change: str, error: str) -> None:
    assert error in probe(change)["error"]


def test_snapshot_is_tied_to_the_files_that_it_was_made_with() -> None:
    facts = json.loads((SNAPSHOT / "facts.json").read_text(encoding="utf-8"))
    assert len(facts["madeWith"]) == 12
    assert {name: sha256(DIST / name) for name in facts["madeWith"]} == facts["madeWith"]


def test_snapshot_tells_nothing_of_the_machine_that_made_it() -> None:
    for part in SNAPSHOT.glob("memory-*.bin"):
        data = part.read_bytes()
        assert str(DIST.parent).encode() not in data
        assert len(data) <= 25 << 20  # some hosts refuse larger files


def test_tools_are_made_once_for_the_same_texts() -> None:
    def texts() -> tuple[tuple[str, str, str], ...]:
        rows = []
        for model in MODELS:
            labels = find_model(model) / "labels.txt"
            spec = (find_model(model) / "model.json").read_text(encoding="utf-8")
            rows.append((model, spec, labels.read_text(encoding="utf-8") if labels.exists() else ""))
        return tuple(rows)

    assert models_for(texts()) is models_for(texts())
