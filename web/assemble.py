"""Assemble the static site in dist/ from the repository, npm packages and the model cache.

The site is plain files with relative URLs; ``manifest.json`` lists every file of the engine with its size and SHA-256,
which the worker checks as it loads them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import InfoSpec

from onsight import __version__
from onsight.engine import load_session
from onsight.networks.model_cache import find_model, model_files
from onsight.tools.classify.task import Classifier
from onsight.tools.detect.task import DETECTORS
from onsight.tools.enhance.upscale import UPSCALERS
from web import protocol, python_archives, size_budget
from web.serve import page_header, worker_policy

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
NODE_MODULES = WEB / "node_modules"
DIST = ROOT / "dist"
WHEEL_CACHE = ROOT / ".cache" / "wheels"
SNAPSHOT_CACHE = ROOT / ".cache" / "snapshots"

SNAPSHOT_MAKERS = (
    "web/make_snapshot.mjs",
    "web/node_python.mjs",
    "web/worker/archive.js",
    "web/worker/snapshot.js",
    "py/prepare_snapshot.py",
)
"""Files that the snapshot depends on, besides the runtime, the wheels and the model descriptions."""

# py/wheels is a folder in the repository, not a package: pytest installs a module named "py".
sys.path.insert(0, str(ROOT / "py" / "wheels"))
from wheel_lock import verify_wheels as verify_wheels  # noqa: E402

BOOT_MODELS = ("efficientnet-lite2",)
"""Ids of the models that are loaded at start-up."""

MODELS = (*BOOT_MODELS, *DETECTORS, *UPSCALERS)
"""Ids of the models that the site ships; the others are loaded when they are first needed."""

STATIC = ("index.html", "manifest.webmanifest", "css", "icons", "common", "page", "worker", "licenses")

PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")

STANDARD_LIBRARY = "python_stdlib.zip"

ORT_FILES = (
    *("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"),
    *("ort.jspi.min.mjs", "ort-wasm-simd-threaded.jspi.mjs", "ort-wasm-simd-threaded.jspi.wasm"),
)
"""onnxruntime-web without and with WebGPU."""

OPTIONAL = ("runtime/ort/ort-wasm-simd-threaded.jspi.wasm",)
"""Files that are downloaded only if the user turns on a setting."""

SERVICE_WORKER = "sw.js"

UNKEPT = (SERVICE_WORKER, "manifest.json")
"""Files that the service worker does not cache as files of the site."""

BUILD_FACTS = re.compile(r"/\* written by the build \*/ \{.*\}(?=;)")
"""What the build replaces in the service worker."""

PYTHON_PARTS = ("first", "later")
"""Folders of Python's archives: what a first label needs, and the rest."""

BOOT = (
    "runtime/pyodide/pyodide.asm.wasm",
    "runtime/ort/ort-wasm-simd-threaded.wasm",
)
"""The large files that every start needs besides Python's archives and models; the progress bar counts them."""


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def integrity(path: Path) -> str:
    """Return a file's hash in the format of the ``integrity`` attribute."""
    return "sha256-" + base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def copy(sources: list[Path], target: Path) -> None:
    """Copy files into a folder, creating it if needed."""
    target.mkdir(parents=True, exist_ok=True)
    for source in sources:
        shutil.copyfile(source, target / source.name)


def build_onsight_wheel(target: Path) -> Path:
    """Build the wheel of the package itself; return its path."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("onsight-*.whl"):
        old.unlink()
    # setuptools would also pack what an earlier build left there, including deleted modules.
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    # Not `python -m build`: in this folder that would run our own build.py.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(ROOT)], check=True)
    (wheel,) = target.glob("onsight-*.whl")
    return wheel


def content_key(source: Path) -> str:
    """Return a digest of an archive's content and of the compiler scripts; timestamps do not matter."""
    digest = hashlib.sha256()
    for name in ("py/compile_wheel.py", "py/compile_wheel.mjs", "web/package-lock.json"):
        digest.update((ROOT / name).read_bytes())
    with zipfile.ZipFile(source) as archive:
        for name in sorted(archive.namelist()):
            digest.update(name.encode() + b"\0" + archive.read(name))
    return digest.hexdigest()[:16]


