"""Convert a committed model folder to one that can be run."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.convert import detectors, efficientnet_lite, upscalers
from models.convert.checkpoint import read_state_dict
from models.convert.errors import ConversionError
from models.convert.onnx_graph import Storage
from models.convert.origin import Origin, origin_from
from models.convert.tfjs import GraphModel, read_graph_model

MODEL_FILE = "model.onnx"


def _efficientnet_lite(origin: Origin, cache: Path, storage: Storage) -> bytes:
    return efficientnet_lite.build(read_state_dict(origin.read(cache)), storage)


def _graph_model(build_graph: Callable[[GraphModel, Storage], bytes]) -> Callable[[Origin, Path, Storage], bytes]:
    def build_from(origin: Origin, cache: Path, storage: Storage) -> bytes:
        model = read_graph_model(origin.read(cache), lambda names: origin.read_beside(cache, names))
        return build_graph(model, storage)

    return build_from


def _upscaler(origin: Origin, cache: Path, storage: Storage) -> bytes:
    return upscalers.build(upscalers.read_weights(origin.read(cache)), storage)


ARCHITECTURES: dict[str, Callable[[Origin, Path, Storage], bytes]] = {
    "efficientnet-lite": _efficientnet_lite,
    "ssdlite": _graph_model(detectors.build_ssdlite),
    "centernet": _graph_model(detectors.build_centernet),
    "upscaler": _upscaler,
}
"""Converters by architecture. Each takes a model's description, the download cache and a storage."""


def build(model_dir: Path, cache: Path, storage: Storage | None = None) -> bytes:
    """Create a model's ``.onnx`` file in memory.

    Args:
        model_dir: Committed folder of the model; its ``model.json`` says where the weights come from.
        cache: Folder for downloaded packages.
        storage: How to store the weights; by default as ``model.json`` says.

    Returns:
        The file's bytes.

    Raises:
        ConversionError: The weights cannot be downloaded or are not as expected.
    """
    description = _describe(model_dir)
    conversion = description["conversion"]
    make = ARCHITECTURES[conversion["architecture"]]
    return make(origin_from(description["origin"]), cache, storage or conversion["storage"])


def convert(model_dir: Path, output: Path, cache: Path) -> bool:
    """Create the folder that a model is run from: ``model.onnx`` and copies of ``model.json`` and any labels.

    Args:
        model_dir: Committed folder of the model.
        output: Folder to write to; created if missing. Other files in it are left alone.
        cache: Folder for downloaded packages.

    Returns:
        Whether the network had to be converted; false if it already existed with the right hash.

    Raises:
        ConversionError: The weights cannot be downloaded, or the result does not have the hash in ``model.json``.
        Nothing is written then.
    """
    description = _describe(model_dir)
    expected = description["files"][MODEL_FILE]
    target = output / MODEL_FILE
    needed = not (target.is_file() and fingerprint(target.read_bytes()) == expected)
    if needed:
        data = build(model_dir, cache)
        if (got := fingerprint(data)) != expected:
            raise ConversionError(
                f"The converted {description['id']} does not have the recorded hash.\n"
                f"  got    {got}\n  wanted {expected}\n"
                "If the converter was changed on purpose, measure the model again and run with --record."
            )
        write_atomically(target, data)
    for name in filter(None, ("model.json", description.get("labels"))):
        committed = (model_dir / name).read_bytes()
        if not (output / name).is_file() or (output / name).read_bytes() != committed:
            write_atomically(output / name, committed)
    return needed


def record(model_dir: Path, cache: Path) -> None:
    """Convert the network and write its size and hash into ``model.json``."""
    path = model_dir / "model.json"
    entry = f'"{MODEL_FILE}": {json.dumps(fingerprint(build(model_dir, cache)))}'
    # Edited as text, because people have formatted the file by hand.
    text, count = re.subn(rf'"{re.escape(MODEL_FILE)}": \{{[^}}]*\}}', entry, path.read_text(encoding="utf-8"))
    if count != 1:
        raise ConversionError(f"{path} has no entry for {MODEL_FILE} in its files.")
    write_atomically(path, text.encode())


def fingerprint(data: bytes) -> dict[str, Any]:
    """Return ``{"bytes", "sha256"}`` of a file's content."""
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _describe(model_dir: Path) -> dict[str, Any]:
    path = model_dir / "model.json"
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConversionError(f"{path} cannot be read: {error}") from error
    return description
