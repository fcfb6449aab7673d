"""The figures of a run as Markdown tables, as a plot, and where the documents show them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.plot import Row, draw

ROOT = Path(__file__).resolve().parents[2]

NAMES: Mapping[str, str] = {
    "onsight": "Onsight",
    "transformers": "transformers.js",
    "transformers-plain": "transformers.js, runtime without WebGPU",
    "coco-ssd": "coco-ssd",
    "native": "CPython, natively",
}
"""By id of the subject, in the order of the tables."""

METHODS: Mapping[str, str] = {"classify": "label", "detect": "objects"}

VISITS: Mapping[str, str] = {
    "first_visit": "first visit",
    "second_visit": "second visit",
    "later_visit": "later visit",
}
"""By kind."""

Report = Mapping[str, Any]


class MarkerError(Exception):
    """A document has no place for the figures; the message says which."""


def write(report: Report, root: Path = ROOT) -> None:
    """Write the tables into ``docs/speed.md``, the plot beside it, and what the README quotes.

    Raises:
        MarkerError: One of the documents has no such place.
    """
    for path, text in ((root / "docs" / "speed.md", tables(report)), (root / "README.md", quote(report))):
        path.write_text(insert(path.read_text(encoding="utf-8"), text, path.name), encoding="utf-8")
    (root / "docs" / "speed.svg").write_text(draw(plotted(report)), encoding="utf-8")


def insert(document: str, text: str, name: str) -> str:
    """Return a document with the figures in their place.

    Raises:
        MarkerError: It has none.
    """
    begin, end = "<!-- figures of build.py bench -->\n", "<!-- end of the figures -->\n"
    if document.count(begin) != 1 or document.count(end) != 1 or document.index(begin) > document.index(end):
        raise MarkerError(f"{name} does not have the lines {begin.strip()!r} and {end.strip()!r}, once and in order.")
    before, rest = document.split(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"


def tables(report: Report) -> str:
    """Return all tables, with how they were measured."""
    parts = [_conditions(report), _starts(report)]
    for method in METHODS:
        parts += [_single(report, method), _stages(report, method)]
    parts.append(_memory(report))
    if "throughput" in report:
        parts.append(_throughput(report["throughput"]))
    return "\n\n".join(parts) + "\n"


def quote(report: Report) -> str:
    """Return the table for the README."""
    rows = []
    ours = report["single_ms"]
    for method, noun in METHODS.items():
        for size in _sizes(report, method):
            cells = [f"{noun}, {size} MP JPEG, ms"]
            for name in ("onsight", "transformers", "coco-ssd", "native"):
                times = ours[method].get(name, {}).get(size)
                cells.append(_number(times["total"]) if times else "–")
            rows.append(cells)
    for kind, noun in VISITS.items():
        cells = [f"start to first result, {noun}, s"]
        for name in ("onsight", "transformers", "coco-ssd"):
            (found, *_) = report["starting"][name].values()
            cells.append(f"{found[kind]['total'] / 1000:.1f}")
        rows.append([*cells, f"{report['starting']['native']['classify']['total'] / 1000:.1f}"])
    columns = [NAMES[name] for name in ("onsight", "transformers", "coco-ssd", "native")]
    return _table(["", *columns], rows) + "\n"


def plotted(report: Report) -> list[tuple[str, list[Row]]]:
    """Return what the plot shows: milliseconds by group and row."""
    groups = []
    for method, noun in METHODS.items():
        times = report["single_ms"][method]
        rows = [
            Row(f"{size} MP", {name: found[size]["total"] for name, found in times.items() if size in found})
            for size in _sizes(report, method)
        ]
        groups.append((f"{noun.capitalize()} of a JPEG", rows))
    starts = report["starting"]
    rows = []
    for method, noun in METHODS.items():
        for kind, visit in VISITS.items():
            values = {
                name: found[method].get(kind, found[method])["total"]
                for name, found in starts.items()
                if method in found
            }
            rows.append(Row(f"{noun}, {visit}", values))
    return [*groups, ("Start to the first result", rows)]


def _conditions(report: Report) -> str:
    machine, versions = report["machine"], report["versions"]
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items())
    threads = ", ".join(f"{NAMES[name]} {info['threads']}" for name, info in report["info"].items())
    loads = " and ".join(str(machine[name][0]) for name in ("load_before", "load_after"))
    runs = "one start" if report["starts"] == 1 else f"{report['starts']} starts"
    text = (
        f"Chromium {machine['chromium']}, {machine['cores']} cores, load {loads} (before and after the run, itself "
        f"included); {libraries}. Threads: {threads}, natively {report['threads']}. Medians of {report['runs']} turns, "
        f"{runs} of each kind."
    )
    return textwrap.fill(text, 120, break_on_hyphens=False)


def _starts(report: Report) -> str:
    rows = []
    for name, methods in report["starting"].items():
        for method, found in methods.items():
            if name == "native":
                rows.append([NAMES[name], METHODS[method], "–", _number(found["total"]), "–", "–", "–"])
                continue
            memory = found["memory_bytes"]
            rows.append(
                [
                    NAMES[name],
                    METHODS[method],
                    f"{found['transferred_bytes'] / 1e6:.1f}",
                    _number(found["first_visit"]["total"]),
                    _number(found["second_visit"]["total"]),
                    _number(found["later_visit"]["total"]),
                    _megabytes(memory["first_result"] - memory["empty_browser"]),
                ]
            )
    heads = ["start to first result", "", "transferred, MB", "first visit, ms", "second, ms"]
    return _table([*heads, "later, ms", "memory, MB"], rows, text=2)


def _single(report: Report, method: str) -> str:
    sizes = _sizes(report, method)
    times, ratios = report["single_ms"][method], report["ratios"][method]
    rows = []
    for name in (name for name in NAMES if name in times):
        cells = [NAMES[name]]
        cells += [_number(times[name][size]["total"]) if size in times[name] else "failed" for size in sizes]
        cells += [f"{ratios[name][size]:.2f}" if size in ratios.get(name, {}) else "–" for size in sizes]
        rows.append(cells)
    heads = [
        f"{METHODS[method]}, warm, ms",
        *(f"{size} MP" for size in sizes),
        *(f"ours ÷, {size} MP" for size in sizes),
    ]
    return _table(heads, rows)


def _stages(report: Report, method: str) -> str:
    rows = []
    for name, sizes in report["single_ms"][method].items():
        for size, times in sizes.items():
            decode = times["decode"] + times.get("read", 0)
            stages = [times.get(stage) for stage in ("preprocess", "infer", "postprocess", "total")]
            cells = [_number(value) if value is not None else "–" for value in (decode, *stages)]
            rows.append([NAMES[name], f"{size} MP", *cells])
    order = list(NAMES.values())
    rows.sort(key=lambda row: (float(row[1].split()[0]), order.index(row[0])))
    heads = [
        f"{METHODS[method]} by stage, ms",
        "",
        "read and decode",
        "preprocess",
        "network",
        "postprocess",
        "whole call",
    ]
    return _table(heads, rows, text=2)


def _memory(report: Report) -> str:
    memory = report["peak_memory_bytes"]
    sizes = sorted({size for found in memory.values() for size in found}, key=float)
    rows = [
        [NAMES[name], *(_megabytes(memory[name][size]) if size in memory[name] else "–" for size in sizes)]
        for name in NAMES
        if name in memory
    ]
    return _table(["peak memory, all processes, MB", *(f"{size} MP" for size in sizes)], rows)


def _throughput(found: Report) -> str:
    rows, counts = [], sorted(found["native"]["1"]["memory_bytes"], key=int)
    for name in ("onsight", "transformers", "native"):
        for number, run in found[name].items():
            memory = [_megabytes(run["memory_bytes"][count]) for count in counts]
            workers = number if run["workers"] == int(number) else f"{number} ({run['workers']})"
            share = "–" if name == "native" else f"{run['of_native']:.2f}"
            rows.append([NAMES[name], workers, f"{run['pictures_per_second']:.1f}", share, *memory])
    heads = [f"{found['pictures']} pictures of {found['megapixels']} MP", "workers or processes", "pictures a second"]
    return _table([*heads, "÷ native", *(f"MB after {count}" for count in counts)], rows)


def _sizes(report: Report, method: str) -> list[str]:
    return sorted({size for times in report["single_ms"][method].values() for size in times}, key=float)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], text: int = 1) -> str:
    """Return a Markdown table whose first columns are text and the others numbers."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join(["---"] * text + ["--:"] * (len(heads) - text)) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(line.replace("|  |", "| |") for line in lines)