def compiled(source: Path) -> Path:
    """Return the bytecode version of our wheel or of the standard library, from the cache if possible."""
    target = WHEEL_CACHE / content_key(source) / source.name
    if not target.exists():
        partial = target.with_suffix(".partial")
        partial.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["node", str(ROOT / "py" / "compile_wheel.mjs"), str(source), str(partial)], check=True)
        partial.replace(target)
    return target


def snapshot(site: Path) -> list[Path]:
    """Return the files of the snapshot of Python with a site's packages imported, from the cache if possible."""
    inputs = [ROOT / name for name in SNAPSHOT_MAKERS]
    inputs += size_budget.files_of(site / "runtime" / "pyodide") + size_budget.files_of(site / "runtime" / "python")
    inputs += [path for path in size_budget.files_of(site / "models") if path.suffix != ".onnx"]
    key = hashlib.sha256("".join(path.name + sha256(path) for path in inputs).encode()).hexdigest()[:16]
    target = SNAPSHOT_CACHE / key
    if not target.exists():
        shutil.rmtree(SNAPSHOT_CACHE, ignore_errors=True)
        partial = target.with_suffix(".partial")
        subprocess.run(["node", str(ROOT / "web" / "make_snapshot.mjs"), str(site), str(partial), *MODELS], check=True)
        partial.rename(target)
    return sorted(target.iterdir())


def write_lock(target: Path) -> None:
    """Write the lock file without which Pyodide does not start; we install our packages ourselves, so it has none."""
    runtime = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    version = json.loads((NODE_MODULES / "pyodide" / "package.json").read_text(encoding="utf-8"))["version"]
    PyodideLockSpec(info=InfoSpec(version=version, **runtime), packages={}).to_json(target)


def asset(path: Path) -> dict[str, int | str]:
    """Return what the worker needs to know about a file; "gzip" is the size of that variant, if it exists."""
    facts: dict[str, int | str] = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    if packed := size_budget.variants(path).get("gzip"):
        facts["gzip"] = packed.stat().st_size
    return facts


def first_run(folder: Path) -> dict[str, Any]:
    """Return the warm-up run of a classification network on a blank picture, with shapes instead of arrays."""
    spec, labels = ((folder / name).read_text(encoding="utf-8") for name in ("model.json", "labels.txt"))
    run = Classifier.from_text(spec, labels).blank_run()
    feeds = {name: list(array.shape) for name, array in run.feeds.items()}
    return {"model": run.model, "feeds": feeds, "fetches": list(run.fetches)}


def output_shapes(model: str) -> dict[str, list[int]]:
    """Return the shapes of what the warm-up run of a classification network answers, by output."""
    folder = find_model(model)
    run = first_run(folder)
    session = load_session(folder)
    # Ones, since a switch among the inputs turns outputs on.
    outputs = session.run(run["fetches"], {name: np.ones(dims, np.float32) for name, dims in run["feeds"].items()})
    return {name: list(output.shape) for name, output in zip(run["fetches"], outputs, strict=True)}


def write_python(site: Path) -> None:
    """Write Pyodide and the archives of the standard library and of our packages."""
    source, runtime = NODE_MODULES / "pyodide", site / "runtime" / "pyodide"
    copy([source / name for name in PYODIDE_FILES], runtime)
    # Pyodide wants the standard library as one archive. Ours comes in two, so this one is empty.
    (runtime / STANDARD_LIBRARY).write_bytes(python_archives.EMPTY_ZIP)
    write_lock(runtime / "pyodide-lock.json")
    sources = {"stdlib": compiled(source / STANDARD_LIBRARY)}
    sources |= {wheel.name.split("-")[0]: wheel for wheel in verify_wheels()}
    sources["onsight"] = compiled(build_onsight_wheel(WHEEL_CACHE))
    shapes = output_shapes(BOOT_MODELS[0])
    python_archives.write_archives(sources, runtime, MODELS, shapes, site / "runtime" / "python")


def finish(site: Path) -> None:
    """Compress and list the files of a site, and write the build's id into the service worker."""
    page = [path for path in size_budget.files_of(site) if path.name not in UNKEPT]
    size_budget.write_variants(site, page)
    build = hashlib.sha256("".join(sha256(path) for path in page).encode()).hexdigest()[:16]
    write_manifest(site, page, build)
    write_service_worker(site, build)
    size_budget.write_variants(site, [site / name for name in UNKEPT])


