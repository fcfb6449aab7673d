"""Compare our page with other libraries and native CPython in one run: same pictures, same weights, taking turns."""

from __future__ import annotations

import math
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from playwright.sync_api import Playwright, sync_playwright

from onsight.engine import load_session
from onsight.image import decode
from onsight.networks.model_cache import find_model
from onsight.networks.preprocess import preprocess
from onsight.networks.spec import ModelSpec
from tests import chromium
from tests.bench import native, peer_sites, visits
from tests.bench.figures import median, ratio_in_turns
from tests.bench.native import NativeEngine, NativePool
from tests.bench.samples import make_pictures, photograph
from tests.bench.subjects import Subject, coco_ssd, onsight, transformers

START_MEGAPIXELS = 2
THROUGHPUT_MEGAPIXELS = 2
WORKERS = (1, 2, 4)
PARTS = 4
"""Number of parts that the many pictures are divided into; the subjects take turns."""

Turns = dict[tuple[str, str, float], list[dict[str, float]]]
"""Milliseconds by stage of each turn, by subject, method and megapixels."""


def measure(sizes: Sequence[float], runs: int, starts: int, count: int, threads: int) -> dict[str, Any]:
    """Return all figures.

    Args:
        sizes: Megapixels of the JPEGs for single pictures.
        runs: Turns for each of them.
        starts: First visits, each with later ones.
        count: Pictures for the throughput; 0 leaves it out.
        threads: That every network may use.
    """
    chromium.require()  # before Playwright starts: finding it may start one of its own
    load = [round(value, 1) for value in os.getloadavg()]
    packages = peer_sites.installed()
    site = peer_sites.transformers_site(packages)
    subjects = [
        onsight(),
        transformers(site),
        transformers(site, peer_sites.RUNTIMES[1]),
        coco_ssd(peer_sites.coco_ssd_site(packages)),
    ]
    report: dict[str, Any] = {"versions": peer_sites.versions(), "runs": runs, "starts": starts, "threads": threads}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        pictures = {size: folder / f"{size:g}-megapixels.jpg" for size in {*sizes, START_MEGAPIXELS}}
        for size, path in pictures.items():
            path.write_bytes(photograph(size))
        many = folder / "many"
        many.mkdir()
        make_pictures(many, count, THROUGHPUT_MEGAPIXELS)
        say("starts")
        report["starting"] = _starts(playwright, subjects, pictures[START_MEGAPIXELS], threads, starts)
        say("single pictures")
        report |= _single(playwright, subjects, {size: pictures[size] for size in sizes}, threads, runs)
        if count:
            say("many pictures")
            report["throughput"] = _throughput(playwright, subjects[:2], sorted(many.rglob("*.jpg")), threads)
        report["machine"] = {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "chromium": _version(playwright),
            "load_before": load,
            "load_after": [round(value, 1) for value in os.getloadavg()],
        }
    return report


def say(step: str) -> None:
    """Tell the user where the benchmark is."""
    print(f"── {step}", file=sys.stderr, flush=True)


def _version(playwright: Playwright) -> str:
    browser = playwright.chromium.launch(executable_path=chromium.require(), args=chromium.flags())
    version: str = browser.version
    browser.close()
    return version


