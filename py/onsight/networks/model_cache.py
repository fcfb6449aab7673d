"""The cache of converted models on this machine. The build fills it, and the command line reads it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from onsight.core.texts import text
from onsight.errors import ModelMissingError


def cache_folder() -> Path:
    """Return Onsight's folder in the user's cache: ``$ONSIGHT_CACHE`` if set, else the system's usual location."""
    if own := os.environ.get("ONSIGHT_CACHE"):
        return Path(own).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "onsight"


def models_folder() -> Path:
    """Return the folder with one folder per model (``model.json``, ``model.onnx``, for some ``labels.txt``)."""
    return cache_folder() / "models"


def find_model(model_id: str, folder: Path | None = None) -> Path:
    """Return the folder of a converted model.

    Args:
        model_id: Id of the model, such as ``"efficientnet-lite2"``.
        folder: Folder to search; by default `models_folder`.

    Raises:
        ModelMissingError: The model is missing; the message says what to run.
    """
    found = (folder or models_folder()) / model_id
    missing = [name for name in model_files(found) if not (found / name).is_file()]
    if missing:
        raise ModelMissingError(
            text(
                "The model {model_id} is not on this machine ({found} has no {names}). Run this once in "
                "Onsight's source folder: python3 build.py setup",
                model_id=model_id,
                found=found,
                names=", ".join(missing),
            ),
            detail={"model": model_id, "folder": str(found)},
        )
    return found


def model_files(folder: Path) -> tuple[str, ...]:
    """Return the names of the files that a model's folder must contain: ``model.json`` and the files that it lists."""
    try:
        labels = json.loads((folder / "model.json").read_text(encoding="utf-8")).get("labels")
    except (OSError, ValueError):
        labels = None  # reading the description reports the error
    return ("model.json", labels, "model.onnx") if labels else ("model.json", "model.onnx")
