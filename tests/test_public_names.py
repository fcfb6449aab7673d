"""The public names of the package, and what is imported for whom."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import typing
from importlib import import_module
from pathlib import Path

import pytest

import onsight
from onsight import errors
from onsight.api import METHODS
from onsight.core.options import NoOptions

ROOT = Path(__file__).resolve().parents[1]

PUBLIC: list[str] = import_module("onsight").__all__


def imported_by(statement: str) -> set[str]:
    """Return the names of all modules that a statement leads to the import of."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


def mentioned(annotation: object) -> set[type]:
    """Return the dataclasses that an annotation mentions, and those that their fields mention."""
    found: set[type] = set()
    pending = [annotation]
    while pending:
        one = pending.pop()
        pending += typing.get_args(one)
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one not in found:
            found.add(one)
            pending += typing.get_type_hints(one).values()
    return found


def test_all_options_and_results_are_public() -> None:
    kinds = {kind for method in METHODS.values() for one in (method.options, method.result) for kind in mentioned(one)}
    assert len(kinds) > 80
    for kind in kinds - {NoOptions}:
        assert getattr(onsight, kind.__name__) is kind
    assert {kind.__name__ for kind in kinds - {NoOptions}} <= set(PUBLIC)


def test_all_errors_are_public() -> None:
    raised = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert len(raised) > 15
    for kind in raised:
        assert getattr(onsight, kind.__name__) is kind
        assert kind.__name__ in PUBLIC


def test_public_names_can_be_listed_and_imported_at_once() -> None:
    assert set(dir(onsight)) == set(PUBLIC)
    names: dict[str, object] = {}
    exec("from onsight import *", names)
    assert set(PUBLIC) <= set(names)


def test_type_checkers_know_all_public_names(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"from onsight import {', '.join([*PUBLIC, 'Unicorn'])}", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "", "--cache-dir", str(tmp_path / "cache"), str(program)]
    environment = {**os.environ, "MYPYPATH": str(ROOT / "py")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert [line for line in done.stdout.splitlines() if "program.py" in line] == [
        f'{program}:1: error: Module "onsight" has no attribute "Unicorn"  [attr-defined]'
    ]


def test_what_is_private_or_unknown_is_no_attribute() -> None:
    for name in ("Unicorn", "Declaration", "_modules_", "dataclass"):
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(onsight, name)


def test_the_package_alone_loads_no_library() -> None:
    loaded = imported_by("import onsight")
    assert {name for name in loaded if name.startswith("onsight")} == {"onsight", "onsight._version"}
    assert not loaded & {"numpy", "PIL", "onnxruntime"}


def test_the_page_loads_neither_the_command_line_nor_sqlite() -> None:
    loaded = imported_by("import onsight.api")
    assert not loaded & {"sqlite3", "argparse", "onnxruntime", "onsight.cli", "onsight.engine"}
    assert not {name for name in loaded if name.startswith("onsight.tools.") and ".command" in name}


def test_help_loads_no_tool() -> None:
    loaded = imported_by(
        "from contextlib import suppress\nfrom onsight.cli.main import main\n"
        "with suppress(SystemExit): main(['--help'])"
    )
    assert "onsight.tools" in loaded
    assert not {name for name in loaded if name.startswith("onsight.tools.")}
    assert not loaded & {"numpy", "PIL", "sqlite3", "onnxruntime"}