def write_manifest(site: Path, page: list[Path], build: str) -> None:
    """Write the list of the engine's files, with sizes and hashes."""
    names = [path.relative_to(site).as_posix() for path in page]
    assets = {name: asset(site / name) for name in names if name.startswith(("runtime/", "models/"))}
    boot = [*BOOT, *(f"models/{model}/model.onnx" for model in BOOT_MODELS)]
    python = {part: [name for name in assets if name.startswith(f"runtime/python/{part}/")] for part in PYTHON_PARTS}
    boot += python["first"]
    # worker/assets.js caches the engine's files, except for the modules, which the browser imports itself.
    kept = [
        name for name in names if not name.startswith("licenses/") and (name not in assets or name.endswith(".mjs"))
    ]
    manifest = {
        "version": __version__,
        "build": build,
        "models": list(MODELS),
        "boot": boot,
        "python": python,
        "optional": list(OPTIONAL),
        "first_runs": [first_run(site / "models" / model) for model in BOOT_MODELS],
        "site": {name: integrity(site / name) for name in kept},
        "assets": assets,
    }
    (site / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def write_service_worker(site: Path, build: str) -> None:
    """Write the build's id into the service worker, so that the browser notices a new build."""
    source = (WEB / SERVICE_WORKER).read_text(encoding="utf-8")
    facts = {"build": build, "policies": {"page": page_header(site), "worker": worker_policy(site)}}
    text, count = BUILD_FACTS.subn(lambda _: json.dumps(facts), source)
    if count != 1:
        raise ValueError(f"{SERVICE_WORKER} has no placeholder for the build's facts.")
    (site / SERVICE_WORKER).write_text(text, encoding="utf-8")


ICONS_MARK = "<!-- The build puts the icons of the tools here. -->"


def add_icons(site: Path) -> None:
    """Put the icons in the tools' folders into index.html, where the navigation and the tools refer to them."""
    page = site / "index.html"
    text = page.read_text(encoding="utf-8")
    if ICONS_MARK not in text:
        raise ValueError("index.html has no place for the icons of the tools.")
    icons = sorted((site / "page" / "tools").glob("*/icon.svg"))
    symbols = [re.sub(r"</?svg[^>]*>", "", icon.read_text(encoding="utf-8")).strip() for icon in icons]
    page.write_text(text.replace(ICONS_MARK, "\n".join(symbols)), encoding="utf-8")
    for icon in icons:
        icon.unlink()


def bundle(site: Path) -> None:
    """Replace the sources of the page and the workers with what is made of them for browsers."""
    subprocess.run(["node", str(WEB / "bundle.mjs"), str(site)], check=True)


def assemble(site: Path) -> None:
    """Write the whole site into an empty folder."""
    protocol.require_fresh()
    for name in STATIC:
        source = WEB / name
        if source.is_dir():
            shutil.copytree(source, site / name, ignore=shutil.ignore_patterns("*.d.ts"))
        else:
            shutil.copyfile(source, site / name)
    add_icons(site)
    bundle(site)
    write_python(site)
    copy([NODE_MODULES / "onnxruntime-web" / "dist" / name for name in ORT_FILES], site / "runtime" / "ort")
    for model in MODELS:
        folder = find_model(model)
        copy([folder / name for name in model_files(folder)], site / "models" / model)
    copy(snapshot(site), site / "runtime" / "snapshot")
    shutil.copytree(ROOT / "py" / "wheels" / "licenses", site / "licenses" / "python-wheels")
    shutil.copyfile(ROOT / "LICENSE", site / "licenses" / "onsight.txt")
    finish(site)
    size_budget.check_budgets(site)


def main() -> None:
    """Assemble the site in a temporary folder, then replace the old one."""
    fresh = ROOT / ".cache" / "dist"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        assemble(fresh)
    except size_budget.OverweightError as error:
        sys.exit(f"The site is too large. {error}")
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    first = sum(row.brotli_bytes for row in size_budget.first_visit(DIST))
    print(f"── dist/ is ready: a first visit transfers {first / 1e6:.1f} MB, Onsight {__version__}")


if __name__ == "__main__":
    main()
