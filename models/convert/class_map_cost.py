"""Measure the cost of the class map: run the classifier without it, with it unused, and with it requested.

Use ``python -m models.convert.class_map_cost`` in the root of the repository. It runs on one thread, natively and in
onnxruntime-web under Node. The three alternate in random order, so that other load on the machine affects them equally.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from models.convert import build
from models.convert.evaluate import MODEL_DIR
from onsight.networks.model_cache import cache_folder
from onsight.networks.spec import ModelSpec

NATIVE_ROUNDS = 150
WEB_ROUNDS = 50


def without_class_map(model: bytes) -> bytes:
    """Return the network without the class map and its switch."""
    proto = onnx.load_from_string(model)
    graph = proto.graph
    for parts, names in (
        (graph.node, {"class_map", "class_map.switch"}),
        (graph.output, {"class_map"}),
        (graph.input, {"with_class_map"}),
    ):
        kept = [part for part in parts if part.name not in names]
        del parts[:]
        parts.extend(kept)
    return bytes(proto.SerializeToString())


def measure_natively(models: dict[str, bytes], spec: ModelSpec) -> dict[str, float]:
    """Return the median milliseconds of a run: without the map, unused, requested."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    sessions = {name: onnxruntime.InferenceSession(model, settings) for name, model in models.items()}
    pixel_values = np.random.default_rng(0).normal(0, 1, (1, 3, *spec.input.input_size)).astype(np.float32)
    plain = ("logits", "features", "feature_map")
    runs = {
        "without": (sessions["without"], plain, {spec.input.name: pixel_values}),
        "unused": (sessions["with"], plain, spec.feeds(pixel_values, plain)),
        "wanted": (sessions["with"], spec.outputs, spec.feeds(pixel_values, spec.outputs)),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    rng = np.random.default_rng(0)
    for turn in range(NATIVE_ROUNDS):
        for name in rng.permutation(list(runs)):
            session, fetches, feeds = runs[name]
            started = time.perf_counter()
            session.run(list(fetches), feeds)
            if turn > 2:
                times[name].append((time.perf_counter() - started) * 1000)
    return {name: float(np.median(values)) for name, values in times.items()}


def measure_in_node(models: dict[str, bytes], spec: ModelSpec) -> dict[str, float]:
    """Return the same, from onnxruntime-web."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, model in models.items():
            paths.append(Path(folder, f"{name}.onnx"))
            paths[-1].write_bytes(model)
        script = Path(__file__).with_suffix(".mjs")
        command = ["node", script, *paths, *spec.input.input_size, WEB_ROUNDS]
        output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (line.split() for line in output.splitlines())}


def main() -> None:
    """Print the table."""
    spec = ModelSpec.load(MODEL_DIR)
    model = build(MODEL_DIR, cache_folder() / "downloads")
    models = {"without": without_class_map(model), "with": model}
    print("| one thread, median ms | network without class map | not requested | requested |")
    print("|---|---|---|---|")
    for title, measure in (("native", measure_natively), ("onnxruntime-web, Node", measure_in_node)):
        times = measure(models, spec)
        cells = [f"{times['without']:.1f}"]
        cells += [f"{times[n]:.1f} ({100 * (times[n] / times['without'] - 1):+.1f}%)" for n in ("unused", "wanted")]
        print(f"| {title} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
