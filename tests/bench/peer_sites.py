"""What other libraries need in a browser, put into folders that can be served: their files, and the same weights."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import onnx
from onnx.utils import Extractor

from models.convert.origin import origin_from
from onsight.networks.model_cache import cache_folder, find_model
from onsight.networks.spec import ModelSpec
from web.size_budget import write_variants

ROOT = Path(__file__).resolve().parents[2]
PINS = [ROOT / "tests" / "bench" / name for name in ("package.json", "package-lock.json")]
FOLDER = ROOT / ".cache" / "bench"

CLASSIFIER = "efficientnet-lite2"
DETECTOR = "ssdlite-mobilenet-v2"

RUNTIMES = ("ort-wasm-simd-threaded.asyncify", "ort-wasm-simd-threaded")
"""Builds of onnxruntime-web that transformers.js can use: the one that it takes by itself, and one without WebGPU."""

PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Benchmark</title>\n'


def installed() -> Path:
    """Return the folder of the libraries' npm packages, installed now unless they are those of the lock file."""
    packages = FOLDER / "node_modules"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in PINS)).hexdigest()
    stamp = FOLDER / "installed"
    if not (stamp.is_file() and stamp.read_text() == digest and packages.is_dir()):
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path in PINS:
            shutil.copyfile(path, FOLDER / path.name)
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("npm is needed to install the libraries that Onsight is compared with.")
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([npm, "ci", *options], cwd=FOLDER, check=True)
        stamp.write_text(digest)
    return packages


def versions() -> dict[str, str]:
    """Return the versions of the libraries, by package."""
    pins: dict[str, str] = json.loads(PINS[0].read_text(encoding="utf-8"))["dependencies"]
    return pins


def transformers_site(packages: Path) -> Path:
    """Make a site with transformers.js and our classifier, and return its folder."""
    site = _empty(FOLDER / "transformers")
    library = packages / "@huggingface" / "transformers" / "dist" / "transformers.min.js"
    runtime = packages / "onnxruntime-web" / "dist"
    names = [f"{name}.{suffix}" for name in RUNTIMES for suffix in ("mjs", "wasm")]
    _copy(site, library, *(runtime / name for name in names))
    write_local_model(site / "models" / CLASSIFIER, ROOT / "models" / CLASSIFIER, find_model(CLASSIFIER))
    write_variants(site)
    return site


def coco_ssd_site(packages: Path) -> Path:
    """Make a site with coco-ssd, TensorFlow.js and the weights that our detector is made of; return its folder."""
    site = _empty(FOLDER / "coco-ssd")
    backend = packages / "@tensorflow" / "tfjs-backend-wasm" / "dist"
    _copy(
        site,
        packages / "@tensorflow" / "tfjs" / "dist" / "tf.min.js",
        backend / "tf-backend-wasm.min.js",
        *(backend / f"tfjs-backend-wasm{suffix}.wasm" for suffix in ("", "-simd", "-threaded-simd")),
        packages / "@tensorflow-models" / "coco-ssd" / "dist" / "coco-ssd.min.js",
    )
    write_graph_model(site / "model", ROOT / "models" / DETECTOR)
    write_variants(site)
    return site


def write_local_model(target: Path, description: Path, converted: Path) -> None:
    """Write a classifier's network as transformers.js expects a local model.

    Args:
        target: Folder to make: ``config.json``, ``preprocessor_config.json``, ``onnx/model.onnx``.
        description: Folder with ``model.json`` and ``labels.txt``.
        converted: Folder with ``model.onnx``. What no label needs is left out of its copy, since transformers.js asks
            for every output there is.

    Raises:
        ValueError: Its preprocessing cannot be told to transformers.js.
    """
    spec = ModelSpec.load(description)
    inputs = spec.input
    height, width = inputs.input_size
    if inputs.crop_mode != "center" or height != width:
        raise ValueError(f"{spec.id} wants {inputs.crop_mode} of {height} × {width}; a centre crop, square, is known.")
    labels = (description / "labels.txt").read_text(encoding="utf-8").splitlines()
    config = {
        "model_type": "efficientnet",
        "architectures": ["EfficientNetForImageClassification"],
        "id2label": {str(number): label for number, label in enumerate(labels)},
        "label2id": {label: number for number, label in enumerate(labels)},
    }
    preprocessor = {
        # Not EfficientNet's own class, which squares the standard deviations.
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"shortest_edge": round(height / inputs.crop_pct)},
        "resample": 3,
        "do_center_crop": True,
        "crop_size": {"height": height, "width": width},
        "do_rescale": False,
        "do_normalize": True,
        "image_mean": list(inputs.mean),
        "image_std": list(inputs.std),
    }
    (target / "onnx").mkdir(parents=True)
    (target / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (target / "preprocessor_config.json").write_text(json.dumps(preprocessor), encoding="utf-8")
    network = Extractor(onnx.load(converted / "model.onnx")).extract_model([inputs.name], ["logits"])
    onnx.save(network, target / "onnx" / "model.onnx")


def write_graph_model(target: Path, description: Path) -> None:
    """Write the TensorFlow.js files that a detector of ours is made of: ``model.json`` and its weights."""
    origin = origin_from(json.loads((description / "model.json").read_text(encoding="utf-8"))["origin"])
    downloads = cache_folder() / "downloads"
    model = origin.read(downloads)
    target.mkdir(parents=True)
    (target / "model.json").write_bytes(model)
    names = [name for group in json.loads(model)["weightsManifest"] for name in group["paths"]]
    for name, data in zip(names, origin.read_beside(downloads, names), strict=True):
        (target / name).write_bytes(data)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    return folder


def _copy(site: Path, *files: Path) -> None:
    for file in files:
        shutil.copyfile(file, site / file.name)
