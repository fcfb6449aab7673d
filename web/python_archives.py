"""Python's own files as the site ships them: what a start and a first label read, and apart from it the rest.

Each source becomes two archives of files that are stored without compression, below Python's library folder: one in
``first/``, which every start loads, and one in ``later/``, which is loaded after the first answer, or when a tool or a
picture needs it. What belongs to the first is found by running it (see ``web/trace_first_label.mjs``), not listed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from onsight.networks.model_cache import find_model

WEB = Path(__file__).resolve().parent
CACHE = WEB.parent / ".cache" / "python-archives"
EPOCH = (1980, 1, 1, 0, 0, 0)
SITE_PACKAGES = "site-packages/"
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)

TRACERS = (
    *("web/trace_first_label.mjs", "web/node_python.mjs", "web/worker/archive.js", "py/trace_first_label.py"),
    "web/package-lock.json",
)
"""What finds the files of a first label, beside the archives and the descriptions of models."""


def write_archives(
    sources: Mapping[str, Path], runtime: Path, models: Sequence[str], shapes: Mapping[str, Sequence[int]], site: Path
) -> None:
    """Write both archives of each source.

    Args:
        sources: Archives by the name that they get; ``stdlib`` belongs into the library folder itself, every other one
            into its site-packages.
        runtime: Folder with Pyodide.
        models: Ids of all models that the site ships; the first one classifies.
        shapes: Of the outputs that the classifier's network is asked for.
        site: Folder for ``first`` and ``later``.
    """
    whole = CACHE / "whole"
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir(parents=True)
    for name, source in sources.items():
        _write(source, whole / f"{name}.zip", "" if name == "stdlib" else SITE_PACKAGES, lambda _: True)
    needed = first_files(whole, runtime, models, shapes)
    for folder, is_here in (("first", needed.__contains__), ("later", lambda name: name not in needed)):
        (site / folder).mkdir(parents=True)
        for name in sources:
            _write(whole / f"{name}.zip", site / folder / f"{name}.zip", "", is_here)


def first_files(
    whole: Path, runtime: Path, models: Sequence[str], shapes: Mapping[str, Sequence[int]]
) -> frozenset[str]:
    """Return the names of the files that a start and a first label read; they are found once and cached."""
    descriptions = [find_model(model) / name for model in models for name in ("model.json", "labels.txt")]
    inputs = [*sorted(whole.iterdir()), *(WEB.parent / name for name in TRACERS), *filter(Path.exists, descriptions)]
    digest = hashlib.sha256(json.dumps([list(models), dict(shapes)]).encode())
    for path in inputs:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    cached = CACHE / f"first-{digest.hexdigest()[:16]}.json"
    if not cached.exists():
        for old in CACHE.glob("first-*.json"):
            old.unlink()
        folders = [str(find_model(model)) for model in models]
        script = str(WEB / "trace_first_label.mjs")
        command = ["node", script, str(runtime), str(whole), json.dumps(dict(shapes)), *folders]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
        cached.write_text(found, encoding="utf-8")
    return frozenset(json.loads(cached.read_text(encoding="utf-8")))


def _write(source: Path, target: Path, prefix: str, is_wanted: Callable[[str], bool]) -> None:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as stored:
        for entry in archive.infolist():
            name = prefix + entry.filename
            if not entry.is_dir() and is_wanted(name):
                plain = zipfile.ZipInfo(name, EPOCH)
                plain.external_attr = entry.external_attr
                stored.writestr(plain, archive.read(entry))
