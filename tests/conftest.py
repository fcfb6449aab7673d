"""What every test module shares."""

from __future__ import annotations

import sys

from hypothesis import settings

NEEDS_THE_HOST = (
    "test_bench.py",
    "test_build.py",
    "test_cli.py",
    "test_cli_writers.py",
    "test_bench_network.py",
    "test_convert.py",
    "test_coverage_report.py",
    "test_conventions.py",
    "test_declared.py",
    "test_javascript.py",
    "test_layers.py",
    "test_library_kill.py",
    "test_models.py",
    "test_compare_native.py",
    "test_stored_data.py",
    "test_library_datasets.py",
    "test_native.py",
    "test_page_layers.py",
    "test_page_scripts.py",
    "test_page_styles.py",
    "test_prose.py",
    "test_public_names.py",
    "test_python_archives.py",
    "test_runner.py",
    "test_serve.py",
    "test_snapshot.py",
    "test_tfjs.py",
    "test_size_budget.py",
    "test_wheels.py",
)
"""Modules about the repository, subprocesses or onnxruntime's wheel: there is none of it inside Pyodide."""

collect_ignore = list(NEEDS_THE_HOST) if sys.platform == "emscripten" else []

# Machines differ in speed; a property does not become false by being slow.
settings.register_profile("onsight", deadline=None, derandomize=True)
settings.load_profile("onsight")