def _starts(
    playwright: Playwright, subjects: Sequence[Subject], picture: Path, threads: int, runs: int
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for subject in subjects:
        found[subject.id] = {
            method: visits.measure_starts(playwright, subject, method, picture, threads, runs)
            for method in subject.methods
        }
    found["native"] = {
        method: {"total": round(statistics.median(native.measure_start(method, picture, threads) for _ in range(runs)))}
        for method in ("classify", "detect")
    }
    return found


def _single(
    playwright: Playwright, subjects: Sequence[Subject], pictures: Mapping[float, Path], threads: int, runs: int
) -> dict[str, Any]:
    """Return the times of single pictures, their ratios, what was found, and the memory that it took."""
    turns: Turns = {}
    labels: dict[str, dict[str, list[str]]] = {}
    memory: dict[str, dict[str, int]] = {name: {} for name in (*(subject.id for subject in subjects), "native")}
    with ExitStack() as stack:
        files = list(pictures.values())
        opened = [stack.enter_context(visits.place(playwright, subject)).visit(files, threads) for subject in subjects]
        engine = stack.enter_context(NativeEngine(threads))
        for size, path in pictures.items():
            for run in range(runs + 1):
                for method in ("classify", "detect"):
                    for visit in opened:
                        if method in visit.subject.methods and (answer := visit.ask(method, path.name)):
                            labels.setdefault(f"{method} {size:g}", {})[visit.subject.id] = answer["labels"]
                            if run:  # the first one takes memory
                                turns.setdefault((visit.subject.id, method, size), []).append(answer["ms"])
                    answer = engine.ask(method, [path])
                    labels.setdefault(f"{method} {size:g}", {})["native"] = answer["labels"]
                    memory["native"][f"{size:g}"] = answer["peak_bytes"]
                    if run:
                        turns.setdefault(("native", method, size), []).append(answer["ms"])
            require_same(path, {subject: found[0] for subject, found in labels[f"classify {size:g}"].items()})
        for visit in opened:
            for size, path in pictures.items():
                method = visit.subject.methods[0]
                peak = visit.peak_bytes(partial(visit.ask, method, path.name))
                if not visit.failed:
                    memory[visit.subject.id][f"{size:g}"] = peak
        info = {visit.subject.id: visit.info for visit in opened}
    return {
        "single_ms": _medians(turns),
        "ratios": ratios(turns),
        "labels": labels,
        "peak_memory_bytes": memory,
        "info": info,
    }


def require_same(picture: Path, labels: Mapping[str, str]) -> None:
    """Make sure that everybody saw the same: the network's most likely class, and for us the name that people use.

    Raises:
        ValueError: Somebody did not, so that the comparison would be none.
    """
    folder = find_model(peer_sites.CLASSIFIER)
    spec = ModelSpec.load(folder)
    pixel_values, _ = preprocess(decode(picture.read_bytes()), spec.input)
    off = {switch: np.zeros(1, np.float32) for switch in spec.switches.values()}
    (logits,) = load_session(folder).run(["logits"], {spec.input.name: pixel_values, **off})
    likely = (folder / "labels.txt").read_text(encoding="utf-8").splitlines()[int(np.argmax(logits))]
    ours = labels["native"]
    for subject, label in labels.items():
        wanted = ours if subject == "onsight" else likely
        if subject != "native" and label != wanted:
            raise ValueError(f"{subject} sees {label!r} in {picture.name}, and {wanted!r} was expected.")


def _medians(turns: Turns) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Return the medians by method, subject and size."""
    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {"classify": {}, "detect": {}}
    for (subject, method, size), times in turns.items():
        found[method].setdefault(subject, {})[f"{size:g}"] = median(times)
    return found


def ratios(turns: Turns) -> dict[str, dict[str, dict[str, float]]]:
    """Return how many times as long we take as each other one, by method, id and size: medians over the turns."""
    found: dict[str, dict[str, dict[str, float]]] = {"classify": {}, "detect": {}}
    for (subject, method, size), times in turns.items():
        ours = turns[("onsight", method, size)]
        if subject != "onsight" and len(times) == len(ours):
            found[method].setdefault(subject, {})[f"{size:g}"] = ratio_in_turns(
                [one["total"] for one in ours], [one["total"] for one in times]
            )
    return found


def _throughput(
    playwright: Playwright, subjects: Sequence[Subject], paths: Sequence[Path], threads: int
) -> dict[str, Any]:
    """Return pictures per second and memory over time for all subjects, which take turns on parts of the pictures."""
    found: dict[str, Any] = {"pictures": len(paths), "megapixels": THROUGHPUT_MEGAPIXELS, "ratios": {}}
    step = math.ceil(len(paths) / PARTS)
    parts = [paths[first : first + step] for first in range(0, len(paths), step)]
    with ExitStack() as places:
        here = {subject.id: places.enter_context(visits.place(playwright, subject)) for subject in subjects}
        for number in WORKERS:
            with NativePool(number, threads, paths) as pool:
                # The others have one worker.
                asked = [place for name, place in here.items() if number == 1 or name == "onsight"]
                visited = {place.subject.id: place.visit_warm(paths, threads, number) for place in asked}
                figures = label_in_turns({**visited, "native": pool}, parts)
                for name, run in figures.items():
                    found.setdefault(name, {})[str(number)] = run
                found["ratios"][str(number)] = figures["onsight"]["of_native"]
                for visit in visited.values():
                    visit.page.close()
    return found


class Labeller(Protocol):
    """Somebody who labels many pictures."""

    def label_all(self, paths: Sequence[Path]) -> float:
        """Return the seconds that it takes."""

    def memory_bytes(self) -> int:
        """Return the memory that it has for itself."""

    def workers(self) -> int:
        """Return how many pictures it looks at at once."""


def label_in_turns(labellers: Mapping[str, Labeller], parts: Sequence[Sequence[Path]]) -> dict[str, dict[str, Any]]:
    """Label the same pictures with all subjects, which take turns part by part, and return the figures of each.

    Args:
        labellers: By id; the others are compared with ``native``.
        parts: The pictures.
    """
    seconds: dict[str, list[float]] = {name: [] for name in labellers}
    memory: dict[str, dict[str, int]] = {name: {} for name in labellers}
    done = 0
    for part in parts:
        done += len(part)
        for name, labeller in labellers.items():
            seconds[name].append(labeller.label_all(part))
            memory[name][str(done)] = labeller.memory_bytes()
    return {
        name: {
            "pictures_per_second": round(done / sum(seconds[name]), 2),
            "of_native": ratio_in_turns(seconds["native"], seconds[name]),
            "memory_bytes": memory[name],
            "workers": labeller.workers(),
        }
        for name, labeller in labellers.items()
    }
